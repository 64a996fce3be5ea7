"""Reasons of recommendations have text in every language."""

from __future__ import annotations

import pytest

from tutor.errors import NotFound
from tutor.learner.recommender import Recommendation, RecommendationKind
from tutor.locales import CATALOGS
from tutor.progress.recommendation_text import explain_recommendation

COURSE = {"r": "ratios", "s": "slope"}


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
