"""Parses a learner's message, given the turns before it: the intent, what to search for, the exercise in progress.

The state of an exercise is that of the last shown turn, so a retried turn climbs no rung twice and an edited turn takes
its hints back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.figures import find_figure_number
from knowledge.languages import characters, detect_language, either, fold
from knowledge.languages.scripts import UNSPACED
from knowledge.lexical import tokenize
from knowledge.query_rewriting import needs_history
from tutor.chat.last_answer import FOLLOW_UP_INTENTS, REWORDING_INTENTS, LastAnswer, find_last_answer
from tutor.chat.reply_language import LanguageRequest, find_language_request, reply_language
from tutor.domain import Course, Guidance, Turn, TurnStatus
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.exercise import Exercise, is_same_exercise, parse_exercise, sets_task
from tutor.pedagogy.intent_model import Situation, load_intent_model
from tutor.pedagogy.intents import Intent, classify_exercise_intent, classify_intent
from tutor.pedagogy.ladder import Ladder, Rung
from tutor.pedagogy.leak_features import Utterance

MIN_TOPIC_TERMS = 3  # a request for help with more content words than this has a topic
DIALOGUE_TURNS = 4  # earlier turns that the leak guard reads
QUESTION_INTENTS = (Intent.QUESTION, Intent.DEFINITION)
_HELP_INTENTS = (Intent.STUCK, Intent.TELL_ME)
_TOPIC_INTENTS = (*FOLLOW_UP_INTENTS, Intent.HARDER, Intent.QUIZ)
_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")
MAX_TERM_CHARS = 12  # of a word in another script that a question is about
_REPEATING_INTENTS = (Intent.QUESTION, Intent.DEFINITION, Intent.REPHRASE, Intent.TRANSLATE)
_EDGE_MARKS = ".,;:!?\"'()" + characters("text", "SENTENCE_ENDS").replace("\\", "")
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
    last_answer: LastAnswer | None = None  # what a follow-up refers to
    own_topic: str = ""  # the subject that a follow-up names itself

    @property
    def is_to_be_translated(self) -> bool:
        """Whether the reply was asked for in another language than the message's: a quote of the course will not do."""
        return detect_language(self.text, self.language) != self.language

    @property
    def is_rewording(self) -> bool:
        """Whether the message asks for the last answer, or a subject that it names, to be told in another way."""
        return self.intent in REWORDING_INTENTS and self.exercise is None

    @property
    def asked_figure(self) -> str:
        """The number of the figure that the message asks about; "" when it asks about no figure."""
        return self.figure_number if self.intent in QUESTION_INTENTS else ""

    @property
    def is_quiz_request(self) -> bool:
        """Whether the message asks for a question; "harder" does where no harder exercise can be made from this one."""
        has_equation = self.exercise is not None and self.exercise.equation is not None
        return self.intent is Intent.QUIZ or (self.intent is Intent.HARDER and not has_equation)


def parse_message(course: Course, history: Sequence[Turn], question: str, default_language: str) -> ParsedMessage:
    """Parse a message; `history` holds the shown turns before it, oldest first."""
    completed = [turn for turn in history if turn.status is TurnStatus.COMPLETE]
    last = next((turn.guidance for turn in reversed(completed) if turn.guidance), None)
    open_text = last.exercise if last and not last.closed else ""
    spoken = detect_language(open_text, default_language)  # "6" answers in the exercise's language
    request = None if open_text else find_language_request(question)
    text = request.rest if request and request.rest else question
    intent = _classify(text, open_text, completed, request)
    exercise, ladder = (parse_exercise(open_text), _resume_ladder(course, last)) if open_text else (None, None)
    wrong = last.wrong if last and open_text else 0
    if intent is Intent.EXERCISE and not (open_text and is_same_exercise(text, open_text)):
        known = next((g for g in _exercise_guidances(completed) if _continues(text, g)), None)
        exercise, ladder, wrong = parse_exercise(text), _resume_ladder(course, known), 0
    if intent is Intent.EASIER and exercise is not None and exercise.equation is None:
        intent = Intent.STUCK  # what the course says most simply about it would be its answer
    topic = _own_topic(text) if intent in _TOPIC_INTENTS else ""
    return ParsedMessage(
        intent=intent,
        search_query=_search_query(intent, text, topic, exercise, completed),
        text=fold(text) if intent in QUESTION_INTENTS else text,
        language=_reply_language(intent, question, request, completed, spoken),
        exercise=exercise,
        ladder=ladder,
        wrong_in_a_row=wrong,
        dialogue=_dialogue(completed, question),
        figure_number=find_figure_number(text),
        open_question_id=last.posed if last else "",
        last_answer=None if topic else find_last_answer(completed),
        own_topic=topic,
    )


def _reply_language(
    intent: Intent, question: str, request: LanguageRequest | None, completed: Sequence[Turn], default: str
) -> str:
    """Return the language of the reply; a follow-up keeps the one that was asked for just before."""
    if request is not None:
        return request.language
    if intent in FOLLOW_UP_INTENTS and completed:
        before = find_language_request(completed[-1].question)
        if before is not None:
            return before.language
    return reply_language(question, completed, default)


def current_topic(turns: Sequence[Turn]) -> str:
    """Return what was talked about last; "" when nothing was. An exercise counts where the course covers it."""
    for turn in reversed(turns):
        if not turn.covered:
            continue
        if turn.guidance and turn.guidance.exercise and turn.guidance.move not in _ANSWER_MOVES:
            return turn.guidance.exercise
        if (turn.guidance is None or turn.guidance.move in _TOPIC_MOVES) and not needs_history(turn.question):
            return turn.question
    return ""


def _classify(text: str, open_text: str, completed: Sequence[Turn], request: LanguageRequest | None) -> Intent:
    if sets_task(text):
        return Intent.EXERCISE
    if open_text:
        return classify_exercise_intent(text, open_text)
    if request is not None and not request.rest:
        return Intent.TRANSLATE
    intent = classify_intent(text, question_open=False)
    if intent in _HELP_INTENTS and len(tokenize(_HELP_WORDS.sub(" ", text))) <= MIN_TOPIC_TERMS:
        return Intent.EASIER if current_topic(completed) else Intent.EMPTY
    if request is not None and intent in _REPEATING_INTENTS and not _own_topic(text) and needs_history(text):
        return Intent.TRANSLATE  # "say that in Chinese"
    return intent


def _own_topic(text: str) -> str:
    """Return the subject that a request names, "osmosis" in "explain osmosis more simply"; "" without one."""
    rest = " ".join(_REQUEST_WORDS.sub(" ", text).split())
    known = load_intent_model(Situation.CLOSED).request_words
    pieces = rest.split(" ")
    named = [n for n, piece in enumerate(pieces) if piece.casefold().strip(_EDGE_MARKS) not in known]
    topic = " ".join(pieces[named[0] : named[-1] + 1]).strip(_EDGE_MARKS) if named else ""
    return topic if tokenize(topic) else ""


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


def _search_query(intent: Intent, text: str, topic: str, exercise: Exercise | None, completed: Sequence[Turn]) -> str:
    """Return what to search for: the exercise for "I don't know", the current topic for "an example, please"."""
    if intent in QUESTION_INTENTS:
        return _foreign_term(text) or text
    if exercise is not None and intent is not Intent.SUMMARISE:
        return exercise.text
    if intent in _TOPIC_INTENTS:
        return topic or current_topic(completed)
    return text


def _foreign_term(text: str) -> str:
    """Return the words in another script that a question in Latin letters asks about; "" where it has none."""
    term = "".join(_UNSPACED_RUN.findall(text))
    latin = len(re.findall(r"[A-Za-z]{2,}", text))
    asks = text[:1].isascii() and latin >= MIN_TOPIC_TERMS - 1
    return term if term and asks and len(term) <= MAX_TERM_CHARS else ""
