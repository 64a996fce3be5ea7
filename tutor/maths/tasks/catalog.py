"""All kinds of tasks: which one a message sets, and a fresh one like it. The most particular kinds are tried first."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tutor.maths.tasks import (
    calculus,
    chances,
    conversions,
    data_summaries,
    equations,
    inequalities,
    lines,
    powers,
    ratios,
    rewriting,
    systems,
)
from tutor.maths.tasks.sentences import task_sentences
from tutor.maths.tasks.task import Kind, Task, TaskKind

KINDS: tuple[Kind, ...] = (
    chances.KIND,
    data_summaries.KIND,
    conversions.KIND,
    lines.KIND,
    calculus.DERIVATIVE,
    calculus.INTEGRAL,
    systems.KIND,
    inequalities.KIND,
    powers.LOGARITHM,
    equations.LINEAR,
    equations.QUADRATIC,
    rewriting.FACTOR,
    rewriting.EXPAND,
    ratios.PERCENT,
    ratios.FRACTION,
    powers.POWER,
    rewriting.SIMPLIFY,
)
_BY_NAME = {kind.name: kind for kind in KINDS}
_MAX_SEEDS = 20


def recognise_task(text: str) -> Task | None:
    """Return the task that a message sets; None for a message that sets none of these kinds."""
    for sentence in task_sentences(text):
        for kind in KINDS:
            if (task := kind.recognise(sentence)) is not None:
                return task
    return None


def generate_task(kind: TaskKind, seed: int, variant: str = "") -> Task:
    """Return a fresh task of a kind, of any variant where none is named; one seed always gives one task."""
    chance = random.Random(seed)
    made = _BY_NAME[kind]
    return made.generate(chance, variant if variant in made.variants else chance.choice(made.variants))


def similar_tasks(task: Task, seed: int) -> Iterator[Task]:
    """Yield fresh tasks with another answer: those that are solved like this one first, then others of its kind."""
    variants = dict.fromkeys((task.variant, *_BY_NAME[task.kind].variants))
    for variant in variants:
        for shift in range(_MAX_SEEDS):
            other = generate_task(task.kind, seed + shift, variant)
            if other.answer.texts[0] != task.answer.texts[0] and other.prompt != task.prompt:
                yield other
