"""Whether the course supports a stored answer: another question than whether it covers what was asked."""

from __future__ import annotations

from enum import StrEnum

from tutor.chat.citations import OWN_WORDS_MARK
from tutor.domain import Turn
from tutor.locales import CATALOGS, find_message

_UNSUPPORTED = ("reply_own_words", "reply_not_answered")


class AnswerSupport(StrEnum):
    """What stands behind an answer."""

    QUOTED = "quoted"  # it is the course's own words
    CHECKED = "checked"  # every statement agrees with the passage that it cites
    PARTLY = "partly"  # the course does not say some of its statements
    NONE = "none"  # the course does not say it


def answer_support(turn: Turn) -> AnswerSupport:
    """Return the support of an answer to a question about the material."""
    if not turn.citations or any(_contains_message(turn.answer, key) for key in _UNSUPPORTED):
        return AnswerSupport.NONE
    if f"[{OWN_WORDS_MARK}]" in turn.answer:
        return AnswerSupport.PARTLY
    is_quoted = turn.model is None or _contains_message(turn.answer, "reply_from_course")
    return AnswerSupport.QUOTED if is_quoted else AnswerSupport.CHECKED


def _contains_message(answer: str, key: str) -> bool:
    """Return whether an answer has the beginning of a message, in any language."""
    messages = filter(None, (find_message(language, key) for language in CATALOGS))
    return any(message.split("{")[0].strip() in answer for message in messages)
