"""Reasons say their numbers, proposed needs say their grounds, and the state is that of the events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.domain import Outcome
from tutor.errors import NotFound
from tutor.learner.bayesian_knowledge_tracing import MASTERY_THRESHOLD, BktParams
from tutor.learner.evidence import AnswerEvent
from tutor.learner.prerequisites import (
    FOUNDATIONS,
    PHRASES,
    PrerequisiteModel,
    compare_skill_names,
    propose_prerequisites,
)
from tutor.learner.recommendation_text import REASON_TEMPLATES, explain_recommendation
from tutor.learner.recommender import Recommendation, RecommendationKind
from tutor.learner.state import LearnerState, apply_placement, rebuild_state, update_state

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KNOWING = BktParams()
COURSE = {"r": "ratios", "s": "slope"}


def answer(n: int, *, right: bool, aided: bool = False, skill: str = "s", days: float = 0.0) -> AnswerEvent:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    return AnswerEvent(f"e{n:03d}", "ada", "c", f"i{n}", (skill,), outcome, 0, aided, NOW + timedelta(days=days), "t")


def test_a_repair_recommendation_names_the_missing_prerequisite():
    repair = Recommendation(RecommendationKind.REPAIR, "r", "i1", failing_skill="s", rights=1, answers=3)
    assert (
        explain_recommendation(repair, COURSE, "en")
        == "You had 1 of your last 3 items on “slope” right, which needs “ratios”."
    )


@pytest.mark.parametrize("language", REASON_TEMPLATES)
@pytest.mark.parametrize("kind", RecommendationKind)
def test_every_recommendation_kind_has_text_in_every_language(language, kind):
    said = explain_recommendation(
        Recommendation(kind, "r", "i", failing_skill="s", rights=2, answers=5), COURSE, language
    )
    assert said and "{" not in said


def test_a_skill_without_a_name_is_an_error():
    with pytest.raises(NotFound, match="'x' has no name"):
        explain_recommendation(Recommendation(RecommendationKind.NEW, "x"), COURSE, "en")


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("rs"), st.booleans(), st.booleans(), st.floats(0, 5)), max_size=15))
def test_the_incremental_state_equals_the_rebuilt_state(steps):
    at, answers = 0.0, []
    for n, (skill, right, aided, days) in enumerate(steps):
        at += days
        answers.append(answer(n, right=right, aided=aided, skill=skill, days=at))
    state, entries = LearnerState(), []
    for each in answers:
        state, new = update_state(state, each, KNOWING)
        entries.extend(new)
    again = rebuild_state(answers, KNOWING)
    assert (again.masteries, again.memories, again.history) == (state.masteries, state.memories, state.history)
    assert np.array_equal(again.forgetting.mean, state.forgetting.mean)
    assert [entry.answer_id for entry in entries] == [each.id for each in answers]


def test_a_skills_memory_begins_when_it_becomes_known():
    state = LearnerState()
    for n in range(5):
        state, (entry,) = update_state(state, answer(n, right=True), KNOWING)
        assert ("s" in state.memories) == (entry.after >= MASTERY_THRESHOLD)
        if "s" in state.memories:
            return
    pytest.fail("five right answers in a row should show a skill")


def test_placed_skills_fade_over_time():
    state = apply_placement(LearnerState(), {"r": 0.99, "s": 0.4}, NOW)
    kept = state.retained_shares(NOW + timedelta(days=30))
    assert set(kept) == {"r"} and 0 < kept["r"] < 1


def meanings(texts: list[str]) -> np.ndarray:
    """Two axes: how foundational, how special."""
    deep = {"Mean": 1.0, "Weighted mean": 0.6, "DBSCAN": 0.1, **dict.fromkeys(FOUNDATIONS, 1.0)}
    angles = np.array([deep.get(text, 0.0) * np.pi / 2 for text in texts])
    return np.stack([np.sin(angles), np.cos(angles)], axis=1)


def test_more_basic_skills_are_proposed_as_prerequisites_with_reasons():
    names = ["DBSCAN", "Weighted mean", "Mean"]
    course = compare_skill_names(names, meanings(names), meanings(list(PHRASES)))
    weights = PrerequisiteModel("test", (1.0, 0.5), 0.0, threshold=0.6)
    found = {(need.skill, need.prerequisite): need for need in propose_prerequisites(["d", "w", "m"], course, weights)}
    assert ("d", "m") in found and ("m", "d") not in found
    assert found["w", "m"].reason == "“Weighted mean” is a kind of “Mean” by its name"
    assert all(need.source == "test" and need.strength >= 0.6 for need in found.values())


def test_no_prerequisite_is_proposed_below_the_threshold():
    names = ["DBSCAN", "Mean"]
    course = compare_skill_names(names, meanings(names), meanings(list(PHRASES)))
    sure = replace(PrerequisiteModel("test", (1.0, 0.0), 0.0, threshold=0.6), threshold=1.0)
    assert not list(propose_prerequisites(["d", "m"], course, sure))
