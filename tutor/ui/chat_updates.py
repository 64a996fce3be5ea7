"""Updates for the student page: what is stored, as Gradio components in their new state. Reads only."""

from __future__ import annotations

from typing import Any

import gradio as gr

from tutor.domain import Person
from tutor.engine.base import EngineState
from tutor.services import House
from tutor.ui import chat_view
from tutor.ui.words import WORDS, say


def course(house: House, who: Person, shown: str | None) -> str | None:
    """Return the course on the page or, before it has filled itself, the one that it will show; None without any."""
    return shown or next((course.id for course in house.courses.visible_to(who)), None)


def threads(house: House, who: Person, course_id: str | None, chosen: str | None) -> gr.Radio:
    """Return the list of this person's conversations in a course."""
    mine = house.conversations.mine(who, course_id) if course_id else []
    return gr.Radio(choices=chat_view.conversation_choices(mine), value=chosen)


def latest(house: House, who: Person, course_id: str | None) -> str | None:
    mine = house.conversations.mine(who, course_id) if course_id else []
    return mine[0].id if mine else None


def conversation(house: House, who: Person, course_id: str | None, conversation_id: str | None) -> gr.Chatbot:
    """Return the chat as it is stored, or the empty chat with questions to begin with."""
    turns = house.conversations.turns(who, conversation_id) if conversation_id else []
    ratings = house.feedback.ratings(who, conversation_id) if conversation_id else {}
    changes: dict[str, Any] = {
        "value": chat_view.messages(turns, who.language),
        "feedback_options": chat_view.vote_options(who.language),
        "feedback_value": chat_view.votes(turns, ratings, who.language),
    }
    if not turns:
        changes |= _empty(house, who, course_id)
    return gr.Chatbot(**changes)


def _empty(house: House, who: Person, course_id: str | None) -> dict[str, Any]:
    course = next((c for c in house.courses.visible_to(who) if c.id == course_id), None)
    documents = house.shelf.documents(who, course.id) if course else []
    skills = house.courses.skills(who, course.id) if documents and course else []
    topics = [*(skill.name for skill in skills), *(document.title or document.name for document in documents)]
    return {
        "placeholder": chat_view.hello(course.title if course else None, bool(documents), who.language),
        "examples": chat_view.starters(topics, who.language),
    }


def box(**changes: Any) -> gr.Textbox:
    """Return the question box at rest."""
    return gr.Textbox(submit_btn=True, stop_btn=False, **changes)


def busy_box(**changes: Any) -> gr.Textbox:
    """Return the question box while an answer is coming: its button stops."""
    return gr.Textbox(submit_btn=False, stop_btn=True, **changes)


def model_line(house: House, who: Person) -> tuple[str, gr.Timer]:
    """Return the line about the model, and a timer that goes on while it loads."""
    info = house.engine.info()
    return chat_view.model_line(info, who.language), gr.Timer(active=info.state is EngineState.LOADING)


def account(who: Person) -> str:
    """Return the links that belong to a person; our own words only."""
    teach = f'<a href="/teach">{say(who.language, "teach")}</a>' if who.teaches else ""
    leave = f'<form method="post" action="/logout"><button>{say(who.language, "sign_out")}</button></form>'
    return f'<div class="tutor-account">{teach}{language_switch(who, "/")}{leave}</div>'


def language_switch(who: Person, page: str) -> str:
    """Return the button that turns the tutor to the other language and comes back to this page of ours."""
    other = next(language for language in WORDS if language != who.language)
    return (
        f'<form method="post" action="/language?next={page}"><input type="hidden" name="language" value="{other}">'
        f'<button lang="{other}">{say(other, "language_name")}</button></form>'
    )
