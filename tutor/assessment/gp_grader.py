"""What graded answers to a question say of another one: a Gaussian process on top of the model's own log-odds.

A verdict speaks through its surprise, where it is not what the model had said, for the question as a whole and for
answers like it. With nothing graded the model's own word stands; each verdict counts as much as it is like the answer,
so a few of them cannot outvote the model. The shares of likeness are fitted; see `short_text_model.md`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.assessment.answer_features import GradingCase, orthogonal_component

Floats = NDArray[np.float64]
KERNEL_NAMES = ("question", "features", "meaning", "words", "spelling")
NOISE_VARIANCE = 0.02  # of two answers that are alike in all that is read here
_MAX_NEWTON_STEPS = 25


@dataclass(frozen=True, slots=True)
class GpInput:
    """One answer as its neighbours are compared: the model's log-odds and what likeness is read from."""

    log_odds: float
    features: Floats  # standardised, of length about one
    embedding: NDArray[np.float32]  # its vector without what the question says already
    ngrams: frozenset[object]  # words and pairs of words that follow each other
    letter_trigrams: frozenset[str]  # trigrams


@dataclass(frozen=True, slots=True)
class GpModel:
    """The fitted weights: how much of a verdict goes over to another answer, by each kind of likeness."""

    shares: Mapping[str, float]
    scale: float
    offset: float
    centre: Mapping[str, float]
    spread: Mapping[str, float]

    def to_input(self, case: GradingCase, features: Mapping[str, float], log_odds: float) -> GpInput:
        words = case.answer.tokenized.words
        row = [(features.get(name, 0.0) - mean) / self.spread[name] for name, mean in self.centre.items()]
        return GpInput(
            log_odds,
            np.array(row) / np.sqrt(len(row)),
            orthogonal_component(case.answer.vector, case.question.vector),
            frozenset((*words, *zip(words, words[1:], strict=False))),
            letter_trigrams(case.answer.tokenized.text),
        )

    def covariance(self, answers: Sequence[GpInput]) -> Floats:
        """How verdicts on the answers go together: a covariance, one row an answer."""
        return weighted_kernel_sum(kernels(answers), self.shares)

    def probability(self, answer: GpInput, graded: Sequence[tuple[GpInput, bool]]) -> float:
        """The chance that an answer is right, beside graded answers to the same question."""
        everyone = [*(other for other, _ in graded), answer]
        prior = self.scale * np.array([one.log_odds for one in everyone]) + self.offset
        return predict_probability(self.covariance(everyone), prior, [right for _, right in graded])


def letter_trigrams(text: str) -> frozenset[str]:
    padded = f" {text.lower()} "
    return frozenset(padded[n : n + 3] for n in range(len(padded) - 2))


def kernels(answers: Sequence[GpInput]) -> dict[str, Floats]:
    """Each kind of likeness between all answers; 1 is the same, but for `features`, which grows with their size."""
    rows = np.stack([one.features for one in answers])
    meanings = np.stack([one.embedding for one in answers]).astype(np.float64)
    shared, sizes = _overlaps([one.ngrams for one in answers])
    spelt, lengths = _overlaps([one.letter_trigrams for one in answers])
    return {
        "question": np.ones((len(answers), len(answers))),
        "features": rows @ rows.T,
        "meaning": meanings @ meanings.T,
        "words": shared / np.maximum(1.0, sizes[:, None] + sizes[None, :] - shared),
        "spelling": spelt / np.sqrt(np.maximum(1.0, lengths[:, None] * lengths[None, :])),
    }


def weighted_kernel_sum(kinds: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    return np.asarray(sum(weights[name] * kinds[name] for name in KERNEL_NAMES))


def _overlaps(sets: Sequence[frozenset[Any]]) -> tuple[Floats, Floats]:
    """How many members each two sets share, and how many each has."""
    number = {member: n for n, member in enumerate(dict.fromkeys(m for one in sets for m in one))}
    table = np.zeros((len(sets), max(1, len(number))))
    for row, one in zip(table, sets, strict=True):
        row[[number[member] for member in one]] = 1.0
    return table @ table.T, table.sum(axis=1)


def predict_probability(covariance: Floats, prior: Floats, verdicts: Sequence[bool]) -> float:
    """The chance that the last answer is right, when the ones before it have these verdicts."""
    here, variance = float(prior[-1]), float(covariance[-1, -1])
    if verdicts:
        seen = laplace_posterior(covariance[:-1, :-1], prior[:-1], np.array(verdicts, np.float64))
        to_seen = covariance[-1, :-1]
        here += float(to_seen @ seen.alpha)
        variance -= float(np.square(np.linalg.solve(seen.cholesky, seen.sqrt_hessian * to_seen)).sum())
    return float(1 / (1 + np.exp(-np.clip(here / np.sqrt(1 + np.pi * max(0.0, variance) / 8), -30, 30))))


@dataclass(frozen=True, slots=True)
class LaplacePosterior:
    """Laplace's approximation to what the verdicts leave open."""

    latent: Floats
    alpha: Floats  # what each verdict adds to an answer that is wholly like it
    cholesky: Floats  # Cholesky factor
    sqrt_hessian: Floats


def laplace_posterior(covariance: Floats, prior: Floats, verdicts: Floats) -> LaplacePosterior:
    """Newton's method for the likeliest log-odds of graded answers (Rasmussen and Williams, algorithm 3.1)."""
    noisy = covariance + NOISE_VARIANCE * np.eye(len(prior))
    latent, alpha = prior, np.zeros(len(prior))
    for _ in range(_MAX_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(latent, -30, 30)))
        hessian = chance * (1 - chance) + 1e-9
        sqrt_hessian = np.sqrt(hessian)
        cholesky = np.linalg.cholesky(np.eye(len(prior)) + sqrt_hessian[:, None] * noisy * sqrt_hessian)
        push = hessian * (latent - prior) + verdicts - chance
        alpha = push - sqrt_hessian * np.linalg.solve(
            cholesky.T, np.linalg.solve(cholesky, sqrt_hessian * (noisy @ push))
        )
        before, latent = latent, noisy @ alpha + prior
        if float(np.abs(latent - before).max()) < 1e-6:
            break
    return LaplacePosterior(latent, alpha, np.asarray(cholesky, np.float64), sqrt_hessian)


def load_gp_model(path: Path) -> GpModel:
    stored = json.loads(path.read_text(encoding="utf-8"))["neighbours"]
    return GpModel(stored["shares"], stored["scale"], stored["offset"], stored["centre"], stored["spread"])
