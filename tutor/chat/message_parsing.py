"""Parses a learner's message, given the turns before it: the intent, what to search for, the exercise in progress.

The state of an exercise is that of the last shown turn, so a retried turn climbs no rung twice and an edited turn takes
its hints back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.figures import find_figure_number
from knowledge.languages import characters, either
from knowledge.lexical import tokenize
from tutor.domain import Course, Guidance, Turn, TurnStatus
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.exercise import Exercise, is_same_exercise, parse_exercise
from tutor.pedagogy.intents import Intent, classify_exercise_intent, classify_intent
from tutor.pedagogy.ladder import Ladder, Rung
from tutor.pedagogy.leak_features import Utterance

MIN_TOPIC_TERMS = 3  # a request for help with more content words than this has a topic
DIALOGUE_TURNS = 4  # earlier turns that the leak guard reads
QUESTION_INTENTS = (Intent.QUESTION, Intent.DEFINITION)
_HELP_INTENTS = (Intent.STUCK, Intent.TELL_ME)
_TOPIC_INTENTS = (Intent.EXAMPLE, Intent.EASIER, Intent.HARDER, Intent.QUIZ, Intent.SUMMARISE)
_ANSWER_MOVES = (Move.ANSWER, Move.DEFINE)
_TOPIC_MOVES = (*_ANSWER_MOVES, Move.HINT)
_REQUEST_WORDS = re.compile(
    rf"{either('requests', 'REQUEST_WORDS')}"
    rf"|[{characters('text', 'SENTENCE_ENDS')}{characters('requests', 'REQUEST_COMMAS')}]",
    re.IGNORECASE,
)
_HELP_WORDS = re.compile(either("requests", "HELP_WORDS"), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """A message as it is understood before any passage is looked for."""

    intent: Intent
    search_query: str
    text: str
    language: str
    exercise: Exercise | None  # the one in progress, or the one that the message sets
    ladder: Ladder | None
    wrong_in_a_row: int = 0
    dialogue: tuple[Utterance, ...] = ()
    figure_number: str = ""  # of the figure that the message names
    open_question_id: str = ""  # of the stored question that the last turn left open

    @property
    def asked_figure(self) -> str:
        """The number of the figure that the message asks about; "" when it asks about no figure."""
        return self.figure_number if self.intent in QUESTION_INTENTS else ""

    @property
    def is_quiz_request(self) -> bool:
        """Whether the message asks for a question; "harder" does where no harder exercise can be made from this one."""
        has_equation = self.exercise is not None and self.exercise.equation is not None
        return self.intent is Intent.QUIZ or (self.intent is Intent.HARDER and not has_equation)


def parse_message(course: Course, history: Sequence[Turn], question: str, language: str) -> ParsedMessage:
    """Parse a message; `history` holds the shown turns before it, oldest first."""
    completed = [turn for turn in history if turn.status is TurnStatus.COMPLETE]
    last = next((turn.guidance for turn in reversed(completed) if turn.guidance), None)
    open_text = last.exercise if last and not last.closed else ""
    intent = _classify(question, open_text, completed)
    exercise, ladder = (parse_exercise(open_text), _resume_ladder(course, last)) if open_text else (None, None)
    wrong = last.wrong if last and open_text else 0
    if intent is Intent.EXERCISE and not (open_text and is_same_exercise(question, open_text)):
        known = next((g for g in _exercise_guidances(completed) if _continues(question, g)), None)
        exercise, ladder, wrong = parse_exercise(question), _resume_ladder(course, known), 0
    if intent is Intent.EASIER and exercise is not None and exercise.equation is None:
        intent = Intent.STUCK  # what the course says most simply about it would be its answer
    return ParsedMessage(
        intent=intent,
        search_query=_search_query(intent, question, exercise, completed),
        text=question,
        language=language,
        exercise=exercise,
        ladder=ladder,
        wrong_in_a_row=wrong,
        dialogue=_dialogue(completed, question),
        figure_number=find_figure_number(question),
        open_question_id=last.posed if last else "",
    )


def current_topic(turns: Sequence[Turn]) -> str:
    """Return what was talked about last; "" when nothing was. An exercise counts where the course covers it."""
    for turn in reversed(turns):
        if not turn.covered:
            continue
        if turn.guidance and turn.guidance.exercise and turn.guidance.move not in _ANSWER_MOVES:
            return turn.guidance.exercise
        if turn.guidance is None or turn.guidance.move in _TOPIC_MOVES:
            return turn.question
    return ""


def _classify(question: str, open_text: str, completed: Sequence[Turn]) -> Intent:
    if open_text:
        return classify_exercise_intent(question, open_text)
    intent = classify_intent(question, question_open=False)
    if intent in _HELP_INTENTS and len(tokenize(_HELP_WORDS.sub(" ", question))) <= MIN_TOPIC_TERMS:
        return Intent.EASIER if current_topic(completed) else Intent.EMPTY
    return intent


def _continues(question: str, guidance: Guidance) -> bool:
    return not guidance.closed and is_same_exercise(question, guidance.exercise)


def _dialogue(completed: Sequence[Turn], question: str) -> tuple[Utterance, ...]:
    """Return the last turns and the message, as the leak guard reads them."""
    earlier = [
        line
        for turn in completed[-DIALOGUE_TURNS:]
        for line in (Utterance("learner", turn.question), Utterance("tutor", turn.answer))
    ]
    return (*earlier, Utterance("learner", question))


def _resume_ladder(course: Course, last: Guidance | None) -> Ladder:
    """Return the ladder as the last turn left it, under the course's present help level."""
    start = Ladder(course.help_level)
    if last is None or not last.exercise:
        return start
    rung = Rung(min(last.rung, start.top))
    return Ladder(course.help_level, rung, last.sharpness if last.rung == rung else 0)


def _exercise_guidances(turns: Sequence[Turn]) -> list[Guidance]:
    return [turn.guidance for turn in reversed(turns) if turn.guidance and turn.guidance.exercise]


def _search_query(intent: Intent, question: str, exercise: Exercise | None, completed: Sequence[Turn]) -> str:
    """Return what to search for: the exercise for "I don't know", the current topic for "an example, please"."""
    if intent in QUESTION_INTENTS:
        return question
    if exercise is not None and intent is not Intent.SUMMARISE:
        return exercise.text
    if intent in _TOPIC_INTENTS:
        return " ".join(_REQUEST_WORDS.sub(" ", question).split()) or current_topic(completed)
    return question
