"""A course as the benches play it: its logs, what its answers showed by when, and simple rivals of the tracer."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tutor.learner.answer_history import AnswerHistory, append_answer
from tutor.learner.bayesian_knowledge_tracing import BktParams, apply_learning, posterior_known, predict_right
from tutor.learner.course_delta_fitting import AnswerSequence
from tutor.learner.knowledge_tracing import BaseRates, Count, Tracer, base_rates, predict_success, signals
from tutor.learner.logit import logit, sigmoid

NO_ANSWERS: Count = (0, 0)
BKT = BktParams()


@dataclass(slots=True)
class CourseCounts:
    """What the answers of a course have shown so far, counted as the evidence book counts."""

    items: dict[tuple[str, str], Count] = field(default_factory=dict)
    skills: dict[str, Count] = field(default_factory=dict)

    def item_rates(self, item: str, skill: str) -> BaseRates:
        return base_rates(self.items.get((item, skill), NO_ANSWERS), self.skills.get(skill, NO_ANSWERS))

    def add(self, item: str, skill: str, *, right: bool) -> None:
        answers, rights = self.items.get((item, skill), NO_ANSWERS)
        self.items[item, skill] = (answers + 1, rights + right)
        answers, rights = self.skills.get(skill, NO_ANSWERS)
        self.skills[skill] = (answers + 1, rights + right)


def counts_of(lines: Sequence[AnswerSequence]) -> CourseCounts:
    """Return a course in which these learners have answered."""
    course = CourseCounts()
    for line in lines:
        for item, skill, right in line:
            course.add(item, skill, right=right)
    return course


def interleave(lines: Sequence[AnswerSequence], rng: random.Random) -> Iterator[tuple[int, str, str, bool]]:
    """Yield the answers of learners who take a new course together: (learner, item, skill, right), mixed in time."""
    begun = [0.5 * rng.random() for _ in lines]
    order = sorted(
        (begun[n] + 0.5 * (at + rng.random()) / len(line.rights), n)
        for n, line in enumerate(lines)
        for at in range(len(line.rights))
    )
    waiting = [iter(line) for line in lines]
    for _, n in order:
        yield n, *next(waiting[n])


def feature_rows(lines: Sequence[AnswerSequence], rng: random.Random) -> Iterator[tuple[tuple[float, ...], bool]]:
    """Yield signals and outcome of each answer in a new course, whose counts grow as it goes on."""
    course, histories = CourseCounts(), [AnswerHistory() for _ in lines]
    for n, item, skill, right in interleave(lines, rng):
        found = course.item_rates(item, skill)
        yield signals(histories[n], skill, found), right
        histories[n] = append_answer(histories[n], item, skill, found.expected, right=right)
        course.add(item, skill, right=right)


def predict_product(line: AnswerSequence, course: CourseCounts, tracer: Tracer) -> Iterator[float]:
    """The product's tracer on a learner of whom nothing was known; the course stands still."""
    history = AnswerHistory()
    for item, skill, right in line:
        found = course.item_rates(item, skill)
        yield predict_success(history, skill, found, item=item, tracer=tracer).probability
        history = append_answer(history, item, skill, found.expected, right=right)


def predict_bkt(line: AnswerSequence, course: CourseCounts) -> Iterator[float]:
    """The count of mastery with the product's rates, an easy item weighing little."""
    known: dict[str, float] = {}
    for item, skill, right in line:
        found, before = course.item_rates(item, skill), known.get(skill, BKT.prior)
        ease = logit(found.expected) - logit(found.usual)
        yield sigmoid(logit(predict_right(before, BKT)) + ease)
        known[skill] = apply_learning(posterior_known(before, BKT, ease, right=right), BKT)


def predict_elo(line: AnswerSequence, course: CourseCounts) -> Iterator[float]:
    """Ratings of the learner as a whole and on each skill, over how hard the item is."""
    whole, own = 0.0, dict[str, float]()
    counts: dict[str, int] = {}
    for n, (item, skill, right) in enumerate(line):
        level = logit(course.item_rates(item, skill).expected)
        likely = sigmoid(level + whole + own.get(skill, 0.0))
        yield likely
        counts[skill] = counts.get(skill, 0) + 1
        whole += 0.4 / math.sqrt(1 + 0.1 * n) * (right - likely)
        own[skill] = own.get(skill, 0.0) + 0.4 / math.sqrt(1 + 0.1 * counts[skill]) * (right - likely)


def predict_all(lines: Sequence[AnswerSequence], course: CourseCounts, new: Tracer) -> Mapping[str, list[float]]:
    """Return what each of them says of every answer of learners whom nothing was fitted on."""
    return {
        "unfitted": [p for line in lines for p in predict_product(line, course, new)],
        "mastery": [p for line in lines for p in predict_bkt(line, course)],
        "elo": [p for line in lines for p in predict_elo(line, course)],
    }
