"""Handlers around conversations: arriving, changing the course, opening, naming, deleting and bringing back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.services import House
from tutor.ui import chat_updates, chat_view
from tutor.ui.error_boundary import person, tell
from tutor.ui.words import say

Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Threads:
    """What a student does with her conversations; the id comes from the page, the right to it from the request."""

    house: House

    def arrive(self, request: gr.Request) -> Updates:
        """Fill the page for whoever opens it, with her latest conversation."""
        who = person(request)
        courses = self.house.courses.visible_to(who)
        course_id = chat_updates.course(self.house, who, None)
        latest = chat_updates.latest(self.house, who, course_id)
        return (
            gr.Dropdown(choices=[(chat_view.plain(course.title), course.id) for course in courses], value=course_id),
            *self._show(request, course_id, latest),
            *chat_updates.model_line(self.house, who),
            say(who.language, "signed_in_as", name=chat_view.inline(who.name)),
            chat_updates.account(who),
        )

    def model(self, request: gr.Request) -> Updates:
        """Say again what the model is doing, while it loads."""
        return chat_updates.model_line(self.house, person(request))

    def enter(self, course_id: str | None, request: gr.Request) -> Updates:
        """Change the course: its latest conversation, or an empty chat."""
        return self._show(request, course_id, chat_updates.latest(self.house, person(request), course_id))

    def open(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Any:
        return chat_updates.conversation(self.house, person(request), course_id, conversation_id)

    def begin(self, course_id: str | None, request: gr.Request) -> Updates:
        """Start with an empty chat; the conversation is made by its first question."""
        return self._show(request, course_id, None)

    def name(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Open the small form that renames; it starts with the present name."""
        who = person(request)
        if not conversation_id:
            tell(say(who.language, "choose_first"))
            return gr.Group(visible=False), ""
        return gr.Group(visible=True), self.house.conversations.owned(who, conversation_id).title

    def rename(self, conversation_id: str, title: str, course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        self.house.conversations.rename(who, conversation_id, title)
        return chat_updates.threads(self.house, who, course_id, conversation_id), gr.Group(visible=False)

    def delete(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Hide a conversation and offer to bring it back."""
        who = person(request)
        if not conversation_id:
            tell(say(who.language, "choose_first"))
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        title = self.house.conversations.owned(who, conversation_id).title
        self.house.conversations.delete(who, conversation_id)
        tell(say(who.language, "deleted", title=title))
        return *self._show(request, course_id, None), gr.Button(visible=True), conversation_id

    def undo(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Bring back what was deleted last."""
        if conversation_id:
            self.house.conversations.restore(person(request), conversation_id)
        return *self._show(request, course_id, conversation_id), gr.Button(visible=False), None

    def _show(self, request: gr.Request, course_id: str | None, conversation_id: str | None) -> Updates:
        who = person(request)
        return (
            chat_updates.threads(self.house, who, course_id, conversation_id),
            chat_updates.conversation(self.house, who, course_id, conversation_id),
        )
