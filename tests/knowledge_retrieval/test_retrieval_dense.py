"""The dense index of a large course: cells are found once, and kept while they suit the number of passages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from knowledge import index as indexes
from knowledge.embedding import Vectors, normalised

DIMENSION = 16


@pytest.fixture(autouse=True)
def large_from_two_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "_IVF_FROM", 2_000)


def rows(count: int, seed: int = 1) -> Vectors:
    return normalised(np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32))


def centres(index: Any) -> Vectors:
    return np.asarray(index.quantizer.reconstruct_n(0, index.nlist))


def test_a_document_more_keeps_the_cells_and_is_found():
    first, more = rows(4_000), rows(100, seed=2)
    before = indexes.dense_index(first)
    after = indexes.dense_index(np.concatenate([first, more]), before)
    assert np.array_equal(centres(before), centres(after))
    assert after.ntotal == 4_100 and before.ntotal == 4_000
    assert after.search(more, 1)[1].ravel().tolist() == list(range(4_000, 4_100))


def test_a_removed_document_is_not_found_any_more():
    first = rows(4_000)
    after = indexes.dense_index(first[100:], indexes.dense_index(first))
    assert after.search(first[100:101], 1)[1].item() == 0 and after.ntotal == 3_900


@pytest.mark.parametrize("before", [rows(2_000), np.zeros((0, DIMENSION), np.float32), rows(3_000)[:, :8]])
def test_cells_that_do_not_suit_are_found_anew(before: Vectors):
    other = indexes.dense_index(np.ascontiguousarray(before))
    assert indexes.dense_index(rows(4_000), other).nlist == int(2 * 4_000**0.5)
