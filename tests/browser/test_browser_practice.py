"""Hints in the chat, a quiz in the practice tab, and an instructor who decides a grade, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_idle import wait_until_idle
from page_server import instructor_link

from tutor.assessment.item_judge.judge import ItemJudge
from tutor.assessment.items import ItemKind
from tutor.assessment.logistic import LogisticModel
from tutor.domain import HelpLevel, Outcome, Person
from tutor.services import Services

Shoot = Callable[[Any, str], None]
BOX = "#tutor-box textarea"
TERMS = b"""# Programs

A loop is a code block that runs a set of statements while a given condition holds.

Readers know well that a loop needs a condition in order to stop after some time.

A byte that holds a character of ordinary text has exactly 8 bits in memory.
"""


@pytest.fixture(autouse=True)
def every_sound_item(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a course of a few sentences have questions of every kind; which are worth asking is tested elsewhere."""
    lenient = ItemJudge(LogisticModel({}, 0.0), 0.0, "every sound item")
    for module in ("tutor.assessment.item_generation", "tutor.practice.item_bank"):
        monkeypatch.setattr(f"{module}.load_item_judge", lambda: lenient)


@pytest.fixture
def course_with_items(served_app: Services) -> Services:
    """The served pages with a document that questions can be made from."""
    served_app.documents.ingest(served_app.operator, "biology", "programs.md", TERMS)
    served_app.item_bank.generate_items("biology")
    return served_app


def sign_in(page: Any, button: str = "Start as a guest") -> Any:
    page.get_by_role("button", name=button).click()
    page.wait_for_selector(BOX)
    return page


def guest(services: Services) -> Person:
    return next(person for person in services.accounts.list_people() if person.guest)


def test_repeated_hint_requests_show_the_ladder_step(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
):
    page = sign_in(open_page())
    page.fill(BOX, "Solve 5x - 8 = 27")
    page.press(BOX, "Enter")
    page.get_by_text("Hint 1 of 4").wait_for()
    page.locator("#tutor-quick-hint").click()
    page.get_by_text("Hint 2 of 4").wait_for()
    assert "x = 7" not in page.locator("#tutor-chat").inner_text()
    screenshot(page, "practice-1-hints")


def test_a_quiz_survives_a_reload_and_counts_a_double_click_once(
    open_page: Callable[..., Any], course_with_items: Services, screenshot: Shoot
):
    page = sign_in(open_page(width=390, height=800))
    page.get_by_role("tab", name="Practice").click()
    page.locator("#tutor-practice-start-button").click()
    page.locator("#tutor-practice-number").get_by_text("Question 1 of").wait_for()
    wait_until_idle(page).reload()
    page.wait_for_function("document.querySelector('#tutor-course input')?.value")
    page.get_by_role("tab", name="Practice").click()
    page.locator("#tutor-practice-number").get_by_text("Question 1 of").wait_for()
    actor = guest(course_with_items)
    while (row := course_with_items.quiz_sessions.latest_session(actor, "biology").current) is not None:
        if row.item.kind not in (ItemKind.CLOZE, ItemKind.NUMBER, ItemKind.SHORT_TEXT):
            page.locator("#tutor-practice-skip").click()
        else:
            page.fill("#tutor-practice-text textarea, #tutor-practice-text input", row.item.keys[0])
            page.locator("#tutor-practice-check").dblclick()
            page.get_by_text("Right").first.wait_for()
            screenshot(page, "practice-2-right")
            page.locator("#tutor-practice-next").click()
        page.wait_for_timeout(400)
        wait_until_idle(page)
    page.get_by_text("Result").wait_for()
    screenshot(page, "practice-3-result")
    given = [row.attempts for row in course_with_items.quiz_sessions.latest_session(actor, "biology").questions]
    assert all(len(one) <= 1 for one in given) and any(given)


def test_an_instructor_sets_the_help_and_decides_a_grade_that_the_learner_sees(
    open_page: Callable[..., Any], course_with_items: Services, screenshot: Shoot
):
    learner = course_with_items.accounts.create_guest("en")[0]
    row = next(
        r
        for r in course_with_items.quiz_sessions.start_quiz(learner, "biology", count=50).questions
        if r.item.kind is ItemKind.CLOZE
    )
    course_with_items.quiz_sessions.submit_answer(learner, row.question.id, "s1", "iteration")
    page = open_page(instructor_link(course_with_items))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("tab", name="Questions").click()
    page.locator("#tutor-questions label").first.wait_for()
    page.locator("#tutor-help-level label").first.click()
    screenshot(page, "practice-4-questions")
    page.get_by_role("tab", name="Grades").click()
    page.locator("#tutor-grades label").first.click()
    page.locator("#tutor-grade-outcome label").first.click()
    page.fill("#tutor-grade-reason textarea, #tutor-grade-reason input", "A synonym of our lecture.")
    page.locator("#tutor-grade-save").click()
    page.get_by_text("Decided by an instructor: A synonym").first.wait_for()
    screenshot(page, "practice-5-grades")
    seen = course_with_items.quiz_sessions.get_question(learner, row.question.id).last_attempt
    assert seen.grade.outcome is Outcome.RIGHT and seen.reason == "A synonym of our lecture."
    wait_until_idle(page).locator("#tutor-grade-undo").click()
    page.get_by_text("Right (undone)").first.wait_for()
    assert (
        course_with_items.quiz_sessions.get_question(learner, row.question.id).last_attempt.grade.outcome
        is Outcome.WRONG
    )
    assert wait_until_idle(page).locator("#tutor-grade-undo").is_hidden()
    assert course_with_items.courses.authorize(learner, "biology").help_level is HelpLevel.LOW


STEPS = b"""# Cars

## Starting the car

1. Fasten the belt
2. Turn the key
3. Release the brake
4. Press the pedal
"""


@pytest.mark.parametrize("by", ["touch", "keyboard"])
def test_ordering_steps_by_tapping(open_page, served_app, screenshot, by):
    served_app.documents.remove(
        served_app.operator, served_app.documents.documents(served_app.operator, "biology")[0].id
    )
    served_app.documents.ingest(served_app.operator, "biology", "cars.md", STEPS)
    served_app.item_bank.generate_items("biology")
    page = sign_in(open_page(width=390, height=844, has_touch=True, locale="zh-CN", color_scheme="dark"), "访客")
    page.get_by_role("tab", name="练习").click()
    wait_until_idle(page).locator("#tutor-practice-start-button").click()
    steps = page.locator("#tutor-practice-order label")
    steps.first.wait_for()
    for step in ("Fasten", "Turn", "Release"):
        one = wait_until_idle(page).locator("#tutor-practice-order label", has_text=step)
        one.tap() if by == "touch" else one.locator("input").press("Space")
    page.locator("#tutor-practice-check").click()
    page.get_by_text("请先把全部 4 步排好。").wait_for()
    one = wait_until_idle(page).locator("#tutor-practice-order label", has_text="Press")
    one.tap() if by == "touch" else one.locator("input").press("Space")
    page.locator("#tutor-practice-arranged li", has_text="Press").wait_for()
    assert page.locator("#tutor-practice-arranged li").all_inner_texts()[0] == "Fasten the belt"
    page.locator("#tutor-practice-check").click()
    page.get_by_text("顺序正确").first.wait_for()
    screenshot(page, f"practice-6-order-{by}")
