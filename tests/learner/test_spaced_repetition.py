"""Reviews: recall fades, habits are learnt, and help is no review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.domain import Outcome
from tutor.learner.bayesian_knowledge_tracing import BktParams
from tutor.learner.evidence import AnswerEvent
from tutor.learner.spaced_repetition import (
    RECALL_FEATURES,
    ForgettingModel,
    MemoryState,
    due_at,
    initial_forgetting_model,
    recall_probability,
    update_memory,
)
from tutor.learner.state import LearnerState, update_state

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
logs = st.lists(st.tuples(st.floats(0.01, 60), st.booleans()), min_size=1, max_size=25)


def replay(log: list[tuple[float, bool]]) -> tuple[MemoryState, ForgettingModel, datetime]:
    memory, habit, at = None, initial_forgetting_model(), NOW
    for days, recalled in log:
        at += timedelta(days=days)
        memory, habit = update_memory(memory, habit, recalled=recalled, at=at)
    assert memory is not None
    return memory, habit, at


@settings(deadline=None)
@given(logs, st.floats(0, 30), st.floats(0.1, 100))
def test_recall_probability_decays_with_time(log, first, more):
    memory, habit, at = replay(log)
    soon, later = at + timedelta(days=first), at + timedelta(days=first + more)
    assert 0 < recall_probability(memory, habit, later) <= recall_probability(memory, habit, soon) < 1


@settings(deadline=None)
@given(logs)
def test_a_review_is_due_at_the_target_retention(log):
    memory, habit, at = replay(log)
    due = due_at(memory, habit)
    assert timedelta(days=1) <= due - at <= timedelta(days=365)
    if timedelta(days=1) < due - at < timedelta(days=364):
        assert recall_probability(memory, habit, due) == pytest.approx(0.9, abs=0.001)


def test_a_new_learner_follows_default_fsrs():
    memory, habit = update_memory(None, initial_forgetting_model(), recalled=True, at=NOW)
    at_stability = NOW + timedelta(days=memory.stability)
    assert recall_probability(memory, habit, at_stability) == pytest.approx(0.9, abs=1e-6)


def test_a_forgetful_learner_is_reviewed_sooner():
    def habit_of(*, recalled: bool) -> ForgettingModel:
        habit = initial_forgetting_model()
        for _ in range(40):
            memory, habit = update_memory(None, habit, recalled=True, at=NOW)
            _, habit = update_memory(memory, habit, recalled=recalled, at=NOW + timedelta(days=3))
        return habit

    memory, _ = update_memory(None, initial_forgetting_model(), recalled=True, at=NOW)
    assert due_at(memory, habit_of(recalled=False)) < due_at(memory, habit_of(recalled=True))


def test_same_day_answers_are_not_reviews():
    memory, habit = update_memory(None, initial_forgetting_model(), recalled=True, at=NOW)
    after, same = update_memory(memory, habit, recalled=False, at=NOW + timedelta(minutes=10))
    assert same is habit
    assert after.spaced == 0 and after.lapses == 1


def test_aided_answers_do_not_change_the_memory():
    memory, habit = update_memory(None, initial_forgetting_model(), recalled=True, at=NOW)
    before = LearnerState(memories={"x": memory}, forgetting=habit)
    helped = AnswerEvent("e", "ada", "c", "a", ("x",), Outcome.RIGHT, 2, True, NOW + timedelta(days=9), "t")
    after = update_state(before, helped, BktParams())
    assert after.memories == before.memories and after.forgetting is habit


def test_the_initial_personal_model_equals_fsrs():
    assert dict(zip(RECALL_FEATURES, initial_forgetting_model().mean, strict=True)) == {
        name: float(name == "fsrs") for name in RECALL_FEATURES
    }
