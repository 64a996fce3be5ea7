"""The questions of `bench.adaptation`, in three banks, each with what corrections are about and what is held out.

`facts`: definitions and facts from `facts.tsv`. `lines`: slopes, intercepts and unknowns, as in the sample course, with
numbers drawn once. `class`: facts about a class in which the text is out of date (`adaptation_class_facts.tsv`); its
held-out questions ask in other words for what was corrected, since nobody can know a fact that was never told.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.style_learners import held_out_facts, training_facts

HERE = Path(__file__).parent
LINES_TO_TRAIN, LINES_HELD_OUT = 50, 30
_LINE_TEXT = (
    "The line y = {m}x + {c} has the form y = mx + c. The number m in front of x is the slope: y grows by it when x "
    "grows by 1. The number c is the intercept: the value of y at x = 0."
)
_EQUATION_TEXT = (
    "The equation is {m}x + {c} = {r}. The unknown is the number that makes it true. Undo the last operation first: "
    "subtracting {c} from both sides gives {m}x = {d}. Dividing both sides by {m} gives x = {x}."
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one passage, its plain answer, and what the learners' wishes need to know about it."""

    id: str
    text: str
    passage: str
    answer: str
    term: str = ""
    chinese: str = ""
    numbers: tuple[int, ...] = ()  # of a line or an equation: m, c, x
    outdated: str = ""  # what the passage says and the learner knows better

    @property
    def result(self) -> int:
        """Return the number asked for in a question about a line or an equation."""
        return self.numbers[{"slope": 0, "intercept": 1, "unknown": 2}[self.term]]


@dataclass(frozen=True, slots=True)
class Bank:
    """What may be corrected, first corrections first, and the held-out questions."""

    name: str
    to_correct: tuple[Question, ...]
    held_out: tuple[Question, ...]

    def corrected(self, count: int) -> tuple[Question, ...]:
        return self.to_correct[:count]

    def asked(self, count: int, most: int) -> tuple[Question, ...]:
        """Return the held-out questions after `count` corrections, at most `most`."""
        known = self.held_out[:count] if self.name == "class" else self.held_out
        return known[:most]


@cache
def bank(name: str) -> Bank:
    """Return the bank of this name."""
    return {"facts": _facts, "lines": _lines, "class": _class}[name]()


def _facts() -> Bank:
    corrected, asked = (
        tuple(Question(f"facts-{f.term}", f.question, f.passage, f.answer, f.term, f.chinese) for f in part)
        for part in (training_facts(50), held_out_facts())
    )
    return Bank("facts", corrected, asked)


def _lines() -> Bank:
    rng = random.Random(5)
    drawn = rng.sample([(m, c, x) for m in range(2, 10) for c in range(1, 13) for x in range(2, 10)], 80)
    questions = [_line_question(number, *values) for number, values in enumerate(drawn)]
    return Bank("lines", tuple(questions[:LINES_TO_TRAIN]), tuple(questions[-LINES_HELD_OUT:]))


def _line_question(number: int, m: int, c: int, x: int) -> Question:
    term = ("slope", "intercept", "unknown")[number % 3]
    values = {"m": m, "c": c, "x": x, "d": m * x, "r": m * x + c}
    passage = (_EQUATION_TEXT if term == "unknown" else _LINE_TEXT).format(**values)
    where = f"in {m}x + {c} = {values['r']}" if term == "unknown" else f"of the line y = {m}x + {c}"
    result = {"slope": m, "intercept": c, "unknown": x}[term]
    text, answer = f"What is the {term} {where}?", f"The {term} {where} is {result}."
    return Question(f"lines-{number}", text, passage, answer, term, numbers=(m, c, x))


def _class() -> Bank:
    rows = [line.split("\t") for line in (HERE / "adaptation_class_facts.tsv").read_text("utf-8").splitlines()]
    corrected, asked = [], []
    for number, (passage, question, paraphrase, answer, old, new) in enumerate(rows):
        right = answer.format(new)
        corrected.append(Question(f"class-{number}", question, passage, right, new, outdated=old))
        asked.append(Question(f"class-{number}-asked", paraphrase, passage, right, new, outdated=old))
    return Bank("class", (*corrected, *bank("facts").to_correct[: 50 - len(corrected)]), tuple(asked))


def short_answers() -> dict[str, str]:
    """Return the short answers to the facts that may be corrected, by their term."""
    lines = (HERE / "adaptation_short_answers.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)  # type: ignore[misc]


def ids(questions: Sequence[Question]) -> list[str]:
    return [question.id for question in questions]
