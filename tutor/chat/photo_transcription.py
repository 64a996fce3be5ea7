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
from knowledge.page_render import draw
from knowledge.parsing.source_file import MEGABYTE
from knowledge.photo_ocr import Kind
from tutor.chat import prompts
from tutor.domain import Person
from tutor.engine.base import Engine, Message, Request
from tutor.errors import InputRefused
from tutor.platform.settings import Settings

MOST_BYTES = photo_ocr.LIMITS.file_bytes
AT_ONCE = 2  # pictures that are read at the same time
WAITING = 6  # that wait for it; the next is told to come back, or every thread would wait
_NOTHING = "[nothing]"
_MOST_TOKENS = 600


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was read in a picture, to be corrected by whoever sent it; `model` is "" where OCR read it."""

    text: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Photos:
    """Reads pictures, one at a time for each person."""

    engine: Engine
    settings: Settings
    _reading: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _room: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE + WAITING))
    _places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def read(self, who: Person, data: bytes) -> Transcript:
        """Return what stands in the picture; nothing is stored. Raises InputRefused, EngineError."""
        _check(data)
        with self._turn(who), self._places:
            model = self.engine.info().sees
            text = self._seen(who, data) if model else _recognised(data)
        return Transcript(text[: self.settings.max_question_chars], model)

    def _seen(self, who: Person, data: bytes) -> str:
        """Ask the model that takes pictures; it gets the dots alone, drawn anew, without what a camera writes down."""
        try:
            png = draw("picture", data, 1, "", photo_ocr.LIMITS).png
        except DocumentTooLarge as error:
            raise _too_many_pixels() from error
        except DocumentDamaged as error:
            raise _damaged() from error
        (system, told), (user, asked) = prompts.load(f"picture.{who.language}").render()
        assert (system, user) == ("system", "user")
        messages = (Message("system", told), Message("user", asked, (png,)))
        request = Request(
            messages, who.id, max_tokens=_MOST_TOKENS, time_limit_s=self.settings.answer_time_limit_s
        )  # greedy: what stands there, not a variation on it
        with closing(self.engine.stream(request)) as stream:
            text = _plain("".join(stream))
        if not text or _NOTHING in text.lower():
            raise _empty()
        return text

    @contextmanager
    def _turn(self, who: Person) -> Iterator[None]:
        """Hold one of the few places; whoever has a picture in it already waits for that one."""
        with self._lock:
            if who.id in self._reading or not self._room.acquire(blocking=False):
                raise InputRefused("other pictures are being read just now; try again in a moment", key="photo_busy")
            self._reading.add(who.id)
        try:
            yield
        finally:
            with self._lock:
                self._reading.discard(who.id)
            self._room.release()


def _check(data: bytes) -> None:
    """Refuse by its first bytes and its size what is no picture that can be opened."""
    if len(data) > MOST_BYTES:
        raise too_big()
    match photo_ocr.kind_of(data):
        case Kind.HEIC:
            raise InputRefused(
                "this picture is in the HEIC or AVIF format, which cannot be read here; take it as JPEG, or make a "
                "screenshot of it",
                key="photo_heic",
            )
        case Kind.OTHER:
            raise InputRefused("this file is not a picture; choose a PNG or a JPEG", key="photo_not_picture")


def _recognised(data: bytes) -> str:
    try:
        return _plain("\n".join(photo_ocr.transcribe(data)))
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


def _plain(text: str) -> str:
    """Return lines as a person would have typed them: no character that is not seen, no blank lines around."""
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if c == "\n" or unicodedata.category(c)[0] != "C")
    return "\n".join(line.strip() for line in kept.strip().splitlines())


def too_big() -> InputRefused:
    megabytes = MOST_BYTES // MEGABYTE
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
