"""Late interaction: every token of a question is compared with the nearest token of a passage (MaxSim).

After ColBERT (Khattab and Zaharia, 2020). Token vectors are stored as 128 bytes each: projected onto fixed directions,
which preserves cosines (Johnson and Lindenstrauss, 1984), and rounded to int8. The directions follow from a formula,
so codes from different machines are comparable.
"""

from __future__ import annotations

import functools
import hashlib

import numpy as np
from numpy.typing import NDArray

from knowledge.lexical import Floats, RowIndices

TokenCodes = NDArray[np.int8]

PROJECTION_DIM = 128
_CODE_SCALE = 254.0  # a component of 0.5 gives the largest code; with 128 directions they are near 0.09


def quantize_tokens(token_vectors: Floats) -> TokenCodes:
    """Return the codes of token vectors, tokens x PROJECTION_DIM at most."""
    projected = token_vectors @ _projection_matrix(token_vectors.shape[1])
    lengths = np.linalg.norm(projected, axis=1, keepdims=True)
    rounded = np.round(_CODE_SCALE * projected / np.maximum(lengths, 1e-12))
    return np.asarray(np.clip(rounded, -127, 127), np.int8)


def maxsim(query_codes: TokenCodes, passage_codes: TokenCodes, counts: RowIndices) -> Floats:
    """Return for each passage the mean, over the question's tokens, of the cosine of its nearest token.

    `passage_codes` are those of all passages, concatenated; `counts` gives the number of each. Empty passages score 0.
    """
    scores = np.zeros(len(counts), np.float32)
    filled = np.flatnonzero(counts)
    if len(query_codes) == 0 or len(filled) == 0:
        return scores
    cosines = (query_codes.astype(np.float32) / _CODE_SCALE**2) @ passage_codes.astype(np.float32).T
    first = np.cumsum(counts[filled]) - counts[filled]
    scores[filled] = np.maximum.reduceat(cosines, first, axis=1).mean(axis=0)
    return scores


@functools.cache
def _projection_matrix(dimension: int) -> Floats:
    """Return orthonormal directions, dimension x PROJECTION_DIM: the cosine transform with random signs."""
    count = min(PROJECTION_DIM, dimension)
    at, wave = np.arange(dimension)[:, None], np.linspace(0, dimension - 1, count).round()[None, :]
    waves = np.cos(np.pi * (at + 0.5) * wave / dimension) * np.sqrt(2 / dimension)
    waves[:, 0] /= np.sqrt(2)
    return np.asarray(waves * _random_signs(dimension)[:, None], np.float32)


def _random_signs(count: int) -> NDArray[np.float64]:
    random_bytes = b"".join(hashlib.sha256(f"direction {n}".encode()).digest() for n in range(count // 256 + 1))
    return np.where(np.unpackbits(np.frombuffer(random_bytes, np.uint8))[:count], 1.0, -1.0)
