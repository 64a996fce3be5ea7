"""Handlers of conversations: load the page, change the course, open, rename, delete and restore."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.locales import t
from tutor.services import Services
from tutor.ui import chat_updates, text_format
from tutor.ui.error_boundary import Updates, current_person, show_info
from tutor.ui.greeting import render_greeting


@dataclass(frozen=True, slots=True)
class ConversationHandlers:
    """The handlers; ids come from the page, and access is checked for the person of the request."""

    services: Services

    def load_page(self, course_id: str | None, conversation_id: str | None, request: gr.Request) -> Updates:
        """Return the page as the person left it: the browser says which course and conversation were open.

        A conversation "" is a new one. What they may not see, or no longer, gives way to their latest.
        """
        actor = current_person(request)
        courses = self.services.courses.visible_to(actor)
        course_id = chat_updates.restored_course_id(self.services, actor, course_id)
        shown_id = chat_updates.restored_conversation_id(self.services, actor, course_id, conversation_id)
        return (
            gr.Dropdown(
                choices=[(text_format.to_plain_line(course.title), course.id) for course in courses], value=course_id
            ),
            *self._render(request, course_id, shown_id),
            *chat_updates.render_model_status(self.services, actor),
            t(actor.language, "signed_in_as", name=text_format.escape_inline(actor.called)),
            chat_updates.render_account_links(actor),
            render_greeting(self.services, actor, course_id),
        )

    def show_greeting(self, course_id: str | None, request: gr.Request) -> str:
        """Return what the learner can begin or continue."""
        return render_greeting(self.services, current_person(request), course_id)

    def refresh_model_status(self, request: gr.Request) -> Updates:
        """Return the model's status while it loads."""
        return chat_updates.render_model_status(self.services, current_person(request))

    def change_course(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the latest conversation of the selected course, or an empty chat."""
        return self._render(
            request, course_id, chat_updates.latest_conversation_id(self.services, current_person(request), course_id)
        )

    def open_conversation(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Any:
        return chat_updates.render_chat(self.services, current_person(request), course_id, conversation_id)

    def new_conversation(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return an empty chat; the first question creates the conversation."""
        return self._render(request, course_id, None)

    def open_rename_form(self, conversation_id: str | None, request: gr.Request) -> Updates:
        """Open the form for a new name, filled with the current one."""
        actor = current_person(request)
        if not conversation_id:
            show_info(t(actor.language, "choose_first"))
            return gr.Group(visible=False), ""
        return gr.Group(visible=True), self.services.conversations.get_own(actor, conversation_id).title

    def rename(self, conversation_id: str, title: str, course_id: str | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        self.services.conversations.rename(actor, conversation_id, title)
        return chat_updates.render_conversation_list(self.services, actor, course_id, conversation_id), gr.Group(
            visible=False
        )

    def delete(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Delete a conversation and offer to undo it."""
        actor = current_person(request)
        if not conversation_id:
            show_info(t(actor.language, "choose_first"))
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        title = self.services.conversations.get_own(actor, conversation_id).title
        self.services.conversations.delete(actor, conversation_id)
        show_info(t(actor.language, "deleted", title=title))
        return *self._render(request, course_id, None), gr.Button(visible=True), conversation_id

    def undo_delete(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Restore the conversation that was deleted last."""
        if conversation_id:
            self.services.conversations.restore(current_person(request), conversation_id)
        return *self._render(request, course_id, conversation_id), gr.Button(visible=False), None

    def _render(self, request: gr.Request, course_id: str | None, conversation_id: str | None) -> Updates:
        actor = current_person(request)
        return (
            chat_updates.render_conversation_list(self.services, actor, course_id, conversation_id),
            chat_updates.render_chat(self.services, actor, course_id, conversation_id),
        )
