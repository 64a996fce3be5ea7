"""Handlers of feedback: thumbs and reasons under an answer, and the panel for a better one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.chat.citations import without_marks
from tutor.domain import Person, Thumb, Turn
from tutor.services import House
from tutor.ui import chat_view
from tutor.ui.error_boundary import person, tell
from tutor.ui.words import say

Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rating:
    """Takes feedback in; the panel's outputs are (group, about, better answer, turn id)."""

    house: House

    def rate(self, conversation_id: str, data: gr.LikeData, request: gr.Request) -> Updates:
        """Store a thumb or a reason; a thumb down opens the panel for a better answer."""
        who = person(request)
        turn = chat_view.turn_at(self.house.conversations.turns(who, conversation_id), data.index)
        if turn is None:
            return self._closed()
        thumb, reason = chat_view.rating_from(data.liked, who.language)
        self.house.feedback.rate(who, turn.id, thumb, reason)
        return self._closed() if thumb is Thumb.UP else self._opened(who, turn)

    def better(self, conversation_id: str | None, request: gr.Request) -> Updates:
        """Open the panel for a better answer to the last question."""
        who = person(request)
        turns = self.house.conversations.turns(who, conversation_id) if conversation_id else []
        if not turns:
            tell(say(who.language, "nothing_to_correct"))
            return self._closed()
        return self._opened(who, turns[-1])

    def correct(self, turn_id: str | None, text: str, consent: bool, request: gr.Request) -> Updates:
        """Store the better answer and close the panel."""
        who = person(request)
        if turn_id:
            self.house.feedback.correct(who, turn_id, text, consent=consent)
            tell(say(who.language, "better_saved" if consent else "better_saved_only"))
        return self._closed()

    def put_away(self) -> Updates:
        return self._closed()

    def _opened(self, who: Person, turn: Turn) -> Updates:
        about = say(who.language, "better_about", question=chat_view.inline(turn.question))
        return gr.Group(visible=True), about, without_marks(turn.answer), turn.id

    def _closed(self) -> Updates:
        return gr.Group(visible=False), "", "", None
