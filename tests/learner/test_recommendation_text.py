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
from tutor.learner.bayesian_knowledge_tracing import KNOWN, Knowing
from tutor.learner.evidence import Answered
from tutor.learner.prerequisites import FOUNDATIONS, PHRASES, NeedWeights, domain, proposals
from tutor.learner.recommendation_text import SENTENCES, reason
from tutor.learner.recommender import Kind, Recommendation
from tutor.learner.state import LearnerState, learn, placed, rebuild

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KNOWING = Knowing()
COURSE = {"r": "ratios", "s": "slope"}


def answer(n: int, *, right: bool, aided: bool = False, skill: str = "s", days: float = 0.0) -> Answered:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    return Answered(f"e{n:03d}", "ada", "c", f"i{n}", (skill,), outcome, 0, aided, NOW + timedelta(days=days), "t")


def test_a_repair_says_what_was_missed_and_what_needs_it():
    repair = Recommendation(Kind.REPAIR, "r", "i1", on_behalf_of="s", rights=1, answers=3)
    assert reason(repair, COURSE, "en") == "You had 1 of your last 3 items on “slope” right, which needs “ratios”."


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_sentence_in_every_language(language, kind):
    said = reason(Recommendation(kind, "r", "i", on_behalf_of="s", rights=2, answers=5), COURSE, language)
    assert said and "{" not in said


def test_a_skill_without_a_name_is_not_papered_over():
    with pytest.raises(NotFound, match="'x' has no name"):
        reason(Recommendation(Kind.NEW, "x"), COURSE, "en")


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("rs"), st.booleans(), st.booleans(), st.floats(0, 5)), max_size=15))
def test_the_state_step_by_step_is_the_state_rebuilt(steps):
    at, answers = 0.0, []
    for n, (skill, right, aided, days) in enumerate(steps):
        at += days
        answers.append(answer(n, right=right, aided=aided, skill=skill, days=at))
    state, entries = LearnerState(), []
    for each in answers:
        state, new = learn(state, each, KNOWING)
        entries.extend(new)
    again = rebuild(answers, KNOWING)
    assert (again.masteries, again.memories, again.history) == (state.masteries, state.memories, state.history)
    assert np.array_equal(again.habit.mean, state.habit.mean)
    assert [entry.answer_id for entry in entries] == [each.id for each in answers]


def test_a_skills_memory_begins_when_it_becomes_known():
    state = LearnerState()
    for n in range(5):
        state, (entry,) = learn(state, answer(n, right=True), KNOWING)
        assert ("s" in state.memories) == (entry.after >= KNOWN)
        if "s" in state.memories:
            return
    pytest.fail("five right answers in a row should show a skill")


def test_what_a_placement_is_sure_of_fades_from_then_on():
    state = placed(LearnerState(), {"r": 0.99, "s": 0.4}, NOW)
    kept = state.retained(NOW + timedelta(days=30))
    assert set(kept) == {"r"} and 0 < kept["r"] < 1


def meanings(texts: list[str]) -> np.ndarray:
    """Two axes: how foundational, how special."""
    deep = {"Mean": 1.0, "Weighted mean": 0.6, "DBSCAN": 0.1, **dict.fromkeys(FOUNDATIONS, 1.0)}
    angles = np.array([deep.get(text, 0.0) * np.pi / 2 for text in texts])
    return np.stack([np.sin(angles), np.cos(angles)], axis=1)


def test_what_is_nearer_to_the_foundations_is_proposed_as_a_need_with_its_grounds():
    names = ["DBSCAN", "Weighted mean", "Mean"]
    course = domain(names, meanings(names), meanings(list(PHRASES)))
    weights = NeedWeights("test", (1.0, 0.5), 0.0, least=0.6)
    found = {(need.skill, need.needs): need for need in proposals(["d", "w", "m"], course, weights)}
    assert ("d", "m") in found and ("m", "d") not in found
    assert found["w", "m"].grounds == "“Weighted mean” is a kind of “Mean” by its name"
    assert all(need.source == "test" and need.strength >= 0.6 for need in found.values())


def test_nothing_is_proposed_when_nothing_is_likely_enough():
    names = ["DBSCAN", "Mean"]
    course = domain(names, meanings(names), meanings(list(PHRASES)))
    sure = replace(NeedWeights("test", (1.0, 0.0), 0.0, least=0.6), least=1.0)
    assert not list(proposals(["d", "m"], course, sure))
