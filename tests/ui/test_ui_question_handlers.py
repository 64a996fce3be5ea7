"""Asking while things go wrong or are not ready: the page stays usable and shows what is stored."""

from __future__ import annotations

from itertools import zip_longest
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from tutor.domain import Course, Person, TurnStatus
from tutor.engine.base import EngineInfo, EngineState
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import EngineBusy, NotAllowed
from tutor.services import Services
from tutor.ui import error_boundary, question_handlers
from tutor.ui.question_handlers import QuestionHandlers

QUESTION = "Does chlorophyll absorb red and blue light and reflect green light?"


def gradio_request(actor: Person | None) -> gr.Request:
    """A page event as the middleware passes it on: with the person in the request's scope."""
    return gr.Request(request=SimpleNamespace(scope={error_boundary.PERSON_KEY: actor}, headers={}))  # type: ignore[arg-type]


@pytest.fixture
def notices(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passing notes; outside a page event there is no browser to show them."""
    said: list[str] = []
    monkeypatch.setattr(gr, "Warning", lambda message, **_: said.append(message))
    monkeypatch.setattr(gr, "Info", lambda message, **_: said.append(message))
    return said


def message_texts(update: Any) -> list[str]:
    """Return the texts of the chat messages of an update."""
    chat = update[0]
    return [m["content"] for m in (chat.get("value") if isinstance(chat, dict) else chat._constructor_args[0]["value"])]


def conversation_of(update: Any) -> str | None:
    """Return the conversation that an update selects in the list; None if it leaves the list unchanged."""
    conversations = update[1]
    return conversations._constructor_args[0]["value"] if isinstance(conversations, gr.Radio) else None


def test_while_the_model_loads_the_question_waits_visibly_and_is_answered_then(
    services: Services, course: Course, ada: Person, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
):
    states = iter([EngineState.LOADING, EngineState.LOADING])
    ready = engine.info()
    loading = EngineInfo("auto", "none", EngineState.LOADING, "", 0)
    monkeypatch.setattr(engine, "info", lambda: loading if next(states, None) else ready)
    updates = list(QuestionHandlers(services).ask(QUESTION, None, course.id, gradio_request(ada)))
    assert "warming up" in message_texts(updates[0])[1]
    assert "Chlorophyll" in message_texts(updates[-1])[1]
    (thread,) = services.conversations.list_own(ada, course.id)
    assert services.conversations.list_turns(ada, thread.id)[0].status is TurnStatus.COMPLETE


def test_a_question_before_page_load_uses_the_default_course(
    services: Services, course: Course, ada: Person, notices: list[str]
):
    *_, last = QuestionHandlers(services).ask(QUESTION, None, None, gradio_request(ada))
    assert "Chlorophyll" in message_texts(last)[1] and notices == []
    (thread,) = services.conversations.list_own(ada, course.id)
    assert services.conversations.list_turns(ada, thread.id)[0].question == QUESTION


def test_a_refused_question_is_restored_to_the_input(
    services: Services, course: Course, ada: Person, notices: list[str]
):
    huge = "why " * 300_000
    *_, last = QuestionHandlers(services).ask(huge, None, course.id, gradio_request(ada))
    assert "at most 8,000" in notices[0] and len(notices[0]) < 300
    assert last[2]._constructor_args[0]["value"] == huge
    assert services.conversations.list_own(ada, course.id) == []


@pytest.mark.parametrize("text", ["", "   \n", "\u200b", "\ud800", "???"])
def test_an_empty_message_gets_one_clear_error(
    services: Services, course: Course, ada: Person, notices: list[str], text: str
):
    list(QuestionHandlers(services).ask(text, None, course.id, gradio_request(ada)))
    assert len(notices) == 1 and "question" in notices[0]


def test_a_busy_engine_is_reported_and_the_turn_is_stored_as_failed(
    services: Services, course: Course, ada: Person, engine: ScriptedEngine, notices: list[str]
):
    def busy(_request: object) -> str:
        raise EngineBusy(7)

    engine._answer = busy
    *_, last = QuestionHandlers(services).ask(QUESTION, None, course.id, gradio_request(ada))
    assert "number 7 in the queue" in notices[0]
    (thread,) = services.conversations.list_own(ada, course.id)
    assert services.conversations.list_turns(ada, thread.id)[0].status is TurnStatus.FAILED
    assert "There is no answer" in message_texts(last)[1]


def test_the_queue_position_is_shown_in_place_of_the_answer(
    services: Services, course: Course, ada: Person, engine: ScriptedEngine
):
    engine.queue_positions = (2, 1, 0)
    shown = [
        message_texts(update)[-1]
        for update in QuestionHandlers(services).ask(QUESTION, None, course.id, gradio_request(ada))
    ]
    waiting = [text for text in shown if "in the queue" in text]
    assert ["number 2" in waiting[0], "number 1" in waiting[1], len(waiting)] == [True, True, 2]
    assert "Chlorophyll" in shown[-1]


def test_two_open_tabs_each_show_their_own_conversation(
    services: Services, course: Course, ada: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(question_handlers, "YIELD_EVERY_S", 0.0)
    questions = (QUESTION, "Where do the light reactions take place?")
    tabs = [QuestionHandlers(services).ask(text, None, course.id, gradio_request(ada)) for text in questions]
    shown: list[list[Any]] = [[], []]
    for pair in zip_longest(*tabs):  # both answers come at the same time
        for updates, update in zip(shown, pair, strict=True):
            updates.extend([] if update is None else [update])
    for updates, text in zip(shown, questions, strict=True):
        assert {message_texts(update)[0] for update in updates} == {text}
        opened = {value for update in updates if (value := conversation_of(update)) is not None}
        (conversation_id,) = opened
        assert [turn.question for turn in services.conversations.list_turns(ada, conversation_id)] == [text]


def test_closing_the_handler_stops_the_answer(
    services: Services, course: Course, ada: Person, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
):
    engine._answer = lambda _request: "Chlorophyll absorbs red and blue light. Chlorophyll reflects green light."
    monkeypatch.setattr(question_handlers, "YIELD_EVERY_S", 0.0)  # the script is faster than the page's pace
    updates = QuestionHandlers(services).ask(QUESTION, None, course.id, gradio_request(ada))
    while "Chlorophyll" not in message_texts(next(updates))[-1]:
        continue
    updates.close()
    (thread,) = services.conversations.list_own(ada, course.id)
    assert services.conversations.list_turns(ada, thread.id)[0].status is TurnStatus.STOPPED
    assert engine.cancelled == 1


def test_nobody_asks_without_being_signed_in(services: Services, course: Course):
    with pytest.raises(NotAllowed, match="signed out"):
        list(QuestionHandlers(services).ask(QUESTION, None, course.id, gradio_request(None)))


def test_an_expected_error_is_shown_as_text_and_an_unexpected_one_by_reference_only(caplog: pytest.LogCaptureFixture):
    def refused(_value: str) -> None:
        raise NotAllowed("<b>ada</b> may not do that")

    def broken(value: str) -> None:
        raise RuntimeError(f"the secret of {value}")

    with pytest.raises(gr.Error) as shown:
        error_boundary.handle_errors(refused)("x")
    assert shown.value.message == "&lt;b&gt;ada&lt;/b&gt; may not do that."
    with pytest.raises(gr.Error) as hidden:
        error_boundary.handle_errors(broken)("what ada wrote")
    assert "secret" not in hidden.value.message and "reference" in hidden.value.message
    assert "what ada wrote" not in caplog.text
    reference = hidden.value.message.split("(reference ")[1].split(")")[0]
    assert reference in caplog.text and "RuntimeError" in caplog.text and "in broken" in caplog.text
