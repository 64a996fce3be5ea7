"""The practice tab before the page has loaded its course."""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr
import pytest

from tutor.assessment.items import ItemKind
from tutor.domain import Course, Person
from tutor.locales import t
from tutor.services import Services
from tutor.store.courses import set_offered_skills
from tutor.ui.error_boundary import PERSON_KEY
from tutor.ui.practice_tab import PracticeHandlers
from tutor.ui.practice_view import format_question_number


def shown(updates: tuple[object, ...]) -> str:
    """Return what the updates put on the page, as text."""
    return " ".join(repr(getattr(update, "_constructor_args", update)) for update in updates)


def test_practice_opened_before_the_course_list_has_loaded_uses_the_first_course(
    services: Services, course: Course, ada: Person
):
    """A quick click said “There is no course yet” to learners who have one."""
    request = gr.Request(request=SimpleNamespace(scope={PERSON_KEY: ada}, headers={}))  # type: ignore[arg-type]
    handlers = PracticeHandlers(services)
    assert t("en", "no_courses") not in shown(handlers.show(None, request))
    assert shown(handlers.show(None, request)) == shown(handlers.show(course.id, request))


def test_practice_without_any_course_says_so(services: Services, ada: Person):
    request = gr.Request(request=SimpleNamespace(scope={PERSON_KEY: ada}, headers={}))  # type: ignore[arg-type]
    assert t("en", "no_courses") in shown(PracticeHandlers(services).show(None, request))


def test_practice_says_that_there_are_no_questions_only_where_there_are_none(
    services: Services, course: Course, ada: Person
):
    """A course with hundreds of questions and no declared skill said that there were none."""
    request = gr.Request(request=SimpleNamespace(scope={PERSON_KEY: ada}, headers={}))  # type: ignore[arg-type]
    handlers = PracticeHandlers(services)
    assert t("en", "practice_none") in shown(handlers.show(course.id, request))
    text = b"# Programs\n\nA loop is a code block that runs a set of statements while a given condition holds.\n"
    services.documents.ingest(services.operator, course.id, "programs.md", text)
    services.item_bank.generate_items(course.id)
    with services.database.write_transaction() as connection:
        set_offered_skills(connection, course.id, [])
    assert not services.courses.skills(ada, course.id)
    assert t("en", "practice_none") not in shown(handlers.show(course.id, request))


def test_start_while_the_documents_are_being_read_says_so_calmly(
    services: Services, course: Course, ada: Person, monkeypatch: pytest.MonkeyPatch
):
    """It was an error in a corner of the page."""
    request = gr.Request(request=SimpleNamespace(scope={PERSON_KEY: ada}, headers={}))  # type: ignore[arg-type]
    handlers = PracticeHandlers(services)
    assert t("en", "practice_none") in shown(handlers.start("", course.id, request))
    monkeypatch.setattr(type(services.documents), "is_reading", lambda *_: True)
    updates = handlers.start("", course.id, request)
    assert t("en", "practice_preparing") in shown(updates) and len(updates) == 19


def test_the_bar_shows_how_many_questions_are_behind(services: Services, course: Course, ada: Person):
    services.item_bank.add_item(services.operator, course.id, ItemKind.NUMBER, "How much is 2 + 2?", ["4"])
    services.item_bank.add_item(services.operator, course.id, ItemKind.NUMBER, "How much is 5 + 2?", ["7"])
    session = services.quiz_sessions.start_quiz(ada, course.id)
    count = len(session.questions)
    assert f'value="0" max="{count}"' in format_question_number(session, session.questions[0], "en")
    services.quiz_sessions.skip_question(ada, session.questions[0].question.id)
    now = services.quiz_sessions.latest_session(ada, course.id)
    assert now and f'value="1" max="{count}"' in format_question_number(now, now.questions[1], "en")
