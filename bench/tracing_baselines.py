"""A course's log as the tracing benchmarks replay it, and simple baselines for the tracer."""

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
    """The counts of a course's answers so far, as the evidence log counts them."""

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
    """Yield the answers of learners who take a new course together: (learner, item, skill, right), interleaved."""
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
    """Yield features and outcome of each answer in a new course, whose counts grow with it."""
    course, histories = CourseCounts(), [AnswerHistory() for _ in lines]
    for n, item, skill, right in interleave(lines, rng):
        found = course.item_rates(item, skill)
        yield signals(histories[n], skill, found), right
        histories[n] = append_answer(histories[n], item, skill, found.expected, right=right)
        course.add(item, skill, right=right)


def predict_product(line: AnswerSequence, course: CourseCounts, tracer: Tracer) -> Iterator[float]:
    """Yield the predictions of the product's tracer for a new learner; the course does not change."""
    history = AnswerHistory()
    for item, skill, right in line:
        found = course.item_rates(item, skill)
        yield predict_success(history, skill, found, item=item, tracer=tracer).probability
        history = append_answer(history, item, skill, found.expected, right=right)


def predict_bkt(line: AnswerSequence, course: CourseCounts) -> Iterator[float]:
    """Yield the predictions of the mastery estimate (BKT) with the product's rates; an easy item has little weight."""
    known: dict[str, float] = {}
    for item, skill, right in line:
        found, before = course.item_rates(item, skill), known.get(skill, BKT.prior)
        ease = logit(found.expected) - logit(found.usual)
        yield sigmoid(logit(predict_right(before, BKT)) + ease)
        known[skill] = apply_learning(posterior_known(before, BKT, ease, right=right), BKT)


def predict_elo(line: AnswerSequence, course: CourseCounts) -> Iterator[float]:
    """Yield the predictions of Elo: ratings of the learner, overall and by skill, against the item's difficulty."""
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
    """Return the predictions of each method for every answer of learners that nothing was fitted on."""
    return {
        "unfitted": [p for line in lines for p in predict_product(line, course, new)],
        "mastery": [p for line in lines for p in predict_bkt(line, course)],
        "elo": [p for line in lines for p in predict_elo(line, course)],
    }
