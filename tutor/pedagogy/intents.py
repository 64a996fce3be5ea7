"""Classify a learner's message: a question, an answer, a request for help, or a remark on what was said.

A small fitted model decides (`intent_model`); rules over words, from `knowledge/languages`, module `intents`, tell what
a message about an open exercise asks for. The quick actions of the page come with their intent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from knowledge.languages import either, fold, words
from knowledge.languages.scripts import HAN
from knowledge.languages.sentences import split_sentences
from tutor.maths.numbers import read_numbers
from tutor.pedagogy.exercise import parse_exercise
from tutor.pedagogy.intent_model import Situation, load_intent_model


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
    SHORTER = "shorter"
    REPHRASE = "rephrase"  # in other words, once more, what do you mean
    MORE = "more"  # go on, in more detail
    WHY = "why"  # about the last answer
    DOUBT = "doubt"  # are you sure
    SOURCE = "source"  # where does it say that
    RECALL = "recall"  # what did I ask
    RECAP = "recap"  # of the conversation
    TRANSLATE = "translate"  # the last answer; answers in a language from now on
    SOCIAL = "social"  # thanks
    GREETING = "greeting"
    FAREWELL = "farewell"
    ACKNOWLEDGE = "acknowledge"  # I see, ok
    EMPTY = "empty"


def _pattern(name: str, template: str = "{}") -> re.Pattern[str]:
    """Compile the fragments of all languages, put into `template`."""
    return re.compile(template.format(f"(?:{either('intents', name)})"), re.IGNORECASE)


_INTENT_BY_LABEL = {"simpler": Intent.EASIER, "thanks": Intent.SOCIAL, "language": Intent.TRANSLATE}
_ABOUT_THE_CONVERSATION = (Intent.RECALL, Intent.RECAP)
_NO_REQUESTS = ("question", "exercise", "answer", "clarify")  # labels of the models
_DEFINITION = _pattern("DEFINITION")
_TASK = _pattern("TASK")
_SOLVE_COMMAND = _pattern("SOLVE_COMMAND")
_WORD_PROBLEM_QUESTION = _pattern("WORD_PROBLEM_QUESTION")
_ASKS_FOR_VALUE = _pattern("ASKS_FOR_VALUE")
_ASKS_NEXT_STEP = _pattern("ASKS_NEXT_STEP")
_NAMED_COMMAND = _pattern("NAMED_COMMAND")
_POINTS_AT_EXERCISE = _pattern("POINTS_AT_EXERCISE")
_QUESTION_WORDS = words("intents", "QUESTION_WORDS")
_MAX_REQUEST_CHARS = 120  # a longer message that mentions a request in passing is not that request
MIN_REQUEST_CHANCE = 0.4  # below it, a message is a question about the material
MIN_PRESSURE_CHANCE = 0.6  # of one sentence of a long message
MIN_EXERCISE_CHANCE = 0.5
MIN_STORY_CHANCE = 0.1  # of a text with a word for a task or the form of a word problem


def classify_intent(message: str, *, question_open: bool) -> Intent:
    """Return the intent of a message; while a question is open, anything but a question, request or task answers it."""
    text = " ".join(message.split())
    if not re.search(r"\w", text):
        return Intent.STUCK if "?" in text and question_open else Intent.EMPTY
    chances = load_intent_model(Situation.OPEN if question_open else Situation.CLOSED).probabilities(text)
    if request := _find_request(text, chances, question_open=question_open):
        return request
    if question_open:
        if is_new_task(text):
            return Intent.EXERCISE
        return Intent.CLARIFY if chances["clarify"] > chances["answer"] else Intent.ANSWER
    if _is_exercise_text(text, chances["exercise"]):
        return Intent.EXERCISE
    return Intent.DEFINITION if _DEFINITION.search(fold(text)) else Intent.QUESTION


def _find_request(text: str, chances: Mapping[str, float], *, question_open: bool) -> Intent | None:
    """Return what a message requests; None for a question, a task and an answer.

    Pressure for the answer counts at any length; any other request in a long message is in passing.
    """
    if len(text) > _MAX_REQUEST_CHARS:
        return Intent.TELL_ME if any(map(_presses_for_answer, _sentences(text))) else None
    if _NAMED_COMMAND.search(fold(text)):
        return None
    label = max(chances, key=lambda name: chances[name])
    model = load_intent_model(Situation.OPEN if question_open else Situation.CLOSED)
    if label in _NO_REQUESTS or chances[label] < MIN_REQUEST_CHANCE or not model.knows_a_word_of(text):
        return None
    return _INTENT_BY_LABEL.get(label) or Intent(label)


def _presses_for_answer(sentence: str) -> bool:
    return load_intent_model(Situation.OPEN).probabilities(sentence)["tell_me"] >= MIN_PRESSURE_CHANCE


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def _is_exercise_text(text: str, chance: float) -> bool:
    """Whether a message sets a task: the model says so, it is a word problem, or it holds an equation to be solved."""
    if chance >= (MIN_STORY_CHANCE if is_exercise(text) else MIN_EXERCISE_CHANCE):
        return True
    return parse_exercise(text).equation is not None


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
    if intent in (Intent.CLARIFY, Intent.SUMMARISE):
        aside = classify_intent(message, question_open=False)
        if aside in _ABOUT_THE_CONVERSATION:
            return aside
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
    if not _WORD_PROBLEM_QUESTION.search(text):
        return False
    numbers = [m for m in read_numbers(text) if not (m.spelled_out and m.value == 1)]
    length = len(re.findall(rf"[{HAN}]", text)) or len(re.findall(r"\w+", text))  # in words; in characters for Chinese
    return (len(numbers) >= 2 and length >= 12) or (len(numbers) == 1 and length >= 22)


def _refers_to_exercise(text: str, problem: str) -> bool:
    """Whether a question is about the exercise itself: it points at it or repeats a word of it."""
    if _POINTS_AT_EXERCISE.search(text):
        return True
    asked_about = set(re.findall(r"[a-z]{4,}", text.lower())) - _QUESTION_WORDS
    return bool(asked_about & set(re.findall(r"[a-z]{4,}", problem.lower())))


def is_question(text: str) -> bool:
    """Whether a text asks rather than answers; "12?" and "is it 12?" are unsure answers."""
    chances = load_intent_model(Situation.OPEN).probabilities(" ".join(text.split()))
    return chances["clarify"] > chances["answer"]
