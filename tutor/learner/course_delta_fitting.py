"""Fitting: from the answers of a course's learners to what they add to the tracer.

The rates that a learner's rows are made of are counted over other learners only (five folds), as they will be for a
new one. The weights minimise the log loss, each held to nothing by a prior; Newton's steps find them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor.learner.answer_history import History, advance
from tutor.learner.course_delta import WIDTH, Coursewise, expanded
from tutor.learner.evidence import UNTRIED, Answered, Origin
from tutor.learner.feature_counts import Tally
from tutor.learner.knowledge_tracing import Weights, rates, score, signals
from tutor.learner.logit import Floats
from tutor.learner.tracing_features import CIRCUMSTANCES, keys, row

FOLDS = 5
HELD = 300.0  # as many times a signal's worth is held to nothing as so many answers would move it
PAIRS_HELD = 10_000.0  # the same for products of pairs
SEEN = 3  # times; rarer circumstances say next to nothing and are not kept
STEPS, SETTLED = 12, 1e-4
CHUNK = 20_000  # rows; the products of pairs are never all in memory

Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Line:
    """The unaided answers of one learner, oldest first."""

    items: tuple[str, ...]
    skills: tuple[str, ...]
    rights: tuple[bool, ...]

    def __iter__(self) -> Iterator[tuple[str, str, bool]]:
        return zip(self.items, self.skills, self.rights, strict=True)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One row a line of answers: circumstances, what the weights alone say, and what happened."""

    rows: Rows
    said: Floats
    rights: Floats

    def chunks(self, centre: Floats, spread: Floats) -> Iterator[tuple[Floats, Floats, Floats]]:
        for at in range(0, len(self.rights), CHUNK):
            part = slice(at, at + CHUNK)
            yield expanded((self.rows[part] - centre) / spread), self.said[part], self.rights[part]


def line(answers: Iterable[Answered]) -> Line:
    """Return what the tracer learns from of one learner's standing answers: those that her history remembers."""
    kept = [a for a in answers if a.unaided and a.origin is not Origin.PLACEMENT]
    return Line(
        tuple(a.item_id for a in kept),
        tuple(a.skills[0] for a in kept),
        tuple(a.right for a in kept),
    )


def fit(lines: Sequence[Line], upon: Weights) -> Coursewise:
    """Return what these learners of one course add to the weights."""
    tally = count(lines)
    table = tabled(lines, tally, upon)
    centre, spread = _standard(table.rows.mean(axis=0), table.rows.std(axis=0))
    middle, width = _of_columns(table, centre, spread)
    found = _newton(table, centre, spread, middle, width)
    weights = found[:-1] / width
    bias = float(found[-1] - weights @ middle)
    return Coursewise(upon.version, len(table.rights), tally.trimmed(SEEN), centre, spread, weights, bias)


def count(lines: Iterable[Line]) -> Tally:
    """Count the answers under their circumstances."""
    tally = Tally()
    for each in lines:
        history = History()
        for item, skill, right in each:
            tally.add(keys(history, item, skill), right=right)
            history = advance(history, item, skill, UNTRIED, right=right)
    return tally


def tabled(lines: Sequence[Line], tally: Tally, upon: Weights) -> Table:
    """Return the rows of all answers, each learner's made from the rates of other learners.

    What had been expected of her is counted anew as well: what was noted when the course had hardly begun would teach
    that everybody surprises.
    """
    parts = [count(lines[fold::FOLDS]) for fold in range(FOLDS)]
    answers = sum(len(each.rights) for each in lines)
    rows, said = np.empty((answers, len(CIRCUMSTANCES)), dtype=np.float32), np.empty(answers)
    at = 0
    for n, each in enumerate(lines):
        history, without = History(), parts[n % FOLDS]
        for item, skill, right in each:
            found = rates(tally.of(("item", item), without), tally.of(("skill", skill), without))
            rows[at] = row(history, item, skill, tally, without)
            said[at] = score(signals(history, skill, found), upon)
            history = advance(history, item, skill, found.expected, right=right)
            at += 1
    return Table(rows, said, np.array([right for each in lines for right in each.rights], dtype=np.float64))


def _of_columns(table: Table, centre: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return mean and spread of every column of the expanded rows."""
    total, squares = np.zeros(WIDTH), np.zeros(WIDTH)
    for part, _, _ in table.chunks(centre, spread):
        total += part.sum(axis=0)
        squares += (part**2).sum(axis=0)
    middle = total / len(table.rights)
    return _standard(middle, np.sqrt(np.maximum(squares / len(table.rights) - middle**2, 0.0)))


def _newton(table: Table, centre: Floats, spread: Floats, middle: Floats, width: Floats) -> Floats:
    """Return the weights of standardised columns, and last the bias, which nothing holds."""
    single = len(CIRCUMSTANCES)
    held = np.concatenate([np.full(single, HELD), np.full(WIDTH - single, PAIRS_HELD), [1e-3]])
    weights = np.zeros(WIDTH + 1)
    for _ in range(STEPS):
        slope, curve = held * weights, np.diag(held)
        for part, said, rights in table.chunks(centre, spread):
            columns = np.column_stack([(part - middle) / width, np.ones(len(part))])
            likely = 1 / (1 + np.exp(-(columns @ weights + said)))
            slope += columns.T @ (likely - rights)
            curve += (columns * (likely * (1 - likely))[:, None]).T @ columns
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < SETTLED:
            break
    return weights


def _standard(middle: npt.ArrayLike, spread: npt.ArrayLike) -> tuple[Floats, Floats]:
    width = np.asarray(spread, dtype=np.float64)
    return np.asarray(middle, dtype=np.float64), np.where(width < 1e-9, 1.0, width)
