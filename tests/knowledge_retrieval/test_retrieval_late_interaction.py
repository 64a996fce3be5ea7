"""Token codes preserve cosines, and MaxSim finds the nearest token."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.embedding import HashingEmbedder, l2_normalize
from knowledge.late_interaction import PROJECTION_DIM, quantize_tokens, token_scores
from knowledge.retrieval_features import QueryVectors

RANDOM = np.random.default_rng(0)


def unit(rows: int, dimension: int) -> np.ndarray:
    return l2_normalize(RANDOM.standard_normal((rows, dimension)))


def test_equal_vectors_have_equal_codes_and_opposites_are_negated():
    words = unit(3, 384)
    assert (quantize_tokens(words) == quantize_tokens(words.copy())).all()
    assert (quantize_tokens(-words) == -quantize_tokens(words)).all()


def test_a_token_code_takes_at_most_128_bytes():
    assert quantize_tokens(unit(2, 384)).shape == (2, PROJECTION_DIM)
    assert quantize_tokens(unit(2, 64)).shape == (2, 64)
    assert quantize_tokens(np.zeros((0, 384), np.float32)).shape == (0, PROJECTION_DIM)


@pytest.mark.parametrize("dimension", [64, 384, 1024])
def test_quantisation_approximately_preserves_cosines(dimension):
    one, noise = unit(200, dimension), unit(200, dimension)
    other = l2_normalize(one + noise)
    found = np.array(
        [
            token_scores(quantize_tokens(a[None]), quantize_tokens(b[None]), np.array([1])).maxsim[0]
            for a, b in zip(one, other, strict=True)
        ]
    )
    assert np.abs(found - (one * other).sum(1)).mean() < 0.07


def test_max_sim_takes_the_nearest_passage_token():
    red, light, dog = unit(3, 384)
    passages = quantize_tokens(np.stack([dog, red, light, dog]))
    both, none = token_scores(quantize_tokens(np.stack([red, light])), passages, np.array([3, 1])).maxsim
    assert both == pytest.approx(1, abs=0.02)
    assert none < 0.5


def test_an_empty_passage_scores_zero():
    words = quantize_tokens(unit(2, 64))
    for part in ("maxsim", "telling", "window"):
        assert getattr(token_scores(words, words, np.array([0, 2, 0])), part).tolist()[::2] == [0.0, 0.0]
        assert getattr(token_scores(words[:0], words, np.array([2])), part).tolist() == [0.0]


def test_a_token_that_every_passage_has_counts_less_than_one_that_tells_them_apart():
    what, chlorophyll, dog, cat = unit(4, 384)
    question = quantize_tokens(np.stack([what, what, chlorophyll]))
    passages = quantize_tokens(np.stack([what, chlorophyll, what, dog, what, cat]))
    found = token_scores(question, passages, np.array([2, 2, 2]))
    assert found.telling[0] > 0.95
    assert found.telling[1:].max() < found.maxsim[1:].min() - 0.2


def test_tokens_side_by_side_score_higher_in_a_window_than_far_apart():
    red, light, *others = unit(102, 384)
    near = np.stack([*others[:50], red, light, *others[50:]])
    far = np.stack([red, *others, light])
    dull = np.stack(others)
    passages, counts = quantize_tokens(np.concatenate([near, far, dull])), np.array([len(near), len(far), len(dull)])
    found = token_scores(quantize_tokens(np.stack([red, light])), passages, counts)
    assert found.telling[0] == pytest.approx(found.telling[1], abs=0.03)
    assert found.window[0] > found.window[1] + 0.2


def test_a_question_is_embedded_whole_and_per_token():
    embedder = HashingEmbedder(256)
    asked = QueryVectors.from_encoding(embedder.encode_queries(["green light"])[0])
    assert np.allclose(asked.vector, embedder.embed_query("green light"))
    assert asked.token_codes.shape == (2, PROJECTION_DIM)
