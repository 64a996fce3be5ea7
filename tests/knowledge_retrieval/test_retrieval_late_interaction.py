"""Words as codes: cosines survive the turning and rounding, and every word of a question finds its nearest one."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.embedding import HashingEmbedder, normalised
from knowledge.late_interaction import DIRECTIONS, agreement, codes
from knowledge.retrieval_features import Asked

RANDOM = np.random.default_rng(0)


def unit(rows: int, dimension: int) -> np.ndarray:
    return normalised(RANDOM.standard_normal((rows, dimension)))


def test_equal_words_have_equal_codes_and_opposite_ones_opposite_codes():
    words = unit(3, 384)
    assert (codes(words) == codes(words.copy())).all()
    assert (codes(-words) == -codes(words)).all()


def test_a_word_takes_128_bytes_or_fewer():
    assert codes(unit(2, 384)).shape == (2, DIRECTIONS)
    assert codes(unit(2, 64)).shape == (2, 64)
    assert codes(np.zeros((0, 384), np.float32)).shape == (0, DIRECTIONS)


@pytest.mark.parametrize("dimension", [64, 384, 1024])
def test_cosines_survive_about(dimension):
    one, noise = unit(200, dimension), unit(200, dimension)
    other = normalised(one + noise)
    found = np.array(
        [agreement(codes(a[None]), codes(b[None]), np.array([1]))[0] for a, b in zip(one, other, strict=True)]
    )
    assert np.abs(found - (one * other).sum(1)).mean() < 0.07


def test_every_word_of_a_question_takes_the_nearest_word_of_a_passage():
    red, light, dog = unit(3, 384)
    passages = codes(np.stack([dog, red, light, dog]))
    both, none = agreement(codes(np.stack([red, light])), passages, np.array([3, 1]))
    assert both == pytest.approx(1, abs=0.02)
    assert none < 0.5


def test_a_passage_without_words_agrees_with_nothing():
    words = codes(unit(2, 64))
    assert agreement(words, words, np.array([0, 2, 0])).tolist()[::2] == [0.0, 0.0]
    assert agreement(words[:0], words, np.array([2])).tolist() == [0.0]


def test_a_question_is_read_as_a_whole_and_word_by_word():
    embedder = HashingEmbedder(256)
    asked = Asked.of(embedder.embed_questions(["green light"])[0])
    assert np.allclose(asked.vector, embedder.embed_query("green light"))
    assert asked.tokens.shape == (2, DIRECTIONS)
