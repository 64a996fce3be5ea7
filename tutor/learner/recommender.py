"""What next, and why: one recommendation at a time, computed from what is known and never by a model.

In this order: confirm what was right only with help, review what is fading, repair what a failing skill needs, go on
with what was begun, begin what is ready, stop for today. When her latest answers leave the band of success, what leads
back into it comes first: above all what she knows and has not met today, which is likely to succeed and lasts longer
for it. The other choices are kept, for the learner may choose otherwise. The reason is a value;
`recommendation_text.py` says it
in a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tutor.learner.bayesian_knowledge_tracing import MASTERY_THRESHOLD, PREREQUISITE_THRESHOLD, Mastery
from tutor.learner.record import LearnerRecord
from tutor.learner.skill_graph import SkillGraph

REVIEW_THRESHOLD = 0.85  # chance of recall below which a known skill is reviewed
STEADY_THRESHOLD = 0.985  # share still there below which meeting a known skill again makes it last longer
FAILING_WINDOW = 3  # so many latest answers with at most one right: something below may be missing
REPAIR_THRESHOLD = 0.9  # a need below this, or hardly ever shown, is worth repairing when what builds on it fails
MIN_UNAIDED_ANSWERS = 2  # unaided answers
SUCCESS_BAND = (0.6, 0.85)  # share of right answers in which she is to be held
TARGET_SUCCESS = 0.72  # chance of success to aim at, in the middle of the band
BAND_WINDOW = 8  # latest answers of today that tell whether she is in it
EXPLORATION_BONUS = 0.1  # how much an item that nobody has tried is preferred
MAX_ANSWERS_PER_DAY = 40  # answers a day
FATIGUE_WINDOW = 10  # so many latest answers, at most 40 % right, late in the day: stop
FATIGUE_MIN_ANSWERS = 20


class RecommendationKind(StrEnum):
    """Why something is recommended."""

    CONFIRM = "confirm"
    REVIEW = "review"
    STEADY = "steady"  # known, and met again for the success and because it lasts longer then
    REPAIR = "repair"
    PRACTISE = "practise"
    NEW = "new"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class CandidateItem:
    """Something to ask; `chance` is what the tracer expects, `tries` how often anyone has answered it."""

    id: str
    skill: str
    success_chance: float
    tries: int
    recently_seen: bool = False


@dataclass(frozen=True, slots=True)
class RecommenderContext:
    """What is known of one learner in one course at one time."""

    graph: SkillGraph
    masteries: Mapping[str, Mastery]
    retained: Mapping[str, float]  # share of a skill once known that is still there; absent: all
    items: Mapping[str, Sequence[CandidateItem]] = field(default_factory=dict)  # by skill
    answers_today: int = 0
    latest_today: tuple[bool, ...] = ()  # unaided, the newest last
    last_skill: str | None = None  # the skill of the last answer
    placement_estimates: Mapping[str, float] = field(
        default_factory=dict
    )  # from the placement, where nothing was answered since
    success_chances: Mapping[str, float] = field(default_factory=dict)  # chance of success on a usual item, by skill

    def known_now(self, skill: str) -> float:
        """How likely the skill is there now: learnt, and not forgotten."""
        return self._last_known(skill) * self.retained.get(skill, 1.0)

    def was_known(self, skill: str) -> bool:
        """The skill counted as known when it was last answered or placed."""
        return self._last_known(skill) >= MASTERY_THRESHOLD

    def _last_known(self, skill: str) -> float:
        mastery = self.masteries.get(skill)
        return mastery.probability if mastery else self.placement_estimates.get(skill, 0.0)

    def is_ready(self, skill: str) -> bool:
        """Everything that the skill needs is in place."""
        return all(self.known_now(need) >= PREREQUISITE_THRESHOLD for need in self.graph.direct_prerequisites(skill))


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do next, with the evidence that its sentence needs."""

    kind: RecommendationKind
    skill: str | None
    item: str | None = None
    failing_skill: str | None = None  # the failing skill that needs this one
    rights: int = 0
    answers: int = 0


def recommender_context(
    record: LearnerRecord, course: SkillGraph, at: datetime, success_chances: Mapping[str, float]
) -> RecommenderContext:
    """Return what the path decides upon; skills that the course has dropped are left out."""
    state, (day, latest) = record.state, record.activity.last_day_outcomes
    mine = {skill: mastery for skill, mastery in state.masteries.items() if skill in course.skills}
    return RecommenderContext(
        graph=course,
        masteries=mine,
        retained={skill: share for skill, share in state.retained_shares(at).items() if skill in course.skills},
        answers_today=record.activity.days[day].answers if day == at.date() else 0,
        latest_today=latest if day == at.date() else (),
        last_skill=record.activity.last_skill if day == at.date() else None,
        placement_estimates=state.placement_estimates,
        success_chances=success_chances,
    )


def rank_recommendations(context: RecommenderContext) -> Iterator[Recommendation]:
    """Yield all that makes sense now, the best first; to stop for today is always among them."""
    if _should_stop(context):
        yield _recommend_stop(context)
    yield from _confirmations(context)
    yield from _steer_into_band(
        context, (*_reviews(context), *_repairs(context), *_continuations(context), *_new_skills(context))
    )
    if not _should_stop(context):
        yield _recommend_stop(context)


def choose_item(items: Sequence[CandidateItem]) -> str | None:
    """Return the item nearest to the success aimed at; little tried ones are preferred, so that their difficulty is
    learnt."""
    fresh = [item for item in items if not item.recently_seen] or list(items)
    best = min(fresh, key=lambda item: (item_cost(item), item.id), default=None)
    return best.id if best else None


def item_cost(item: CandidateItem, target: float = TARGET_SUCCESS) -> float:
    """Return how far an item is from what is best asked now, less what its answer would teach about its difficulty."""
    return abs(item.success_chance - target) - EXPLORATION_BONUS / math.sqrt(1 + item.tries)


def _should_stop(situation: RecommenderContext) -> bool:
    latest = situation.latest_today[-FATIGUE_WINDOW:]
    tired = (
        situation.answers_today >= FATIGUE_MIN_ANSWERS
        and len(latest) == FATIGUE_WINDOW
        and sum(latest) <= 0.4 * FATIGUE_WINDOW
    )
    return tired or situation.answers_today >= MAX_ANSWERS_PER_DAY


def _confirmations(situation: RecommenderContext) -> Iterator[Recommendation]:
    for skill in situation.graph.skills:
        mastery = situation.masteries.get(skill)
        if mastery and mastery.needs_unaided_check and skill != situation.last_skill and situation.is_ready(skill):
            yield _recommend_skill(situation, RecommendationKind.CONFIRM, skill)


def _steer_into_band(situation: RecommenderContext, usual: Sequence[Recommendation]) -> Sequence[Recommendation]:
    """Put what is likely to succeed first after many failures, and what is not after hardly any."""
    latest, (low, high) = situation.latest_today[-BAND_WINDOW:], SUCCESS_BAND
    share = sum(latest) / BAND_WINDOW
    if len(latest) < BAND_WINDOW or low <= share <= high:
        return usual

    def leads_back(choice: Recommendation) -> bool:
        likely = situation.success_chances.get(choice.skill or "")
        return likely is not None and (likely >= low if share < low else likely <= high)

    ordered = sorted(usual, key=lambda choice: not leads_back(choice))
    first = list(_steady_reviews(situation)) if share < low else []
    steadied = {choice.skill for choice in first}
    return [*first, *(choice for choice in ordered if choice.skill not in steadied)]


def _steady_reviews(situation: RecommenderContext) -> Iterator[Recommendation]:
    for skill in _known_skills_below(situation, below=STEADY_THRESHOLD):
        kind = RecommendationKind.REVIEW if situation.retained[skill] < REVIEW_THRESHOLD else RecommendationKind.STEADY
        yield _recommend_skill(situation, kind, skill)


def _reviews(situation: RecommenderContext) -> Iterator[Recommendation]:
    for skill in _known_skills_below(situation, below=REVIEW_THRESHOLD):
        yield _recommend_skill(situation, RecommendationKind.REVIEW, skill)


def _known_skills_below(situation: RecommenderContext, below: float) -> Iterator[str]:
    """Yield ready skills that she has known and of which less than that is still there, the most faded first."""
    learnt = [skill for skill, share in situation.retained.items() if situation.was_known(skill) and share < below]
    for skill in sorted(learnt, key=lambda s: (situation.retained[s], s)):
        if situation.is_ready(skill):
            yield skill


def _repairs(situation: RecommenderContext) -> Iterator[Recommendation]:
    for skill, mastery in situation.masteries.items():
        latest = mastery.latest[-FAILING_WINDOW:]
        if mastery.probability >= MASTERY_THRESHOLD or len(latest) < FAILING_WINDOW or sum(latest) > 1:
            continue
        shaky = [need for need in situation.graph.direct_prerequisites(skill) if _is_shaky(situation, need)]
        for need in sorted(shaky, key=lambda n: (situation.known_now(n), n)):
            if situation.is_ready(need):
                yield _recommend_skill(situation, RecommendationKind.REPAIR, need, on_behalf_of=skill)


def _is_shaky(situation: RecommenderContext, need: str) -> bool:
    mastery = situation.masteries.get(need)
    return situation.known_now(need) < REPAIR_THRESHOLD or mastery is None or mastery.unaided < MIN_UNAIDED_ANSWERS


def _continuations(situation: RecommenderContext) -> Iterator[Recommendation]:
    open_ = [s for s, m in situation.masteries.items() if m.unaided + m.aided and m.probability < MASTERY_THRESHOLD]
    for skill in sorted(open_, key=lambda s: (-situation.known_now(s), s)):
        if situation.is_ready(skill):
            yield _recommend_skill(situation, RecommendationKind.PRACTISE, skill)


def _new_skills(situation: RecommenderContext) -> Iterator[Recommendation]:
    """Ready skills that were not met yet; what the placement is sure of is skipped."""
    unmet = [s for s in situation.graph.skills if s not in situation.masteries and not situation.was_known(s)]
    ready = [skill for skill in unmet if situation.is_ready(skill)]
    for skill in sorted(ready, key=lambda s: -situation.known_now(s)):
        yield _recommend_skill(situation, RecommendationKind.NEW, skill)


def _recommend_skill(
    situation: RecommenderContext, kind: RecommendationKind, skill: str, on_behalf_of: str | None = None
) -> Recommendation:
    evidence = situation.masteries.get(on_behalf_of or skill)
    latest = evidence.latest if evidence else ()
    item = choose_item(situation.items.get(skill, ()))
    return Recommendation(kind, skill, item, on_behalf_of, rights=sum(latest), answers=len(latest))


def _recommend_stop(situation: RecommenderContext) -> Recommendation:
    latest = situation.latest_today
    return Recommendation(RecommendationKind.STOP, None, rights=sum(latest), answers=len(latest))
