"""Handlers that ask: a question, an example, a retry, an edit; and what the page shows while the answer comes.

The generators here are closed by Gradio when the learner stops or leaves; closing passes on to the turn, which
stores what was said so far.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

import gradio as gr

from tutor.domain import Finished, Person, Queued, Stage, Started, Token, Turn, TurnEvent, TurnStatus
from tutor.engine.base import EngineState
from tutor.locales import t
from tutor.services import Services
from tutor.ui import chat_updates, chat_view, text_format
from tutor.ui.error_boundary import Updates, current_person, error_message, show_warning

YIELD_EVERY_S = 0.06  # how often a streamed answer is sent on; each sending costs the browser a rendering
POLL_S = 0.5
MODEL_LOAD_TIMEOUT_S = 600.0
STOP_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class QuestionRequest:
    """What is asked where: a new conversation without an id, in the place of a turn with `replaces`."""

    actor: Person
    course_id: str
    text: str
    conversation_id: str | None
    replaces: Turn | None = None


@dataclass(frozen=True, slots=True)
class QuestionHandlers:
    """Streams answers into the chat."""

    services: Services

    def ask(
        self, text: str, conversation_id: str | None, course_id: str | None, request: gr.Request
    ) -> Iterator[Updates]:
        actor = current_person(request)
        course_id = chat_updates.resolve_course_id(self.services, actor, course_id)
        if course_id is None:
            show_warning(t(actor.language, "no_courses"))
            return
        yield from self._stream_answer(QuestionRequest(actor, course_id, text or "", conversation_id))

    def ask_example(self, course_id: str, data: gr.SelectData, request: gr.Request) -> Iterator[Updates]:
        """Ask one of the questions that an empty chat offers."""
        yield from self._stream_answer(
            QuestionRequest(current_person(request), course_id, str(data.value["text"]), None)
        )

    def retry(self, conversation_id: str, course_id: str, data: gr.RetryData, request: gr.Request) -> Iterator[Updates]:
        """Ask the same question again; the earlier answer is kept, but no longer shown."""
        actor = current_person(request)
        turn = chat_view.turn_at(self.services.conversations.list_turns(actor, conversation_id), data.index)
        if turn is not None:
            yield from self._stream_answer(QuestionRequest(actor, course_id, turn.question, conversation_id, turn))

    def edit(self, conversation_id: str, course_id: str, data: gr.EditData, request: gr.Request) -> Iterator[Updates]:
        """Ask a changed question in the place of the old one."""
        actor, text = current_person(request), text_format.strip_joiners(str(data.value))
        turn = chat_view.turn_at(self.services.conversations.list_turns(actor, conversation_id), data.index)
        if turn is not None and text.strip() != turn.question:
            yield from self._stream_answer(QuestionRequest(actor, course_id, text, conversation_id, turn))

    def show_stopped(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Show what was kept of the answer that was stopped."""
        actor, deadline = current_person(request), time.monotonic() + STOP_TIMEOUT_S
        while conversation_id and self._is_running(actor, conversation_id) and time.monotonic() < deadline:
            time.sleep(0.05)
        return self._render_idle(actor, course_id, conversation_id)

    def _stream_answer(self, question: QuestionRequest) -> Iterator[Updates]:
        """Stream one answer; whatever ends it, the page afterwards shows what is stored."""
        conversation_id, returned = question.conversation_id, {}
        first = (
            chat_updates.render_busy_question_box(value="")
            if question.replaces is None
            else chat_updates.render_busy_question_box()
        )
        try:
            with closing(self._stream_messages(question)) as shown:
                for messages, thread in shown:
                    picker = gr.skip()
                    if thread != conversation_id:
                        conversation_id = thread
                        picker = chat_updates.render_conversation_list(
                            self.services, question.actor, question.course_id, thread
                        )
                    yield gr.Chatbot(value=messages), picker, first
                    first = gr.skip()
        except Exception as error:  # noqa: BLE001 - an edge: it is shown, or logged and shown
            show_warning(error_message(error, question.actor.language))
            returned = {"value": question.text} if question.replaces is None else {}
        yield self._render_idle(question.actor, question.course_id, conversation_id, **returned)

    def _stream_messages(
        self, question: QuestionRequest
    ) -> Generator[tuple[list[chat_view.ChatMessage], str | None], None, None]:
        """Yield the messages to show, at most every YIELD_EVERY_S, and the conversation that they are in."""
        language, conversation_id = question.actor.language, question.conversation_id
        before = [*self._earlier_messages(question), chat_view.to_question_message(question.text)]
        answer, doing, shown_at = "", None, 0.0
        for event in self._stream_events(question):
            match event:
                case Finished():
                    return
                case Started(turn=turn):
                    conversation_id = turn.conversation_id
                case Token(text=text):
                    answer += text
                case Stage() | Queued():
                    doing, shown_at = event, 0.0
            if (now := time.monotonic()) - shown_at >= YIELD_EVERY_S:
                shown_at = now
                yield [*before, chat_view.to_partial_message(answer, doing, language)], conversation_id

    def _stream_events(self, question: QuestionRequest) -> Generator[TurnEvent, None, None]:
        """Wait for a model that is still loading, then ask."""
        deadline = time.monotonic() + MODEL_LOAD_TIMEOUT_S
        while self.services.engine.info().state is EngineState.LOADING and time.monotonic() < deadline:
            yield Stage("warming")
            time.sleep(POLL_S)
        asking = self.services.chat.ask(
            question.actor,
            question.course_id,
            question.text,
            conversation_id=question.conversation_id,
            replaces_turn_id=question.replaces.id if question.replaces else None,
        )
        with closing(asking):
            yield from asking

    def _earlier_messages(self, question: QuestionRequest) -> list[chat_view.ChatMessage]:
        """Return the messages that stand above the question."""
        if question.conversation_id is None:
            return []
        turns = self.services.conversations.list_turns(question.actor, question.conversation_id)
        ids = [turn.id for turn in turns]
        if question.replaces and question.replaces.id in ids:
            turns = turns[: ids.index(question.replaces.id)]
        return chat_view.to_chat_messages(turns, question.actor.language)

    def _render_idle(self, actor: Person, course_id: str | None, conversation_id: str | None, **box: str) -> Updates:
        """Return the page at rest; a question that could not be asked goes back into the box."""
        return (
            chat_updates.render_chat(self.services, actor, course_id, conversation_id),
            chat_updates.render_conversation_list(self.services, actor, course_id, conversation_id),
            chat_updates.render_question_box(**box),
        )

    def _is_running(self, actor: Person, conversation_id: str) -> bool:
        turns = self.services.conversations.list_turns(actor, conversation_id)
        return bool(turns) and turns[-1].status is TurnStatus.RUNNING
