"""Graded answers teach the grader at once, each in proportion to its similarity; none of them outvotes the model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embedding import HashingEmbedder
from tutor.assessment.gaussian_process_grader import (
    NOISE_VARIANCE,
    GpInput,
    GpModel,
    laplace_posterior,
    predict_probability,
)
from tutor.assessment.items import GradedExample
from tutor.assessment.short_text import ShortTextGrader
from tutor.assessment.word_alignment import FEATURE_NAMES, alignment_features

SHARES = {"question": 0.3, "features": 0.2, "meaning": 1.0, "words": 0.3, "spelling": 0.3}
GP = GpModel(SHARES, scale=1.2, offset=0.0, centre={"a": 0.0}, spread={"a": 1.0})


def make_answer(log_odds: float, *words: str, direction: int = 0) -> GpInput:
    meaning = np.eye(4, dtype=np.float32)[direction]
    return GpInput(log_odds, np.zeros(1), meaning, frozenset(words), frozenset(words))


def probability_of(one: GpInput, *graded: tuple[GpInput, bool]) -> float:
    return GP.probability(one, graded)


def test_without_graded_examples_the_model_prediction_is_unchanged():
    assert probability_of(make_answer(0.0, "salt")) == pytest.approx(0.5)
    assert probability_of(make_answer(2.0, "salt")) > 0.8 > 0.5 > 0.2 > probability_of(make_answer(-2.0, "salt"))


def test_a_grade_weighs_more_on_similar_answers():
    here = make_answer(0.0, "it", "dried")
    near, far = make_answer(0.0, "it", "dried", "up"), make_answer(0.0, "a", "magnet", direction=1)
    assert probability_of(here, (near, True)) > probability_of(here, (far, True)) > probability_of(here)
    assert probability_of(here, (near, False)) < probability_of(here, (far, False)) < probability_of(here)


def test_surprising_grades_move_the_posterior_more_than_expected_ones():
    here = make_answer(0.0, "it", "dried")
    foreseen, surprising = make_answer(3.0, "steam", direction=1), make_answer(-3.0, "steam", direction=1)
    assert probability_of(here, (surprising, True)) - 0.5 > 3 * (probability_of(here, (foreseen, True)) - 0.5) > 0


def test_equally_similar_right_and_wrong_examples_cancel_out():
    here = make_answer(0.0, "it", "dried")
    assert probability_of(here, (make_answer(0.0, "it"), True), (make_answer(0.0, "dried"), False)) == pytest.approx(
        0.5
    )


def test_one_dissimilar_grade_does_not_outvote_a_confident_model():
    assert probability_of(make_answer(3.0, "it", "dried"), (make_answer(0.0, "magnet", direction=1), False)) > 0.5


verdicts = st.lists(st.tuples(st.floats(-3, 3), st.integers(0, 3), st.booleans()), max_size=12)


@given(verdicts, st.floats(-3, 3), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_posterior_is_order_independent_and_stays_a_probability(rows, log_odds, rng):
    graded = [(make_answer(odds, f"w{n}", "the", direction=n), right) for odds, n, right in rows]
    here, mixed = make_answer(log_odds, "w0", "the"), rng.sample(graded, len(graded))
    assert 0 < probability_of(here, *graded) < 1
    assert probability_of(here, *graded) == pytest.approx(probability_of(here, *mixed), abs=1e-6)


def test_the_map_log_odds_satisfy_the_stationarity_condition():
    """Where Newton's method stops, alpha is the grade minus its probability (the gradient is zero)."""
    covariance = np.array([[1.0, 0.4], [0.4, 1.0]])
    found = laplace_posterior(covariance, np.array([0.5, -1.0]), np.array([1.0, 0.0]))
    left = np.array([1.0, 0.0]) - 1 / (1 + np.exp(-found.latent))
    assert found.alpha == pytest.approx(left, abs=1e-6)
    assert found.latent == pytest.approx(
        np.array([0.5, -1.0]) + (covariance + NOISE_VARIANCE * np.eye(2)) @ left, abs=1e-6
    )


def test_the_one_example_posterior_matches_the_closed_form():
    """One grade and unit variance, prior log-odds 0: latent .4 solves f = 1 - 1/(1+exp(-f))."""
    covariance = np.array([[1.0 - NOISE_VARIANCE, 1.0], [1.0, 1.0]])
    latent = laplace_posterior(covariance[:1, :1], np.zeros(1), np.ones(1)).latent[0]
    assert latent == pytest.approx(0.4013, abs=1e-3)
    assert predict_probability(covariance, np.zeros(2), [True]) == pytest.approx(0.585, abs=0.005)


def test_the_shipped_grader_learns_from_grades_of_paraphrases():
    grader = ShortTextGrader(HashingEmbedder())
    about = ("Why did it vanish?", ["the water evaporates and leaves the salt behind"])
    near = "the sun took it"
    learnt = [GradedExample("the sun took it away", True), GradedExample("the sun took it up", True)]
    assert grader.probability(*about, near, learnt) > grader.probability(*about, near) + 0.05
    assert grader.probability(*about, near, [GradedExample(g.answer, False) for g in learnt]) < grader.probability(
        *about, near
    )


def test_words_repeated_from_the_question_carry_no_weight():
    rows = np.eye(3, dtype=np.float32)
    echoed = alignment_features(rows[:2], rows, rows[:2])
    told = alignment_features(rows[:2], rows, rows[2:])
    assert told["found_new"] > 0.99 and echoed["found_new"] == pytest.approx(0.0, abs=1e-5)
    assert echoed["missing"] == pytest.approx(1.0) and told["missing"] == pytest.approx(0.0)


def test_a_text_without_words_is_aligned_with_nothing():
    rows, none = np.eye(3, dtype=np.float32), np.zeros((0, 3), np.float32)
    assert alignment_features(rows, rows, none) == dict.fromkeys(FEATURE_NAMES, 0.0)
