"""What can go wrong in the tutor; the message names the thing and the way out and may be shown to a person.

TutorError
├── InputRefused         the message, file or argument cannot be used as it is
├── NotFound             no such course, learner, turn, conversation ...
├── NotAllowed           this person may not do that
├── OriginalMissing      the kept file of a document is gone or damaged
├── SetupError           the house cannot open
│   ├── DataDirUnusable      the data root cannot be written
│   ├── DataDirInUse         another server holds the data root
│   └── ModelUnusable        a model is missing, incomplete or not the one that was pinned
├── EngineError          an answer cannot be generated
│   ├── EngineNotReady       the model is still loading, or failed to
│   ├── EngineBusy           the queue is full; carries the place in it
│   ├── PromptTooLong        the prompt cannot be made to fit the context window
│   ├── AdapterNotLoaded     the adapter asked for cannot be used (never answered by the base instead)
│   ├── GenerationTimeout    the wall-clock limit of one answer has passed
│   └── RemoteEngineFailed   the remote server refused, hung or broke off
└── TrainingFailed       the trainer ended without a usable adapter
"""

from __future__ import annotations


class TutorError(Exception):
    """Base of all errors that the tutor raises on purpose.

    `key` names the same sentence among the words of the pages, with `values` to fill in, for people who read another
    language than that of `str(error)`.
    """

    def __init__(self, message: str = "", *, key: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.key, self.values = key, values


class InputRefused(TutorError):
    """The message, file or argument cannot be used as it is."""


class NotFound(TutorError):
    """There is no such thing, or this person may not know of it."""


class NotAllowed(TutorError):
    """This person may not do that."""


class OriginalMissing(TutorError):
    """The kept file of a document is gone or damaged."""


class SetupError(TutorError):
    """The house cannot open."""


class DataDirUnusable(SetupError):
    """The data root cannot be written."""


class DataDirInUse(SetupError):
    """Another server holds the data root."""


class ModelUnusable(SetupError):
    """A model is missing, incomplete or not the one that was pinned."""


class EngineError(TutorError):
    """An answer cannot be generated."""


class EngineNotReady(EngineError):
    """The model is still loading, or failed to load."""


class EngineBusy(EngineError):
    """The queue is full; `place` is the number the request would have had."""

    def __init__(self, place: int) -> None:
        super().__init__(f"the tutor is busy, you are number {place} in the queue; try again in a moment", place=place)
        self.place = place


class PromptTooLong(EngineError):
    """The prompt cannot be made to fit the context window."""


class AdapterNotLoaded(EngineError):
    """The adapter asked for cannot be used."""


class GenerationTimeout(EngineError):
    """The wall-clock limit of one answer has passed."""


class RemoteEngineFailed(EngineError):
    """The remote server refused, hung or broke off."""


class TrainingFailed(TutorError):
    """The trainer ended without a usable adapter."""
