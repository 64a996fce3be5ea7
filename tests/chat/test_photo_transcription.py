"""A photo becomes text for its learner to correct, by the vision model or by OCR; nothing of it is stored."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from PIL import Image
from work_photos import WORK_LINES, draw_text, encode_image, require_ocr, without_spaces

from tutor.chat.photo_transcription import MAX_BYTES, PhotoTranscriber
from tutor.domain import Person
from tutor.engine.base import GenerationRequest, Message
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import InputRefused
from tutor.locales import CATALOGS
from tutor.platform.settings import Settings
from tutor.services import Services


def open_with_vision_engine(settings: Settings, says: str) -> tuple[PhotoTranscriber, ScriptedEngine]:
    engine = ScriptedEngine([says], vision_model="eyes")
    return PhotoTranscriber(engine, settings), engine


def test_without_a_vision_model_ocr_transcribes(services: Services, ada: Person) -> None:
    require_ocr()
    found = services.photos.transcribe(ada, encode_image(draw_text(*WORK_LINES)))
    assert found.model == "" and without_spaces("x = 4") in without_spaces(found.text)
    assert len(found.text.splitlines()) == len(WORK_LINES)


def test_neither_photo_nor_transcript_is_stored(
    services: Services, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    require_ocr()

    def files() -> dict[Path, int]:
        return {path: path.stat().st_size for path in services.data_dir.path.rglob("*") if path.is_file()}

    before = files()
    services.photos.transcribe(ada, encode_image(draw_text("mitochondria are elsewhere")))
    assert files() == before and "mitochondria" not in caplog.text


def test_the_vision_model_gets_pixels_without_metadata_and_a_transcription_prompt(
    settings: Settings, ada: Person
) -> None:
    photos, engine = open_with_vision_engine(settings, "2x = 8")
    exif = Image.Exif()
    exif[0x010E] = "home of Ada"  # as a camera writes it
    photo = io.BytesIO()
    draw_text("2x = 8").save(photo, "JPEG", exif=exif)
    found = photos.transcribe(ada, photo.getvalue())
    assert (found.text, found.model) == ("2x = 8", "eyes")
    (request,) = engine.requests
    assert isinstance(request, GenerationRequest) and request.adapter is None and request.temperature == 0
    (picture,) = request.messages[-1].images
    assert picture.startswith(b"\x89PNG") and b"home of Ada" not in picture
    assert "Do not solve" in request.messages[-1].content


def test_an_empty_transcript_is_reported(settings: Settings, ada: Person) -> None:
    photos, _ = open_with_vision_engine(settings, "[nothing]")
    with pytest.raises(InputRefused, match="No text was found"):
        photos.transcribe(ada, encode_image(draw_text("2x = 8")))


def test_hidden_characters_are_removed_from_a_transcript(settings: Settings, ada: Person) -> None:
    photos, _ = open_with_vision_engine(settings, "2x\u202e = 8\u200b")
    assert photos.transcribe(ada, encode_image(draw_text("2x = 8"))).text == "2x = 8"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(MAX_BYTES), "photo_too_big"),
        (b"%PDF-1.7", "photo_not_picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(64), "photo_heic"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "photo_damaged"),
        (encode_image(Image.new("1", (9_000, 9_000))), "photo_pixels"),
    ],
    ids=["too big", "no picture", "heic", "damaged", "pixels"],
)
def test_an_unreadable_photo_is_reported_in_both_languages(
    settings: Settings, ada: Person, data: bytes, key: str
) -> None:
    photos, _ = open_with_vision_engine(settings, "never asked")
    with pytest.raises(InputRefused) as refused:
        photos.transcribe(ada, data)
    assert refused.value.key == key
    english = CATALOGS["en"][key].format(**refused.value.values)
    assert str(refused.value) == english
    assert CATALOGS["zh"][key].format(**refused.value.values) != english


def test_a_text_only_engine_refuses_images(services: Services, ada: Person) -> None:
    request = GenerationRequest((Message("user", "What is this?", (encode_image(draw_text("x")),)),), ada.id)
    with pytest.raises(InputRefused, match="cannot read pictures"):
        list(services.engine.stream(request))


def test_photo_transcriptions_of_one_person_are_serialised(settings: Settings, ada: Person, bob: Person) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(request: GenerationRequest) -> str:
        begun.set()
        assert go_on.wait(20)
        return "2x = 8"

    photos = PhotoTranscriber(ScriptedEngine(slow, vision_model="eyes"), settings)
    first = threading.Thread(target=photos.transcribe, args=(ada, encode_image(draw_text("a"))))
    first.start()
    assert begun.wait(20)
    with pytest.raises(InputRefused, match="Please try again in a moment"):
        photos.transcribe(ada, encode_image(draw_text("b")))
    go_on.set()
    first.join()
    assert (
        photos.transcribe(ada, encode_image(draw_text("c"))).text
        == "2x = 8"
        == photos.transcribe(bob, encode_image(draw_text("c"))).text
    )
