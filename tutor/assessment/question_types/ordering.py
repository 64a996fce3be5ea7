"""Ordering: the options are put in order. The keys are the options in the right order."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from knowledge.languages import characters, either
from tutor.assessment.choice_grading import grade_ordering, parse_order
from tutor.assessment.course_text import CourseText
from tutor.assessment.item_prompts import item_prompt
from tutor.assessment.items import Grade, Item, ItemKind
from tutor.assessment.question_types.base import AnswerControl, GradingContext, QuestionType
from tutor.assessment.question_types.ordered_list import pair_hint
from tutor.assessment.quiz_terms import EXERCISE_HEADING, Sentence

STEP_COUNT = range(3, 7)
MAX_STEP_CHARS = 120
_STOPS, _SEMICOLONS = characters("text", "FULL_STOP"), characters("items", "SEMICOLON")
_NUMBERED_STEPS = re.compile(
    rf"(?:^|\n)\s*(?:\d{{1,2}}[.)]|{either('items', 'STEP_LABEL')})\s+([^\n]{{6,400}})", re.IGNORECASE
)
_FIRST_STOP = re.compile(rf"(?<=[\w)])[{_STOPS}]\s")
_TRAILING = re.compile(rf"[{_STOPS}{_SEMICOLONS}]+$")
_NOT_A_STEP = re.compile(rf"[{characters('text', 'QUESTION_MARK')}$\\=]")
_HEADING_NUMBER = re.compile(r"^\d+(?:\.\d+)*[.)]?\s+")


class Ordering(QuestionType):
    kind = ItemKind.ORDERING
    control = AnswerControl.ARRANGE
    instruction = "quiz_answer_order"
    authoring_place = 5
    difficulty = 0.6
    qti_interaction = "orderInteraction"

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return grade_ordering(answer, item.options, item.keys)

    def has_answer_form(self, item: Item, answer: str) -> bool:
        return parse_order(answer, item.options, item.keys) is not None

    def default_options(self, keys: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(keys))

    def generate(self, text: CourseText, rng: random.Random) -> Iterator[Item]:
        """Shuffle the numbered steps of a passage; exercises and formulas are no steps."""
        for passage in text.passages:
            steps = [_first_sentence(" ".join(step.split())) for step in _NUMBERED_STEPS.findall(passage.text)]
            if (
                len(steps) not in STEP_COUNT
                or len(set(steps)) < len(steps)
                or not _is_procedure(passage.heading, steps)
            ):
                continue
            shuffled = list(steps)
            while shuffled == steps:
                rng.shuffle(shuffled)
            about = _HEADING_NUMBER.sub("", passage.heading[-1]) if passage.heading else ""
            prompt = (
                item_prompt("order_about", passage.text, about=about) if about else item_prompt("order", passage.text)
            )
            yield self.make_item(prompt, tuple(steps), Sentence(passage.id, passage.text), tuple(shuffled))

    def solve(self, item: Item, quote: str, terms: Sequence[str]) -> tuple[str, ...]:
        plain = " ".join(quote.split())
        places = {option: plain.find(option) for option in item.options}
        return tuple(sorted(item.options, key=places.__getitem__)) if min(places.values()) >= 0 else ()

    def hint(self, item: Item, number: int, language: str) -> str:
        return pair_hint(item, number, language)

    def qti_choices(self, item: Item) -> tuple[str, ...]:
        return item.options

    def qti_cardinality(self, item: Item) -> str:
        return "ordered"

    def reads_qti(self, interaction: str, choices: tuple[str, ...]) -> bool:
        return interaction == self.qti_interaction


def _first_sentence(step: str) -> str:
    """Return a step's first sentence where it is long enough: many lists of steps begin each step with its name."""
    first = _FIRST_STOP.split(step)[0]
    return _TRAILING.sub("", first if len(first) >= 4 else step)


def _is_procedure(heading: Sequence[str], steps: Sequence[str]) -> bool:
    if EXERCISE_HEADING.search(" ".join(heading)):
        return False
    return not any(_NOT_A_STEP.search(step) or len(step) > MAX_STEP_CHARS for step in steps)
