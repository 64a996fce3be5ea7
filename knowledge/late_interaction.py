"""Late interaction: every token of a question is compared with the nearest token of a passage (MaxSim).

After ColBERT (Khattab and Zaharia, 2020). Tokens that are as near to every candidate say little about which one
answers, and what answers a question mostly stands in a few lines: `token_scores` therefore also weighs and cuts.
Token vectors are stored as 128 bytes each: projected onto fixed directions, which preserves cosines (Johnson and
Lindenstrauss, 1984), and rounded to int8. The directions follow from a formula, so codes from different machines are
comparable.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.lexical import Floats, RowIndices

TokenCodes = NDArray[np.int8]

PROJECTION_DIM = 128
_BLOCK, _WINDOW_BLOCKS = 12, 3  # tokens of a block, blocks of a window
_LEAST_WEIGHT = 1e-4  # of a token, before the weights are divided by their sum
_CODE_SCALE = 254.0  # a component of 0.5 gives the largest code; with 128 directions they are near 0.09


def quantize_tokens(token_vectors: Floats) -> TokenCodes:
    """Return the codes of token vectors, tokens x PROJECTION_DIM at most."""
    projected = token_vectors @ _projection_matrix(token_vectors.shape[1])
    lengths = np.linalg.norm(projected, axis=1, keepdims=True)
    rounded = np.round(_CODE_SCALE * projected / np.maximum(lengths, 1e-12))
    return np.asarray(np.clip(rounded, -127, 127), np.int8)


@dataclass(frozen=True, slots=True)
class TokenScores:
    """How near the tokens of a question are to those of each passage, in [-1, 1]; 0 for an empty passage."""

    maxsim: Floats  # mean over the question's tokens of the cosine of the nearest token
    telling: Floats  # the same, a token weighted by how far its best passage is above the mean of all passages
    window: Floats  # the same as `telling`, within the best 36 tokens of the passage


def token_scores(query_codes: TokenCodes, passage_codes: TokenCodes, counts: RowIndices) -> TokenScores:
    """Compare a question with passages; `passage_codes` are those of all, concatenated, `counts` the number of each."""
    scores = np.zeros((3, len(counts)), np.float32)
    filled = np.flatnonzero(counts)
    if len(query_codes) == 0 or len(filled) == 0:
        return TokenScores(*scores)
    cosines = (query_codes.astype(np.float32) / _CODE_SCALE**2) @ passage_codes.astype(np.float32).T
    block_counts = -(-counts[filled] // _BLOCK)
    first_block = np.cumsum(block_counts) - block_counts
    owners = np.repeat(np.arange(len(filled)), block_counts)
    inside = np.arange(len(owners)) - first_block[owners]
    starts = (np.cumsum(counts[filled]) - counts[filled])[owners] + _BLOCK * inside
    blocks = np.maximum.reduceat(cosines, starts, axis=1)
    nearest = np.maximum.reduceat(blocks, first_block, axis=1)
    weights = np.maximum(nearest.max(1) - nearest.mean(1), _LEAST_WEIGHT)
    weights /= weights.sum()
    scores[0, filled] = nearest.mean(0)
    scores[1, filled] = weights @ nearest
    scores[2, filled] = np.maximum.reduceat(weights @ _windows(blocks, owners), first_block)
    return TokenScores(*scores)


def _windows(blocks: Floats, owners: RowIndices) -> Floats:
    """Return the largest cosine of each token over each block and the next ones of its passage."""
    windows = blocks.copy()
    for shift in range(1, _WINDOW_BLOCKS):
        same = owners[:-shift] == owners[shift:]
        windows[:, :-shift] = np.maximum(windows[:, :-shift], np.where(same, blocks[:, shift:], -1))
    return windows


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
