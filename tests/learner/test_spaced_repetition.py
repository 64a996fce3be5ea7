"""Spaced repetition: recall fades, forgetting is learnt per learner, and aided answers are not reviews."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.domain import Outcome
from tutor.learner.bayesian_knowledge_tracing import MASTERY_THRESHOLD, BktParams
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
from tutor.learner.state import LearnerState, apply_placement, update_state

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
logs = st.lists(st.tuples(st.floats(0.01, 60), st.booleans()), min_size=1, max_size=25)


def replay(log: list[tuple[float, bool]]) -> tuple[MemoryState, ForgettingModel, datetime]:
    memory, model, at = None, initial_forgetting_model(), NOW
    for days, recalled in log:
        at += timedelta(days=days)
        memory, model = update_memory(memory, model, recalled=recalled, at=at)
    assert memory is not None
    return memory, model, at


@settings(deadline=None)
@given(logs, st.floats(0, 30), st.floats(0.1, 100))
def test_recall_probability_decays_with_time(log, first, more):
    memory, model, at = replay(log)
    soon, later = at + timedelta(days=first), at + timedelta(days=first + more)
    assert 0 < recall_probability(memory, model, later) <= recall_probability(memory, model, soon) < 1


@settings(deadline=None)
@given(logs)
def test_a_review_is_due_at_the_target_retention(log):
    memory, model, at = replay(log)
    due = due_at(memory, model)
    assert timedelta(days=1) <= due - at <= timedelta(days=365)
    if timedelta(days=1) < due - at < timedelta(days=364):
        assert recall_probability(memory, model, due) == pytest.approx(0.9, abs=0.001)


def test_a_new_learner_follows_default_fsrs():
    memory, model = update_memory(None, initial_forgetting_model(), recalled=True, at=NOW)
    at_stability = NOW + timedelta(days=memory.stability)
    assert recall_probability(memory, model, at_stability) == pytest.approx(0.9, abs=1e-6)


def test_a_forgetful_learner_is_reviewed_sooner():
    def model_of(*, recalled: bool) -> ForgettingModel:
        model = initial_forgetting_model()
        for _ in range(40):
            memory, model = update_memory(None, model, recalled=True, at=NOW)
            _, model = update_memory(memory, model, recalled=recalled, at=NOW + timedelta(days=3))
        return model

    memory, _ = update_memory(None, initial_forgetting_model(), recalled=True, at=NOW)
    assert due_at(memory, model_of(recalled=False)) < due_at(memory, model_of(recalled=True))


def test_same_day_answers_are_not_reviews():
    memory, model = update_memory(None, initial_forgetting_model(), recalled=True, at=NOW)
    after, same = update_memory(memory, model, recalled=False, at=NOW + timedelta(minutes=10))
    assert same is model
    assert after.spaced == 0 and after.lapses == 1


def test_aided_answers_do_not_change_the_memory():
    memory, model = update_memory(None, initial_forgetting_model(), recalled=True, at=NOW)
    before = LearnerState(memories={"x": memory}, forgetting=model)
    helped = AnswerEvent("e", "ada", "c", "a", ("x",), Outcome.RIGHT, 2, True, NOW + timedelta(days=9), "t")
    after = update_state(before, helped, BktParams())
    assert after.memories == before.memories and after.forgetting is model


def test_the_initial_personal_model_equals_fsrs():
    assert dict(zip(RECALL_FEATURES, initial_forgetting_model().mean, strict=True)) == {
        name: float(name == "fsrs") for name in RECALL_FEATURES
    }


def answer(n: int, *, right: bool) -> AnswerEvent:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    return AnswerEvent(f"e{n:03d}", "ada", "c", f"i{n}", ("s",), outcome, 0, False, NOW, "t")


def test_a_skills_memory_begins_when_it_becomes_known():
    state = LearnerState()
    for n in range(5):
        state = update_state(state, answer(n, right=True), BktParams())
        assert ("s" in state.memories) == (state.masteries["s"].probability >= MASTERY_THRESHOLD)
        if "s" in state.memories:
            return
    pytest.fail("five right answers in a row should show a skill")


def test_placed_skills_fade_over_time():
    state = apply_placement(LearnerState(), {"r": 0.99, "s": 0.4}, NOW)
    retained = state.retained_shares(NOW + timedelta(days=30))
    assert set(retained) == {"r"} and 0 < retained["r"] < 1
