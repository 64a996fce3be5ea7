"""Tracing: what an answer does to the next prediction, and that the fitted tracer does not look where it must not."""

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

from bench.tracer.fitting import Line, count, fit, rows
from bench.tracer.model import Tracer, read_weights, write_weights
from bench.tracer.signals import NAMES, circumstances, expectation, signals
from bench.tracer.tally import Tally
from tutor.domain import Outcome
from tutor.errors import InputRefused, ModelUnusable
from tutor.learner.evidence import Answered, Retracted, standing
from tutor.learner.history import LATEST, History, advance

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
walks = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=25)


def answer(name: str, *, right: bool = True, aided: bool = False, minutes: int = 0) -> Answered:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    return Answered(name, "ada", "c", "a", ("x",), outcome, int(aided), aided, NOW + timedelta(minutes=minutes), "t")


def simulated(learners: int, seed: int = 0) -> list[Line]:
    """Learners whose strength shows in all their answers, on items of different difficulty."""
    rng = random.Random(seed)
    lines = []
    for _ in range(learners):
        strength = rng.gauss(0.5, 1.2)
        items = [rng.randrange(12) for _ in range(rng.randint(5, 40))]
        rights = tuple(rng.random() < 1 / (1 + np.exp(-(strength - (item - 6) / 4))) for item in items)
        lines.append(Line(tuple(f"i{n}" for n in items), tuple(f"s{n % 3}" for n in items), rights))
    return lines


@pytest.fixture(scope="module")
def tracer() -> Tracer:
    return fit(simulated(120), "simulated")


def auc(tracer: Tracer, lines: list[Line]) -> float:
    pairs = []
    for line in lines:
        history = History()
        for item, skill, right in line:
            pairs.append((tracer.predict(history, item, skill), right))
            history = tracer.observe(history, item, skill, right=right)
    hits, misses = [p for p, r in pairs if r], [p for p, r in pairs if not r]
    return float(np.mean([(h > m) + 0.5 * (h == m) for h in hits for m in misses[::7]]))


def test_an_answer_without_a_skill_is_refused():
    with pytest.raises(InputRefused, match="names no skill"):
        Answered("e1", "ada", "c", "a", (), Outcome.RIGHT, 0, False, NOW, "t")


def test_an_answer_without_a_time_zone_is_refused():
    with pytest.raises(InputRefused, match="without a zone"):
        Answered("e1", "ada", "c", "a", ("x",), Outcome.RIGHT, 0, False, datetime(2026, 1, 1), "t")


def test_a_retracted_answer_no_longer_counts_and_order_is_that_of_time():
    late, early, wrong = answer("e1", minutes=5), answer("e2"), answer("e3", minutes=2)
    kept = list(standing([late, early, wrong], [Retracted("r1", "e3", "teacher", "grade overridden", NOW)]))
    assert [a.id for a in kept] == ["e2", "e1"]


@given(walks)
def test_the_row_has_one_number_for_every_name(walk):
    history, tally = History(), Tally()
    for item, skill, right in walk:
        row = signals(history, item, skill, tally)
        assert len(row) == len(NAMES) and np.isfinite(row).all()
        tally.add(circumstances(history, item, skill), right=right)
        history = advance(history, item, skill, expectation(tally, item, skill), right=right)
    assert history.answers == len(walk) and len(history.latest) <= LATEST


@given(walks)
def test_a_history_is_a_value_that_later_answers_do_not_change(walk):
    before = advance(History(), "a", "x", 0.5, right=True)
    copy = (before.skills["x"], before.items["a"], before.latest, before.answers)
    history = before
    for item, skill, right in walk:
        history = advance(history, item, skill, 0.5, right=right)
    assert (before.skills["x"], before.items["a"], before.latest, before.answers) == copy


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.05, 0.95), st.floats(0.5, 30))
def test_a_rate_lies_between_what_was_seen_and_what_is_usual(rights, wrongs, prior, strength):
    tally = Tally({("item", "a"): (rights + wrongs, rights)})
    seen = rights / (rights + wrongs) if rights + wrongs else prior
    rate = tally.rate(("item", "a"), prior, strength)
    assert min(seen, prior) - 1e-9 <= rate <= max(seen, prior) + 1e-9


def test_a_learners_rows_are_made_without_her_own_answers():
    lines = simulated(20)
    changed = [Line(lines[0].items, lines[0].skills, tuple(not r for r in lines[0].rights)), *lines[1:]]
    first = len(lines[0].rights)
    before, after = rows(lines, count(lines)), rows(changed, count(changed))
    everybody = [NAMES.index(name) for name in ("skill", "item")]
    assert np.allclose(before.signals[:first, everybody], after.signals[:first, everybody])


def test_unseen_learners_are_told_apart(tracer):
    assert auc(tracer, simulated(60, seed=9)) > 0.72


def test_success_makes_success_likelier_than_failure_does(tracer):
    good = bad = History()
    for _ in range(6):
        good, bad = tracer.observe(good, "i3", "s0", right=True), tracer.observe(bad, "i3", "s0", right=False)
    assert tracer.predict(good, "i4", "s1") > tracer.predict(bad, "i4", "s1") + 0.1


def test_an_aided_answer_is_recorded_but_says_nothing_about_what_she_can_do_alone(tracer):
    history, traced = tracer.update(History(), answer("e1", aided=True))
    assert history == History()
    assert not traced.counted and traced.version == "simulated"


def test_weights_survive_being_written_and_read(tracer):
    again = Tracer(read_weights(write_weights(tracer.weights)), tracer.tally)
    history = tracer.observe(History(), "i1", "s1", right=False)
    assert again.predict(history, "i2", "s2") == pytest.approx(tracer.predict(history, "i2", "s2"), abs=1e-4)


def test_weights_for_other_signals_are_refused(tracer):
    plain = json.loads(write_weights(tracer.weights))
    plain["signals"] = plain["signals"][::-1]
    with pytest.raises(ModelUnusable, match="fit them again"):
        read_weights(json.dumps(plain))


def test_trees_are_grown_where_there_are_answers_enough_and_say_what_the_library_says():
    lines = simulated(300, seed=3)
    assert fit(lines, "many").weights.trees is not None  # `fit` raises when the export differs


def test_too_few_learners_are_refused_with_the_way_out():
    with pytest.raises(InputRefused, match="count mastery only"):
        fit(simulated(4), "few")


def test_one_update_takes_less_than_a_millisecond_even_after_ten_thousand_answers(tracer):
    history = History()
    for n in range(10_000):
        history = advance(history, f"i{n % 500}", f"s{n % 40}", 0.6, right=n % 3 > 0)
    started = time.perf_counter()
    for n in range(200):
        tracer.predict(history, f"i{n % 12}", f"s{n % 3}")
        history = tracer.observe(history, f"i{n % 12}", f"s{n % 3}", right=True)
    assert (time.perf_counter() - started) / 200 < 0.001 * 3  # three times the promise: the machine may be busy


def test_both_published_formats_are_read(tmp_path: Path):
    from bench.tracing import read

    three, four = tmp_path / "three.csv", tmp_path / "four.csv"
    three.write_text("2\n5,6\n1,0\n1\n7\n1\n")
    four.write_text("9,80\n11,12\n5,6\n1,0\n3,81\n13\n7\n1\n")
    assert read(three)[0] == Line(("5", "6"), ("5", "6"), (True, False))
    assert read(four)[0] == Line(("11", "12"), ("5", "6"), (True, False))


def test_a_file_in_another_format_is_refused(tmp_path: Path):
    from bench.tracing import read

    odd = tmp_path / "odd.csv"
    odd.write_text("1,2\n3\n4,5,6\n")
    with pytest.raises(InputRefused, match="neither three nor four"):
        read(odd)


@pytest.mark.slow
def test_a_thousand_real_learners_are_enough_for_a_useful_tracer(shared: Path):
    from bench.tracing import read

    lines = read(shared / "data" / "tracing" / "dkvmn_assist2015_train.csv")
    assert auc(fit(lines[:1000], "some"), lines[1000:1100]) > 0.70
