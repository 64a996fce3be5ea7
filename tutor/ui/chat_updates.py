"""Updates of the student's page: stored values as Gradio components. Only reads."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import gradio as gr

from knowledge.documents import Document
from tutor.domain import Person, Role
from tutor.engine.base import EngineState
from tutor.locales import page_languages, t, web_tag
from tutor.services import Services
from tutor.ui import chat_view, text_format
from tutor.ui.admin_html import ADMIN_PATH
from tutor.ui.arrival_html import NAME_PATH
from tutor.ui.chat_view import ChatMessage

MAX_STARTER_CHARS = 120


def resolve_course_id(services: Services, actor: Person, shown: str | None) -> str | None:
    """Return the course on the page, or the first visible one before the page has loaded; None if there is none."""
    return shown or next((course.id for course in services.courses.visible_to(actor)), None)


def restored_course_id(services: Services, actor: Person, wanted: str | None) -> str | None:
    """Return the course that was open, else the one in which the person asked last, else the first visible one."""
    visible = [course.id for course in services.courses.visible_to(actor)]
    for course_id in (wanted, services.conversations.latest_course_id(actor)):
        if course_id in visible:
            return course_id
    return next(iter(visible), None)


def restored_conversation_id(
    services: Services, actor: Person, course_id: str | None, wanted: str | None
) -> str | None:
    """Return the conversation that was open, else the latest of the course; None for "", a new one."""
    if wanted == "" or course_id is None:
        return None
    mine = [conversation.id for conversation in services.conversations.list_own(actor, course_id)]
    return wanted if wanted in mine else next(iter(mine), None)


def render_conversation_list(services: Services, actor: Person, course_id: str | None, chosen: str | None) -> gr.Radio:
    """Return the list of this person's conversations in a course."""
    mine = services.conversations.list_own(actor, course_id) if course_id else []
    return gr.Radio(choices=chat_view.conversation_choices(mine), value=chosen)


def latest_conversation_id(services: Services, actor: Person, course_id: str | None) -> str | None:
    mine = services.conversations.list_own(actor, course_id) if course_id else []
    return mine[0].id if mine else None


def render_chat(services: Services, actor: Person, course_id: str | None, conversation_id: str | None) -> gr.Chatbot:
    """Return the stored chat, or the empty chat with starter questions."""
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
    is_reading = course is not None and not documents and services.documents.is_reading(actor, course.id)
    return {
        "placeholder": chat_view.format_empty_chat(
            course.title if course else None, bool(documents), actor.language, is_reading=is_reading
        ),
        "examples": _starters(services, actor, course.id, documents) if documents and course else [],
    }


def _starters(services: Services, actor: Person, course_id: str, documents: Sequence[Document]) -> list[ChatMessage]:
    """Return questions about what the course explains, else about its skills and documents."""
    if questions := services.starters.suggest(actor, course_id, actor.language):
        return [{"text": text_format.to_plain_line(question, MAX_STARTER_CHARS)} for question in questions]
    skills = services.courses.skills(actor, course_id)
    topics = [*(skill.name for skill in skills), *(document.title for document in documents)]
    return chat_view.starter_questions(topics, actor.language)


def render_question_box(**changes: Any) -> gr.Textbox:
    """Return the question box ready for a question."""
    return gr.Textbox(submit_btn=True, stop_btn=False, **changes)


def render_busy_question_box(**changes: Any) -> gr.Textbox:
    """Return the question box during an answer; its button stops the answer."""
    return gr.Textbox(submit_btn=False, stop_btn=True, **changes)


def render_model_status(services: Services, actor: Person) -> tuple[str, gr.Timer]:
    """Return the model's status, and a timer that runs while it loads.

    Learners read of the model only while it cannot answer as it should; each answer names the one that gave it.
    """
    info = services.engine.info()
    tells = actor.is_staff or info.state is not EngineState.READY or info.fallback is not None
    said = chat_view.format_model_status(info, actor.language) if tells else ""
    return said, gr.Timer(active=info.state is EngineState.LOADING)


def render_account_links(actor: Person) -> str:
    """Return a person's account links as HTML, made of our own text only."""
    teach = f'<a href="/teach">{t(actor.language, "teach")}</a>' if actor.is_staff else ""
    if actor.role is Role.ADMIN:
        teach += f'<a href="{ADMIN_PATH}">{t(actor.language, "admin")}</a>'
    join = f'<a href="/join">{t(actor.language, "join_a_course")}</a>'
    name = f'<a href="{NAME_PATH}">{t(actor.language, "change_name")}</a>'
    leave = f'<form method="post" action="/logout"><button>{t(actor.language, "sign_out")}</button></form>'
    if not actor.guest:  # who can sign in on several devices
        leave += (
            '<form method="post" action="/logout"><input type="hidden" name="everywhere" value="1">'
            f"<button>{t(actor.language, 'sign_out_everywhere')}</button></form>"
        )
    return f'<div class="tutor-account">{name}{join}{teach}{render_language_switch(actor, "/")}{leave}</div>'


def render_language_switch(actor: Person, page: str) -> str:
    """Return a button for each other language, which switches the pages to it and returns to `page`."""
    return "".join(
        f'<form method="post" action="/language?next={page}"><input type="hidden" name="language" value="{code}">'
        f'<button lang="{web_tag(code)}">{html.escape(name)}</button></form>'
        for name, code in page_languages()
        if code != actor.language
    )
