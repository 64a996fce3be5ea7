"""The practice tab before the page has loaded its course."""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr

from tutor.domain import Course, Person
from tutor.locales import t
from tutor.services import Services
from tutor.ui.error_boundary import PERSON_KEY
from tutor.ui.practice_tab import PracticeHandlers


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
