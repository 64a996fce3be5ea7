"""A learner's picture of her work becomes text that she corrects before anything is sent, graded or kept.

Two readers: the engine's vision model where there is one, else OCR, each in its own place. The picture is held only
while it is read; no row, file or log line has anything of it.
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
from tutor.platform.settings import Settings

MAX_BYTES = photo_ocr.LIMITS.file_bytes
MAX_CONCURRENT = 2  # pictures that are read at the same time
MAX_QUEUED = 6  # that wait for it; the next is told to come back, or every thread would wait
_NOTHING = "[nothing]"
_MAX_TOKENS = 600


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was read in a picture, to be corrected by whoever sent it; `model` is "" where OCR read it."""

    text: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class PhotoTranscriber:
    """Reads pictures, one at a time for each person."""

    engine: Engine
    settings: Settings
    _active_people: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _queue: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(MAX_CONCURRENT + MAX_QUEUED)
    )
    _running: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MAX_CONCURRENT))

    def transcribe(self, actor: Person, data: bytes) -> Transcript:
        """Return what stands in the picture; nothing is stored. Raises InputRefused, EngineError."""
        _validate(data)
        with self._queue_slot(actor), self._running:
            model = self.engine.info().vision_model
            text = self._transcribe_with_model(actor, data) if model else _transcribe_with_ocr(data)
        return Transcript(text[: self.settings.max_question_chars], model)

    def _transcribe_with_model(self, actor: Person, data: bytes) -> str:
        """Ask the model that takes pictures; it gets the dots alone, drawn anew, without what a camera writes down."""
        try:
            png = render_page("picture", data, 1, "", photo_ocr.LIMITS).png
        except DocumentTooLarge as error:
            raise _too_many_pixels() from error
        except DocumentDamaged as error:
            raise _damaged() from error
        (system, told), (user, asked) = prompts.load_prompt("picture", actor.language).render()
        assert (system, user) == ("system", "user")
        messages = (Message("system", told), Message("user", asked, (png,)))
        request = GenerationRequest(
            messages, actor.id, max_tokens=_MAX_TOKENS, time_limit_s=self.settings.answer_time_limit_s
        )  # greedy: what stands there, not a variation on it
        with closing(self.engine.stream(request)) as stream:
            text = _clean_text(text_of(stream))
        if not text or _NOTHING in text.lower():
            raise _empty()
        return text

    @contextmanager
    def _queue_slot(self, actor: Person) -> Iterator[None]:
        """Hold one of the few places; whoever has a picture in it already waits for that one."""
        with self._lock:
            if actor.id in self._active_people or not self._queue.acquire(blocking=False):
                raise InputRefused("other pictures are being read just now; try again in a moment", key="photo_busy")
            self._active_people.add(actor.id)
        try:
            yield
        finally:
            with self._lock:
                self._active_people.discard(actor.id)
            self._queue.release()


def _validate(data: bytes) -> None:
    """Refuse by its first bytes and its size what is no picture that can be opened."""
    if len(data) > MAX_BYTES:
        raise photo_too_big()
    match photo_ocr.detect_photo_kind(data):
        case PhotoKind.HEIC:
            raise InputRefused(
                "this picture is in the HEIC or AVIF format, which cannot be read here; take it as JPEG, or make a "
                "screenshot of it",
                key="photo_heic",
            )
        case PhotoKind.OTHER:
            raise InputRefused("this file is not a picture; choose a PNG or a JPEG", key="photo_not_picture")


def _transcribe_with_ocr(data: bytes) -> str:
    try:
        return _clean_text("\n".join(photo_ocr.transcribe_photo(data)))
    except OcrMissing as error:
        raise InputRefused(
            "pictures cannot be read on this server: it has neither OCR nor a model that sees; type your text",
            key="photo_no_reader",
        ) from error
    except DocumentTooLarge as error:
        raise _too_many_pixels() from error
    except DocumentEmpty as error:
        raise _empty() from error
    except TimeoutError as error:
        raise InputRefused(
            "this picture took too long to read; take one of fewer lines, closer", key="photo_slow"
        ) from error
    except DocumentDamaged as error:
        raise _damaged() from error


def _clean_text(text: str) -> str:
    """Return lines as a person would have typed them: no character that is not seen, no blank lines around."""
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if c == "\n" or unicodedata.category(c)[0] != "C")
    return "\n".join(line.strip() for line in kept.strip().splitlines())


def photo_too_big() -> InputRefused:
    megabytes = MAX_BYTES // MEGABYTE
    sentence = f"this picture is larger than {megabytes} MB; take it with fewer pixels"
    return InputRefused(sentence, key="photo_too_big", megabytes=megabytes)


def _too_many_pixels() -> InputRefused:
    millions = photo_ocr.LIMITS.pixels // 1_000_000
    sentence = f"this picture has more than {millions} million pixels; make it smaller, or cut out what matters"
    return InputRefused(sentence, key="photo_pixels", millions=millions)


def _damaged() -> InputRefused:
    return InputRefused("this picture is damaged and cannot be opened; take it again", key="photo_damaged")


def _empty() -> InputRefused:
    return InputRefused(
        "nothing can be read in this picture; take it straight from above, in even light, with the writing large",
        key="photo_empty",
    )
