"""Aligns the words of an answer with those of a reference, each word read in context: matched, missing and new words.

Words that the question already contains count little.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_EPSILON = 1e-6


def alignment_features(question: Vectors, reference: Vectors, answer: Vectors) -> dict[str, float]:
    """Compare unit vectors of words, one row a word; all features are zero where a text has no words."""
    if not (len(question) and len(reference) and len(answer)):
        return dict.fromkeys(FEATURE_NAMES, 0.0)
    cosines = reference @ answer.T
    found, backed = cosines.max(axis=1), cosines.max(axis=0)
    new = 1 - np.clip((reference @ question.T).max(axis=1), 0, 1)
    own = 1 - np.clip((answer @ question.T).max(axis=1), 0, 1)
    worst = np.sort(found)[: max(1, len(found) // 4)]
    values = (
        found.mean(),
        backed.mean(),
        (found * new).sum() / (new.sum() + _EPSILON),
        (backed * own).sum() / (own.sum() + _EPSILON),
        worst.mean(),
        (new * (1 - found)).sum(),
        (own * (1 - backed)).sum(),
        own.mean(),
        new.mean(),
    )
    return {name: float(value) for name, value in zip(FEATURE_NAMES, values, strict=True)}


FEATURE_NAMES = (
    "found",  # of the reference's words, in the answer
    "backed",  # of the answer's words, by the reference
    "found_new",
    "backed_new",
    "found_worst",
    "missing",
    "strange_news",
    "answer_news",
    "reference_news",
)
