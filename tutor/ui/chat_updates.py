"""Updates for the student page: what is stored, as Gradio components in their new state. Reads only."""

from __future__ import annotations

import html
from typing import Any

import gradio as gr

from tutor.domain import Person
from tutor.engine.base import EngineState
from tutor.locales import page_languages, t, web_tag
from tutor.services import Services
from tutor.ui import chat_view


def resolve_course_id(services: Services, actor: Person, shown: str | None) -> str | None:
    """Return the course on the page or, before it has filled itself, the one that it will show; None without any."""
    return shown or next((course.id for course in services.courses.visible_to(actor)), None)


def render_conversation_list(services: Services, actor: Person, course_id: str | None, chosen: str | None) -> gr.Radio:
    """Return the list of this person's conversations in a course."""
    mine = services.conversations.list_own(actor, course_id) if course_id else []
    return gr.Radio(choices=chat_view.conversation_choices(mine), value=chosen)


def latest_conversation_id(services: Services, actor: Person, course_id: str | None) -> str | None:
    mine = services.conversations.list_own(actor, course_id) if course_id else []
    return mine[0].id if mine else None


def render_chat(services: Services, actor: Person, course_id: str | None, conversation_id: str | None) -> gr.Chatbot:
    """Return the chat as it is stored, or the empty chat with questions to begin with."""
    turns = services.conversations.list_turns(actor, conversation_id) if conversation_id else []
    ratings = services.feedback.list_ratings(actor, conversation_id) if conversation_id else {}
    changes: dict[str, Any] = {
        "value": chat_view.to_chat_messages(turns, actor.language),
        "feedback_options": chat_view.feedback_options(actor.language),
        "feedback_value": chat_view.feedback_values(turns, ratings, actor.language),
    }
    if not turns:
        changes |= _empty_chat_options(services, actor, course_id)
    return gr.Chatbot(**changes)


def _empty_chat_options(services: Services, actor: Person, course_id: str | None) -> dict[str, Any]:
    course = next((c for c in services.courses.visible_to(actor) if c.id == course_id), None)
    documents = services.documents.documents(actor, course.id) if course else []
    skills = services.courses.skills(actor, course.id) if documents and course else []
    topics = [*(skill.name for skill in skills), *(document.title or document.name for document in documents)]
    return {
        "placeholder": chat_view.format_empty_chat(course.title if course else None, bool(documents), actor.language),
        "examples": chat_view.starter_questions(topics, actor.language),
    }


def render_question_box(**changes: Any) -> gr.Textbox:
    """Return the question box at rest."""
    return gr.Textbox(submit_btn=True, stop_btn=False, **changes)


def render_busy_question_box(**changes: Any) -> gr.Textbox:
    """Return the question box while an answer is coming: its button stops."""
    return gr.Textbox(submit_btn=False, stop_btn=True, **changes)


def render_model_status(services: Services, actor: Person) -> tuple[str, gr.Timer]:
    """Return the line about the model, and a timer that goes on while it loads."""
    info = services.engine.info()
    return chat_view.format_model_status(info, actor.language), gr.Timer(active=info.state is EngineState.LOADING)


def render_account_links(actor: Person) -> str:
    """Return the links that belong to a person; our own words only."""
    teach = f'<a href="/teach">{t(actor.language, "teach")}</a>' if actor.is_staff else ""
    leave = f'<form method="post" action="/logout"><button>{t(actor.language, "sign_out")}</button></form>'
    return f'<div class="tutor-account">{teach}{render_language_switch(actor, "/")}{leave}</div>'


def render_language_switch(actor: Person, page: str) -> str:
    """Return a button for each other language, which switches the pages to it and returns to `page`."""
    return "".join(
        f'<form method="post" action="/language?next={page}"><input type="hidden" name="language" value="{code}">'
        f'<button lang="{web_tag(code)}">{html.escape(name)}</button></form>'
        for name, code in page_languages()
        if code != actor.language
    )
