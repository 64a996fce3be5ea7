"""The fitted models that tell what a message wants: one per situation, each a linear model over hashed features.

`bench.fit_intents` fits them; the card is `intent_model.md`. No embedder and no language model is asked, so a message
is read in a millisecond and the same way in every installation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tutor.pedagogy.intent_features import extract_intent_features, tokens

MODEL_FILE = Path(__file__).with_name("intent_model.npz")
_PARTS = ("labels", "vocabulary", "request_words", "weights", "scale", "bias")
MAX_CHARS = 600  # of a message; what a longer one wants stands at its beginning


class Situation(StrEnum):
    """When a message comes; each has a model of its own."""

    CLOSED = "closed"  # nothing is asked of the learner
    OPEN = "open"  # a question or exercise is open
    LANGUAGE = "language"  # a language is named: to be answered in, once or from now on, or as a subject
    FORM = "form"  # a question about the material: the form that its answer has


@dataclass(frozen=True, slots=True)
class IntentModel:
    """A multinomial logistic model; `weights` has a row for each bucket of features and a column for each label."""

    labels: tuple[str, ...]
    vocabulary: frozenset[str]  # words that keep their identity
    request_words: frozenset[str]  # words of requests that are no subject of theirs
    weights: NDArray[Any]
    bias: NDArray[Any]

    def probabilities(self, message: str) -> Mapping[str, float]:
        """Return the probability of each label."""
        rows = bucket_weights(message[:MAX_CHARS], self.vocabulary, len(self.weights))
        scores = self.bias + sum(value * self.weights[bucket] for bucket, value in rows.items())
        shares = np.exp(scores - scores.max())
        return dict(zip(self.labels, map(float, shares / shares.sum()), strict=True))

    def knows_a_word_of(self, message: str) -> bool:
        """Whether a message has a word that keeps its identity; one of unknown words alone names a subject."""
        return not self.vocabulary.isdisjoint(token for token in tokens(message) if token[0].isalpha())


def bucket_weights(message: str, vocabulary: frozenset[str], buckets: int) -> Mapping[int, float]:
    """Return the features of a message by bucket, scaled to length one."""
    names = extract_intent_features(message, vocabulary)
    found: dict[int, float] = {}
    for name in sorted(names):
        bucket = crc32(name.encode()) % buckets
        found[bucket] = found.get(bucket, 0.0) + 1.0
    length = sum(value * value for value in found.values()) ** 0.5
    return {bucket: value / length for bucket, value in found.items()} if length else {}


@cache
def load_intent_model(situation: Situation) -> IntentModel:
    """Return the model of a situation."""
    with np.load(MODEL_FILE, allow_pickle=False) as stored:
        part = {name: stored[f"{situation}_{name}"] for name in _PARTS}
    weights = part["weights"].astype(np.float32) * part["scale"]
    labels, vocabulary, request_words = (part[name] for name in ("labels", "vocabulary", "request_words"))
    return IntentModel(
        tuple(map(str, labels)),
        frozenset(map(str, vocabulary)),
        frozenset(map(str, request_words)),
        weights,
        part["bias"],
    )
