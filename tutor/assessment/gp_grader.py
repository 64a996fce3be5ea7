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

from tutor.assessment.answer_features import Case, rest

Floats = NDArray[np.float64]
SHARES = ("question", "features", "meaning", "words", "spelling")
NOISE = 0.02  # of two answers that are alike in all that is read here
_STEPS = 25


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as its neighbours are compared: the model's log-odds and what likeness is read from."""

    log_odds: float
    features: Floats  # standardised, of length about one
    meaning: NDArray[np.float32]  # its vector without what the question says already
    words: frozenset[object]  # words and pairs of words that follow each other
    spelling: frozenset[str]  # trigrams


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The fitted weights: how much of a verdict goes over to another answer, by each kind of likeness."""

    shares: Mapping[str, float]
    scale: float
    offset: float
    centre: Mapping[str, float]
    spread: Mapping[str, float]

    def describe(self, case: Case, features: Mapping[str, float], log_odds: float) -> Answer:
        words = case.answer.words.words
        row = [(features.get(name, 0.0) - mean) / self.spread[name] for name, mean in self.centre.items()]
        return Answer(
            log_odds,
            np.array(row) / np.sqrt(len(row)),
            rest(case.answer.vector, case.question.vector),
            frozenset((*words, *zip(words, words[1:], strict=False))),
            trigrams(case.answer.words.text),
        )

    def likeness(self, answers: Sequence[Answer]) -> Floats:
        """How verdicts on the answers go together: a covariance, one row an answer."""
        return sum_of(likenesses(answers), self.shares)

    def probability(self, answer: Answer, graded: Sequence[tuple[Answer, bool]]) -> float:
        """The chance that an answer is right, beside graded answers to the same question."""
        everyone = [*(other for other, _ in graded), answer]
        prior = self.scale * np.array([one.log_odds for one in everyone]) + self.offset
        return predict(self.likeness(everyone), prior, [right for _, right in graded])


def trigrams(text: str) -> frozenset[str]:
    padded = f" {text.lower()} "
    return frozenset(padded[n : n + 3] for n in range(len(padded) - 2))


def likenesses(answers: Sequence[Answer]) -> dict[str, Floats]:
    """Each kind of likeness between all answers; 1 is the same, but for `features`, which grows with their size."""
    rows = np.stack([one.features for one in answers])
    meanings = np.stack([one.meaning for one in answers]).astype(np.float64)
    shared, sizes = _shared([one.words for one in answers])
    spelt, lengths = _shared([one.spelling for one in answers])
    return {
        "question": np.ones((len(answers), len(answers))),
        "features": rows @ rows.T,
        "meaning": meanings @ meanings.T,
        "words": shared / np.maximum(1.0, sizes[:, None] + sizes[None, :] - shared),
        "spelling": spelt / np.sqrt(np.maximum(1.0, lengths[:, None] * lengths[None, :])),
    }


def sum_of(kinds: Mapping[str, Floats], shares: Mapping[str, float]) -> Floats:
    return np.asarray(sum(shares[name] * kinds[name] for name in SHARES))


def _shared(sets: Sequence[frozenset[Any]]) -> tuple[Floats, Floats]:
    """How many members each two sets share, and how many each has."""
    number = {member: n for n, member in enumerate(dict.fromkeys(m for one in sets for m in one))}
    table = np.zeros((len(sets), max(1, len(number))))
    for row, one in zip(table, sets, strict=True):
        row[[number[member] for member in one]] = 1.0
    return table @ table.T, table.sum(axis=1)


def predict(covariance: Floats, prior: Floats, verdicts: Sequence[bool]) -> float:
    """The chance that the last answer is right, when the ones before it have these verdicts."""
    here, variance = float(prior[-1]), float(covariance[-1, -1])
    if verdicts:
        seen = posterior(covariance[:-1, :-1], prior[:-1], np.array(verdicts, np.float64))
        to_seen = covariance[-1, :-1]
        here += float(to_seen @ seen.pull)
        variance -= float(np.square(np.linalg.solve(seen.root, seen.weight * to_seen)).sum())
    return float(1 / (1 + np.exp(-np.clip(here / np.sqrt(1 + np.pi * max(0.0, variance) / 8), -30, 30))))


@dataclass(frozen=True, slots=True)
class Posterior:
    """Laplace's approximation to what the verdicts leave open."""

    latent: Floats
    pull: Floats  # what each verdict adds to an answer that is wholly like it
    root: Floats  # Cholesky factor
    weight: Floats


def posterior(covariance: Floats, prior: Floats, verdicts: Floats) -> Posterior:
    """Newton's method for the likeliest log-odds of graded answers (Rasmussen and Williams, algorithm 3.1)."""
    noisy = covariance + NOISE * np.eye(len(prior))
    latent, pull = prior, np.zeros(len(prior))
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(latent, -30, 30)))
        bend = chance * (1 - chance) + 1e-9
        weight = np.sqrt(bend)
        root = np.linalg.cholesky(np.eye(len(prior)) + weight[:, None] * noisy * weight)
        push = bend * (latent - prior) + verdicts - chance
        pull = push - weight * np.linalg.solve(root.T, np.linalg.solve(root, weight * (noisy @ push)))
        before, latent = latent, noisy @ pull + prior
        if float(np.abs(latent - before).max()) < 1e-6:
            break
    return Posterior(latent, pull, np.asarray(root, np.float64), weight)


def read_neighbourhood(path: Path) -> Neighbourhood:
    stored = json.loads(path.read_text(encoding="utf-8"))["neighbours"]
    return Neighbourhood(stored["shares"], stored["scale"], stored["offset"], stored["centre"], stored["spread"])
