"""A picture becomes text for its learner to correct: by the model that sees, else by OCR; nothing of it stays."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from PIL import Image
from work_photos import WORKING, drawn, need_ocr, saved, text_of

from tutor.chat.photo_transcription import MOST_BYTES, Photos
from tutor.domain import Person
from tutor.engine.base import Message, Request
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import InputRefused
from tutor.platform.settings import Settings
from tutor.services import House
from tutor.ui.words import WORDS


def seeing(settings: Settings, says: str) -> tuple[Photos, ScriptedEngine]:
    engine = ScriptedEngine([says], sees="eyes")
    return Photos(engine, settings), engine


def test_without_a_model_that_sees_ocr_reads(house: House, ada: Person) -> None:
    need_ocr()
    found = house.photos.read(ada, saved(drawn(*WORKING)))
    assert found.model == "" and text_of("x = 4") in text_of(found.text)
    assert len(found.text.splitlines()) == len(WORKING)


def test_nothing_of_a_picture_or_of_what_was_read_stays_in_the_house(
    house: House, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    need_ocr()

    def files() -> dict[Path, int]:
        return {path: path.stat().st_size for path in house.office.root.path.rglob("*") if path.is_file()}

    before = files()
    house.photos.read(ada, saved(drawn("mitochondria are elsewhere")))
    assert files() == before and "mitochondria" not in caplog.text


def test_a_model_that_sees_is_shown_the_dots_alone_and_asked_to_copy(settings: Settings, ada: Person) -> None:
    photos, engine = seeing(settings, "2x = 8")
    exif = Image.Exif()
    exif[0x010E] = "home of Ada"  # what a camera notes down
    held = io.BytesIO()
    drawn("2x = 8").save(held, "JPEG", exif=exif)
    found = photos.read(ada, held.getvalue())
    assert (found.text, found.model) == ("2x = 8", "eyes")
    (request,) = engine.requests
    assert isinstance(request, Request) and request.adapter is None and request.temperature == 0
    (picture,) = request.messages[-1].pictures
    assert picture.startswith(b"\x89PNG") and b"home of Ada" not in picture
    assert "Do not solve" in request.messages[-1].content


def test_a_model_that_reads_nothing_says_so_instead_of_inventing(settings: Settings, ada: Person) -> None:
    photos, _ = seeing(settings, "[nothing]")
    with pytest.raises(InputRefused, match="nothing can be read"):
        photos.read(ada, saved(drawn("2x = 8")))


def test_what_a_picture_says_cannot_hide_characters(settings: Settings, ada: Person) -> None:
    photos, _ = seeing(settings, "2x\u202e = 8\u200b")
    assert photos.read(ada, saved(drawn("2x = 8"))).text == "2x = 8"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(MOST_BYTES), "photo_too_big"),
        (b"%PDF-1.7", "photo_not_picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(64), "photo_heic"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "photo_damaged"),
        (saved(Image.new("1", (9_000, 9_000))), "photo_pixels"),
    ],
    ids=["too big", "no picture", "heic", "damaged", "pixels"],
)
def test_what_cannot_be_read_is_told_in_both_languages(settings: Settings, ada: Person, data: bytes, key: str) -> None:
    photos, _ = seeing(settings, "never asked")
    with pytest.raises(InputRefused) as refused:
        photos.read(ada, data)
    assert refused.value.key == key
    english = WORDS["en"][key].format(**refused.value.values)
    assert english.lower() == f"{refused.value}.".lower()
    assert WORDS["zh"][key].format(**refused.value.values) != english


def test_an_engine_of_words_refuses_pictures_instead_of_ignoring_them(house: House, ada: Person) -> None:
    request = Request((Message("user", "What is this?", (saved(drawn("x")),)),), ada.id)
    with pytest.raises(InputRefused, match="does not see pictures"):
        list(house.engine.stream(request))


def test_a_second_picture_of_the_same_person_waits_for_the_first(settings: Settings, ada: Person, bob: Person) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(request: Request) -> str:
        begun.set()
        assert go_on.wait(20)
        return "2x = 8"

    photos = Photos(ScriptedEngine(slow, sees="eyes"), settings)
    first = threading.Thread(target=photos.read, args=(ada, saved(drawn("a"))))
    first.start()
    assert begun.wait(20)
    with pytest.raises(InputRefused, match="try again in a moment"):
        photos.read(ada, saved(drawn("b")))
    go_on.set()
    first.join()
    assert photos.read(ada, saved(drawn("c"))).text == "2x = 8" == photos.read(bob, saved(drawn("c"))).text
