"""What can go wrong with adapters.

AdapterError
├── AdapterNotFound      no such version on disk
├── AdapterMismatch      trained for another base model, or its rank, targets or shapes are not allowed
├── AdapterDamaged       files missing, hash or manifest wrong, not finite
├── TrainingRefused      the corrections cannot be trained on (too few, duplicates, too long)
├── TrainingBusy         this learner's adapter is being trained already
├── BaseUnusable         the base is packed for inference, or not the one that was named
└── TrainerDied          the training process ended without a result
"""

from __future__ import annotations


class AdapterError(Exception):
    """Base of all errors about adapters.

    `key` names the kind of sentence, with `values` to fill in, for whoever says it in another language.
    """

    def __init__(self, message: str = "", *, key: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.key, self.values = key, values


class AdapterNotFound(AdapterError):
    """No such version on disk."""


class AdapterMismatch(AdapterError):
    """Trained for another base, or not of an allowed form."""


class AdapterDamaged(AdapterError):
    """Files missing, changed or not finite."""


class TrainingRefused(AdapterError):
    """The corrections cannot be trained on."""


class TrainingBusy(AdapterError):
    """This learner's adapter is being trained already."""


class BaseUnusable(AdapterError):
    """The base is packed for inference, or not the one that was named."""


class TrainerDied(AdapterError):
    """The training process ended without a result."""
