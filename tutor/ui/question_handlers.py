"""Handlers that ask: a question, an example, a retry, an edit; and what the page shows while the answer comes.

The generators here are closed by Gradio when the learner stops or leaves; closing passes on to the turn, which
stores what was said so far.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.domain import Delta, Finished, Person, Stage, Turn, TurnStatus
from tutor.engine.base import EngineState
from tutor.services import House
from tutor.ui import chat_updates, chat_view
from tutor.ui.error_boundary import person, spoken, warn
from tutor.ui.words import say

YIELD_EVERY_S = 0.06  # how often a streamed answer is sent on; each sending costs the browser a rendering
POLL_S = 0.5
WARMING_S = 600.0
STOPPING_S = 5.0
Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked where: a new conversation without an id, in the place of a turn with `replaces`."""

    who: Person
    course_id: str
    text: str
    conversation_id: str | None
    replaces: Turn | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Streams answers into the chat."""

    house: House

    def ask(
        self, text: str, conversation_id: str | None, course_id: str | None, request: gr.Request
    ) -> Iterator[Updates]:
        who = person(request)
        course_id = chat_updates.course(self.house, who, course_id)
        if course_id is None:
            warn(say(who.language, "no_courses"))
            return
        yield from self._answer(Question(who, course_id, text or "", conversation_id))

    def example(self, course_id: str, data: gr.SelectData, request: gr.Request) -> Iterator[Updates]:
        """Ask one of the questions that an empty chat offers."""
        yield from self._answer(Question(person(request), course_id, str(data.value["text"]), None))

    def retry(self, conversation_id: str, course_id: str, data: gr.RetryData, request: gr.Request) -> Iterator[Updates]:
        """Ask the same question again; the earlier answer is kept, but no longer shown."""
        who = person(request)
        turn = chat_view.turn_at(self.house.conversations.turns(who, conversation_id), data.index)
        if turn is not None:
            yield from self._answer(Question(who, course_id, turn.question, conversation_id, turn))

    def edit(self, conversation_id: str, course_id: str, data: gr.EditData, request: gr.Request) -> Iterator[Updates]:
        """Ask a changed question in the place of the old one."""
        who, text = person(request), chat_view.typed(str(data.value))
        turn = chat_view.turn_at(self.house.conversations.turns(who, conversation_id), data.index)
        if turn is not None and text.strip() != turn.question:
            yield from self._answer(Question(who, course_id, text, conversation_id, turn))

    def stopped(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Show what was kept of the answer that was stopped."""
        who, deadline = person(request), time.monotonic() + STOPPING_S
        while conversation_id and self._running(who, conversation_id) and time.monotonic() < deadline:
            time.sleep(0.05)
        return self._settled(who, course_id, conversation_id)

    def _answer(self, question: Question) -> Iterator[Updates]:
        """Stream one answer; whatever ends it, the page afterwards shows what is stored."""
        conversation_id, returned = question.conversation_id, {}
        first = chat_updates.busy_box(value="") if question.replaces is None else chat_updates.busy_box()
        try:
            with closing(self._shown(question)) as shown:
                for messages, thread in shown:
                    picker = gr.skip()
                    if thread != conversation_id:
                        conversation_id = thread
                        picker = chat_updates.threads(self.house, question.who, question.course_id, thread)
                    yield gr.Chatbot(value=messages), picker, first
                    first = gr.skip()
        except Exception as error:  # noqa: BLE001 - an edge: it is shown, or logged and shown
            warn(spoken(error, question.who.language))
            returned = {"value": question.text} if question.replaces is None else {}
        yield self._settled(question.who, question.course_id, conversation_id, **returned)

    def _shown(self, question: Question) -> Generator[tuple[list[chat_view.ChatMessage], str | None], None, None]:
        """Yield the messages to show, at most every YIELD_EVERY_S, and the conversation that they are in."""
        language, conversation_id = question.who.language, question.conversation_id
        before = [*self._before(question), chat_view.asked(question.text)]
        said, stage, shown_at = "", None, 0.0
        for event in self._events(question):
            match event:
                case Finished():
                    return
                case Delta(text=piece):
                    said += piece
                case Stage(name=name):
                    stage, shown_at = event, 0.0
                    if conversation_id is None and name != "warming":
                        conversation_id = chat_updates.latest(self.house, question.who, question.course_id)
            if (now := time.monotonic()) - shown_at >= YIELD_EVERY_S:
                shown_at = now
                yield [*before, chat_view.streaming(said, stage, language)], conversation_id

    def _events(self, question: Question) -> Generator[Stage | Delta | Finished, None, None]:
        """Wait for a model that is still loading, then ask."""
        deadline = time.monotonic() + WARMING_S
        while self.house.engine.info().state is EngineState.LOADING and time.monotonic() < deadline:
            yield Stage("warming")
            time.sleep(POLL_S)
        asking = self.house.turns.ask(
            question.who,
            question.course_id,
            question.text,
            conversation_id=question.conversation_id,
            replaces=question.replaces.id if question.replaces else None,
        )
        with closing(asking):
            yield from asking

    def _before(self, question: Question) -> list[chat_view.ChatMessage]:
        """Return the messages that stand above the question."""
        if question.conversation_id is None:
            return []
        turns = self.house.conversations.turns(question.who, question.conversation_id)
        ids = [turn.id for turn in turns]
        if question.replaces and question.replaces.id in ids:
            turns = turns[: ids.index(question.replaces.id)]
        return chat_view.messages(turns, question.who.language)

    def _settled(self, who: Person, course_id: str | None, conversation_id: str | None, **box: str) -> Updates:
        """Return the page at rest; a question that could not be asked goes back into the box."""
        return (
            chat_updates.conversation(self.house, who, course_id, conversation_id),
            chat_updates.threads(self.house, who, course_id, conversation_id),
            chat_updates.box(**box),
        )

    def _running(self, who: Person, conversation_id: str) -> bool:
        turns = self.house.conversations.turns(who, conversation_id)
        return bool(turns) and turns[-1].status is TurnStatus.RUNNING
