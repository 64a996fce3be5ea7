"""The photo route: only for signed-in people, from our own page, up to a size; it stores nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable

import httpx
import pytest
from work_photos import draw_text, encode_image, require_ocr, without_spaces

from tutor.chat.photo_transcription import MAX_BYTES
from tutor.ui import page_scripts

Client = Callable[[], httpx.Client]


def test_a_guest_gets_the_transcript(new_guest: Client, caplog: pytest.LogCaptureFixture) -> None:
    require_ocr()
    with caplog.at_level(logging.DEBUG):
        answer = new_guest().post("/photo", content=encode_image(draw_text("elephants divide cells")))
    assert answer.status_code == 200 and without_spaces("elephants divide cells") in without_spaces(
        answer.json()["text"]
    )
    assert answer.json()["note"].startswith("This is what I read")
    assert "elephants" not in caplog.text
    assert answer.headers["cache-control"] == "no-store"


def test_the_photo_route_requires_a_session_and_same_origin(new_visitor: Client, new_guest: Client) -> None:
    assert new_visitor().post("/photo", content=b"x").status_code == 401
    assert new_guest().post("/photo", content=b"x", headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert new_guest().get("/photo").status_code == 405


def test_an_unreadable_photo_is_one_clear_error(new_guest: Client) -> None:
    answer = new_guest().post("/photo", content=b"%PDF-1.7")
    assert answer.json() == {"refused": "This file is not a picture. Please choose a PNG or JPEG file."}


def test_the_photo_route_is_rate_limited(new_guest: Client) -> None:
    answer = new_guest().post("/photo", content=bytes(MAX_BYTES + 1))
    assert answer.status_code == 413 and "larger than 12 MB" in answer.json()["refused"]


def test_the_photo_script_is_localised() -> None:
    script = page_scripts.render_script()
    assert "Reading your picture" in script and "正在识别图片" in script
    assert "MESSAGES" not in script and "MAX_PHOTO_BYTES" not in script
