"""Reasons of recommendations have text in every language; the memory of a skill begins when it is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tutor.domain import Outcome
from tutor.errors import NotFound
from tutor.learner.bayesian_knowledge_tracing import MASTERY_THRESHOLD, BktParams
from tutor.learner.evidence import AnswerEvent
from tutor.learner.recommender import Recommendation, RecommendationKind
from tutor.learner.state import LearnerState, apply_placement, update_state
from tutor.locales import CATALOGS
from tutor.progress.recommendation_text import explain_recommendation

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
        == "You got 1 of your last 3 right on “slope”, which builds on “ratios”."
    )


@pytest.mark.parametrize("language", CATALOGS)
@pytest.mark.parametrize("kind", RecommendationKind)
def test_every_recommendation_kind_has_text_in_every_language(language, kind):
    reason = explain_recommendation(
        Recommendation(kind, "r", "i", failing_skill="s", rights=2, answers=5), COURSE, language
    )
    assert reason and "{" not in reason
    assert f"recommend_{kind.value}" in CATALOGS[language]


def test_a_skill_without_a_name_is_an_error():
    with pytest.raises(NotFound, match="'x' has no name"):
        explain_recommendation(Recommendation(RecommendationKind.NEW, "x"), COURSE, "en")


def test_a_skills_memory_begins_when_it_becomes_known():
    state = LearnerState()
    for n in range(5):
        state = update_state(state, answer(n, right=True), KNOWING)
        assert ("s" in state.memories) == (state.masteries["s"].probability >= MASTERY_THRESHOLD)
        if "s" in state.memories:
            return
    pytest.fail("five right answers in a row should show a skill")


def test_placed_skills_fade_over_time():
    state = apply_placement(LearnerState(), {"r": 0.99, "s": 0.4}, NOW)
    retained = state.retained_shares(NOW + timedelta(days=30))
    assert set(retained) == {"r"} and 0 < retained["r"] < 1
