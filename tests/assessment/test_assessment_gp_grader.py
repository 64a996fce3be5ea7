"""Graded answers teach the grader at once, each as much as it is like the answer; none of them outvotes the model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embedding import HashingEmbedder
from tutor.assessment.alignment import NAMES, alignment
from tutor.assessment.gp_grader import NOISE, Answer, Neighbourhood, posterior, predict
from tutor.assessment.items import Graded
from tutor.assessment.short_text import ShortTextGrader

SHARES = {"question": 0.3, "features": 0.2, "meaning": 1.0, "words": 0.3, "spelling": 0.3}
HOOD = Neighbourhood(SHARES, scale=1.2, offset=0.0, centre={"a": 0.0}, spread={"a": 1.0})


def answer(log_odds: float, *words: str, direction: int = 0) -> Answer:
    meaning = np.eye(4, dtype=np.float32)[direction]
    return Answer(log_odds, np.zeros(1), meaning, frozenset(words), frozenset(words))


def chance(one: Answer, *graded: tuple[Answer, bool]) -> float:
    return HOOD.probability(one, graded)


def test_without_graded_answers_the_models_own_word_stands():
    assert chance(answer(0.0, "salt")) == pytest.approx(0.5)
    assert chance(answer(2.0, "salt")) > 0.8 > 0.5 > 0.2 > chance(answer(-2.0, "salt"))


def test_a_verdict_counts_more_for_an_answer_that_is_like_it():
    here = answer(0.0, "it", "dried")
    near, far = answer(0.0, "it", "dried", "up"), answer(0.0, "a", "magnet", direction=1)
    assert chance(here, (near, True)) > chance(here, (far, True)) > chance(here)
    assert chance(here, (near, False)) < chance(here, (far, False)) < chance(here)


def test_a_verdict_that_the_model_foresaw_says_little_and_one_that_surprises_it_says_much():
    here = answer(0.0, "it", "dried")
    foreseen, surprising = answer(3.0, "steam", direction=1), answer(-3.0, "steam", direction=1)
    assert chance(here, (surprising, True)) - 0.5 > 3 * (chance(here, (foreseen, True)) - 0.5) > 0


def test_one_right_and_one_wrong_answer_that_are_equally_like_it_change_nothing():
    here = answer(0.0, "it", "dried")
    assert chance(here, (answer(0.0, "it"), True), (answer(0.0, "dried"), False)) == pytest.approx(0.5)


def test_a_single_verdict_on_an_unlike_answer_does_not_outvote_a_model_that_is_sure():
    assert chance(answer(3.0, "it", "dried"), (answer(0.0, "magnet", direction=1), False)) > 0.5


verdicts = st.lists(st.tuples(st.floats(-3, 3), st.integers(0, 3), st.booleans()), max_size=12)


@given(verdicts, st.floats(-3, 3), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_verdicts_does_not_matter_and_the_chance_stays_one(rows, log_odds, rng):
    graded = [(answer(odds, f"w{n}", "the", direction=n), right) for odds, n, right in rows]
    here, mixed = answer(log_odds, "w0", "the"), rng.sample(graded, len(graded))
    assert 0 < chance(here, *graded) < 1
    assert chance(here, *graded) == pytest.approx(chance(here, *mixed), abs=1e-6)


def test_the_likeliest_log_odds_pull_as_the_verdicts_do():
    """Where Newton's method stops, the pull of each verdict is what the chance leaves open (its gradient is zero)."""
    covariance = np.array([[1.0, 0.4], [0.4, 1.0]])
    found = posterior(covariance, np.array([0.5, -1.0]), np.array([1.0, 0.0]))
    left = np.array([1.0, 0.0]) - 1 / (1 + np.exp(-found.latent))
    assert found.pull == pytest.approx(left, abs=1e-6)
    assert found.latent == pytest.approx(np.array([0.5, -1.0]) + (covariance + NOISE * np.eye(2)) @ left, abs=1e-6)


def test_the_chance_at_an_answer_is_that_of_the_textbook_when_one_is_graded():
    """One verdict and unit variance, prior log-odds 0: latent .4 solves f = 1 - 1/(1+exp(-f))."""
    covariance = np.array([[1.0 - NOISE, 1.0], [1.0, 1.0]])
    latent = posterior(covariance[:1, :1], np.zeros(1), np.ones(1)).latent[0]
    assert latent == pytest.approx(0.4013, abs=1e-3)
    assert predict(covariance, np.zeros(2), [True]) == pytest.approx(0.585, abs=0.005)


def test_the_shipped_grader_learns_from_verdicts_on_answers_in_other_words():
    grader = ShortTextGrader(HashingEmbedder())
    about = ("Why did it vanish?", ["the water evaporates and leaves the salt behind"])
    near = "the sun took it"
    learnt = [Graded("the sun took it away", True), Graded("the sun took it up", True)]
    assert grader.probability(*about, near, learnt) > grader.probability(*about, near) + 0.05
    assert grader.probability(*about, near, [Graded(g.answer, False) for g in learnt]) < grader.probability(
        *about, near
    )


def test_words_that_the_question_says_already_are_no_news():
    rows = np.eye(3, dtype=np.float32)
    echoed = alignment(rows[:2], rows, rows[:2])
    told = alignment(rows[:2], rows, rows[2:])
    assert told["found_new"] > 0.99 and echoed["found_new"] == pytest.approx(0.0, abs=1e-5)
    assert echoed["missing"] == pytest.approx(1.0) and told["missing"] == pytest.approx(0.0)


def test_a_text_without_words_is_aligned_with_nothing():
    rows, none = np.eye(3, dtype=np.float32), np.zeros((0, 3), np.float32)
    assert alignment(rows, rows, none) == dict.fromkeys(NAMES, 0.0)
