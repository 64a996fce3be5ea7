"""A class joins a course with its link; its instructor sees who is in it, pauses the chat and takes somebody out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from page_server import COVERED, instructor_link

from tutor.services import Services

OpenPage = Callable[..., Any]
Shoot = Callable[[Any, str], None]


def open_people_tab(open_page: OpenPage, services: Services) -> Any:
    services.enrolment.set_open(services.operator, "biology", is_open=False)
    page = open_page(instructor_link(services))
    page.get_by_role("button", name="Sign in").click()
    page.locator("#tutor-upload").wait_for()
    page.get_by_role("tab", name="People").click()
    page.locator("#tutor-join-qr svg").wait_for()
    return page


def ask(page: Any, text: str) -> None:
    page.locator("#tutor-box textarea").fill(text)
    page.keyboard.press("Enter")


def test_a_learner_joins_by_link_and_is_paused_resumed_and_taken_out(
    open_page: OpenPage, served_app: Services, screenshot: Shoot
):
    teacher = open_people_tab(open_page, served_app)
    link = teacher.locator("#tutor-join-link input, #tutor-join-link textarea").input_value()
    assert link == served_app.enrolment.show(served_app.operator, "biology").join_link
    screenshot(teacher, "people-1-link")

    learner = open_page(link, width=390)
    screenshot(learner, "join-1-course")
    learner.get_by_role("button", name="Join the course").click()
    learner.get_by_label("What shall we call you?").fill("Mia")
    screenshot(learner, "start-1-name")
    learner.get_by_role("button", name="Ask my first question").click()
    learner.locator("#tutor-box textarea").wait_for()
    ask(learner, COVERED)
    learner.locator("#tutor-chat").get_by_text("Chlorophyll absorbs").first.wait_for()

    teacher.get_by_role("tab", name="Material").click()
    teacher.get_by_role("tab", name="People").click()
    teacher.locator("#tutor-course-learners input").click()
    teacher.get_by_role("option", name="Mia · ").first.click()
    teacher.locator("#tutor-learner-pause").click()
    teacher.get_by_text("no longer answers").wait_for()
    ask(learner, COVERED)
    learner.get_by_text("Your instructor has paused the tutor for you").wait_for()
    screenshot(learner, "paused-1-learner")

    teacher.locator("#tutor-course-learners input").click()
    teacher.get_by_role("option", name="chat paused").click()
    teacher.locator("#tutor-learner-remove").click()
    teacher.get_by_text("is no longer in the course").wait_for()
    screenshot(teacher, "people-2-removed")
    learner.reload()
    learner.get_by_text("You are in no course yet").wait_for()


def test_a_code_is_typed_in_and_a_renewed_one_no_longer_works(
    open_page: OpenPage, served_app: Services, screenshot: Shoot
):
    teacher = open_people_tab(open_page, served_app)
    teacher.set_viewport_size({"width": 390, "height": 800})
    screenshot(teacher, "people-3-phone")
    old = served_app.enrolment.show(served_app.operator, "biology").join_code
    teacher.locator("#tutor-join-renew").click()
    teacher.get_by_text("The old link no longer works").wait_for()
    new = served_app.enrolment.show(served_app.operator, "biology").join_code
    assert old and new and old != new

    learner = open_page("/", width=390)
    learner.get_by_role("link", name="I have a course code").click()
    learner.get_by_label("Course code").fill(old.lower())
    learner.get_by_role("button", name="Join").click()
    learner.get_by_text("No course has this code").wait_for()
    screenshot(learner, "join-2-wrong-code")
    learner.get_by_label("Course code").fill(new.lower().replace("-", " "))
    learner.get_by_role("button", name="Join").click()
    learner.get_by_role("link", name="Skip this").click()
    learner.locator("#tutor-box textarea").wait_for()
    assert served_app.enrolment.show(served_app.operator, "biology").learners
