"""A course as the benches play it: its logs, what its answers showed by when, and simple rivals of the tracer."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tutor.learner.answer_history import History, advance
from tutor.learner.bayesian_knowledge_tracing import Knowing, believed, chance_right, taught
from tutor.learner.course_delta_fitting import Line
from tutor.learner.knowledge_tracing import Count, Rates, Tracer, chance, rates, signals
from tutor.learner.logit import logit, squash

NONE: Count = (0, 0)
KNOWING = Knowing()


@dataclass(slots=True)
class Course:
    """What the answers of a course have shown so far, counted as the evidence book counts."""

    items: dict[tuple[str, str], Count] = field(default_factory=dict)
    skills: dict[str, Count] = field(default_factory=dict)

    def rates(self, item: str, skill: str) -> Rates:
        return rates(self.items.get((item, skill), NONE), self.skills.get(skill, NONE))

    def add(self, item: str, skill: str, *, right: bool) -> None:
        answers, rights = self.items.get((item, skill), NONE)
        self.items[item, skill] = (answers + 1, rights + right)
        answers, rights = self.skills.get(skill, NONE)
        self.skills[skill] = (answers + 1, rights + right)


def met(lines: Sequence[Line]) -> Course:
    """Return a course in which these learners have answered."""
    course = Course()
    for line in lines:
        for item, skill, right in line:
            course.add(item, skill, right=right)
    return course


def at_once(lines: Sequence[Line], rng: random.Random) -> Iterator[tuple[int, str, str, bool]]:
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


def rows(lines: Sequence[Line], rng: random.Random) -> Iterator[tuple[tuple[float, ...], bool]]:
    """Yield signals and outcome of each answer in a new course, whose counts grow as it goes on."""
    course, histories = Course(), [History() for _ in lines]
    for n, item, skill, right in at_once(lines, rng):
        found = course.rates(item, skill)
        yield signals(histories[n], skill, found), right
        histories[n] = advance(histories[n], item, skill, found.expected, right=right)
        course.add(item, skill, right=right)


def by_product(line: Line, course: Course, tracer: Tracer) -> Iterator[float]:
    """The product's tracer on a learner of whom nothing was known; the course stands still."""
    history = History()
    for item, skill, right in line:
        found = course.rates(item, skill)
        yield chance(history, skill, found, item=item, tracer=tracer).right
        history = advance(history, item, skill, found.expected, right=right)


def by_mastery(line: Line, course: Course) -> Iterator[float]:
    """The count of mastery with the product's rates, an easy item weighing little."""
    known: dict[str, float] = {}
    for item, skill, right in line:
        found, before = course.rates(item, skill), known.get(skill, KNOWING.prior)
        ease = logit(found.expected) - logit(found.usual)
        yield squash(logit(chance_right(before, KNOWING)) + ease)
        known[skill] = taught(believed(before, KNOWING, ease, right=right), KNOWING)


def by_elo(line: Line, course: Course) -> Iterator[float]:
    """Ratings of the learner as a whole and on each skill, over how hard the item is."""
    whole, own = 0.0, dict[str, float]()
    counts: dict[str, int] = {}
    for n, (item, skill, right) in enumerate(line):
        level = logit(course.rates(item, skill).expected)
        likely = squash(level + whole + own.get(skill, 0.0))
        yield likely
        counts[skill] = counts.get(skill, 0) + 1
        whole += 0.4 / math.sqrt(1 + 0.1 * n) * (right - likely)
        own[skill] = own.get(skill, 0.0) + 0.4 / math.sqrt(1 + 0.1 * counts[skill]) * (right - likely)


def predicted(lines: Sequence[Line], course: Course, new: Tracer) -> Mapping[str, list[float]]:
    """Return what each of them says of every answer of learners whom nothing was fitted on."""
    return {
        "unfitted": [p for line in lines for p in by_product(line, course, new)],
        "mastery": [p for line in lines for p in by_mastery(line, course)],
        "elo": [p for line in lines for p in by_elo(line, course)],
    }
