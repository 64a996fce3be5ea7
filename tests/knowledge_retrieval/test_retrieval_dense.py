"""The IVF cells of a large course are trained once and reused while they suit the number of passages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from knowledge import index as indexes
from knowledge.embedding import Vectors, l2_normalize

DIMENSION = 16


@pytest.fixture(autouse=True)
def ivf_from_2000_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "_IVF_MIN_VECTORS", 2_000)


def rows(count: int, seed: int = 1) -> Vectors:
    return l2_normalize(np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32))


def centres(index: Any) -> Vectors:
    return np.asarray(index.quantizer.reconstruct_n(0, index.nlist))


def test_adding_a_document_keeps_the_ivf_cells():
    first, more = rows(4_000), rows(100, seed=2)
    before = indexes.build_faiss_index(first)
    after = indexes.build_faiss_index(np.concatenate([first, more]), before)
    assert np.array_equal(centres(before), centres(after))
    assert after.ntotal == 4_100 and before.ntotal == 4_000
    assert after.search(more, 1)[1].ravel().tolist() == list(range(4_000, 4_100))


def test_a_removed_document_leaves_the_dense_index():
    first = rows(4_000)
    after = indexes.build_faiss_index(first[100:], indexes.build_faiss_index(first))
    assert after.search(first[100:101], 1)[1].item() == 0 and after.ntotal == 3_900


@pytest.mark.parametrize("before", [rows(2_000), np.zeros((0, DIMENSION), np.float32), rows(3_000)[:, :8]])
def test_unsuitable_ivf_cells_are_retrained(before: Vectors):
    other = indexes.build_faiss_index(np.ascontiguousarray(before))
    assert indexes.build_faiss_index(rows(4_000), other).nlist == int(2 * 4_000**0.5)
