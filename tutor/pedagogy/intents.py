"""Classify a learner's message: a question, an answer, a request for help, or pressure to be told the answer.

Rules over words, no model; the patterns of each language are in `knowledge/languages`, module `intents`. The quick
actions of the page come with their intent and are not classified here.
"""

from __future__ import annotations

import re
from enum import StrEnum

from knowledge.languages import characters, either, words
from knowledge.languages.scripts import HAN
from tutor.maths.numbers import read_numbers


class Intent(StrEnum):
    """What a learner wants with a message."""

    QUESTION = "question"  # about the material
    DEFINITION = "definition"  # what is X, define X
    EXERCISE = "exercise"  # solve this, my homework
    ANSWER = "answer"  # to the open question
    CLARIFY = "clarify"  # a question about the question
    STUCK = "stuck"  # I don't know, help
    TELL_ME = "tell_me"  # pressure for the answer, with or without an excuse
    EXAMPLE = "example"
    EASIER = "easier"
    HARDER = "harder"
    QUIZ = "quiz"
    SUMMARISE = "summarise"
    SKIP = "skip"
    SOCIAL = "social"  # thanks, hello
    EMPTY = "empty"


def _pattern(name: str, template: str = "{}") -> re.Pattern[str]:
    """Compile the fragments of all languages, put into `template`."""
    return re.compile(template.format(f"(?:{either('intents', name)})"), re.IGNORECASE)


# in this order
_INTENT_PATTERNS = tuple(
    (intent, _pattern(intent.name))
    for intent in (
        Intent.TELL_ME,
        Intent.SKIP,
        Intent.STUCK,
        Intent.EXAMPLE,
        Intent.EASIER,
        Intent.HARDER,
        Intent.QUIZ,
        Intent.SUMMARISE,
        Intent.SOCIAL,
    )
)
_QUESTION_MARKS = characters("text", "QUESTION_MARK")
_DEFINITION = _pattern("DEFINITION")
_DEFINE_COMMAND = _pattern("DEFINE_COMMAND")
_TASK = _pattern("TASK")
_SOLVE_COMMAND = _pattern("SOLVE_COMMAND")
_FORMULA = re.compile(r"[0-9a-z)]\s*[-+*/^]\s*[0-9a-z(]+.*=|\d\s*[-+*/×÷]\s*\(?\d", re.IGNORECASE)
_WORD_PROBLEM_QUESTION = _pattern("WORD_PROBLEM_QUESTION")
_ASKS_FOR_VALUE = _pattern("ASKS_FOR_VALUE")
_ASKS_NEXT_STEP = _pattern("ASKS_NEXT_STEP")
_POINTS_AT_EXERCISE = _pattern("POINTS_AT_EXERCISE")
_QUESTION_WORDS = words("intents", "QUESTION_WORDS")
_QUESTION_FORM = _pattern("QUESTION_FORM", rf"{{}}|[{_QUESTION_MARKS}]\s*$")
_QUESTION_WORD_ANYWHERE = _pattern("QUESTION_WORD_ANYWHERE")
_WH_WORD = _pattern("WH_WORD", r"\W*{}")
_UNSURE_ANSWER = _pattern("UNSURE_ANSWER")
_ENDS_WITH_QUESTION_MARK = re.compile(rf"[{_QUESTION_MARKS}]\s*$")
_MAX_REQUEST_CHARS = 120  # a longer message that mentions a request in passing is not that request
_MAX_ANSWER_WORDS = 3  # with a question mark behind them: "12?" is an answer


def classify_intent(message: str, *, question_open: bool) -> Intent:
    """Return the intent of a message; while a question is open, anything but a question, request or task answers it."""
    text = " ".join(message.split())
    if not re.search(r"\w", text):
        return Intent.STUCK if "?" in text and question_open else Intent.EMPTY
    for intent, pattern in _INTENT_PATTERNS:
        if pattern.search(text) and _is_short_enough(intent, text):
            return intent
    if question_open:
        if is_new_task(text):
            return Intent.EXERCISE
        return Intent.CLARIFY if is_question(text) else Intent.ANSWER
    if _DEFINITION.search(text):
        return Intent.DEFINITION
    return Intent.EXERCISE if is_exercise(text) or _FORMULA.search(text) else Intent.QUESTION


def classify_exercise_intent(message: str, problem: str) -> Intent:
    """Return the intent of a message while the learner's own exercise `problem` is open.

    A question for the next step is a request for help (STUCK), a question for the value is TELL_ME. A question about
    something else stays a question, and another exercise is EXERCISE.
    """
    text = " ".join(message.split())
    if _ASKS_FOR_VALUE.search(text) and len(text) <= _MAX_REQUEST_CHARS:
        return Intent.TELL_ME
    if is_exercise(text):
        return Intent.EXERCISE if len(re.findall(r"\w+", text)) > 3 or re.search(r"\d", text) else Intent.TELL_ME
    if _ASKS_NEXT_STEP.search(text) and len(text) <= _MAX_REQUEST_CHARS:
        return Intent.STUCK
    if "=" in text and "=" in problem:
        return Intent.ANSWER  # a line of working, with or without a doubting "?"
    intent = classify_intent(message, question_open=True)
    if intent is not Intent.CLARIFY:
        return intent
    if _refers_to_exercise(text, problem):
        return Intent.CLARIFY
    return Intent.DEFINITION if _DEFINITION.search(text) else Intent.QUESTION


def is_new_task(text: str) -> bool:
    """Whether a text sent while a question is open is a new task: a command with a number, or a word problem."""
    return bool(_SOLVE_COMMAND.match(text) and re.search(r"\d", text)) or _is_word_problem(text)


def is_exercise(text: str) -> bool:
    """Whether a text is a task: it has a command to work something out or a word for a task, or is a word problem."""
    return bool(_TASK.search(text)) or _is_word_problem(text)


def _is_word_problem(text: str) -> bool:
    numbers = [m for m in read_numbers(text) if not (m.spelled_out and m.value == 1)]
    length = len(re.findall(rf"[{HAN}]", text)) or len(re.findall(r"\w+", text))  # in words; in characters for Chinese
    is_story = (len(numbers) >= 2 and length >= 12) or (len(numbers) == 1 and length >= 22)
    return is_story and bool(_WORD_PROBLEM_QUESTION.search(text))


def _refers_to_exercise(text: str, problem: str) -> bool:
    """Whether a question is about the exercise itself: it points at it or repeats a word of it."""
    if _POINTS_AT_EXERCISE.search(text):
        return True
    asked_about = set(re.findall(r"[a-z]{4,}", text.lower())) - _QUESTION_WORDS
    return bool(asked_about & set(re.findall(r"[a-z]{4,}", problem.lower())))


def is_question(text: str) -> bool:
    """Whether a text asks rather than answers; "12?" and "is it 12?" are unsure answers."""
    if _DEFINE_COMMAND.match(text):
        return True
    if not _QUESTION_FORM.search(text):
        return False
    if _UNSURE_ANSWER.search(text):
        return False
    if _QUESTION_WORD_ANYWHERE.search(text):
        return True
    is_short = bool(_ENDS_WITH_QUESTION_MARK.search(text)) and len(re.findall(r"\w+", text)) <= _MAX_ANSWER_WORDS
    return not is_short or bool(_WH_WORD.match(text))


def _is_short_enough(intent: Intent, text: str) -> bool:
    """Whether the message is short enough to be that request; pressure for the answer counts at any length."""
    return intent is Intent.TELL_ME or len(text) <= _MAX_REQUEST_CHARS
