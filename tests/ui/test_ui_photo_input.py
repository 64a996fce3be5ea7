"""The route of a picture: for those who are signed in, from our own page, of a size; it answers and stores nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable

import httpx
import pytest
from work_photos import drawn, need_ocr, saved, text_of

from tutor.chat.photo_transcription import MOST_BYTES
from tutor.ui import photo_input

Client = Callable[[], httpx.Client]


def test_a_guest_is_told_what_was_read(guest: Client, caplog: pytest.LogCaptureFixture) -> None:
    need_ocr()
    with caplog.at_level(logging.DEBUG):
        answer = guest().post("/photo", content=saved(drawn("elephants divide cells")))
    assert answer.status_code == 200 and text_of("elephants divide cells") in text_of(answer.json()["text"])
    assert answer.json()["note"].startswith("This is what I read")
    assert "elephants" not in caplog.text
    assert answer.headers["cache-control"] == "no-store"


def test_nobody_else_may_send_one(visitor: Client, guest: Client) -> None:
    assert visitor().post("/photo", content=b"x").status_code == 401
    assert guest().post("/photo", content=b"x", headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert guest().get("/photo").status_code == 405


def test_what_cannot_be_read_is_a_sentence(guest: Client) -> None:
    answer = guest().post("/photo", content=b"%PDF-1.7")
    assert answer.json() == {"refused": "This file is not a picture; choose a PNG or a JPEG."}


def test_a_flood_is_cut_off(guest: Client) -> None:
    answer = guest().post("/photo", content=bytes(MOST_BYTES + 1))
    assert answer.status_code == 413 and "larger than 12 MB" in answer.json()["refused"]


def test_the_script_has_its_words_in_both_languages() -> None:
    script = photo_input.script()
    assert "Reading your picture" in script and "正在识别图片" in script and "WORDS" not in script
