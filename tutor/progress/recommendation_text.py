"""The reason of a recommendation in one sentence, with the recommendation's own numbers."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.errors import NotFound
from tutor.learner.recommender import Recommendation
from tutor.locales import t


def explain_recommendation(recommendation: Recommendation, names: Mapping[str, str], language: str) -> str:
    """Return the sentence; `names` are the course's skills by id. Raises NotFound for a skill without a name."""
    return _say("recommend", recommendation, names, language)


def short_reason(recommendation: Recommendation, names: Mapping[str, str], language: str) -> str:
    """Return the reason in a few words, for a list that names the skill already."""
    return _say("why_next", recommendation, names, language)


def _say(form: str, recommendation: Recommendation, names: Mapping[str, str], language: str) -> str:
    return t(
        language,
        f"{form}_{recommendation.kind.value}",
        skill=_skill_name(recommendation.skill, names),
        failing=_skill_name(recommendation.failing_skill, names),
        rights=recommendation.rights,
        answers=recommendation.answers,
    )


def _skill_name(skill: str | None, names: Mapping[str, str]) -> str:
    if skill is None:
        return ""
    if skill not in names:
        raise NotFound(f"the skill {skill!r} has no name; give the names of the whole course")
    return names[skill]
