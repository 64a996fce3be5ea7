"""What a learner can begin or continue, as a line above the chat: an unfinished quiz, or finding out what they know.

No Gradio.
"""

from __future__ import annotations

from tutor.domain import Person
from tutor.locales import t
from tutor.practice.quiz_sessions import QuizSession
from tutor.services import Services


def render_greeting(services: Services, actor: Person, course_id: str | None) -> str:
    """Return the line; "" where there is nothing to begin or to continue."""
    if course_id is None:
        return ""
    session = services.quiz_sessions.latest_session(actor, course_id)
    if session is not None:
        return render_open_quiz(session, actor.language)
    if services.conversations.list_own(actor, course_id) or not services.quiz_sessions.topics(actor, course_id):
        return ""
    button = _button("progress", "placement_start", actor.language, "#tutor-placement-start")
    return _line(t(actor.language, "begin_placement"), button, "t-first")


def render_open_quiz(session: QuizSession, language: str) -> str:
    """Return the line about a quiz with an open question; "" for one that is over."""
    row = session.current
    if row is None:
        return ""
    if row.is_placement:
        sentence = t(language, "resume_placement", number=row.number)
    else:
        sentence = t(language, "resume_quiz", number=row.number + 1, count=len(session.questions))
    return _line(sentence, _button("practice", "resume_go", language))


def _button(tab: str, key: str, language: str, focus: str = "") -> str:
    aim = f' data-focus="{focus}"' if focus else ""
    return f'<button type="button" class="t-button" data-goto="{tab}"{aim}>{t(language, key)}</button>'


def _line(sentence: str, button: str, kind: str = "") -> str:
    return f'<div class="t-card t-line {kind}"><p>{sentence}</p>{button}</div>'
