"""Reviews: recall fades, habits are learnt, and help is no review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.domain import Outcome
from tutor.learner.evidence import Answered
from tutor.learner.spaced_repetition import LAYER, Habit, Memory, chance, due_at, fresh_habit, review, review_answer

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
logs = st.lists(st.tuples(st.floats(0.01, 60), st.booleans()), min_size=1, max_size=25)


def replay(log: list[tuple[float, bool]]) -> tuple[Memory, Habit, datetime]:
    memory, habit, at = None, fresh_habit(), NOW
    for days, recalled in log:
        at += timedelta(days=days)
        memory, habit, _ = review(memory, habit, recalled=recalled, at=at)
    assert memory is not None
    return memory, habit, at


@settings(deadline=None)
@given(logs, st.floats(0, 30), st.floats(0.1, 100))
def test_recall_never_grows_by_waiting(log, first, more):
    memory, habit, at = replay(log)
    soon, later = at + timedelta(days=first), at + timedelta(days=first + more)
    assert 0 < chance(memory, habit, later) <= chance(memory, habit, soon) < 1


@settings(deadline=None)
@given(logs)
def test_something_is_due_when_its_chance_has_fallen_to_what_is_wanted(log):
    memory, habit, at = replay(log)
    due = due_at(memory, habit)
    assert timedelta(days=1) <= due - at <= timedelta(days=365)
    if timedelta(days=1) < due - at < timedelta(days=364):
        assert chance(memory, habit, due) == pytest.approx(0.9, abs=0.001)


def test_a_new_learner_is_expected_to_forget_as_fsrs_says():
    memory, habit, _ = review(None, fresh_habit(), recalled=True, at=NOW)
    at_stability = NOW + timedelta(days=memory.stability)
    assert chance(memory, habit, at_stability) == pytest.approx(0.9, abs=1e-6)


def test_one_who_keeps_forgetting_is_asked_sooner_than_one_who_never_does():
    def habit_of(*, recalled: bool) -> Habit:
        habit = fresh_habit()
        for _ in range(40):
            memory, habit, _ = review(None, habit, recalled=True, at=NOW)
            _, habit, _ = review(memory, habit, recalled=recalled, at=NOW + timedelta(days=3))
        return habit

    memory, _, _ = review(None, fresh_habit(), recalled=True, at=NOW)
    assert due_at(memory, habit_of(recalled=False)) < due_at(memory, habit_of(recalled=True))


def test_an_answer_on_the_same_day_is_practice_and_not_a_test():
    memory, habit, _ = review(None, fresh_habit(), recalled=True, at=NOW)
    after, same, record = review(memory, habit, recalled=False, at=NOW + timedelta(minutes=10))
    assert record.expected is None and same is habit
    assert after.spaced == 0 and after.lapses == 1


def test_an_aided_answer_leaves_the_memory_as_it_was():
    memory, habit, _ = review(None, fresh_habit(), recalled=True, at=NOW)
    helped = Answered("e", "ada", "c", "a", ("x",), Outcome.RIGHT, 2, True, NOW + timedelta(days=9), "t")
    assert review_answer(memory, habit, helped) == (memory, habit, None)


def test_a_fresh_habit_is_fsrs_and_nothing_else():
    assert dict(zip(LAYER, fresh_habit().mean, strict=True)) == {name: float(name == "fsrs") for name in LAYER}
