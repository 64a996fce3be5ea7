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
from enum import StrEnum

from tutor.learner.bayesian_knowledge_tracing import IN_PLACE, KNOWN, Mastery
from tutor.learner.skill_graph import SkillGraph

FADING = 0.85  # chance of recall below which a known skill is reviewed
SETTLING = 0.985  # share still there below which meeting a known skill again makes it last longer
FAILING = 3  # so many latest answers with at most one right: something below may be missing
SHAKY = 0.9  # a need below this, or hardly ever shown, is worth repairing when what builds on it fails
HARDLY = 2  # unaided answers
BAND = (0.6, 0.85)  # share of right answers in which she is to be held
TARGET = 0.72  # chance of success to aim at, in the middle of the band
LATELY = 8  # latest answers of today that tell whether she is in it
CURIOSITY = 0.1  # how much an item that nobody has tried is preferred
ENOUGH = 40  # answers a day
TIRED = 10  # so many latest answers, at most 40 % right, late in the day: stop
LATE = 20


class Kind(StrEnum):
    """Why something is recommended."""

    CONFIRM = "confirm"
    REVIEW = "review"
    STEADY = "steady"  # known, and met again for the success and because it lasts longer then
    REPAIR = "repair"
    PRACTISE = "practise"
    NEW = "new"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Item:
    """Something to ask; `chance` is what the tracer expects, `tries` how often anyone has answered it."""

    id: str
    skill: str
    chance: float
    tries: int
    recently_seen: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of one learner in one course at one time."""

    graph: SkillGraph
    masteries: Mapping[str, Mastery]
    retained: Mapping[str, float]  # share of a skill once known that is still there; absent: all
    items: Mapping[str, Sequence[Item]]  # by skill
    answers_today: int = 0
    latest_today: tuple[bool, ...] = ()  # unaided, the newest last
    just_now: str | None = None  # the skill of the last answer
    assumed: Mapping[str, float] = field(default_factory=dict)  # from the placement, where nothing was answered since
    likely: Mapping[str, float] = field(default_factory=dict)  # chance of success on a usual item, by skill

    def standing(self, skill: str) -> float:
        """How likely the skill is there now: learnt, and not forgotten."""
        return self._learnt(skill) * self.retained.get(skill, 1.0)

    def once_known(self, skill: str) -> bool:
        """The skill counted as known when it was last answered or placed."""
        return self._learnt(skill) >= KNOWN

    def _learnt(self, skill: str) -> float:
        mastery = self.masteries.get(skill)
        return mastery.known if mastery else self.assumed.get(skill, 0.0)

    def ready(self, skill: str) -> bool:
        """Everything that the skill needs is in place."""
        return all(self.standing(need) >= IN_PLACE for need in self.graph.needs(skill))


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do next, with the evidence that its sentence needs."""

    kind: Kind
    skill: str | None
    item: str | None = None
    on_behalf_of: str | None = None  # the failing skill that needs this one
    rights: int = 0
    answers: int = 0


def recommend(situation: Situation) -> Recommendation:
    """Return the one recommendation."""
    return next(choices(situation))


def choices(situation: Situation) -> Iterator[Recommendation]:
    """Yield all that makes sense now, the best first; to stop for today is always among them."""
    if _enough(situation):
        yield _stop(situation)
    yield from _confirmations(situation)
    yield from _held(situation, (*_reviews(situation), *_repairs(situation), *_begun(situation), *_new(situation)))
    if not _enough(situation):
        yield _stop(situation)


def choose_item(items: Sequence[Item]) -> str | None:
    """Return the item nearest to the success aimed at; little tried ones are preferred, so that their difficulty is
    learnt."""
    fresh = [item for item in items if not item.recently_seen] or list(items)
    best = min(fresh, key=lambda item: (off_target(item), item.id), default=None)
    return best.id if best else None


def off_target(item: Item, target: float = TARGET) -> float:
    """Return how far an item is from what is best asked now, less what its answer would teach about its difficulty."""
    return abs(item.chance - target) - CURIOSITY / math.sqrt(1 + item.tries)


def _enough(situation: Situation) -> bool:
    latest = situation.latest_today[-TIRED:]
    tired = situation.answers_today >= LATE and len(latest) == TIRED and sum(latest) <= 0.4 * TIRED
    return tired or situation.answers_today >= ENOUGH


def _confirmations(situation: Situation) -> Iterator[Recommendation]:
    for skill in situation.graph.skills:
        mastery = situation.masteries.get(skill)
        if mastery and mastery.owes_check and skill != situation.just_now and situation.ready(skill):
            yield _asking(situation, Kind.CONFIRM, skill)


def _held(situation: Situation, usual: Sequence[Recommendation]) -> Sequence[Recommendation]:
    """Put what is likely to succeed first after many failures, and what is not after hardly any."""
    latest, (low, high) = situation.latest_today[-LATELY:], BAND
    share = sum(latest) / LATELY
    if len(latest) < LATELY or low <= share <= high:
        return usual

    def leads_back(choice: Recommendation) -> bool:
        likely = situation.likely.get(choice.skill or "")
        return likely is not None and (likely >= low if share < low else likely <= high)

    ordered = sorted(usual, key=lambda choice: not leads_back(choice))
    first = list(_steadying(situation)) if share < low else []
    steadied = {choice.skill for choice in first}
    return [*first, *(choice for choice in ordered if choice.skill not in steadied)]


def _steadying(situation: Situation) -> Iterator[Recommendation]:
    for skill in _once_known(situation, below=SETTLING):
        kind = Kind.REVIEW if situation.retained[skill] < FADING else Kind.STEADY
        yield _asking(situation, kind, skill)


def _reviews(situation: Situation) -> Iterator[Recommendation]:
    for skill in _once_known(situation, below=FADING):
        yield _asking(situation, Kind.REVIEW, skill)


def _once_known(situation: Situation, below: float) -> Iterator[str]:
    """Yield ready skills that she has known and of which less than that is still there, the most faded first."""
    learnt = [skill for skill, share in situation.retained.items() if situation.once_known(skill) and share < below]
    for skill in sorted(learnt, key=lambda s: (situation.retained[s], s)):
        if situation.ready(skill):
            yield skill


def _repairs(situation: Situation) -> Iterator[Recommendation]:
    for skill, mastery in situation.masteries.items():
        latest = mastery.latest[-FAILING:]
        if mastery.known >= KNOWN or len(latest) < FAILING or sum(latest) > 1:
            continue
        shaky = [need for need in situation.graph.needs(skill) if _shaky(situation, need)]
        for need in sorted(shaky, key=lambda n: (situation.standing(n), n)):
            if situation.ready(need):
                yield _asking(situation, Kind.REPAIR, need, on_behalf_of=skill)


def _shaky(situation: Situation, need: str) -> bool:
    mastery = situation.masteries.get(need)
    return situation.standing(need) < SHAKY or mastery is None or mastery.unaided < HARDLY


def _begun(situation: Situation) -> Iterator[Recommendation]:
    open_ = [s for s, m in situation.masteries.items() if m.unaided + m.aided and m.known < KNOWN]
    for skill in sorted(open_, key=lambda s: (-situation.standing(s), s)):
        if situation.ready(skill):
            yield _asking(situation, Kind.PRACTISE, skill)


def _new(situation: Situation) -> Iterator[Recommendation]:
    """Ready skills that were not met yet; what the placement is sure of is skipped."""
    unmet = [s for s in situation.graph.skills if s not in situation.masteries and not situation.once_known(s)]
    ready = [skill for skill in unmet if situation.ready(skill)]
    for skill in sorted(ready, key=lambda s: -situation.standing(s)):
        yield _asking(situation, Kind.NEW, skill)


def _asking(situation: Situation, kind: Kind, skill: str, on_behalf_of: str | None = None) -> Recommendation:
    evidence = situation.masteries.get(on_behalf_of or skill)
    latest = evidence.latest if evidence else ()
    item = choose_item(situation.items.get(skill, ()))
    return Recommendation(kind, skill, item, on_behalf_of, rights=sum(latest), answers=len(latest))


def _stop(situation: Situation) -> Recommendation:
    latest = situation.latest_today
    return Recommendation(Kind.STOP, None, rights=sum(latest), answers=len(latest))
