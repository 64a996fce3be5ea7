"""Handlers of questions, starter questions, retries and edits, and the updates of the page during an answer.

Gradio closes these generators when the learner stops or leaves; that closes the turn, which stores the answer so far.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

import gradio as gr

from tutor.domain import Finished, Person, Queued, Stage, Started, Token, Turn, TurnEvent, TurnStatus
from tutor.engine.base import EngineState
from tutor.engine.load_progress import LoadStage
from tutor.locales import t
from tutor.services import Services
from tutor.ui import chat_updates, chat_view, text_format
from tutor.ui.error_boundary import Updates, current_person, error_message, show_warning

YIELD_EVERY_S = 0.06  # between two updates of a streamed answer; each makes the browser render it again
POLL_S = 0.5
MODEL_LOAD_TIMEOUT_S = 600.0
STOP_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class QuestionRequest:
    """A question; without a conversation id it starts a new conversation, with `replaces` it replaces that turn."""

    actor: Person
    course_id: str
    text: str
    conversation_id: str | None
    replaces: Turn | None = None


@dataclass(frozen=True, slots=True)
class QuestionHandlers:
    """The handlers; all stream an answer into the chat."""

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
        """Ask one of the starter questions of an empty chat."""
        yield from self._stream_answer(
            QuestionRequest(current_person(request), course_id, str(data.value["text"]), None)
        )

    def retry(self, conversation_id: str, course_id: str, data: gr.RetryData, request: gr.Request) -> Iterator[Updates]:
        """Ask the same question again; the earlier answer stays stored but is no longer shown."""
        actor = current_person(request)
        turn = chat_view.turn_at(self.services.conversations.list_turns(actor, conversation_id), data.index)
        if turn is not None:
            yield from self._stream_answer(QuestionRequest(actor, course_id, turn.question, conversation_id, turn))

    def edit(self, conversation_id: str, course_id: str, data: gr.EditData, request: gr.Request) -> Iterator[Updates]:
        """Ask an edited question in place of the old one."""
        actor, text = current_person(request), text_format.strip_joiners(str(data.value))
        turn = chat_view.turn_at(self.services.conversations.list_turns(actor, conversation_id), data.index)
        if turn is not None and text.strip() != turn.question:
            yield from self._stream_answer(QuestionRequest(actor, course_id, text, conversation_id, turn))

    def show_stopped(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Show what was stored of the stopped answer."""
        actor, deadline = current_person(request), time.monotonic() + STOP_TIMEOUT_S
        while conversation_id and self._is_running(actor, conversation_id) and time.monotonic() < deadline:
            time.sleep(0.05)
        return self._render_idle(actor, course_id, conversation_id)

    def _stream_answer(self, question: QuestionRequest) -> Iterator[Updates]:
        """Stream one answer; at the end, however it ends, show what is stored."""
        conversation_id, restored = question.conversation_id, {}
        first = (
            chat_updates.render_busy_question_box(value="")
            if question.replaces is None
            else chat_updates.render_busy_question_box()
        )
        try:
            with closing(self._stream_messages(question)) as updates:
                for messages, shown_id in updates:
                    picker = gr.skip()
                    if shown_id != conversation_id:
                        conversation_id = shown_id
                        picker = chat_updates.render_conversation_list(
                            self.services, question.actor, question.course_id, shown_id
                        )
                    yield gr.Chatbot(value=messages), picker, first
                    first = gr.skip()
        except Exception as error:  # noqa: BLE001 - the boundary: the error is shown, or logged and shown
            show_warning(error_message(error, question.actor.language))
            restored = {"value": question.text} if question.replaces is None else {}
        yield self._render_idle(question.actor, question.course_id, conversation_id, **restored)

    def _stream_messages(
        self, question: QuestionRequest
    ) -> Generator[tuple[list[chat_view.ChatMessage], str | None], None, None]:
        """Yield the messages of the conversation, at most every YIELD_EVERY_S, and its id."""
        language, conversation_id = question.actor.language, question.conversation_id
        before = [*self._earlier_messages(question), chat_view.to_question_message(question.text)]
        answer, stage, shown_at = "", None, 0.0
        for event in self._stream_events(question):
            match event:
                case Finished():
                    return
                case Started(turn=turn):
                    conversation_id = turn.conversation_id
                case Token(text=text):
                    answer += text
                case Stage() | Queued():
                    stage, shown_at = event, 0.0
            if (now := time.monotonic()) - shown_at >= YIELD_EVERY_S:
                shown_at = now
                yield [*before, chat_view.to_partial_message(answer, stage, language)], conversation_id

    def _stream_events(self, question: QuestionRequest) -> Generator[TurnEvent, None, None]:
        """Wait until the model is loaded, then ask.

        A download takes too long to wait for: meanwhile, what needs no model is answered, and the rest refused.
        """
        deadline = time.monotonic() + MODEL_LOAD_TIMEOUT_S
        while self._is_warming_up() and time.monotonic() < deadline:
            yield Stage("warming")
            time.sleep(POLL_S)
        events = self.services.chat.ask(
            question.actor,
            question.course_id,
            question.text,
            conversation_id=question.conversation_id,
            replaces_turn_id=question.replaces.id if question.replaces else None,
        )
        with closing(events):
            yield from events

    def _is_warming_up(self) -> bool:
        info = self.services.engine.info()
        downloading = info.progress is not None and info.progress.stage is LoadStage.DOWNLOADING
        return info.state is EngineState.LOADING and not downloading

    def _earlier_messages(self, question: QuestionRequest) -> list[chat_view.ChatMessage]:
        """Return the messages before the question."""
        if question.conversation_id is None:
            return []
        turns = self.services.conversations.list_turns(question.actor, question.conversation_id)
        ids = [turn.id for turn in turns]
        if question.replaces and question.replaces.id in ids:
            turns = turns[: ids.index(question.replaces.id)]
        return chat_view.to_chat_messages(turns, question.actor.language)

    def _render_idle(self, actor: Person, course_id: str | None, conversation_id: str | None, **box: str) -> Updates:
        """Return the page ready for a question; `box` may restore a question that could not be asked."""
        return (
            chat_updates.render_chat(self.services, actor, course_id, conversation_id),
            chat_updates.render_conversation_list(self.services, actor, course_id, conversation_id),
            chat_updates.render_question_box(**box),
        )

    def _is_running(self, actor: Person, conversation_id: str) -> bool:
        turns = self.services.conversations.list_turns(actor, conversation_id)
        return bool(turns) and turns[-1].status is TurnStatus.RUNNING
