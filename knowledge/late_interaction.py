"""Tokens: every word of a question looks for the word of a passage that is nearest in meaning ("late interaction").

Vectors of words in their context are kept as 128 bytes each: turned onto a fixed set of directions, which keeps
cosines (Johnson and Lindenstrauss), and rounded. The directions follow from a formula, so codes are comparable
wherever they were made.
"""

from __future__ import annotations

import functools
import hashlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
TokenCodes = NDArray[np.int8]
RowIndices = NDArray[np.int64]

PROJECTION_DIM = 128
_CODE_SCALE = 254.0  # a component of .5 is the largest that a code can say; those of 128 directions are near .09


def quantize_tokens(token_vectors: Floats) -> TokenCodes:
    """Return one row of codes a token vector."""
    turned = token_vectors @ _projection_matrix(token_vectors.shape[1])
    lengths = np.linalg.norm(turned, axis=1, keepdims=True)
    rounded = np.round(_CODE_SCALE * turned / np.maximum(lengths, 1e-12))
    return np.asarray(np.clip(rounded, -127, 127), np.int8)


def maxsim(query_codes: TokenCodes, passage_codes: TokenCodes, counts: RowIndices) -> Floats:
    """Return for each passage how near its words come to the question's on average, about a cosine.

    `tokens` are those of all passages one after the other, `counts` says how many each has; 0.0 where it has none.
    """
    found = np.zeros(len(counts), np.float32)
    some = np.flatnonzero(counts)
    if len(query_codes) == 0 or len(some) == 0:
        return found
    cosines = (query_codes.astype(np.float32) / _CODE_SCALE**2) @ passage_codes.astype(np.float32).T
    first = np.cumsum(counts[some]) - counts[some]
    found[some] = np.maximum.reduceat(cosines, first, axis=1).mean(axis=0)
    return found


@functools.cache
def _projection_matrix(dimension: int) -> Floats:
    """Return orthonormal directions: of the cosine transform, after the sign of every component was drawn."""
    count = min(PROJECTION_DIM, dimension)
    at, wave = np.arange(dimension)[:, None], np.linspace(0, dimension - 1, count).round()[None, :]
    waves = np.cos(np.pi * (at + 0.5) * wave / dimension) * np.sqrt(2 / dimension)
    waves[:, 0] /= np.sqrt(2)
    return np.asarray(waves * _random_signs(dimension)[:, None], np.float32)


def _random_signs(count: int) -> NDArray[np.float64]:
    drawn = b"".join(hashlib.sha256(f"direction {n}".encode()).digest() for n in range(count // 256 + 1))
    return np.where(np.unpackbits(np.frombuffer(drawn, np.uint8))[:count], 1.0, -1.0)
