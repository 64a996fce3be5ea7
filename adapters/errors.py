"""Errors about adapters.

AdapterError
├── AdapterNotFound      the version is not on disk
├── AdapterMismatch      trained for another base model, or with a rank, targets or shapes that are not allowed
├── AdapterDamaged       files are missing, changed or not finite
├── TrainingRefused      the corrections cannot be trained on, for example too few
├── TrainingBusy         this adapter is already being trained
├── BaseUnusable         the base is packed for inference or missing
└── TrainerDied          the training process ended without a result
"""

from __future__ import annotations


class AdapterError(Exception):
    """Base of all errors about adapters. `key` and `values` are a message of the locales, for translation."""

    def __init__(self, message: str = "", *, key: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.key, self.values = key, values


class AdapterNotFound(AdapterError):
    """The version is not on disk."""


class AdapterMismatch(AdapterError):
    """Trained for another base model, or with a rank, targets or shapes that are not allowed."""


class AdapterDamaged(AdapterError):
    """Files are missing, changed or not finite."""


class TrainingRefused(AdapterError):
    """The corrections cannot be trained on."""


class TrainingBusy(AdapterError):
    """This adapter is already being trained."""


class BaseUnusable(AdapterError):
    """The base is packed for inference or missing."""


class TrainerDied(AdapterError):
    """The training process ended without a result."""
