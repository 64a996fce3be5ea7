"""What a course teaches its tracer: nothing of the learner it speaks of, more with more learners, never less sense."""

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
from tutor.learner.answer_history import LATEST, History, advance
from tutor.learner.course_delta import FIRST, coursewise_from, is_due, plain
from tutor.learner.course_delta_fitting import Line, count, fit, line, tabled
from tutor.learner.evidence import Answered, Origin, Retracted, standing
from tutor.learner.feature_counts import Tally, counts_from, plain_counts
from tutor.learner.knowledge_tracing import Rates, Tracer, chance, shipped
from tutor.learner.logit import squash
from tutor.learner.tracing_features import CIRCUMSTANCES, keys, row

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
walks = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=25)


def answer(name: str, *, right: bool = True, aided: bool = False, minutes: int = 0, **rest) -> Answered:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    at = NOW + timedelta(minutes=minutes)
    return Answered(name, "ada", "c", "a", ("x",), outcome, int(aided), aided, at, "t", **rest)


def simulated(learners: int, seed: int = 0, ease: float = -1.0) -> list[Line]:
    """Learners whose strength shows in all their answers, on items that are hard on the whole."""
    rng = random.Random(seed)
    lines = []
    for _ in range(learners):
        strength = rng.gauss(ease, 1.2)
        items = [rng.randrange(12) for _ in range(rng.randint(5, 40))]
        rights = tuple(rng.random() < squash(strength - (item - 6) / 4) for item in items)
        lines.append(Line(tuple(f"i{n}" for n in items), tuple(f"s{n % 3}" for n in items), rights))
    return lines


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return simulated(120)


@pytest.fixture(scope="module")
def tracer(lines) -> Tracer:
    return Tracer(shipped(), fit(lines, shipped()))


def told(tracer: Tracer, known: list[Line], unseen: list[Line]) -> tuple[float, float]:
    """Return mean log loss and how far the mean chance is off, over learners whom nothing was learnt from."""
    course = rivals.met(known)
    said = np.array([likely for each in unseen for likely in rivals.by_product(each, course, tracer)])
    rights = np.array([right for each in unseen for right in each.rights])
    return float(-np.log(np.where(rights, said, 1 - said)).mean()), abs(float((said - rights).mean()))


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
        found = row(history, item, skill, tally)
        assert len(found) == len(CIRCUMSTANCES) and np.isfinite(found).all()
        tally.add(keys(history, item, skill), right=right)
        history = advance(history, item, skill, 0.6, right=right)
    assert history.answers == len(walk) and len(history.latest) <= LATEST
    assert counts_from(json.loads(json.dumps(plain_counts(tally)))) == tally


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
    first = lines[0]
    other = Line(first.items, first.skills, tuple(not right for right in first.rights))
    changed, width = [other, *lines[1:]], len(first.rights)
    before, after = (tabled(each, count(each), shipped()).rows[:width] for each in (lines, changed))
    everybody = [CIRCUMSTANCES.index(name) for name in ("skill", "item")]
    assert np.allclose(before[:, everybody], after[:, everybody])


def test_a_course_mends_the_order_and_the_level_of_what_ships(lines, tracer):
    unseen = simulated(150, seed=9)
    (loss, gap), (before, gap_before) = told(tracer, lines, unseen), told(Tracer(shipped()), lines, unseen)
    assert loss < before and gap < 0.5 * gap_before


@pytest.mark.parametrize("seed", range(3))
def test_a_few_learners_do_no_harm(seed):
    lines, unseen = simulated(12, seed), simulated(60, seed + 100)
    learnt = Tracer(shipped(), fit(lines, shipped()))
    assert told(learnt, lines, unseen)[0] <= told(Tracer(shipped()), lines, unseen)[0]


@pytest.mark.parametrize("right", [True, False])
def test_a_course_in_which_all_answers_are_alike_is_learnt_too(right):
    same = [Line(each.items, each.skills, (right,) * len(each.rights)) for each in simulated(15)]
    learnt = Tracer(shipped(), fit(same, shipped()))
    assert (chance(History(), "s0", Rates(0.5, 0.5, 40), item="i3", tracer=learnt).right > 0.5) is right


def test_success_makes_success_likelier_than_failure_does(tracer):
    good = bad = History()
    for _ in range(6):
        good, bad = advance(good, "i3", "s0", 0.6, right=True), advance(bad, "i3", "s0", 0.6, right=False)
    better, worse = (chance(each, "s1", Rates(0.6, 0.6, 40), item="i4", tracer=tracer).right for each in (good, bad))
    assert better > worse + 0.1


def test_a_usual_item_of_a_skill_has_a_chance_too(tracer):
    found = chance(History(), "s1", Rates(0.7, 0.7, 40), tracer=tracer)
    assert 0 < found.low < found.right < found.high < 1


def test_only_what_her_history_remembers_is_learnt_from():
    """An aided answer says nothing about what she can do alone; a placement is inferred from as a whole."""
    given_ = [answer("e1"), answer("e2", aided=True), answer("e3", origin=Origin.PLACEMENT), answer("e4", right=False)]
    assert line(given_).rights == (True, False)


def test_what_was_learnt_survives_being_kept(tracer):
    again = coursewise_from(json.loads(json.dumps(plain(tracer.course))))
    history = advance(History(), "i1", "s1", 0.6, right=False)
    assert again.adds(history, "i2", "s2") == pytest.approx(tracer.course.adds(history, "i2", "s2"), abs=1e-3)
    with pytest.raises(ModelUnusable, match="other signals"):
        coursewise_from(plain(tracer.course) | {"signals": []})


def test_rare_circumstances_are_not_kept(tracer):
    assert min(answers for answers, _ in tracer.course.tally.counts.values()) >= 3


def test_a_course_is_learnt_when_there_is_something_to_learn_and_again_when_it_has_grown():
    assert not is_due(0, FIRST - 1) and is_due(0, FIRST)
    assert not is_due(1_000, 1_200) and is_due(1_000, 1_250)


def test_one_update_takes_less_than_a_millisecond_even_after_ten_thousand_answers(tracer):
    history = History()
    for n in range(10_000):
        history = advance(history, f"i{n % 500}", f"s{n % 40}", 0.6, right=n % 3 > 0)
    started = time.process_time()
    for n in range(200):
        chance(history, f"s{n % 3}", Rates(0.6, 0.7, n), 0.8, item=f"i{n % 12}", tracer=tracer)
        history = advance(history, f"i{n % 12}", f"s{n % 3}", 0.6, right=True)
    assert (time.process_time() - started) / 200 < 0.001


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
def test_a_thousand_real_learners_are_enough_for_the_order_that_is_wanted(shared: Path):
    from sklearn.metrics import roc_auc_score

    from bench.tracing import read

    logs = read(shared / "data" / "tracing" / "dkvmn_assist2015_train.csv")
    random.Random(0).shuffle(logs)  # the file follows the courses of a school year
    known, unseen = logs[:1000], logs[1000:2000]
    course, learnt = rivals.met(known), Tracer(shipped(), fit(known, shipped()))
    rights = [right for each in unseen for right in each.rights]
    ours = [likely for each in unseen for likely in rivals.by_product(each, course, learnt)]
    elo = [likely for each in unseen for likely in rivals.by_elo(each, course)]
    assert roc_auc_score(rights, ours) > max(0.70, roc_auc_score(rights, elo) + 0.02)
