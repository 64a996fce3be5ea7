"""The errors of the tutor; a message names the thing and the way out, and may be shown to a person.

TutorError
├── InputRefused         the message, file or argument cannot be used as it is
├── NotFound             no such course, learner, turn, conversation ...
├── NotAllowed           this person may not do that
├── OriginalMissing      the original file of a document is missing or damaged
├── SealBroken           what is stored was changed, or belongs to somebody else
├── KeyDestroyed         the key of what is stored was destroyed with its owner's account
├── SetupError           the tutor cannot start
│   ├── DataDirUnusable      the data directory cannot be written
│   ├── DataDirInUse         another server uses the data directory
│   ├── MasterKeyUnusable    the key of what is sealed is missing or another one
│   └── ModelUnusable        a model is missing, incomplete or not the pinned one
├── EngineError          an answer cannot be generated
│   ├── EngineNotReady       the model is still loading, or failed to load
│   ├── EngineBusy           the queue is full
│   ├── PromptTooLong        the prompt cannot be made to fit the context window
│   ├── AdapterNotLoaded     the requested adapter cannot be used; the base model never answers in its place
│   ├── GenerationTimeout    an answer took longer than its time limit
│   └── RemoteEngineFailed   the model server refused, hung or broke off
└── TrainingFailed       a training ended without a usable adapter
"""

from __future__ import annotations


class TutorError(Exception):
    """Base class of all errors that the tutor raises on purpose.

    `key` names the translated message in `tutor.locales`, which is formatted with `values`; `str(error)` is English.
    """

    def __init__(self, message: str = "", *, key: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.key, self.values = key, values


class InputRefused(TutorError):
    """The message, file or argument cannot be used as it is."""


class NotFound(TutorError):
    """There is no such thing, or this person may not know that there is."""


class NotAllowed(TutorError):
    """This person may not do that."""


class OriginalMissing(TutorError):
    """The original file of a document is missing or damaged."""


class SealBroken(TutorError):
    """A sealed value was changed, or belongs to another owner or place."""


class KeyDestroyed(TutorError):
    """The data key of an owner was destroyed: what it sealed cannot be read, and nothing new is sealed for them."""


class SetupError(TutorError):
    """The tutor cannot start."""


class DataDirUnusable(SetupError):
    """The data directory cannot be written."""


class DataDirInUse(SetupError):
    """Another server uses the data directory."""


class MasterKeyUnusable(SetupError):
    """The master key is missing, unreadable, or not the one that the data was sealed with."""


class ModelUnusable(SetupError):
    """A model is missing, incomplete or not the pinned one."""


class EngineError(TutorError):
    """An answer cannot be generated."""


class EngineNotReady(EngineError):
    """The model is still loading, or failed to load."""


class EngineBusy(EngineError):
    """The queue is full; `place` is the place that the request would have had."""

    def __init__(self, place: int) -> None:
        super().__init__(f"the tutor is busy, you are number {place} in the queue; try again in a moment", place=place)


class PromptTooLong(EngineError):
    """The prompt cannot be made to fit the context window."""


class AdapterNotLoaded(EngineError):
    """The requested adapter cannot be used."""


class GenerationTimeout(EngineError):
    """An answer took longer than its time limit."""


class RemoteEngineFailed(EngineError):
    """The model server refused, hung or broke off."""


class TrainingFailed(TutorError):
    """A training ended without a usable adapter."""
