"""Corrects the model's log-odds by graded answers to the same question: a Gaussian process on top of the model.

A grade counts by its surprise, the difference to what the model predicted, for the whole question and for similar
answers. Without graded answers the model's prediction is unchanged. Each grade counts in proportion to the similarity,
so a few grades cannot outvote the model. The weights of the kernels are fitted; see `short_text_model.md`.
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
NOISE_VARIANCE = 0.02  # of the grades of two answers that have the same features
_MAX_NEWTON_STEPS = 25


@dataclass(frozen=True, slots=True)
class GpInput:
    """One answer: the model's log-odds and the features that kernels compare."""

    log_odds: float
    features: Floats  # standardised, of length about one
    embedding: NDArray[np.float32]  # its vector without the component along the question
    ngrams: frozenset[object]  # words and pairs of consecutive words
    letter_trigrams: frozenset[str]


@dataclass(frozen=True, slots=True)
class GpModel:
    """The fitted weights: `shares` of the kernels by name, and the scaling of log-odds and features."""

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
        """Return the prior covariance of the answers' grades, one row an answer."""
        return weighted_kernel_sum(kernels(answers), self.shares)

    def probability(self, answer: GpInput, graded: Sequence[tuple[GpInput, bool]]) -> float:
        """Return the probability that an answer is right, given graded answers to the same question."""
        everyone = [*(other for other, _ in graded), answer]
        prior = self.scale * np.array([one.log_odds for one in everyone]) + self.offset
        return predict_probability(self.covariance(everyone), prior, [right for _, right in graded])


def letter_trigrams(text: str) -> frozenset[str]:
    padded = f" {text.lower()} "
    return frozenset(padded[n : n + 3] for n in range(len(padded) - 2))


def kernels(answers: Sequence[GpInput]) -> dict[str, Floats]:
    """Return each kernel between all answers; equal answers have 1, except in `features`, which is not normalised."""
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
    """Return how many members each two sets share, and the size of each set."""
    number = {member: n for n, member in enumerate(dict.fromkeys(m for one in sets for m in one))}
    table = np.zeros((len(sets), max(1, len(number))))
    for row, one in zip(table, sets, strict=True):
        row[[number[member] for member in one]] = 1.0
    return table @ table.T, table.sum(axis=1)


def predict_probability(covariance: Floats, prior: Floats, grades: Sequence[bool]) -> float:
    """Return the probability that the last answer is right, given the grades of the ones before it."""
    here, variance = float(prior[-1]), float(covariance[-1, -1])
    if grades:
        seen = laplace_posterior(covariance[:-1, :-1], prior[:-1], np.array(grades, np.float64))
        to_seen = covariance[-1, :-1]
        here += float(to_seen @ seen.alpha)
        variance -= float(np.square(np.linalg.solve(seen.cholesky, seen.sqrt_hessian * to_seen)).sum())
    return float(1 / (1 + np.exp(-np.clip(here / np.sqrt(1 + np.pi * max(0.0, variance) / 8), -30, 30))))


@dataclass(frozen=True, slots=True)
class LaplacePosterior:
    """Laplace's approximation to the posterior of the latent log-odds."""

    latent: Floats
    alpha: Floats  # what each grade adds to an answer with the same features
    cholesky: Floats  # factor of I + W^1/2 K W^1/2
    sqrt_hessian: Floats  # W^1/2, its diagonal


def laplace_posterior(covariance: Floats, prior: Floats, grades: Floats) -> LaplacePosterior:
    """Find the most probable log-odds of graded answers by Newton's method.

    Rasmussen and Williams, Gaussian Processes for Machine Learning, algorithm 3.1.
    """
    noisy = covariance + NOISE_VARIANCE * np.eye(len(prior))
    latent, alpha = prior, np.zeros(len(prior))
    for _ in range(_MAX_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(latent, -30, 30)))
        hessian = chance * (1 - chance) + 1e-9
        sqrt_hessian = np.sqrt(hessian)
        cholesky = np.linalg.cholesky(np.eye(len(prior)) + sqrt_hessian[:, None] * noisy * sqrt_hessian)
        push = hessian * (latent - prior) + grades - chance
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
