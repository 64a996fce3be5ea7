"""Grades an answer to the exercise in progress, written as free text in the chat."""

from __future__ import annotations

import re

from knowledge.languages import characters, either
from knowledge.languages.scripts import count_han
from tutor.assessment.number_grading import grade_number
from tutor.chat.message_parsing import ParsedMessage
from tutor.domain import Outcome
from tutor.pedagogy.exercise import has_same_solution
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.task_answers import Progress, judge_message

MIN_REASON_WORDS = 4
_NUMBER = r"\d+(?:\.\d+)?(?:/\d+)?"
_HEDGED_PREFIX = re.compile(either("requests", "HEDGED_PREFIX"), re.IGNORECASE)
_REASON_WORDS = re.compile(either("requests", "REASON_WORDS"), re.IGNORECASE)
_FINAL_VALUE = re.compile(
    rf"(?:=|{either('requests', 'RESULT_VERBS')})\s*([-−]?{_NUMBER})\s*[{characters('requests', 'RESULT_ENDS')}]?\s*$",
    re.IGNORECASE,
)
_NAMED_VALUES = re.compile(rf"\b[A-Za-z]\s*=\s*([-−]?\s*{_NUMBER})(?![\w+*])")
_TASK_OUTCOMES = {
    Progress.SOLVED: Outcome.RIGHT,
    Progress.UNFINISHED: Outcome.PARTIAL,
    Progress.RIGHT_STEP: Outcome.PARTIAL,
    Progress.WRONG: Outcome.WRONG,
    Progress.UNREADABLE: Outcome.UNSURE,
}
_ALTERNATIVES = re.compile(either("requests", "ALTERNATIVES"), re.IGNORECASE)


def grade_message(message: ParsedMessage) -> Outcome | None:
    """Grade a message against the exercise in progress; None when it is no answer to one that can be graded.

    A value is graded exactly. A line of working with the same solution as the exercise is a right step (PARTIAL), and
    RIGHT when it ends in the value.
    """
    exercise = message.exercise
    if message.intent is not Intent.ANSWER or exercise is None or not exercise.keys:
        return None
    if exercise.task is not None:
        return _TASK_OUTCOMES[judge_message(exercise.task, message.text).progress]
    final = _final_value(message.text)
    if exercise.equation and has_same_solution(message.text, exercise.equation):
        is_solved = bool(final) and grade_number(final, exercise.keys).outcome is Outcome.RIGHT
        return Outcome.RIGHT if is_solved else Outcome.PARTIAL
    answer = _HEDGED_PREFIX.sub("", message.text).strip()
    grade = grade_number(answer, exercise.keys)
    if grade.outcome is Outcome.UNSURE and answer.endswith("!"):
        grade = grade_number(answer.rstrip("!"), exercise.keys)  # emphatic, not a factorial
    if grade.outcome is Outcome.UNSURE and final:
        grade = grade_number(final, exercise.keys)
    return grade.outcome


def gives_reason(text: str) -> bool:
    """Return whether a message says how its answer was found; "because 7" does not."""
    words = len(re.findall(r"[A-Za-z]{2,}", text)) + count_han(text) // 2
    return bool(_REASON_WORDS.search(text)) and words >= MIN_REASON_WORDS


def _final_value(working: str) -> str:
    """Return the value that a line of working ends in ("..., so x = 7"); "" when it has none or names several."""
    named = {value.replace(" ", "") for value in _NAMED_VALUES.findall(working)}
    final = _FINAL_VALUE.search(working)
    return final[1] if final and len(named) <= 1 and not _ALTERNATIVES.search(working) else ""
