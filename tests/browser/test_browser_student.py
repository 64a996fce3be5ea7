"""The student's path in a real browser: from one click to an answer with its source, and back after a reload."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_idle import settle
from page_server import COVERED, UNCOVERED, open_pages
from sample_documents import pdf_pages

from tutor.domain import Person, Thumb, TurnStatus
from tutor.services import House

Shoot = Callable[[Any, str], None]
BOX = "#tutor-box textarea"
CITATION = '#tutor-chat a[href*="/passage/"]'


def sign_in(page: Any) -> Any:
    """Click the one button and wait until the box takes a question."""
    page.get_by_role("button", name="Start as a guest").click()
    page.wait_for_selector(BOX)
    page.get_by_text("What would you like to understand?").wait_for()
    return page


def ask(page: Any, question: str, *, wait: bool = True) -> None:
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    if wait:
        page.wait_for_selector("#tutor-box .submit-button")
        page.wait_for_selector("#tutor-chat .tutor-origin") if question != UNCOVERED else None


def write_better(page: Any, text: str) -> None:
    page.locator("#tutor-better").click()
    page.locator("#tutor-panel textarea").wait_for()
    page.locator("#tutor-panel textarea").fill(text)
    page.get_by_label("Use this to train my tutor").check()
    page.locator("#tutor-panel").get_by_role("button", name="Save").click()
    page.locator("#tutor-panel textarea").wait_for(state="hidden")


def guest(house: House) -> Person:
    return next(person for person in house.accounts.everyone() if person.guest)


def turns(house: House, who: Person) -> list[Any]:
    return house.conversations.turns(who, house.conversations.mine(who, "biology")[0].id)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


def test_one_click_a_question_an_answer_its_source_and_back_after_a_reload(
    open_page: Callable[..., Any], served: House, shoot: Shoot
):
    page = open_page()
    shoot(page, "student-1-welcome")
    sign_in(page)
    shoot(page, "student-2-empty")
    ask(page, COVERED)
    assert page.locator(CITATION).count() >= 2  # in the sentence, and in the list of sources
    shoot(page, "student-3-answer")
    page.locator(CITATION).first.click()
    page.locator("dialog mark").wait_for()
    assert "reflects green light" in page.locator("dialog mark").inner_text()
    assert "section Colour" in page.locator("dialog .where").inner_text()
    shoot(page, "student-4-passage")
    page.keyboard.press("Escape")
    settle(page).reload()
    page.wait_for_selector(CITATION)
    assert COVERED in page.locator("#tutor-chat").inner_text()
    assert page.locator("#tutor-threads label").count() == 1


def test_a_conversation_survives_a_restart_of_the_server(browser: Any, tmp_path: Path):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    page = context.new_page()
    with open_pages(tmp_path) as house:
        page.goto(house.settings.url)
        ask(sign_in(page), COVERED)
        port = house.settings.port
    with open_pages(tmp_path, port=port) as house:
        page.goto(house.settings.url)
        page.wait_for_selector(CITATION)
        assert COVERED in page.locator("#tutor-chat").inner_text()
        ask(page, UNCOVERED)
        page.get_by_text("Not in your course material").wait_for()
        assert len(turns(house, guest(house))) == 2
    context.close()


def test_a_question_outside_the_course_is_said_to_be_and_cites_nothing(open_page: Callable[..., Any], shoot: Shoot):
    page = sign_in(open_page())
    ask(page, UNCOVERED)
    page.get_by_text("Not in your course material").wait_for()
    assert page.locator(CITATION).count() == 0
    shoot(page, "student-5-uncovered")


@pytest.mark.parametrize("how", ["button", "escape"])
def test_a_stopped_answer_keeps_its_start_and_frees_the_box(open_page: Callable[..., Any], served: House, how: str):
    page = sign_in(open_page())
    ask(page, COVERED, wait=False)
    page.locator("#tutor-chat").get_by_text("Chlorophyll absorbs").wait_for()
    page.keyboard.press("Escape") if how == "escape" else page.locator("#tutor-box .stop-button").click()
    page.get_by_text("Stopped by you.").wait_for()
    page.wait_for_selector("#tutor-box .submit-button")
    (turn,) = turns(served, guest(served))
    assert turn.status is TurnStatus.STOPPED
    assert turn.answer.startswith("Chlorophyll") and "chloroplast" not in turn.answer
    assert served.engine.cancelled == 1


def test_closing_the_page_stops_the_answer_and_the_conversation_says_so(open_page: Callable[..., Any], served: House):
    page = sign_in(open_page())
    served.engine.pause_s = 0.5
    ask(page, COVERED, wait=False)
    page.locator("#tutor-chat").get_by_text("Chlorophyll").wait_for()
    page.close()
    until(lambda: turns(served, guest(served))[0].status is TurnStatus.STOPPED)


def test_retry_asks_again_and_edit_asks_something_else_in_its_place(
    open_page: Callable[..., Any], served: House, shoot: Shoot
):
    page = sign_in(open_page())
    ask(page, COVERED)
    first = turns(served, guest(served))[0]
    page.get_by_label("Retry").click()
    until(lambda: turns(served, guest(served))[0].status is TurnStatus.COMPLETE and _other(served, first.id))
    page.wait_for_selector("#tutor-box .submit-button")
    second = turns(served, guest(served))[0]
    assert (second.replaces, second.question) == (first.id, COVERED)
    page.get_by_label("Edit").first.click()
    page.locator("#tutor-chat textarea").fill("Where does the Calvin cycle build sugar from carbon dioxide?")
    page.get_by_label("Submit").first.click()
    until(lambda: _other(served, second.id))
    (third,) = turns(served, guest(served))
    assert third.replaces == second.id and "Calvin" in third.question
    shoot(page, "student-6-edited")


def _other(house: House, turn_id: str) -> bool:
    shown = turns(house, guest(house))
    return len(shown) == 1 and shown[0].id != turn_id and shown[0].status is TurnStatus.COMPLETE


def test_a_thumb_a_reason_and_a_better_answer_are_stored_with_the_turn(
    open_page: Callable[..., Any], served: House, shoot: Shoot
):
    page = sign_in(open_page())
    ask(page, COVERED)
    who, turn = guest(served), turns(served, guest(served))[0]
    page.get_by_label("Dislike", exact=True).click()
    page.locator("#tutor-panel textarea").wait_for()
    until(lambda: turn.id in served.feedback.ratings(who, turn.conversation_id))
    assert served.feedback.ratings(who, turn.conversation_id)[turn.id].thumb is Thumb.DOWN
    shoot(page, "student-7-better")
    page.locator("#tutor-panel textarea").fill("Chlorophyll takes red and blue; green is left over.")
    page.get_by_label("Use this to train my tutor").check()
    page.locator("#tutor-panel").get_by_role("button", name="Save").click()
    page.locator("#tutor-panel textarea").wait_for(state="hidden")
    (correction,) = served.feedback.corrections(who, "biology")
    assert (correction.turn_id, correction.consent) == (turn.id, True)
    page.get_by_role("tab", name="My tutor").click()
    page.get_by_text("green is left over").wait_for()
    shoot(page, "student-8-mine")
    page.locator("#tutor-corrections input").first.check()
    page.locator("#tutor-withdraw").click()
    page.locator("#tutor-withdraw-yes").click()
    page.locator("#tutor-corrections").get_by_text("taken back").wait_for()
    assert served.feedback.corrections(who, "biology")[0].state.value == "withdrawn"


def test_a_reason_is_remembered_after_a_reload(open_page: Callable[..., Any], served: House):
    page = sign_in(open_page())
    ask(page, COVERED)
    who, turn = guest(served), turns(served, guest(served))[0]
    page.get_by_label("Feedback").click()
    page.get_by_text("The source does not say that").click()
    until(lambda: turn.id in served.feedback.ratings(who, turn.conversation_id))
    assert served.feedback.ratings(who, turn.conversation_id)[turn.id].reason == "reason_source"


def test_conversations_are_named_deleted_and_brought_back(open_page: Callable[..., Any], served: House, shoot: Shoot):
    page = sign_in(open_page())
    ask(page, COVERED)
    page.locator("#tutor-rename").click()
    page.locator("#tutor-new-name input, #tutor-new-name textarea").fill("Leaves")
    page.locator("#tutor-side").get_by_role("button", name="Save").click()
    page.locator("#tutor-threads").get_by_text("Leaves").wait_for()
    page.locator("#tutor-delete").click()
    page.locator("#tutor-threads label").wait_for(state="detached")
    assert served.conversations.mine(guest(served), "biology") == []
    page.locator("#tutor-undo").click()
    page.locator("#tutor-threads").get_by_text("Leaves").wait_for()
    page.wait_for_selector(CITATION)
    page.locator("#tutor-new").click()
    page.get_by_text("What would you like to understand?").wait_for()
    shoot(page, "student-9-conversations")


def test_two_learners_side_by_side_see_only_their_own(open_page: Callable[..., Any], served: House):
    alice, bob = sign_in(open_page()), sign_in(open_page())
    ask(alice, COVERED)
    settle(bob).reload()
    bob.get_by_text("What would you like to understand?").wait_for()
    assert bob.locator("#tutor-threads label").count() == 0
    assert "Chlorophyll" not in bob.locator("body").inner_text()


def test_what_a_model_writes_can_neither_run_nor_load_nor_link(open_page: Callable[..., Any], served: House):
    """The pages' fixture fails this test when any script fails or any other address is asked for."""
    hostile = (
        'Chlorophyll absorbs light. <img src=x onerror="document.title=1"> ![a](http://127.0.0.1:1/a.png) '
        "[click](javascript:document.title=1) <script>document.title=1</script> <b>bold</b> https://evil.example/x"
    )
    served.engine.says = hostile
    page = sign_in(open_page())
    title = page.title()
    ask(page, COVERED)
    assert page.title() == title
    links = page.locator("#tutor-chat .message a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert all("/passage/" in link for link in links)
    assert page.locator("#tutor-chat .message img, #tutor-chat .message b").count() == 0
    assert "<script>" in page.locator("#tutor-chat").inner_text().replace("\u2060", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_cut_off(open_page: Callable[..., Any], shoot: Shoot, scheme: str):
    page = open_page(width=390, height=844, color_scheme=scheme)
    sign_in(page)
    ask(page, COVERED)
    shoot(page, f"phone-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for selector in (BOX, "#tutor-better", "#tutor-notice"):
        box = page.locator(selector).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844


def test_the_whole_page_speaks_the_language_that_she_chooses(open_page: Callable[..., Any], served: House):
    page = sign_in(open_page())
    settle(page).get_by_role("button", name="中文").click()
    page.get_by_role("tab", name="练习").wait_for()
    page.get_by_text("当前身份").wait_for()
    settle(page).get_by_role("button", name="English").click()
    page.get_by_role("tab", name="Practice").wait_for()
    page.get_by_text("Signed in as").wait_for()
    page.get_by_role("tab", name="Progress", exact=True).click()
    page.locator("#tutor-profile button").first.click()
    settle(page).locator("#tutor-profile label", has_text="中文").click()
    page.locator("#tutor-profile-save").click()
    page.get_by_role("tab", name="练习").wait_for()


def test_everything_can_be_done_with_the_keyboard(open_page: Callable[..., Any], served: House):
    page = open_page()
    page.wait_for_function("document.activeElement.tagName === 'BUTTON'")  # the one button has the focus
    page.keyboard.press("Enter")
    page.wait_for_selector(BOX)
    page.get_by_text("What would you like to understand?").wait_for()
    page.locator(BOX).focus()
    page.keyboard.type("Does chlorophyll absorb red and blue light")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and reflect green light?")
    page.keyboard.press("Enter")
    page.wait_for_selector(CITATION)
    assert "\n" in turns(served, guest(served))[0].question
    page.locator(CITATION).first.focus()
    page.keyboard.press("Enter")
    page.locator("dialog mark").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog mark").wait_for(state="hidden")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_cited_page_opens_as_printed_with_the_quote_marked(
    open_page: Callable[..., Any], served: House, shoot: Shoot, width: int, scheme: str
):
    said = "The folded inner membrane carries the proton pumps of respiration."
    served.shelf.add(served.office.operator, "biology", "cells.pdf", pdf_pages([(72, 700, "Cells")], [(72, 500, said)]))
    served.engine.says = said
    page = open_page(width=width, height=844, color_scheme=scheme)
    sign_in(page)
    ask(page, "Does the folded inner membrane carry the proton pumps of respiration?")
    page.locator(CITATION).first.click()
    page.locator("dialog .sheet .quote").wait_for()
    page.wait_for_function("document.querySelector('dialog .sheet img')?.naturalWidth > 1000")
    sheet, quote = (page.locator(f"dialog .sheet {part}").bounding_box() for part in ("img", ".quote"))
    assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= width
    assert sheet["x"] <= quote["x"] and quote["x"] + quote["width"] <= sheet["x"] + sheet["width"]
    assert 0 <= quote["y"] <= 844
    shoot(page, f"cited-page-{scheme}")
    page.keyboard.press("Escape")
    served.shelf.remove(served.office.operator, served.library.documents("biology")[-1].id)
    page.locator(CITATION).first.click()
    page.locator("dialog").get_by_text("removed or replaced after your answer").wait_for()


def test_a_long_model_name_on_a_phone_leaves_the_notice_whole(open_page: Callable[..., Any], served: House):
    page = sign_in(open_page(width=390, height=844))
    page.evaluate("document.querySelector('#tutor-model p').textContent = 'SmolLM2-135M-Instruct+house (NF4) · cpu'")
    notice = page.locator("#tutor-notice p").bounding_box()
    assert notice and notice["y"] + notice["height"] <= 844
    assert page.evaluate("document.documentElement.scrollHeight") <= 844
