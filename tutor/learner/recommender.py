"""Recommends what to do next, with the reason; computed from the learner's state, never by a language model.

In this order: confirm what was right only with help, review what is fading, repair a missing prerequisite of a failing
skill, continue what was started, start what is ready, stop for today. When the latest answers leave the success band,
what leads back into it comes first, above all known skills not practised today: they are likely to succeed and are
remembered longer for it. All choices are ranked, since the learner may choose another one. The reason is data;
`tutor.progress.recommendation_text` puts it in words.
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

REVIEW_THRESHOLD = 0.85  # retained share below which a known skill is reviewed
STEADY_THRESHOLD = 0.985  # retained share below which practising a known skill still strengthens it
FAILING_WINDOW = 3  # latest answers; with at most one right a prerequisite may be missing
REPAIR_THRESHOLD = 0.9  # a prerequisite below this is repaired when what builds on it fails
MIN_UNAIDED_ANSWERS = 2  # a prerequisite with fewer is repaired as well
SUCCESS_BAND = (0.6, 0.85)  # intended share of right answers
TARGET_SUCCESS = 0.72  # intended probability of a right answer, in the middle of the band
BAND_WINDOW = 8  # latest answers of today that decide whether the learner is in the band
EXPLORATION_BONUS = 0.1  # for an item that nobody has tried
MAX_ANSWERS_PER_DAY = 40
FATIGUE_WINDOW = 10  # latest answers; with at most 40% right the learner is tired
FATIGUE_MIN_ANSWERS = 20  # answers of today before fatigue is considered


class RecommendationKind(StrEnum):
    """Why something is recommended."""

    CONFIRM = "confirm"
    REVIEW = "review"
    STEADY = "steady"  # a known skill, for a success and to strengthen it
    REPAIR = "repair"
    PRACTISE = "practise"
    NEW = "new"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class CandidateItem:
    """An item that may be asked; `success_chance` is predicted, `tries` is how often anyone has answered it."""

    id: str
    skill: str
    success_chance: float
    tries: int
    recently_seen: bool = False


@dataclass(frozen=True, slots=True)
class RecommenderContext:
    """What is known about one learner in one course at one time."""

    graph: SkillGraph
    masteries: Mapping[str, Mastery]
    retained: Mapping[str, float]  # share of a once known skill that is remembered; absent: all of it
    items: Mapping[str, Sequence[CandidateItem]] = field(default_factory=dict)  # by skill
    answers_today: int = 0
    latest_today: tuple[bool, ...] = ()  # unaided, the newest last
    last_skill: str | None = None  # the skill of the last answer
    placement_estimates: Mapping[str, float] = field(default_factory=dict)  # used where nothing was answered since
    success_chances: Mapping[str, float] = field(default_factory=dict)  # on a usual item, by skill

    def known_now(self, skill: str) -> float:
        """Return the probability that the skill is known now: learnt and not forgotten."""
        return self._last_known(skill) * self.retained.get(skill, 1.0)

    def was_known(self, skill: str) -> bool:
        """Return whether the skill counted as known at its last answer or placement."""
        return self._last_known(skill) >= MASTERY_THRESHOLD

    def _last_known(self, skill: str) -> float:
        mastery = self.masteries.get(skill)
        return mastery.probability if mastery else self.placement_estimates.get(skill, 0.0)

    def is_ready(self, skill: str) -> bool:
        """Return whether every prerequisite of the skill is known well enough."""
        return all(self.known_now(need) >= PREREQUISITE_THRESHOLD for need in self.graph.direct_prerequisites(skill))


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do next, with the numbers for its reason."""

    kind: RecommendationKind
    skill: str | None
    item: str | None = None
    failing_skill: str | None = None  # that builds on this one
    rights: int = 0
    answers: int = 0


def recommender_context(
    record: LearnerRecord, course: SkillGraph, at: datetime, success_chances: Mapping[str, float]
) -> RecommenderContext:
    """Return what recommendations are computed from, without skills that the course no longer has."""
    state, (day, latest) = record.state, record.activity.last_day_outcomes
    own = {skill: mastery for skill, mastery in state.masteries.items() if skill in course.skills}
    return RecommenderContext(
        graph=course,
        masteries=own,
        retained={skill: share for skill, share in state.retained_shares(at).items() if skill in course.skills},
        answers_today=record.activity.days[day].answers if day == at.date() else 0,
        latest_today=latest if day == at.date() else (),
        last_skill=record.activity.last_skill if day == at.date() else None,
        placement_estimates=state.placement_estimates,
        success_chances=success_chances,
    )


def rank_recommendations(context: RecommenderContext) -> Iterator[Recommendation]:
    """Yield all sensible recommendations, the best first; stopping for today is always among them."""
    if _should_stop(context):
        yield _recommend_stop(context)
    yield from _confirmations(context)
    yield from _steer_into_band(
        context, (*_reviews(context), *_repairs(context), *_continuations(context), *_new_skills(context))
    )
    if not _should_stop(context):
        yield _recommend_stop(context)


def choose_item(items: Sequence[CandidateItem]) -> str | None:
    """Return the item nearest to the target success; items with few tries are preferred, to learn how hard they are."""
    fresh = [item for item in items if not item.recently_seen] or list(items)
    best = min(fresh, key=lambda item: (item_cost(item), item.id), default=None)
    return best.id if best else None


def item_cost(item: CandidateItem, target: float = TARGET_SUCCESS) -> float:
    """Return how far an item is from the target success, less the bonus for learning how hard it is."""
    return abs(item.success_chance - target) - EXPLORATION_BONUS / math.sqrt(1 + item.tries)


def _should_stop(context: RecommenderContext) -> bool:
    latest = context.latest_today[-FATIGUE_WINDOW:]
    tired = (
        context.answers_today >= FATIGUE_MIN_ANSWERS
        and len(latest) == FATIGUE_WINDOW
        and sum(latest) <= 0.4 * FATIGUE_WINDOW
    )
    return tired or context.answers_today >= MAX_ANSWERS_PER_DAY


def _confirmations(context: RecommenderContext) -> Iterator[Recommendation]:
    for skill in context.graph.skills:
        mastery = context.masteries.get(skill)
        if mastery and mastery.needs_unaided_check and skill != context.last_skill and context.is_ready(skill):
            yield _recommend_skill(context, RecommendationKind.CONFIRM, skill)


def _steer_into_band(context: RecommenderContext, usual: Sequence[Recommendation]) -> Sequence[Recommendation]:
    """Put likely successes first after many failures, and harder skills first after hardly any."""
    latest, (low, high) = context.latest_today[-BAND_WINDOW:], SUCCESS_BAND
    share = sum(latest) / BAND_WINDOW
    if len(latest) < BAND_WINDOW or low <= share <= high:
        return usual

    def leads_back(choice: Recommendation) -> bool:
        likely = context.success_chances.get(choice.skill or "")
        return likely is not None and (likely >= low if share < low else likely <= high)

    ordered = sorted(usual, key=lambda choice: not leads_back(choice))
    first = list(_steady_reviews(context)) if share < low else []
    steadied = {choice.skill for choice in first}
    return [*first, *(choice for choice in ordered if choice.skill not in steadied)]


def _steady_reviews(context: RecommenderContext) -> Iterator[Recommendation]:
    for skill in _known_skills_below(context, below=STEADY_THRESHOLD):
        kind = RecommendationKind.REVIEW if context.retained[skill] < REVIEW_THRESHOLD else RecommendationKind.STEADY
        yield _recommend_skill(context, kind, skill)


def _reviews(context: RecommenderContext) -> Iterator[Recommendation]:
    for skill in _known_skills_below(context, below=REVIEW_THRESHOLD):
        yield _recommend_skill(context, RecommendationKind.REVIEW, skill)


def _known_skills_below(context: RecommenderContext, below: float) -> Iterator[str]:
    """Yield ready, once known skills with a retained share below the limit, the most faded first."""
    learnt = [skill for skill, share in context.retained.items() if context.was_known(skill) and share < below]
    for skill in sorted(learnt, key=lambda s: (context.retained[s], s)):
        if context.is_ready(skill):
            yield skill


def _repairs(context: RecommenderContext) -> Iterator[Recommendation]:
    for skill, mastery in context.masteries.items():
        latest = mastery.latest[-FAILING_WINDOW:]
        if mastery.probability >= MASTERY_THRESHOLD or len(latest) < FAILING_WINDOW or sum(latest) > 1:
            continue
        shaky = [need for need in context.graph.direct_prerequisites(skill) if _is_shaky(context, need)]
        for need in sorted(shaky, key=lambda n: (context.known_now(n), n)):
            if context.is_ready(need):
                yield _recommend_skill(context, RecommendationKind.REPAIR, need, on_behalf_of=skill)


def _is_shaky(context: RecommenderContext, need: str) -> bool:
    mastery = context.masteries.get(need)
    return context.known_now(need) < REPAIR_THRESHOLD or mastery is None or mastery.unaided < MIN_UNAIDED_ANSWERS


def _continuations(context: RecommenderContext) -> Iterator[Recommendation]:
    open_ = [s for s, m in context.masteries.items() if m.unaided + m.aided and m.probability < MASTERY_THRESHOLD]
    for skill in sorted(open_, key=lambda s: (-context.known_now(s), s)):
        if context.is_ready(skill):
            yield _recommend_skill(context, RecommendationKind.PRACTISE, skill)


def _new_skills(context: RecommenderContext) -> Iterator[Recommendation]:
    """Yield ready skills that were not started; those the placement is sure of are skipped."""
    unmet = [s for s in context.graph.skills if s not in context.masteries and not context.was_known(s)]
    ready = [skill for skill in unmet if context.is_ready(skill)]
    for skill in sorted(ready, key=lambda s: -context.known_now(s)):
        yield _recommend_skill(context, RecommendationKind.NEW, skill)


def _recommend_skill(
    context: RecommenderContext, kind: RecommendationKind, skill: str, on_behalf_of: str | None = None
) -> Recommendation:
    evidence = context.masteries.get(on_behalf_of or skill)
    latest = evidence.latest if evidence else ()
    item = choose_item(context.items.get(skill, ()))
    return Recommendation(kind, skill, item, on_behalf_of, rights=sum(latest), answers=len(latest))


def _recommend_stop(context: RecommenderContext) -> Recommendation:
    latest = context.latest_today
    return Recommendation(RecommendationKind.STOP, None, rights=sum(latest), answers=len(latest))
