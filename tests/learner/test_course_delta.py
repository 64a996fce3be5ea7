"""Course deltas: no leak of a learner's own answers, better with more learners, harmless with few."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench.tracing_baselines as rivals
from tutor.domain import Outcome
from tutor.errors import InputRefused, ModelUnusable
from tutor.learner.answer_history import MAX_LATEST, AnswerHistory, append_answer
from tutor.learner.course_delta import MIN_ANSWERS, delta_from_json, delta_to_json, is_refit_due
from tutor.learner.course_delta_fitting import (
    AnswerSequence,
    answer_sequence,
    build_table,
    count_features,
    fit_course_delta,
)
from tutor.learner.evidence import AnswerEvent, AnswerOrigin, RetractionEvent, current_answers
from tutor.learner.feature_counts import FeatureCounts, counts_from_json, counts_to_json
from tutor.learner.knowledge_tracing import BaseRates, Tracer, default_weights, predict_success
from tutor.learner.logit import sigmoid
from tutor.learner.tracing_features import TRACING_FEATURES, count_keys, feature_row

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
walks = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=25)


def answer(name: str, *, right: bool = True, aided: bool = False, minutes: int = 0, **rest) -> AnswerEvent:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    at = NOW + timedelta(minutes=minutes)
    return AnswerEvent(name, "ada", "c", "a", ("x",), outcome, int(aided), aided, at, "t", **rest)


def simulated(learners: int, seed: int = 0, ease: float = -1.0) -> list[AnswerSequence]:
    """Learners whose strength affects all their answers, on items that are mostly hard."""
    rng = random.Random(seed)
    lines = []
    for _ in range(learners):
        strength = rng.gauss(ease, 1.2)
        items = [rng.randrange(12) for _ in range(rng.randint(5, 40))]
        rights = tuple(rng.random() < sigmoid(strength - (item - 6) / 4) for item in items)
        lines.append(AnswerSequence(tuple(f"i{n}" for n in items), tuple(f"s{n % 3}" for n in items), rights))
    return lines


@pytest.fixture(scope="module")
def lines() -> list[AnswerSequence]:
    return simulated(120)


@pytest.fixture(scope="module")
def tracer(lines) -> Tracer:
    return Tracer(default_weights(), fit_course_delta(lines, default_weights()))


def evaluate_tracer(tracer: Tracer, known: list[AnswerSequence], unseen: list[AnswerSequence]) -> tuple[float, float]:
    """Return mean log loss and the bias of the mean prediction, over unseen learners."""
    course = rivals.counts_of(known)
    predicted = np.array([likely for each in unseen for likely in rivals.predict_product(each, course, tracer)])
    rights = np.array([right for each in unseen for right in each.rights])
    return float(-np.log(np.where(rights, predicted, 1 - predicted)).mean()), abs(float((predicted - rights).mean()))


def test_an_answer_without_a_skill_is_refused():
    with pytest.raises(InputRefused, match="names no skill"):
        AnswerEvent("e1", "ada", "c", "a", (), Outcome.RIGHT, 0, False, NOW, "t")


def test_an_answer_without_a_time_zone_is_refused():
    with pytest.raises(InputRefused, match="without a time zone"):
        AnswerEvent("e1", "ada", "c", "a", ("x",), Outcome.RIGHT, 0, False, datetime(2026, 1, 1), "t")


def test_a_retracted_answer_no_longer_counts_and_order_is_that_of_time():
    late, early, wrong = answer("e1", minutes=5), answer("e2"), answer("e3", minutes=2)
    current = list(
        current_answers([late, early, wrong], [RetractionEvent("r1", "e3", "teacher", "grade overridden", NOW)])
    )
    assert [a.id for a in current] == ["e2", "e1"]


@given(walks)
def test_a_feature_row_matches_its_feature_names(walk):
    history, tally = AnswerHistory(), FeatureCounts()
    for item, skill, right in walk:
        found = feature_row(history, item, skill, tally)
        assert len(found) == len(TRACING_FEATURES) and np.isfinite(found).all()
        tally.add(count_keys(history, item, skill), right=right)
        history = append_answer(history, item, skill, 0.6, right=right)
    assert history.answers == len(walk) and len(history.latest) <= MAX_LATEST
    assert counts_from_json(json.loads(json.dumps(counts_to_json(tally)))) == tally


@given(walks)
def test_later_answers_do_not_change_an_earlier_history(walk):
    before = append_answer(AnswerHistory(), "a", "x", 0.5, right=True)
    copy = (before.skills["x"], before.items["a"], before.latest, before.answers)
    history = before
    for item, skill, right in walk:
        history = append_answer(history, item, skill, 0.5, right=right)
    assert (before.skills["x"], before.items["a"], before.latest, before.answers) == copy


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.05, 0.95), st.floats(0.5, 30))
def test_rates_are_shrunk_towards_the_prior(rights, wrongs, prior, strength):
    tally = FeatureCounts({("item", "a"): (rights + wrongs, rights)})
    seen = rights / (rights + wrongs) if rights + wrongs else prior
    rate = tally.smoothed_rate(("item", "a"), prior, strength)
    assert min(seen, prior) - 1e-9 <= rate <= max(seen, prior) + 1e-9


def test_feature_rows_exclude_the_learners_own_answers():
    lines = simulated(20)
    first = lines[0]
    other = AnswerSequence(first.items, first.skills, tuple(not right for right in first.rights))
    changed, width = [other, *lines[1:]], len(first.rights)
    before, after = (
        build_table(each, count_features(each), default_weights()).rows[:width] for each in (lines, changed)
    )
    everybody = [TRACING_FEATURES.index(name) for name in ("skill", "item")]
    assert np.allclose(before[:, everybody], after[:, everybody])


def test_a_course_delta_improves_ranking_and_calibration(lines, tracer):
    unseen = simulated(150, seed=9)
    (loss, gap), (before, gap_before) = (
        evaluate_tracer(tracer, lines, unseen),
        evaluate_tracer(Tracer(default_weights()), lines, unseen),
    )
    assert loss < before and gap < 0.5 * gap_before


@pytest.mark.parametrize("seed", range(3))
def test_fitting_on_few_learners_does_not_hurt(seed):
    lines, unseen = simulated(12, seed), simulated(60, seed + 100)
    learnt = Tracer(default_weights(), fit_course_delta(lines, default_weights()))
    assert evaluate_tracer(learnt, lines, unseen)[0] <= evaluate_tracer(Tracer(default_weights()), lines, unseen)[0]


@pytest.mark.parametrize("right", [True, False])
def test_a_constant_outcome_course_can_be_fitted(right):
    same = [AnswerSequence(each.items, each.skills, (right,) * len(each.rights)) for each in simulated(15)]
    learnt = Tracer(default_weights(), fit_course_delta(same, default_weights()))
    assert (
        predict_success(AnswerHistory(), "s0", BaseRates(0.5, 0.5, 40), item="i3", tracer=learnt).probability > 0.5
    ) is right


def test_success_raises_predictions_more_than_failure(tracer):
    good = bad = AnswerHistory()
    for _ in range(6):
        good, bad = append_answer(good, "i3", "s0", 0.6, right=True), append_answer(bad, "i3", "s0", 0.6, right=False)
    better, worse = (
        predict_success(each, "s1", BaseRates(0.6, 0.6, 40), item="i4", tracer=tracer).probability
        for each in (good, bad)
    )
    assert better > worse + 0.1


def test_an_unseen_item_of_a_skill_gets_a_prediction(tracer):
    found = predict_success(AnswerHistory(), "s1", BaseRates(0.7, 0.7, 40), tracer=tracer)
    assert 0 < found.low < found.probability < found.high < 1


def test_aided_and_placement_answers_are_not_fitted_on():
    """An aided answer says nothing about unaided ability; a placement is evaluated as a whole."""
    given_ = [
        answer("e1"),
        answer("e2", aided=True),
        answer("e3", origin=AnswerOrigin.PLACEMENT),
        answer("e4", right=False),
    ]
    assert answer_sequence(given_).rights == (True, False)


def test_a_course_delta_round_trips_through_serialization(tracer):
    again = delta_from_json(json.loads(json.dumps(delta_to_json(tracer.course_delta))))
    history = append_answer(AnswerHistory(), "i1", "s1", 0.6, right=False)
    assert again.log_odds_delta(history, "i2", "s2") == pytest.approx(
        tracer.course_delta.log_odds_delta(history, "i2", "s2"), abs=1e-3
    )
    with pytest.raises(ModelUnusable, match="other signals"):
        delta_from_json(delta_to_json(tracer.course_delta) | {"signals": []})


def test_rare_feature_values_are_dropped(tracer):
    assert min(answers for answers, _ in tracer.course_delta.counts.counts.values()) >= 3


def test_refitting_is_due_when_the_course_has_grown():
    assert not is_refit_due(0, MIN_ANSWERS - 1) and is_refit_due(0, MIN_ANSWERS)
    assert not is_refit_due(1_000, 1_200) and is_refit_due(1_000, 1_250)


def test_one_update_takes_less_than_a_millisecond_even_after_ten_thousand_answers(tracer):
    history = AnswerHistory()
    for n in range(10_000):
        history = append_answer(history, f"i{n % 500}", f"s{n % 40}", 0.6, right=n % 3 > 0)
    started = time.process_time()
    for n in range(200):
        predict_success(history, f"s{n % 3}", BaseRates(0.6, 0.7, n), 0.8, item=f"i{n % 12}", tracer=tracer)
        history = append_answer(history, f"i{n % 12}", f"s{n % 3}", 0.6, right=True)
    assert (time.process_time() - started) / 200 < 0.001


def test_both_published_log_formats_are_parsed(tmp_path: Path):
    from bench.tracing import read

    three, four = tmp_path / "three.csv", tmp_path / "four.csv"
    three.write_text("2\n5,6\n1,0\n1\n7\n1\n")
    four.write_text("9,80\n11,12\n5,6\n1,0\n3,81\n13\n7\n1\n")
    assert read(three)[0] == AnswerSequence(("5", "6"), ("5", "6"), (True, False))
    assert read(four)[0] == AnswerSequence(("11", "12"), ("5", "6"), (True, False))


def test_a_file_in_another_format_is_refused(tmp_path: Path):
    from bench.tracing import read

    odd = tmp_path / "odd.csv"
    odd.write_text("1,2\n3\n4,5,6\n")
    with pytest.raises(InputRefused, match="neither three nor four"):
        read(odd)


@pytest.mark.slow
def test_a_thousand_real_learners_reach_the_auc_goal(shared: Path):
    from sklearn.metrics import roc_auc_score

    from bench.tracing import read

    logs = read(shared / "data" / "tracing" / "dkvmn_assist2015_train.csv")
    random.Random(0).shuffle(logs)  # the file follows the courses of a school year
    known, unseen = logs[:1000], logs[1000:2000]
    course, learnt = rivals.counts_of(known), Tracer(default_weights(), fit_course_delta(known, default_weights()))
    rights = [right for each in unseen for right in each.rights]
    ours = [likely for each in unseen for likely in rivals.predict_product(each, course, learnt)]
    elo = [likely for each in unseen for likely in rivals.predict_elo(each, course)]
    assert roc_auc_score(rights, ours) > max(0.70, roc_auc_score(rights, elo) + 0.02)
