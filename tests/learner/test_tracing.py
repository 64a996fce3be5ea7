"""The tracer: bounded, independent of ids, narrow only with evidence; its predictions choose the items."""

from __future__ import annotations

import json
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.errors import ModelUnusable
from tutor.learner.answer_history import AnswerHistory, append_answer
from tutor.learner.knowledge_tracing import (
    SIGNAL_NAMES,
    VARIANCE_TERMS,
    WEIGHTS_PATH,
    BaseRates,
    adjust_for_difficulty,
    base_rates,
    default_weights,
    predict_success,
    signals,
    weights_from_json,
)
from tutor.learner.logit import sigmoid
from tutor.learner.recommender import SUCCESS_BAND, CandidateItem, choose_item

walks = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=25)
shares = st.floats(0.02, 0.98)


def history_of(walk) -> AnswerHistory:
    history = AnswerHistory()
    for item, skill, right in walk:
        history = append_answer(history, item, skill, 0.6, right=right)
    return history


def streak(right: bool, times: int = 5) -> AnswerHistory:
    return history_of([("a", "x", right)] * times)


@given(walks, shares, shares, st.integers(0, 500), shares)
def test_predictions_lie_in_their_interval_and_the_interval_in_0_1(walk, expected, usual, tries, retained):
    found = predict_success(history_of(walk), "x", BaseRates(expected, usual, tries), retained)
    assert 0 < found.low < found.probability < found.high < 1


@given(walks)
def test_predictions_do_not_depend_on_ids(walk):
    renamed = [(item.upper(), {"x": "y2", "y": "x2"}[skill], right) for item, skill, right in walk]
    assert predict_success(history_of(walk), "x", BaseRates()) == predict_success(
        history_of(renamed), "y2", BaseRates()
    )


def test_success_raises_and_failure_lowers_predictions():
    good, bad = (predict_success(streak(right), "x", BaseRates()).probability for right in (True, False))
    assert good > predict_success(AnswerHistory(), "x", BaseRates()).probability > bad and good > bad + 0.25


def test_a_hard_item_is_less_likely_than_an_easy_one():
    hard, easy = base_rates((30, 6), (200, 120)), base_rates((30, 28), (200, 120))
    assert (
        predict_success(AnswerHistory(), "x", hard).probability
        < 0.45
        < 0.75
        < predict_success(AnswerHistory(), "x", easy).probability
    )


def test_item_rates_are_shrunk_and_author_difficulty_is_the_prior():
    assert base_rates((1, 1), (400, 240)).expected == pytest.approx(0.64, abs=0.01)
    assert (
        adjust_for_difficulty(BaseRates(0.6, 0.6, 0), 0.9).expected
        < 0.5
        < adjust_for_difficulty(BaseRates(0.6, 0.6, 0), 0.1).expected
    )
    assert adjust_for_difficulty(BaseRates(0.6, 0.6, 500), 0.9).expected == pytest.approx(0.6, abs=0.01)


def test_the_interval_narrows_with_evidence():
    def width(history: AnswerHistory, tries: int) -> float:
        found = predict_success(history, "x", BaseRates(0.5, 0.5, tries))
        return found.high - found.low

    mixed = history_of([("a", "x", n % 2 == 0) for n in range(20)])
    assert width(mixed, 50) < width(mixed, 0) < width(AnswerHistory(), 0)


def test_fading_moves_predictions_to_the_prior():
    good, bad = streak(True), streak(False)
    fresh, faded = (predict_success(good, "x", BaseRates(), retained).probability for retained in (1.0, 0.2))
    assert fresh > faded > 0.5
    assert (
        predict_success(bad, "x", BaseRates(), 0.2).probability
        <= predict_success(bad, "x", BaseRates()).probability + 1e-9
    )


def test_long_histories_keep_predictions_bounded():
    row = signals(streak(True, 3_000), "x", BaseRates())
    assert len(row) == len(SIGNAL_NAMES) and max(map(abs, row)) < 8


def test_placement_results_act_as_evidence():
    assert (
        predict_success(AnswerHistory(), "x", BaseRates(), placement=0.98).probability
        > 0.8
        > 0.4
        > predict_success(AnswerHistory(), "x", BaseRates(), placement=0.1).probability
    )


def test_the_shipped_weights_contain_a_model_card_and_no_log_data():
    plain = json.loads(WEIGHTS_PATH.read_text("utf-8"))
    assert (
        weights_from_json(plain) == default_weights()
        and len(default_weights().weights) == len(SIGNAL_NAMES)
        and len(default_weights().variances) == len(VARIANCE_TERMS)
    )
    assert plain["card"]["fitted_on"] and plain["card"]["range_covers_true_chance"] >= 0.9
    assert WEIGHTS_PATH.stat().st_size < 4_000
    with pytest.raises(ModelUnusable, match="other signals"):
        weights_from_json(plain | {"signals": plain["signals"][::-1]})


def test_a_prediction_takes_under_a_millisecond_after_10000_answers():
    history = history_of([(f"i{n % 500}", f"s{n % 40}", n % 3 > 0) for n in range(10_000)])
    started = time.process_time()
    for n in range(300):
        predict_success(history, f"s{n % 40}", BaseRates(0.6, 0.7, n), 0.8)
    assert (time.process_time() - started) / 300 < 0.001


@pytest.mark.parametrize("strength", [-0.6, 0.5, 1.6])  # a weak, a middling and a strong learner
def test_items_chosen_by_the_tracer_hold_success_within_the_band(strength):
    """Forty items from easy to hard with answers of others; after 15 answers the learner is right in 60 to 85%."""
    rng = random.Random(7)
    hard = {f"i{n}": (n - 20) / 8 for n in range(40)}
    others = {
        item: (40, sum(rng.random() < sigmoid(rng.gauss(0.5, 1) - level) for _ in range(40)))
        for item, level in hard.items()
    }
    total = (sum(a for a, _ in others.values()), sum(r for _, r in others.values()))
    history, rights, latest = AnswerHistory(), [], []
    for _ in range(135):
        found = {item: base_rates(count, total) for item, count in others.items()}
        items = [
            CandidateItem(i, "x", predict_success(history, "x", f).probability, f.tries, i in latest[-8:])
            for i, f in found.items()
        ]
        item = choose_item(items)
        assert item is not None
        right = rng.random() < sigmoid(strength - hard[item])
        history = append_answer(history, item, "x", found[item].expected, right=right)
        rights.append(right)
        latest.append(item)
    assert SUCCESS_BAND[0] <= sum(rights[15:]) / len(rights[15:]) <= SUCCESS_BAND[1]
