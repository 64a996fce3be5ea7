"""Fits a course delta on the answers of a course's learners.

The rates in a learner's feature rows are counted over other learners only (five folds), as they will be for a new
learner. The weights minimise the L2-penalised log loss, by Newton's method.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor.learner.answer_history import AnswerHistory, append_answer
from tutor.learner.course_delta import N_COLUMNS, CourseDelta, add_products
from tutor.learner.evidence import DEFAULT_EXPECTATION, AnswerEvent, AnswerOrigin
from tutor.learner.feature_counts import FeatureCounts
from tutor.learner.knowledge_tracing import TracingWeights, base_rates, log_odds, signals
from tutor.learner.logit import FloatArray
from tutor.learner.tracing_features import TRACING_FEATURES, count_keys, feature_row

FOLDS = 5
L2_PENALTY = 300.0  # on the weight of each standardised feature
PRODUCT_L2_PENALTY = 10_000.0  # on the weight of each product
MIN_COUNT = 3  # rarer feature values are dropped
NEWTON_STEPS, NEWTON_TOLERANCE = 12, 1e-4
CHUNK = 20_000  # rows expanded with products at a time, to bound memory

FeatureMatrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AnswerSequence:
    """The unaided answers of one learner, oldest first."""

    items: tuple[str, ...]
    skills: tuple[str, ...]
    rights: tuple[bool, ...]

    def __iter__(self) -> Iterator[tuple[str, str, bool]]:
        return zip(self.items, self.skills, self.rights, strict=True)


@dataclass(frozen=True, slots=True, eq=False)
class TrainingTable:
    """One row an answer: features (n, features), log-odds by the base weights (n,), and whether it was right (n,)."""

    rows: FeatureMatrix
    base_log_odds: FloatArray
    rights: FloatArray

    def chunks(self, centre: FloatArray, spread: FloatArray) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
        for at in range(0, len(self.rights), CHUNK):
            part = slice(at, at + CHUNK)
            yield add_products((self.rows[part] - centre) / spread), self.base_log_odds[part], self.rights[part]


def answer_sequence(answers: Iterable[AnswerEvent]) -> AnswerSequence:
    """Return the answers of one learner to fit on: unaided ones outside a placement, from current answers in order."""
    usable = [a for a in answers if a.is_unaided and a.origin is not AnswerOrigin.PLACEMENT]
    return AnswerSequence(
        tuple(a.item_id for a in usable),
        tuple(a.skills[0] for a in usable),
        tuple(a.is_right for a in usable),
    )


def fit_course_delta(sequences: Sequence[AnswerSequence], base_weights: TracingWeights) -> CourseDelta:
    """Return the course delta fitted on these learners."""
    counts = count_features(sequences)
    table = build_table(sequences, counts, base_weights)
    centre, spread = _replace_zero_spread(table.rows.mean(axis=0), table.rows.std(axis=0))
    middle, width = _column_statistics(table, centre, spread)
    found = _fit_newton(table, centre, spread, middle, width)
    weights = found[:-1] / width
    bias = float(found[-1] - weights @ middle)
    return CourseDelta(
        base_weights.version, len(table.rights), counts.without_rare(MIN_COUNT), centre, spread, weights, bias
    )


def count_features(sequences: Iterable[AnswerSequence]) -> FeatureCounts:
    """Count the answers under the values of their features."""
    counts = FeatureCounts()
    for each in sequences:
        history = AnswerHistory()
        for item, skill, right in each:
            counts.add(count_keys(history, item, skill), right=right)
            history = append_answer(history, item, skill, DEFAULT_EXPECTATION, right=right)
    return counts


def build_table(
    sequences: Sequence[AnswerSequence], counts: FeatureCounts, base_weights: TracingWeights
) -> TrainingTable:
    """Return the rows of all answers, with the rates of each learner's rows counted over other learners.

    Expectations are computed again too: those recorded while the course had few answers would make everybody look
    surprising.
    """
    parts = [count_features(sequences[fold::FOLDS]) for fold in range(FOLDS)]
    answers = sum(len(each.rights) for each in sequences)
    rows, base_log_odds = np.empty((answers, len(TRACING_FEATURES)), dtype=np.float32), np.empty(answers)
    at = 0
    for n, each in enumerate(sequences):
        history, held_out = AnswerHistory(), parts[n % FOLDS]
        for item, skill, right in each:
            found = base_rates(counts.count(("item", item), held_out), counts.count(("skill", skill), held_out))
            rows[at] = feature_row(history, item, skill, counts, held_out)
            base_log_odds[at] = log_odds(signals(history, skill, found), base_weights)
            history = append_answer(history, item, skill, found.expected, right=right)
            at += 1
    return TrainingTable(
        rows, base_log_odds, np.array([right for each in sequences for right in each.rights], dtype=np.float64)
    )


def _column_statistics(table: TrainingTable, centre: FloatArray, spread: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of every column of the expanded rows."""
    total, squares = np.zeros(N_COLUMNS), np.zeros(N_COLUMNS)
    for part, _, _ in table.chunks(centre, spread):
        total += part.sum(axis=0)
        squares += (part**2).sum(axis=0)
    middle = total / len(table.rights)
    return _replace_zero_spread(middle, np.sqrt(np.maximum(squares / len(table.rights) - middle**2, 0.0)))


def _fit_newton(
    table: TrainingTable, centre: FloatArray, spread: FloatArray, middle: FloatArray, width: FloatArray
) -> FloatArray:
    """Return the weights of the standardised columns and, last, the bias, which is hardly penalised."""
    single = len(TRACING_FEATURES)
    penalty = np.concatenate([np.full(single, L2_PENALTY), np.full(N_COLUMNS - single, PRODUCT_L2_PENALTY), [1e-3]])
    weights = np.zeros(N_COLUMNS + 1)
    for _ in range(NEWTON_STEPS):
        slope, curve = penalty * weights, np.diag(penalty)
        for part, said, rights in table.chunks(centre, spread):
            columns = np.column_stack([(part - middle) / width, np.ones(len(part))])
            predicted = 1 / (1 + np.exp(-(columns @ weights + said)))
            slope += columns.T @ (predicted - rights)
            curve += (columns * (predicted * (1 - predicted))[:, None]).T @ columns
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < NEWTON_TOLERANCE:
            break
    return weights


def _replace_zero_spread(middle: npt.ArrayLike, spread: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    width = np.asarray(spread, dtype=np.float64)
    return np.asarray(middle, dtype=np.float64), np.where(width < 1e-9, 1.0, width)
