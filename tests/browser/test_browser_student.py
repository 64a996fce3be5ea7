"""The student's path in a browser: from one click to an answer with its source, and back after a reload."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_idle import wait_until_idle
from page_server import COVERED, UNCOVERED, serve_app
from sample_documents import pdf_pages

from tutor.chat.answer_generation import AnswerGenerator
from tutor.domain import Person, Thumb, TurnStatus
from tutor.engine.base import AdapterRef
from tutor.services import Services

Shoot = Callable[[Any, str], None]
BOX = "#tutor-box textarea"
CITATION = '#tutor-chat a[href*="/passage/"]'


def sign_in(page: Any) -> Any:
    """Click the button and wait until the box accepts a question."""
    page.get_by_role("button", name="Start as a guest").click()
    page.wait_for_selector(BOX)
    page.get_by_text("What would you like to understand?").wait_for()
    return page


def ask(page: Any, question: str, *, wait: bool = True) -> None:
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    if wait:
        page.wait_for_selector("#tutor-box .submit-button")
        page.wait_for_selector("#tutor-chat .tutor-provenance") if question != UNCOVERED else None


def write_correction(page: Any, text: str) -> None:
    page.locator("#tutor-correct").click()
    page.locator("#tutor-correction-panel textarea").wait_for()
    page.locator("#tutor-correction-panel textarea").fill(text)
    page.get_by_label("Use this to train my tutor").check()
    page.locator("#tutor-correction-panel").get_by_role("button", name="Save").click()
    page.locator("#tutor-correction-panel textarea").wait_for(state="hidden")


def guest(services: Services) -> Person:
    return next(person for person in services.accounts.list_people() if person.guest)


def turns(services: Services, actor: Person) -> list[Any]:
    return services.conversations.list_turns(actor, services.conversations.list_own(actor, "biology")[0].id)


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


def test_guest_sign_in_question_cited_answer_and_reload(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
):
    page = open_page()
    screenshot(page, "student-1-welcome")
    sign_in(page)
    screenshot(page, "student-2-empty")
    ask(page, COVERED)
    assert page.locator(CITATION).count() >= 2  # in the sentence, and in the list of sources
    screenshot(page, "student-3-answer")
    page.locator(CITATION).first.click()
    page.locator("dialog mark").wait_for()
    assert "reflects green light" in page.locator("dialog mark").inner_text()
    assert "section Colour" in page.locator("dialog .where").inner_text()
    screenshot(page, "student-4-passage")
    page.keyboard.press("Escape")
    wait_until_idle(page).reload()
    page.wait_for_selector(CITATION)
    assert COVERED in page.locator("#tutor-chat").inner_text()
    assert page.locator("#tutor-conversations label").count() == 1


def test_how_an_answer_came_about_opens_by_keyboard_on_a_phone_after_a_reload(
    open_page: Callable[..., Any], screenshot: Shoot
):
    page = open_page(width=390, height=844)
    sign_in(page)
    ask(page, COVERED)
    wait_until_idle(page).reload()
    page.get_by_role("link", name="How this answer came about").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Which rules applied").wait_for()
    told = page.locator("dialog").inner_text()
    assert "section Colour" in told and "None that changed this answer." in told
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")
    screenshot(page, "student-5-came-about-phone")


def test_a_conversation_survives_a_restart_of_the_server(browser: Any, tmp_path: Path):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    page = context.new_page()
    with serve_app(tmp_path) as services:
        page.goto(services.settings.url)
        ask(sign_in(page), COVERED)
        port = services.settings.port
    with serve_app(tmp_path, port=port) as services:
        page.goto(services.settings.url)
        page.wait_for_selector(CITATION)
        assert COVERED in page.locator("#tutor-chat").inner_text()
        ask(page, UNCOVERED)
        page.get_by_text("Not in your course material").wait_for()
        assert len(turns(services, guest(services))) == 2
    context.close()


def test_an_uncovered_question_is_declined_without_citations(open_page: Callable[..., Any], screenshot: Shoot):
    page = sign_in(open_page())
    ask(page, UNCOVERED)
    page.get_by_text("Not in your course material").wait_for()
    assert page.locator(CITATION).count() == 0
    screenshot(page, "student-5-uncovered")


@pytest.mark.parametrize("how", ["button", "escape"])
def test_a_stopped_answer_keeps_its_text_and_reenables_the_input(
    open_page: Callable[..., Any], served_app: Services, how: str
):
    page = sign_in(open_page())
    served_app.engine.pause_s = 0.5  # on a busy machine the answer must not end before the key arrives
    ask(page, COVERED, wait=False)
    page.locator("#tutor-chat").get_by_text("Chlorophyll absorbs").wait_for()
    page.keyboard.press("Escape") if how == "escape" else page.locator("#tutor-box .stop-button").click()
    page.get_by_text("You stopped this answer.").wait_for()
    page.wait_for_selector("#tutor-box .submit-button")
    (turn,) = turns(served_app, guest(served_app))
    assert turn.status is TurnStatus.STOPPED
    assert turn.answer.startswith("Chlorophyll") and "chloroplast" not in turn.answer
    assert served_app.engine.cancelled == 1


def test_closing_the_page_stops_generation_and_marks_the_turn(open_page: Callable[..., Any], served_app: Services):
    page = sign_in(open_page())
    served_app.engine.pause_s = 0.5
    ask(page, COVERED, wait=False)
    page.locator("#tutor-chat").get_by_text("Chlorophyll").wait_for()
    page.close()
    wait_until(lambda: turns(served_app, guest(served_app))[0].status is TurnStatus.STOPPED)


def test_retry_and_edit_replace_the_turn(open_page: Callable[..., Any], served_app: Services, screenshot: Shoot):
    page = sign_in(open_page())
    ask(page, COVERED)
    first = turns(served_app, guest(served_app))[0]
    page.get_by_label("Retry").click()
    wait_until(
        lambda: turns(served_app, guest(served_app))[0].status is TurnStatus.COMPLETE and _other(served_app, first.id)
    )
    page.wait_for_selector("#tutor-box .submit-button")
    second = turns(served_app, guest(served_app))[0]
    assert (second.replaces, second.question) == (first.id, COVERED)
    page.get_by_label("Edit").first.click()
    page.locator("#tutor-chat textarea").fill("Where does the Calvin cycle build sugar from carbon dioxide?")
    page.get_by_label("Submit").first.click()
    wait_until(lambda: _other(served_app, second.id))
    (third,) = turns(served_app, guest(served_app))
    assert third.replaces == second.id and "Calvin" in third.question
    screenshot(page, "student-6-edited")


def _other(services: Services, turn_id: str) -> bool:
    shown = turns(services, guest(services))
    return len(shown) == 1 and shown[0].id != turn_id and shown[0].status is TurnStatus.COMPLETE


def test_rating_reason_and_correction_are_stored_with_the_turn(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
):
    page = sign_in(open_page())
    ask(page, COVERED)
    actor, turn = guest(served_app), turns(served_app, guest(served_app))[0]
    page.get_by_label("Dislike", exact=True).click()
    page.locator("#tutor-correction-panel textarea").wait_for()
    wait_until(lambda: turn.id in served_app.feedback.list_ratings(actor, turn.conversation_id))
    assert served_app.feedback.list_ratings(actor, turn.conversation_id)[turn.id].thumb is Thumb.DOWN
    screenshot(page, "student-7-better")
    page.locator("#tutor-correction-panel textarea").fill("Chlorophyll takes red and blue; green is left over.")
    page.get_by_label("Use this to train my tutor").check()
    page.locator("#tutor-correction-panel").get_by_role("button", name="Save").click()
    page.locator("#tutor-correction-panel textarea").wait_for(state="hidden")
    (correction,) = served_app.feedback.list_corrections(actor, "biology")
    assert (correction.turn_id, correction.consent) == (turn.id, True)
    page.get_by_role("tab", name="My tutor").click()
    page.get_by_text("green is left over").wait_for()
    screenshot(page, "student-8-mine")
    page.locator("#tutor-corrections input").first.check()
    page.locator("#tutor-withdraw").click()
    page.locator("#tutor-withdraw-yes").click()
    page.locator("#tutor-corrections").get_by_text("taken back").wait_for()
    assert served_app.feedback.list_corrections(actor, "biology")[0].state.value == "withdrawn"


def test_a_reason_is_remembered_after_a_reload(open_page: Callable[..., Any], served_app: Services):
    page = sign_in(open_page())
    ask(page, COVERED)
    actor, turn = guest(served_app), turns(served_app, guest(served_app))[0]
    page.get_by_label("Feedback").click()
    page.get_by_text("The source does not say that").click()
    wait_until(lambda: turn.id in served_app.feedback.list_ratings(actor, turn.conversation_id))
    assert served_app.feedback.list_ratings(actor, turn.conversation_id)[turn.id].reason == "reason_source"


def test_conversations_are_renamed_deleted_and_restored(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
):
    page = sign_in(open_page())
    ask(page, COVERED)
    page.locator("#tutor-rename").click()
    page.locator("#tutor-new-name input, #tutor-new-name textarea").fill("Leaves")
    page.locator("#tutor-sidebar").get_by_role("button", name="Save").click()
    page.locator("#tutor-conversations").get_by_text("Leaves").wait_for()
    page.locator("#tutor-delete").click()
    page.locator("#tutor-conversations label").wait_for(state="detached")
    assert served_app.conversations.list_own(guest(served_app), "biology") == []
    page.locator("#tutor-undo").click()
    page.locator("#tutor-conversations").get_by_text("Leaves").wait_for()
    page.wait_for_selector(CITATION)
    page.locator("#tutor-new").click()
    page.get_by_text("What would you like to understand?").wait_for()
    screenshot(page, "student-9-conversations")


def test_two_learners_side_by_side_see_only_their_own(open_page: Callable[..., Any], served_app: Services):
    alice, bob = sign_in(open_page()), sign_in(open_page())
    ask(alice, COVERED)
    wait_until_idle(bob).reload()
    bob.get_by_text("What would you like to understand?").wait_for()
    assert bob.locator("#tutor-conversations label").count() == 0
    assert "Chlorophyll" not in bob.locator("body").inner_text()


def test_model_output_cannot_run_scripts_load_resources_or_link(
    open_page: Callable[..., Any], served_app: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """The fixture of the pages fails this test if a script fails or another address is requested.

    An adapter answers: what the base writes is shown only where the course says it.
    """
    adapter = AdapterRef("quiet-heron-v1", tmp_path, "0" * 64, "scripted")
    monkeypatch.setattr(AnswerGenerator, "_find_adapter", lambda *_: adapter)
    hostile = (
        'Chlorophyll absorbs light. <img src=x onerror="document.title=1"> ![a](http://127.0.0.1:1/a.png) '
        "[click](javascript:document.title=1) <script>document.title=1</script> <b>bold</b> https://evil.example/x"
    )
    served_app.engine.reply_text = hostile
    page = sign_in(open_page())
    title = page.title()
    ask(page, COVERED)
    assert page.title() == title
    links = page.locator("#tutor-chat .message a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    own = re.compile(
        r"(?:https?://127\.0\.0\.1:\d+)?/(?:passage|answer)/[\w?=&/-]+"
    )  # of our pages, none of the model's
    assert links and all(own.fullmatch(link) for link in links)
    assert page.locator("#tutor-chat .message img, #tutor-chat .message b").count() == 0
    assert "<script>" in page.locator("#tutor-chat").inner_text().replace("\u2060", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_student_page_fits_a_phone(open_page: Callable[..., Any], screenshot: Shoot, scheme: str):
    page = open_page(width=390, height=844, color_scheme=scheme)
    sign_in(page)
    ask(page, COVERED)
    screenshot(page, f"phone-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for selector in (BOX, "#tutor-correct", "#tutor-notice"):
        box = page.locator(selector).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844


def test_the_page_follows_the_chosen_language(open_page: Callable[..., Any], served_app: Services):
    page = sign_in(open_page())
    wait_until_idle(page).get_by_role("button", name="中文").click()
    page.get_by_role("tab", name="练习").wait_for()
    page.get_by_text("当前身份").wait_for()
    wait_until_idle(page).get_by_role("button", name="English").click()
    page.get_by_role("tab", name="Practice").wait_for()
    page.get_by_text("Signed in as").wait_for()
    page.get_by_role("tab", name="Progress", exact=True).click()
    page.locator("#tutor-profile button").first.click()
    wait_until_idle(page).locator("#tutor-profile label", has_text="中文").click()
    page.locator("#tutor-profile-save").click()
    page.get_by_role("tab", name="练习").wait_for()


def test_everything_can_be_done_with_the_keyboard(open_page: Callable[..., Any], served_app: Services):
    page = open_page()
    page.wait_for_function("document.activeElement.tagName === 'BUTTON'")  # the button has the focus
    page.keyboard.press("Enter")
    page.wait_for_selector(BOX)
    page.get_by_text("What would you like to understand?").wait_for()
    page.locator(BOX).focus()
    page.keyboard.type("Does chlorophyll absorb red and blue light")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and reflect green light?")
    page.keyboard.press("Enter")
    page.wait_for_selector(CITATION)
    assert "\n" in turns(served_app, guest(served_app))[0].question
    page.locator(CITATION).first.focus()
    page.keyboard.press("Enter")
    page.locator("dialog mark").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog mark").wait_for(state="hidden")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_cited_pdf_page_opens_with_the_quote_highlighted(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot, width: int, scheme: str
):
    said = "The folded inner membrane carries the proton pumps of respiration."
    served_app.documents.ingest(
        served_app.operator, "biology", "cells.pdf", pdf_pages([(72, 700, "Cells")], [(72, 500, said)])
    )
    served_app.engine.reply_text = said
    page = open_page(width=width, height=844, color_scheme=scheme)
    sign_in(page)
    ask(page, "Does the folded inner membrane carry the proton pumps of respiration?")
    page.locator(CITATION).first.click()
    page.locator("dialog .page-image .quote").wait_for()
    page.wait_for_function("document.querySelector('dialog .page-image img')?.naturalWidth > 1000")
    sheet, quote = (page.locator(f"dialog .page-image {part}").bounding_box() for part in ("img", ".quote"))
    assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= width
    assert sheet["x"] <= quote["x"] and quote["x"] + quote["width"] <= sheet["x"] + sheet["width"]
    assert 0 <= quote["y"] <= 844
    screenshot(page, f"cited-page-{scheme}")
    page.keyboard.press("Escape")
    served_app.documents.remove(served_app.operator, served_app.library.documents("biology")[-1].id)
    page.locator(CITATION).first.click()
    page.locator("dialog").get_by_text("removed or replaced after you got your answer").wait_for()


def test_learners_read_of_the_model_only_while_it_cannot_answer(open_page: Callable[..., Any], served_app: Services):
    page = wait_until_idle(sign_in(open_page(width=390, height=844)))
    assert page.locator("#tutor-model").inner_text().strip() == ""
    notice = page.locator("#tutor-notice p").bounding_box()
    assert notice and notice["y"] + notice["height"] <= 844
    assert page.evaluate("document.documentElement.scrollHeight") <= 844
