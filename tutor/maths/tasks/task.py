"""What every kind of mathematical task is made of: its wording, its answer, its steps. Pure values.

Wording is a key of `tutor/locales` with its fields, so a task is the same in every language.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class TaskKind(StrEnum):
    """A kind of task that can be solved, hinted at and checked without a model."""

    LINEAR = "linear"
    QUADRATIC = "quadratic"
    SYSTEM = "system"
    FACTOR = "factor"
    EXPAND = "expand"
    SIMPLIFY = "simplify"
    FRACTION = "fraction"
    PERCENT = "percent"
    POWER = "power"
    LOGARITHM = "logarithm"
    INEQUALITY = "inequality"
    LINE = "line"
    DERIVATIVE = "derivative"
    INTEGRAL = "integral"
    STATISTICS = "statistics"
    PROBABILITY = "probability"
    CONVERSION = "conversion"


class Check(StrEnum):
    """What can be said about an answer."""

    RIGHT = "right"
    UNFINISHED = "unfinished"  # the same value, not yet in the form that the task asks for
    WRONG = "wrong"
    UNREADABLE = "unreadable"  # nothing can be said


class Answer(Protocol):
    """The answer of a task: how it is printed, and whether a learner's text says the same."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The answer as it is printed, the usual form first; every form gives it away."""
        ...

    def check(self, text: str) -> Check: ...


@dataclass(frozen=True, slots=True)
class Wording:
    """A message of `tutor/locales` and what is put into it."""

    key: str
    fields: tuple[tuple[str, str], ...] = ()


def wording(key: str, **fields: str) -> Wording:
    """Return the wording `task_<key>` with its fields."""
    return Wording(f"task_{key}", tuple(fields.items()))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the solution: what to do, and what is then written down. Only the last result is the answer."""

    instruction: Wording
    result: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task with its solution. `variant` tells tasks of one kind apart that are solved in different ways."""

    kind: TaskKind
    variant: str
    prompt: Wording
    answer: Answer
    steps: tuple[Step, ...]
    subject: str = ""  # the formula that the task is about: lines of working are compared with it

    def __post_init__(self) -> None:
        if not self.steps or not self.answer.texts:
            raise ValueError(f"a task of the kind {self.kind.value} has no steps or no answer")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of task: `recognise` reads the sentence of a message, `generate` makes a fresh task of a variant."""

    name: TaskKind
    variants: tuple[str, ...]
    recognise: Callable[[str], Task | None]
    generate: Callable[[random.Random, str], Task]
