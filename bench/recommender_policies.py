"""The policies that `bench.recommender` compares, and the answers and times of its simulated learners."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from statistics import mean
from typing import Protocol

from bench.learner_simulation import ANSWERS_PER_DAY, SimulatedCourse
from bench.tracing_baselines import BKT, CourseCounts
from tutor.domain import Outcome
from tutor.learner.evidence import AnswerEvent
from tutor.learner.knowledge_tracing import predict_success
from tutor.learner.recommender import (
    TARGET_SUCCESS,
    CandidateItem,
    RecommendationKind,
    RecommenderContext,
    rank_recommendations,
)
from tutor.learner.state import LearnerState, update_state

START_TIME = datetime(2026, 1, 5, 16, tzinfo=UTC)
ItemRef = tuple[str, int]  # skill, number of the item


class Policy(Protocol):
    """Chooses an item and sees its outcome; knows the course's graph but nothing that is hidden."""

    def choose_item(self, number: int) -> ItemRef: ...

    def observe(self, asked: ItemRef, number: int, *, right: bool) -> None: ...


@dataclass(slots=True)
class FixedOrderPolicy:
    """Skill by skill in course order, left after three right answers in a row or twelve items, in rounds."""

    course: SimulatedCourse
    items: int
    rng: random.Random
    position: int = 0
    streak: int = 0
    attempts: int = 0

    def choose_item(self, number: int) -> ItemRef:
        skills = self.course.graph.skills
        return skills[self.position % len(skills)], self.rng.randrange(self.items)

    def observe(self, asked: ItemRef, number: int, *, right: bool) -> None:
        self.streak, self.attempts = (self.streak + 1 if right else 0), self.attempts + 1
        if self.streak >= 3 or self.attempts >= 12:
            self.position, self.streak, self.attempts = self.position + 1, 0, 0


@dataclass(slots=True)
class RandomPolicy:
    """Any item of any skill."""

    course: SimulatedCourse
    items: int
    rng: random.Random

    def choose_item(self, number: int) -> ItemRef:
        return self.rng.choice(self.course.graph.skills), self.rng.randrange(self.items)

    def observe(self, asked: ItemRef, number: int, *, right: bool) -> None:
        return None


@dataclass(slots=True)
class EloPolicy:
    """The item whose chance of success is nearest to the target, from ratings alone."""

    course: SimulatedCourse
    items: int
    rng: random.Random
    ratings: dict[str, float] = field(default_factory=dict)

    def choose_item(self, number: int) -> ItemRef:
        def off_target(skill: str) -> float:
            return abs(self._chance(skill) - TARGET_SUCCESS) + 0.02 * self.rng.random()

        return min(self.course.graph.skills, key=off_target), self.rng.randrange(self.items)

    def observe(self, asked: ItemRef, number: int, *, right: bool) -> None:
        skill = asked[0]
        self.ratings[skill] = self.ratings.get(skill, 0.0) + 0.4 * (right - self._chance(skill))

    def _chance(self, skill: str) -> float:
        return 1 / (1 + math.exp(-self.ratings.get(skill, 0.0)))


@dataclass(slots=True)
class ProductPolicy:
    """The product's recommender after its placement."""

    course: SimulatedCourse
    items: int
    counts: CourseCounts  # of the learners before; they do not change, so that the state can be rebuilt
    state: LearnerState
    recent_outcomes: list[bool] = field(default_factory=list)
    answer_log: list[AnswerEvent] = field(default_factory=list)

    def choose_item(self, number: int) -> ItemRef:
        situation = self.situation(number)
        best = next(
            (choice for choice in rank_recommendations(situation) if choice.kind is not RecommendationKind.STOP), None
        )
        if best is not None and best.skill is not None and best.item is not None:
            return best.skill, int(best.item)
        ready = [skill for skill in situation.graph.topological_order() if situation.is_ready(skill)]
        return min(ready, key=situation.known_now), number % self.items  # all seems known, but is not

    def observe(self, asked: ItemRef, number: int, *, right: bool) -> None:
        answer = make_answer(asked, time_of(number), self.counts, right=right)
        self.state = update_state(self.state, answer, BKT)
        self.answer_log.append(answer)
        self.recent_outcomes.append(right)

    def situation(self, number: int) -> RecommenderContext:
        state, today = self.state, number % ANSWERS_PER_DAY
        bare = RecommenderContext(
            graph=self.course.graph,
            masteries=state.masteries,
            retained=state.retained_shares(time_of(number)),
            items={},
            answers_today=today,
            latest_today=tuple(self.recent_outcomes[-today:] if today else ()),
            placement_estimates=state.placement_estimates,
        )
        items = {skill: self._items(skill, bare) for skill in self.course.graph.skills}
        likely = {skill: mean(item.success_chance for item in each) for skill, each in items.items()}
        return replace(bare, items=items, success_chances=likely)

    def _items(self, skill: str, bare: RecommenderContext) -> list[CandidateItem]:
        """Return the items of a skill with the tracer's expectation for each."""
        retained_share, history = bare.retained.get(skill, 1.0), self.state.history
        found = [self.counts.item_rates(_item_id((skill, n)), skill) for n in range(self.items)]
        placed = bare.placement_estimates.get(skill) if skill not in bare.masteries else None
        return [
            CandidateItem(
                str(n), skill, predict_success(history, skill, each, retained_share, placed).probability, each.tries
            )
            for n, each in enumerate(found)
        ]


def time_of(number: int) -> datetime:
    return START_TIME + timedelta(days=number // ANSWERS_PER_DAY, minutes=2 * (number % ANSWERS_PER_DAY))


def make_answer(asked: ItemRef, at: datetime, counts: CourseCounts, *, right: bool) -> AnswerEvent:
    """Return the answer as the evidence log records it, with the outcome expected from the course's answers so far."""
    name, found = _item_id(asked), counts.item_rates(_item_id(asked), asked[0])
    return AnswerEvent(
        id=f"{name}@{at:%j%H%M}",
        learner_id="simulated",
        course_id="simulated",
        item_id=name,
        skills=(asked[0],),
        outcome=Outcome.RIGHT if right else Outcome.WRONG,
        hints=0,
        aided=False,
        at=at,
        judge="simulation",
        expected=found.expected,
        usual=found.usual,
    )


def _item_id(asked: ItemRef) -> str:
    return f"{asked[0]}/{asked[1]}"
