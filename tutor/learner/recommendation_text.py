"""Wording: the reason of a recommendation in one sentence, in English and Chinese.

The numbers are those of the recommendation; nothing is added to them. Names of skills are the caller's, by id.
"""

from __future__ import annotations

from collections.abc import Mapping

from tutor.errors import NotFound
from tutor.learner.recommender import Kind, Recommendation

SENTENCES: Mapping[str, Mapping[Kind, str]] = {
    "en": {
        Kind.CONFIRM: "You did “{skill}” with help; one item on your own shows whether it has settled.",
        Kind.REVIEW: "You knew “{skill}”, and it is time to see whether it is still there.",
        Kind.STEADY: "Much was hard just now; “{skill}” you know, and meeting it again makes it last. Then go on.",
        Kind.REPAIR: "You had {rights} of your last {answers} items on “{after}” right, which needs “{skill}”.",
        Kind.PRACTISE: "You have begun “{skill}”, with {rights} of your last {answers} items right; go on.",
        Kind.NEW: "“{skill}” is new, and nothing that it needs is missing.",
        Kind.STOP: "That is enough for today; what you have done keeps better after a pause.",
    },
    "zh": {
        Kind.CONFIRM: "您在提示下完成了“{skill}”；请独立做一题，看看是否真正掌握。",
        Kind.REVIEW: "您曾掌握“{skill}”，现在该看看是否还记得。",
        Kind.STEADY: "刚才的题不容易；“{skill}”是您已掌握的，再做一题会记得更久，然后再继续。",
        Kind.REPAIR: "“{after}”最近{answers}题中您答对了{rights}题，而它需要“{skill}”。",
        Kind.PRACTISE: "您已开始学习“{skill}”，最近{answers}题答对{rights}题；再做几题就会清楚。",
        Kind.NEW: "“{skill}”是新内容，所需的前置内容都已具备，可以开始了。",
        Kind.STOP: "今天就到这里；休息之后会记得更牢。",
    },
}


def reason(recommendation: Recommendation, names: Mapping[str, str], language: str) -> str:
    """Return the sentence; raises NotFound for a language or a skill without words."""
    if language not in SENTENCES:
        raise NotFound(f"no sentences in {language!r}; there are {', '.join(SENTENCES)}")
    return SENTENCES[language][recommendation.kind].format(
        skill=_name(recommendation.skill, names),
        after=_name(recommendation.on_behalf_of, names),
        rights=recommendation.rights,
        answers=recommendation.answers,
    )


def _name(skill: str | None, names: Mapping[str, str]) -> str:
    if skill is None:
        return ""
    if skill not in names:
        raise NotFound(f"the skill {skill!r} has no name; give the names of the whole course")
    return names[skill]
