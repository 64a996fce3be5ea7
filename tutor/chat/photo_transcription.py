"""Transcribes a photo of a learner's work; the learner corrects the text before anything is sent, graded or stored.

The engine's vision model reads the photo where there is one, OCR otherwise. The photo is in memory only while it is
read: no row, file or log line contains anything of it.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from knowledge import photo_ocr
from knowledge.errors import DocumentDamaged, DocumentEmpty, DocumentTooLarge, OcrMissing
from knowledge.page_render import render_page
from knowledge.parsing.limits import MEGABYTE
from knowledge.photo_ocr import PhotoKind
from tutor.chat import prompts
from tutor.domain import Person
from tutor.engine.base import Engine, GenerationRequest, Message, text_of
from tutor.errors import InputRefused
from tutor.locales import DEFAULT, t
from tutor.platform.bounded_queue import BoundedQueue, QueueFull
from tutor.platform.settings import Settings

MAX_BYTES = photo_ocr.LIMITS.file_bytes
MAX_CONCURRENT = 2  # photos that are read at the same time
MAX_QUEUED = 6  # photos that wait
_NOTHING = "[nothing]"
_MAX_TOKENS = 600


@dataclass(frozen=True, slots=True)
class Transcript:
    """The text of a photo, for its sender to correct; `model` is "" where OCR read it."""

    text: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class PhotoTranscriber:
    """Transcribes photos, one at a time for each person."""

    engine: Engine
    settings: Settings
    _active_people: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _queue: BoundedQueue = field(default_factory=lambda: BoundedQueue(MAX_CONCURRENT, MAX_QUEUED))

    def transcribe(self, actor: Person, data: bytes) -> Transcript:
        """Return the text of a photo; nothing is stored. Raises InputRefused, EngineError."""
        _validate(data)
        try:
            with self._one_at_a_time(actor), self._queue.slot():
                model = self.engine.info().vision_model
                text = self._transcribe_with_model(actor, data) if model else _transcribe_with_ocr(data)
        except QueueFull:
            raise _refused("photo_busy") from None
        return Transcript(text[: self.settings.max_question_chars], model)

    def _transcribe_with_model(self, actor: Person, data: bytes) -> str:
        """Ask the vision model. It gets the pixels alone, rendered again without the metadata of a camera."""
        try:
            png = render_page("picture", data, 1, "", photo_ocr.LIMITS).png
        except DocumentTooLarge as error:
            raise _too_many_pixels() from error
        except DocumentDamaged as error:
            raise _refused("photo_damaged") from error
        (system, instructions), (user, request_text) = prompts.load_prompt("picture", actor.language).render()
        assert (system, user) == ("system", "user")
        messages = (Message("system", instructions), Message("user", request_text, (png,)))
        request = GenerationRequest(
            messages, actor.id, max_tokens=_MAX_TOKENS, time_limit_s=self.settings.answer_time_limit_s
        )  # greedy: a transcript, not a variation of it
        with closing(self.engine.stream(request)) as stream:
            text = _clean_text(text_of(stream))
        if not text or _NOTHING in text.lower():
            raise _refused("photo_empty")
        return text

    @contextmanager
    def _one_at_a_time(self, actor: Person) -> Iterator[None]:
        """Refuse a second photo of a person while the first one is read or waits."""
        with self._lock:
            if actor.id in self._active_people:
                raise _refused("photo_busy")
            self._active_people.add(actor.id)
        try:
            yield
        finally:
            with self._lock:
                self._active_people.discard(actor.id)


def photo_too_big() -> InputRefused:
    return _refused("photo_too_big", megabytes=MAX_BYTES // MEGABYTE)


def _validate(data: bytes) -> None:
    """Raise InputRefused for data whose size or first bytes show that it is no photo that can be read."""
    if len(data) > MAX_BYTES:
        raise photo_too_big()
    match photo_ocr.detect_photo_kind(data):
        case PhotoKind.HEIC:
            raise _refused("photo_heic")
        case PhotoKind.OTHER:
            raise _refused("photo_not_picture")


def _transcribe_with_ocr(data: bytes) -> str:
    try:
        return _clean_text("\n".join(photo_ocr.transcribe_photo(data)))
    except OcrMissing as error:
        raise _refused("photo_no_reader") from error
    except DocumentTooLarge as error:
        raise _too_many_pixels() from error
    except DocumentEmpty as error:
        raise _refused("photo_empty") from error
    except TimeoutError as error:
        raise _refused("photo_slow") from error
    except DocumentDamaged as error:
        raise _refused("photo_damaged") from error


def _clean_text(text: str) -> str:
    """Return text as a person would type it: without invisible characters and blank lines around it."""
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if c == "\n" or unicodedata.category(c)[0] != "C")
    return "\n".join(line.strip() for line in kept.strip().splitlines())


def _too_many_pixels() -> InputRefused:
    return _refused("photo_pixels", millions=photo_ocr.LIMITS.pixels // 1_000_000)


def _refused(key: str, **values: int) -> InputRefused:
    return InputRefused(t(DEFAULT, key, **values), key=key, **values)
