"""Wording: the reason of a recommendation in one sentence, in English and Chinese.

The numbers are those of the recommendation; nothing is added to them. Names of skills are the caller's, by id.
"""

from __future__ import annotations

from collections.abc import Mapping

from tutor.errors import NotFound
from tutor.learner.recommender import Recommendation, RecommendationKind

REASON_TEMPLATES: Mapping[str, Mapping[RecommendationKind, str]] = {
    "en": {
        RecommendationKind.CONFIRM: "You did “{skill}” with help; one item on your own shows whether it has settled.",
        RecommendationKind.REVIEW: "You knew “{skill}”, and it is time to see whether it is still there.",
        RecommendationKind.STEADY: "That was hard. You know “{skill}”: repeat it once, then go on.",
        RecommendationKind.REPAIR: "You got {rights} of your last {answers} on “{after}”, which builds on “{skill}”.",
        RecommendationKind.PRACTISE: "You have started “{skill}”: {rights} of your last {answers} right. Keep going.",
        RecommendationKind.NEW: "“{skill}” is new, and nothing that it needs is missing.",
        RecommendationKind.STOP: "That is enough for today; what you have done keeps better after a pause.",
    },
    "zh": {
        RecommendationKind.CONFIRM: "您在提示下完成了“{skill}”；请独立做一题，看看是否真正掌握。",
        RecommendationKind.REVIEW: "您曾掌握“{skill}”，现在该看看是否还记得。",
        RecommendationKind.STEADY: "刚才的题不容易；“{skill}”是您已掌握的，再做一题会记得更久，然后再继续。",
        RecommendationKind.REPAIR: "“{after}”最近{answers}题中您答对了{rights}题，而它需要“{skill}”。",
        RecommendationKind.PRACTISE: "您已开始学习“{skill}”，最近{answers}题答对{rights}题；再做几题就会清楚。",
        RecommendationKind.NEW: "“{skill}”是新内容，所需的前置内容都已具备，可以开始了。",
        RecommendationKind.STOP: "今天就到这里；休息之后会记得更牢。",
    },
}


def explain_recommendation(recommendation: Recommendation, names: Mapping[str, str], language: str) -> str:
    """Return the sentence; raises NotFound for a language or a skill without words."""
    if language not in REASON_TEMPLATES:
        raise NotFound(f"no sentences in {language!r}; there are {', '.join(REASON_TEMPLATES)}")
    return REASON_TEMPLATES[language][recommendation.kind].format(
        skill=_skill_name(recommendation.skill, names),
        after=_skill_name(recommendation.failing_skill, names),
        rights=recommendation.rights,
        answers=recommendation.answers,
    )


def _skill_name(skill: str | None, names: Mapping[str, str]) -> str:
    if skill is None:
        return ""
    if skill not in names:
        raise NotFound(f"the skill {skill!r} has no name; give the names of the whole course")
    return names[skill]
