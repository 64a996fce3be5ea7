"""The instructor's path in a real browser: sign in by link, upload, see it answered from, remove and bring back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from serving import instructor_link
from test_browser_student import ask, sign_in

from tutor.house import House

CELLS = b"# Cells\n\n## Mitochondria\n\nMitochondria release the energy of sugar in cellular respiration.\n"
QUESTION = "Do mitochondria release the energy of sugar in cellular respiration?"


def desk(open_page: Callable[..., Any], house: House) -> Any:
    page = open_page(instructor_link(house))
    page.get_by_role("button", name="Sign in").click()
    page.locator("#tutor-upload").wait_for()
    page.get_by_text("plants.md").wait_for()
    return page


def test_an_uploaded_document_answers_the_next_question(
    open_page: Callable[..., Any], served: House, shoot: Callable[[Any, str], None]
):
    teacher = desk(open_page, served)
    shoot(teacher, "teach-1-desk")
    files = [
        {"name": "cells.md", "mimeType": "text/markdown", "buffer": CELLS},
        {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"},
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
    ]
    teacher.set_input_files("#tutor-upload input[type=file]", files)
    teacher.locator("#tutor-documents").get_by_text("cells.md").wait_for()
    teacher.locator("#tutor-progress").get_by_text("broken.pdf is not a whole PDF").wait_for()
    shoot(teacher, "teach-2-uploaded")
    served.engine.says = "Mitochondria release the energy of sugar in cellular respiration."
    student = sign_in(open_page())
    ask(student, QUESTION)
    student.get_by_text("Cells · section Mitochondria").wait_for()


def test_removing_asks_first_and_can_be_undone(open_page: Callable[..., Any], served: House):
    page = desk(open_page, served)
    page.locator("#tutor-documents input").first.check()
    page.locator("#tutor-remove").click()
    page.get_by_text("Answers will not use it any more").wait_for()
    assert len(served.library.documents("biology")) == 1
    page.locator("#tutor-remove-yes").click()
    page.locator("#tutor-documents input").wait_for(state="detached")
    assert served.library.documents("biology") == []
    page.locator("#tutor-undo-remove").click()
    page.locator("#tutor-documents").get_by_text("plants.md").wait_for()


def test_a_new_course_stands_ready_for_its_documents_and_an_invitation_works_once(
    open_page: Callable[..., Any], served: House, shoot: Callable[[Any, str], None]
):
    page = desk(open_page, served)
    page.locator("#tutor-new-course > button").click()
    page.locator("#tutor-course-title input, #tutor-course-title textarea").fill("Algebra")
    page.locator("#tutor-create").click()
    page.get_by_text("No documents yet").wait_for()
    assert page.locator("#tutor-course input").input_value() == "Algebra"
    page.get_by_role("tab", name="People").click()
    page.locator("#tutor-invite-name input, #tutor-invite-name textarea").fill("new-learner")
    page.locator("#tutor-invite").click()
    page.locator("#tutor-link").wait_for()
    link = page.locator("#tutor-link input, #tutor-link textarea").input_value()
    shoot(page, "teach-3-course")
    learner = open_page(link)
    learner.get_by_role("button", name="Sign in").click()
    learner.get_by_text("new-learner").wait_for()


def test_a_learner_at_the_instructors_door_reads_one_clear_sentence(open_page: Callable[..., Any], served: House):
    page = sign_in(open_page())
    page.goto(served.settings.url + "/teach")
    page.get_by_text("This page is for instructors").wait_for()
    assert page.locator("#tutor-upload").count() == 0 or not page.locator("#tutor-upload").is_visible()
