"""Handlers of feedback: thumbs and reasons for an answer, and the panel for a better answer."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from tutor.chat.citations import strip_citation_marks
from tutor.domain import Person, Thumb, Turn
from tutor.locales import t
from tutor.services import Services
from tutor.ui import chat_view, text_format
from tutor.ui.error_boundary import Updates, current_person, show_info


@dataclass(frozen=True, slots=True)
class FeedbackHandlers:
    """The handlers; the panel's outputs are (group, about, better answer, turn id)."""

    services: Services

    def rate(self, conversation_id: str, data: gr.LikeData, request: gr.Request) -> Updates:
        """Store a thumb or a reason; a thumb down opens the panel."""
        actor = current_person(request)
        turn = chat_view.turn_at(self.services.conversations.list_turns(actor, conversation_id), data.index)
        if turn is None:
            return self._closed_panel()
        thumb, reason = chat_view.parse_feedback(data.liked, actor.language)
        self.services.feedback.rate(actor, turn.id, thumb, reason)
        return self._closed_panel() if thumb is Thumb.UP else self._open_panel(actor, turn)

    def open_correction_panel(self, conversation_id: str | None, request: gr.Request) -> Updates:
        """Open the panel for a better answer to the last question."""
        actor = current_person(request)
        turns = self.services.conversations.list_turns(actor, conversation_id) if conversation_id else []
        if not turns:
            show_info(t(actor.language, "nothing_to_correct"))
            return self._closed_panel()
        return self._open_panel(actor, turns[-1])

    def save_correction(self, turn_id: str | None, text: str, consent: bool, request: gr.Request) -> Updates:
        """Store the better answer and close the panel."""
        actor = current_person(request)
        if turn_id:
            self.services.feedback.submit_correction(actor, turn_id, text, consent=consent)
            show_info(t(actor.language, "correction_saved" if consent else "correction_saved_only"))
        return self._closed_panel()

    def cancel_correction(self) -> Updates:
        return self._closed_panel()

    def _open_panel(self, actor: Person, turn: Turn) -> Updates:
        about = t(actor.language, "correction_about", question=text_format.escape_inline(turn.question))
        return gr.Group(visible=True), about, strip_citation_marks(turn.answer), turn.id

    def _closed_panel(self) -> Updates:
        return gr.Group(visible=False), "", "", None
