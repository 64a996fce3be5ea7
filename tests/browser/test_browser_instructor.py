"""The instructor in a browser: sign in by link, upload, get an answer from the document, remove and restore it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from page_idle import wait_until_idle
from page_server import instructor_link
from test_browser_student import ask, sign_in

from tutor.courses.documents import INGEST_JOB
from tutor.domain import Strictness
from tutor.errors import InputRefused
from tutor.jobs import JobReporter
from tutor.services import Services

CELLS = b"# Cells\n\n## Mitochondria\n\nMitochondria release the energy of sugar in cellular respiration.\n"
LOOPS = b"""# Programming

## Glossary

Variable: a name for a value that can change.

Loop: a block of statements that is repeated while a variable has a certain value.

While loop: a loop that asks its condition first.
"""
QUESTION = "Do mitochondria release the energy of sugar in cellular respiration?"


def open_instructor_page(open_page: Callable[..., Any], services: Services) -> Any:
    page = open_page(instructor_link(services))
    page.get_by_role("button", name="Sign in").click()
    page.locator("#tutor-upload").wait_for()
    page.get_by_text("plants.md").wait_for()
    return page


def test_an_uploaded_document_is_used_by_the_next_answer(
    open_page: Callable[..., Any], served_app: Services, screenshot: Callable[[Any, str], None]
):
    teacher = open_instructor_page(open_page, served_app)
    screenshot(teacher, "teach-1-page")
    files = [
        {"name": "cells.md", "mimeType": "text/markdown", "buffer": CELLS},
        {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"},
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
    ]
    teacher.set_input_files("#tutor-upload input[type=file]", files)
    teacher.locator("#tutor-documents").get_by_text("cells.md").wait_for()
    teacher.locator("#tutor-progress").get_by_text("broken.pdf is not a complete PDF").wait_for()
    screenshot(teacher, "teach-2-uploaded")
    served_app.engine.reply_text = "Mitochondria release the energy of sugar in cellular respiration."
    student = sign_in(open_page())
    ask(student, QUESTION)
    student.get_by_text("Cells · section Mitochondria").wait_for()


def test_removing_asks_first_and_can_be_undone(open_page: Callable[..., Any], served_app: Services):
    page = open_instructor_page(open_page, served_app)
    page.locator("#tutor-documents input").first.check()
    page.locator("#tutor-remove").click()
    page.get_by_text("The tutor will no longer use it for answers").wait_for()
    assert len(served_app.library.documents("biology")) == 1
    page.locator("#tutor-remove-yes").click()
    page.locator("#tutor-documents input").wait_for(state="detached")
    assert served_app.library.documents("biology") == []
    page.locator("#tutor-undo-remove").click()
    page.locator("#tutor-documents").get_by_text("plants.md").wait_for()


def test_a_new_course_accepts_documents_and_an_invitation_works_once(
    open_page: Callable[..., Any], served_app: Services, screenshot: Callable[[Any, str], None]
):
    page = open_instructor_page(open_page, served_app)
    page.locator("#tutor-new-course").click()
    page.locator("#tutor-course-title input, #tutor-course-title textarea").fill("Algebra")
    page.locator("#tutor-create").click()
    page.get_by_text("No documents yet").wait_for()
    assert page.locator("#tutor-course input").input_value() == "Algebra"
    page.get_by_role("tab", name="People").click()
    page.locator("#tutor-invite-name input, #tutor-invite-name textarea").fill("new-learner")
    page.locator("#tutor-invite").click()
    page.locator("#tutor-link").wait_for()
    link = page.locator("#tutor-link input, #tutor-link textarea").input_value()
    screenshot(page, "teach-3-course")
    learner = open_page(link)
    learner.get_by_role("button", name="Sign in").click()
    learner.get_by_text("new-learner").wait_for()


def test_a_learner_on_the_instructor_page_sees_one_clear_message(open_page: Callable[..., Any], served_app: Services):
    page = sign_in(open_page())
    wait_until_idle(page).goto(served_app.settings.url + "/teach")
    page.get_by_text("This page is for instructors").wait_for()
    assert page.locator("#tutor-upload").count() == 0 or not page.locator("#tutor-upload").is_visible()


def test_an_upload_shows_progress_and_can_be_cancelled(
    open_page: Callable[..., Any], served_app: Services, screenshot: Callable[[Any, str], None]
):
    page, gate = open_instructor_page(open_page, served_app), threading.Event()
    actor = served_app.accounts.get_by_name("ms-frizzle")

    def slow(report: JobReporter) -> str:
        report("reading", 3, 12)
        while not gate.wait(0.05):
            if report.is_cancelled():
                raise InputRefused("slow.pdf was not added: cancelled")
        return "slow.pdf: 12 pages"

    served_app.jobs.start(actor, INGEST_JOB, "biology", "slow.pdf", slow)
    page.set_input_files(
        "#tutor-upload input[type=file]", [{"name": "c.md", "mimeType": "text/markdown", "buffer": CELLS}]
    )
    uploads = page.locator("#tutor-progress")
    uploads.get_by_text("reading page 3 of 12").wait_for()
    uploads.get_by_text("waiting, number 1").wait_for()
    screenshot(page, "teach-4-progress")
    uploads.get_by_label("Cancel slow.pdf").click()
    uploads.get_by_text("slow.pdf was not added: cancelled").wait_for()
    page.locator("#tutor-documents").get_by_text("c.md").wait_for()
    page.set_input_files(
        "#tutor-upload input[type=file]", [{"name": "d.md", "mimeType": "text/markdown", "buffer": CELLS}]
    )
    uploads.get_by_text("already in this course as c.md. Nothing was changed").wait_for()


def test_the_instructor_sets_the_strictness(open_page: Callable[..., Any], served_app: Services):
    page = open_instructor_page(open_page, served_app)
    page.get_by_label("Strict: only when the course very likely covers the question").check()
    page.get_by_text("It applies from the next question on").wait_for()
    assert served_app.courses.authorize(served_app.operator, "biology").strictness is Strictness.STRICT
    wait_until_idle(page).reload()
    page.locator("#tutor-strictness input:checked").wait_for()
    assert page.locator("#tutor-strictness input:checked").get_attribute("value") == "strict"


def test_a_course_without_documents_explains_where_skills_come_from(
    open_page: Callable[..., Any], served_app: Services
):
    page = open_instructor_page(open_page, served_app)
    served_app.courses.create(
        served_app.accounts.get_by_name("ms-frizzle"), "Empty", course_id="empty", open_to_all=True
    )
    wait_until_idle(page).reload()
    page.locator("#tutor-course input").click()
    page.get_by_role("option", name="Empty").click()
    wait_until_idle(page).get_by_role("tab", name="Skills").click()
    page.get_by_text("Upload documents under “Material”").wait_for()
    assert not page.locator("#tutor-accept-all").is_visible()


def test_skills_are_accepted_with_their_evidence_renamed_and_linked(
    open_page: Callable[..., Any], served_app: Services, screenshot: Callable[[Any, str], None]
):
    served_app.documents.ingest(served_app.operator, "biology", "loops.md", LOOPS)
    page, actor = open_instructor_page(open_page, served_app), served_app.operator
    page.get_by_role("tab", name="Skills").click()
    page.locator("#tutor-proposals").get_by_text("While loop").first.wait_for()
    page.locator("#tutor-accept-all").click()
    page.locator("#tutor-skills").get_by_text("While loop ← Loop").click()
    page.locator("#tutor-prerequisites q").first.wait_for()
    screenshot(page, "teach-5-skills")
    before = {skill.id for skill in served_app.skills.skills(actor, "biology")}
    page.locator("#tutor-skill-name input, #tutor-skill-name textarea").fill("Head-controlled loop")
    page.locator("#tutor-skill-rename").click()
    page.locator("#tutor-skills").get_by_text("Head-controlled loop").first.wait_for()
    assert {skill.id for skill in served_app.skills.skills(actor, "biology")} == before
    page.locator("#tutor-skills").get_by_text("Loop ← Variable", exact=True).click()
    page.locator("#tutor-skill-needs input").click()
    page.get_by_role("option", name="Head-controlled loop").click()
    page.get_by_text("that would be a circle").wait_for()
    page.locator("#tutor-skills").get_by_text("Loop ← Variable", exact=True).wait_for()
    wait_until_idle(page).locator("#tutor-skill-remove").click()
    page.locator("#tutor-skills").get_by_text("Loop ← Variable", exact=True).wait_for(state="detached")
    wait_until_idle(page).locator("#tutor-skills-undo").click()
    page.locator("#tutor-skills").get_by_text("Loop ← Variable", exact=True).wait_for()
    assert {skill.id for skill in served_app.skills.skills(actor, "biology")} == before
