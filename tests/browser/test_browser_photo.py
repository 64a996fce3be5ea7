"""Photos in the chat and in practice: the transcript goes into the box, and only the learner sends it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from page_idle import wait_until_idle
from work_photos import WORK_LINES, draw_text, encode_image, require_ocr, without_spaces

from tutor.assessment.items import ItemKind
from tutor.services import Services
from tutor.store.items import ItemState

Shoot = Callable[[Any, str], None]
BOX = "#tutor-box textarea"
ATTACH = "#tutor-photo-chat .tutor-photo-attach"
NOTE = "#tutor-photo-chat .tutor-photo-note"


def sign_in(page: Any) -> Any:
    page.locator("form[action='/guest'] button").click()
    page.wait_for_selector(BOX)
    return wait_until_idle(page)


def attach(page: Any, button: str, name: str, mime: str, data: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator(button).click()
    chooser.value.set_files({"name": name, "mimeType": mime, "buffer": data})


def conversations(services: Services) -> int:
    return sum(len(services.conversations.list_own(actor, "biology")) for actor in services.accounts.list_people())


def test_a_photo_in_the_chat_is_transcribed_and_sent_only_by_the_learner(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
) -> None:
    require_ocr()
    page = sign_in(open_page())
    page.fill(BOX, "Is this right?")
    attach(page, ATTACH, "work.png", "image/png", encode_image(draw_text(*WORK_LINES)))
    page.get_by_text("This is what I read").wait_for()
    read = page.input_value(BOX)
    assert read.startswith("Is this right?\n") and without_spaces(WORK_LINES[0]) in without_spaces(read)
    screenshot(page, "photo-1-read")
    assert conversations(served_app) == 0
    page.fill(BOX, "Does chlorophyll absorb red and blue light and reflect green light?")
    page.press(BOX, "Enter")
    wait_until_idle(page)
    assert conversations(served_app) == 1
    page.wait_for_function("document.querySelector('#tutor-photo-chat .tutor-photo-note').textContent === ''")


COPY = """async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
}"""


def test_a_pasted_photo_is_transcribed_and_pasted_text_stays_text(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
) -> None:
    require_ocr()
    page = sign_in(open_page(permissions=["clipboard-read", "clipboard-write"]))
    page.evaluate("navigator.clipboard.writeText('My work: ')")
    page.focus(BOX)
    page.keyboard.press("Control+v")
    assert page.input_value(BOX) == "My work: " and not page.locator(NOTE).inner_text()
    page.evaluate(COPY, base64.b64encode(encode_image(draw_text(*WORK_LINES))).decode())
    page.focus(BOX)
    page.keyboard.press("Control+v")
    page.get_by_text("This is what I read").wait_for()
    read = page.input_value(BOX)
    assert read.startswith("My work:\n") and without_spaces(WORK_LINES[0]) in without_spaces(read)
    screenshot(page, "photo-5-pasted")
    assert conversations(served_app) == 0


def test_a_non_image_file_is_refused_and_the_input_is_unchanged(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
) -> None:
    page = sign_in(open_page(width=390, height=800, has_touch=True, is_mobile=True, color_scheme="dark"))
    page.fill(BOX, "What I wrote")
    attach(page, ATTACH, "work.png", "image/png", b"%PDF-1.7 this is no picture")
    page.get_by_text("This file is not a picture").wait_for()
    assert page.input_value(BOX) == "What I wrote"
    screenshot(page, "photo-2-refused-dark-phone")


def test_mobile_offers_the_camera_and_chinese(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
) -> None:
    require_ocr()
    page = open_page(width=390, height=800, has_touch=True, is_mobile=True, locale="zh-CN")
    sign_in(page)
    camera = page.locator("#tutor-photo-chat .tutor-photo-camera")
    with page.expect_file_chooser() as chooser:
        camera.click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": encode_image(draw_text(*WORK_LINES), "JPEG")}
    )
    page.get_by_text("这是我读到的内容").wait_for()
    screenshot(page, "photo-3-phone-chinese")


@pytest.fixture
def open_question(served_app: Services) -> Services:
    """The served pages with one pinned number question."""
    operator = served_app.operator
    one = served_app.item_bank.add_item(operator, "biology", ItemKind.NUMBER, "Solve 2x + 3 = 11 for x.", ["4"])
    served_app.item_bank.set_state(operator, one.id, ItemState.PINNED)
    for other in served_app.item_bank.askable_items("biology"):
        if other.item.id != one.id:
            served_app.item_bank.set_state(operator, other.item.id, ItemState.BANNED)
    return served_app


def test_a_photo_answers_a_question_only_after_the_learner_confirms(
    open_page: Callable[..., Any], open_question: Services, screenshot: Shoot
) -> None:
    require_ocr()
    page = sign_in(open_page(width=390, height=800, has_touch=True, is_mobile=True))
    page.get_by_role("tab", name="Practice").click()
    page.locator("#tutor-practice-start-button").click()
    page.get_by_text("Question 1 of").wait_for()
    attach(page, "#tutor-photo-practice .tutor-photo-attach", "a.png", "image/png", encode_image(draw_text("x = 4")))
    page.get_by_text("This is what I read").wait_for()
    screenshot(page, "photo-4-practice")
    actor = next(person for person in open_question.accounts.list_people() if person.guest)
    row = open_question.quiz_sessions.latest_session(actor, "biology").current
    assert not row.attempts  # nothing was graded by the upload
    page.locator("#tutor-practice-check").click()
    page.get_by_text("✓ Right").first.wait_for()
