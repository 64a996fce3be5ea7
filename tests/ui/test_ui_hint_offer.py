"""The offer of a hint on the student's page: it waits in the page, and a course can do without."""

from __future__ import annotations

import gradio as gr
import pytest
from starlette.requests import Request

from tutor.domain import Course, Person
from tutor.errors import NotAllowed
from tutor.services import Services
from tutor.ui.error_boundary import PERSON_KEY
from tutor.ui.hint_offer import HintOfferHandlers


def as_person(actor: Person) -> gr.Request:
    return gr.Request(request=Request({"type": "http", "headers": [], PERSON_KEY: actor}), session_hash="s")


def say(services: Services, actor: Person, course: Course, *messages: str) -> str:
    conversation = None
    for text in messages:
        (*_, last) = services.chat.ask(actor, course.id, text, conversation_id=conversation)
        conversation = last.turn.conversation_id  # type: ignore[union-attr]
    assert conversation is not None
    return conversation


def shown(services: Services, actor: Person, course: Course, conversation: str) -> str:
    return HintOfferHandlers(services).show(conversation, course.id, as_person(actor))


def test_after_two_failed_tries_the_next_hint_is_offered_at_once_in_the_learners_language(services, course, ada):
    conversation = say(services, ada, course, "Solve 2x + 3 = 9.", "x = 5")
    assert 'data-after="120"' in shown(services, ada, course, conversation)
    say_again = services.chat.ask(ada, course.id, "x = 12", conversation_id=conversation)
    list(say_again)
    line = shown(services, ada, course, conversation)
    assert 'data-after="0"' in line and "next hint" in line and "hidden" in line
    services.accounts.set_language(ada, "zh")
    assert "提示" in shown(services, services.accounts.get_by_name("ada"), course, conversation)


def test_a_course_that_offers_no_hints_offers_none_and_only_its_instructor_decides(services, course, ada, instructor):
    conversation = say(services, ada, course, "Solve 2x + 3 = 9.")
    assert shown(services, ada, course, conversation)
    with pytest.raises(NotAllowed):
        services.courses.set_offers_hints(ada, course.id, offers=False)
    services.courses.set_offers_hints(instructor, course.id, offers=False)
    assert shown(services, ada, course, conversation) == ""
