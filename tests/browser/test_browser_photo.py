"""A picture of one's work in the chat and in practice: read back into the box, and sent by nobody but the learner."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from page_idle import settle
from work_photos import WORKING, drawn, need_ocr, saved, text_of

from tutor.assessment.items import Kind
from tutor.services import House
from tutor.store.items import ItemState

Shoot = Callable[[Any, str], None]
BOX = "#tutor-box textarea"
ATTACH = "#tutor-photo-chat .tutor-photo-attach"
NOTE = "#tutor-photo-chat .tutor-photo-note"


def sign_in(page: Any) -> Any:
    page.locator("form[action='/guest'] button").click()
    page.wait_for_selector(BOX)
    return settle(page)


def attach(page: Any, button: str, name: str, mime: str, data: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator(button).click()
    chooser.value.set_files({"name": name, "mimeType": mime, "buffer": data})


def conversations(house: House) -> int:
    return sum(len(house.conversations.mine(who, "biology")) for who in house.accounts.everyone())


def test_a_picture_in_the_chat_is_read_back_and_sent_only_by_the_learner(
    open_page: Callable[..., Any], served: House, shoot: Shoot
) -> None:
    need_ocr()
    page = sign_in(open_page())
    page.fill(BOX, "Is this right?")
    attach(page, ATTACH, "work.png", "image/png", saved(drawn(*WORKING)))
    page.get_by_text("This is what I read").wait_for()
    read = page.input_value(BOX)
    assert read.startswith("Is this right?\n") and text_of(WORKING[0]) in text_of(read)
    shoot(page, "photo-1-read")
    assert conversations(served) == 0
    page.fill(BOX, "Does chlorophyll absorb red and blue light and reflect green light?")
    page.press(BOX, "Enter")
    settle(page)
    assert conversations(served) == 1
    page.wait_for_function("document.querySelector('#tutor-photo-chat .tutor-photo-note').textContent === ''")


COPY = """async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
}"""


def test_a_picture_pasted_from_the_clipboard_is_read_back_and_pasted_text_stays_text(
    open_page: Callable[..., Any], served: House, shoot: Shoot
) -> None:
    need_ocr()
    page = sign_in(open_page(permissions=["clipboard-read", "clipboard-write"]))
    page.evaluate("navigator.clipboard.writeText('My work: ')")
    page.focus(BOX)
    page.keyboard.press("Control+v")
    assert page.input_value(BOX) == "My work: " and not page.locator(NOTE).inner_text()
    page.evaluate(COPY, base64.b64encode(saved(drawn(*WORKING))).decode())
    page.focus(BOX)
    page.keyboard.press("Control+v")
    page.get_by_text("This is what I read").wait_for()
    read = page.input_value(BOX)
    assert read.startswith("My work:\n") and text_of(WORKING[0]) in text_of(read)
    shoot(page, "photo-5-pasted")
    assert conversations(served) == 0


def test_what_is_no_picture_is_said_and_leaves_the_box_as_it_was(
    open_page: Callable[..., Any], served: House, shoot: Shoot
) -> None:
    page = sign_in(open_page(width=390, height=800, has_touch=True, is_mobile=True, color_scheme="dark"))
    page.fill(BOX, "What I wrote")
    attach(page, ATTACH, "work.png", "image/png", b"%PDF-1.7 this is no picture")
    page.get_by_text("This file is not a picture").wait_for()
    assert page.input_value(BOX) == "What I wrote"
    shoot(page, "photo-2-refused-dark-phone")


def test_a_phone_offers_its_camera_and_speaks_chinese(
    open_page: Callable[..., Any], served: House, shoot: Shoot
) -> None:
    need_ocr()
    page = open_page(width=390, height=800, has_touch=True, is_mobile=True, locale="zh-CN")
    sign_in(page)
    camera = page.locator("#tutor-photo-chat .tutor-photo-camera")
    with page.expect_file_chooser() as chooser:
        camera.click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": saved(drawn(*WORKING), "JPEG")})
    page.get_by_text("这是我读到的内容").wait_for()
    shoot(page, "photo-3-phone-chinese")


@pytest.fixture
def posed(served: House) -> House:
    """The served house with one question of a number, kept in front of what its document gives."""
    operator = served.office.operator
    one = served.questions.write(operator, "biology", Kind.NUMBER, "Solve 2x + 3 = 11 for x.", ["4"])
    served.questions.set_state(operator, one.id, ItemState.PINNED)
    for other in served.questions.pool("biology"):
        if other.item.id != one.id:
            served.questions.set_state(operator, other.item.id, ItemState.BANNED)
    return served


def test_a_picture_answers_a_posed_question_only_after_she_has_checked_it(
    open_page: Callable[..., Any], posed: House, shoot: Shoot
) -> None:
    need_ocr()
    page = sign_in(open_page(width=390, height=800, has_touch=True, is_mobile=True))
    page.get_by_role("tab", name="Practice").click()
    page.locator("#tutor-practice-go").click()
    page.get_by_text("Question 1 of").wait_for()
    attach(page, "#tutor-photo-practice .tutor-photo-attach", "a.png", "image/png", saved(drawn("x = 4")))
    page.get_by_text("This is what I read").wait_for()
    shoot(page, "photo-4-practice")
    who = next(person for person in posed.accounts.everyone() if person.guest)
    row = posed.practice.sitting(who, "biology").current
    assert not row.given  # nothing was graded by the upload
    page.locator("#tutor-practice-check").click()
    page.get_by_text("✓ Right").first.wait_for()
