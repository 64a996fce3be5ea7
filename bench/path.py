"""Bench: how many items does a learner need until she truly knows the course?

    python -m bench.path --seed N [--learners 40] [--skills 30]

The learners are those of `bench.simulation`, each met by four policies: ours (a placement, then
`tutor.learner.path`), the fixed order (skill by skill in course order, left after three right in a row or twelve
items, round after round), random, and Elo only (the item whose chance of success is nearest to 72 %, blind to the
graph). Items of the placement count. `prerequisite_violations` counts recommendations on a skill while the events so
far do not show what it needs, checked from the record and not by the policy; `hidden_violations` is the share in
which a need was truly missing.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from statistics import mean
from typing import Protocol

import numpy as np

from bench.simulation import DAY, Course, Learner, World, draw_course, draw_learner
from tutor.domain import Outcome
from tutor.learner.evidence import Answered
from tutor.learner.mastery import IN_PLACE, Knowing, chance_right
from tutor.learner.path import TARGET, Item, Kind, Situation, choices
from tutor.learner.placement import after_answer, before_any_answer, next_question
from tutor.learner.signals import NAMES, STRENGTH, expectation, logit
from tutor.learner.state import LearnerState, learn, placed, rebuild
from tutor.learner.tally import Tally
from tutor.learner.tracing import Tracer, Weights

START = datetime(2026, 1, 5, 16, tzinfo=UTC)
KNOWING = Knowing()
BLIND = Weights("blind", np.zeros(len(NAMES)), 0.0)  # the path needs the tracer's tally only
Asked = tuple[str, int]  # skill, number of the item


class Policy(Protocol):
    """Chooses an item, sees the outcome; knows the course's graph and nothing of what is hidden."""

    def choose(self, number: int) -> Asked: ...

    def observe(self, asked: Asked, number: int, *, right: bool) -> None: ...


@dataclass(slots=True)
class InOrder:
    """Skill by skill in course order, left after three right in a row or twelve items, round after round."""

    course: Course
    items: int
    rng: random.Random
    place: int = 0
    row: int = 0
    spent: int = 0

    def choose(self, number: int) -> Asked:
        skills = self.course.graph.skills
        return skills[self.place % len(skills)], self.rng.randrange(self.items)

    def observe(self, asked: Asked, number: int, *, right: bool) -> None:
        self.row, self.spent = (self.row + 1 if right else 0), self.spent + 1
        if self.row >= 3 or self.spent >= 12:
            self.place, self.row, self.spent = self.place + 1, 0, 0


@dataclass(slots=True)
class AtRandom:
    """Any item of any skill."""

    course: Course
    items: int
    rng: random.Random

    def choose(self, number: int) -> Asked:
        return self.rng.choice(self.course.graph.skills), self.rng.randrange(self.items)

    def observe(self, asked: Asked, number: int, *, right: bool) -> None:
        return None


@dataclass(slots=True)
class EloOnly:
    """The item whose chance of success is nearest to the target, from ratings alone."""

    course: Course
    items: int
    rng: random.Random
    ratings: dict[str, float] = field(default_factory=dict)

    def choose(self, number: int) -> Asked:
        def off_target(skill: str) -> float:
            return abs(self._chance(skill) - TARGET) + 0.02 * self.rng.random()

        return min(self.course.graph.skills, key=off_target), self.rng.randrange(self.items)

    def observe(self, asked: Asked, number: int, *, right: bool) -> None:
        skill = asked[0]
        self.ratings[skill] = self.ratings.get(skill, 0.0) + 0.4 * (right - self._chance(skill))

    def _chance(self, skill: str) -> float:
        return 1 / (1 + math.exp(-self.ratings.get(skill, 0.0)))


@dataclass(slots=True)
class Ours:
    """The product's policy after its placement: one recommendation after another."""

    course: Course
    items: int
    tracer: Tracer  # its tally is of the learners before her and stands still, so that her state can be rebuilt
    state: LearnerState
    latest: list[bool] = field(default_factory=list)
    record: list[Answered] = field(default_factory=list)

    def choose(self, number: int) -> Asked:
        situation = self.situation(number)
        best = next((choice for choice in choices(situation) if choice.kind is not Kind.STOP), None)
        if best is not None and best.skill is not None and best.item is not None:
            return best.skill, int(best.item)
        ready = [skill for skill in situation.graph.ordered() if situation.ready(skill)]
        return min(ready, key=situation.standing), number % self.items  # all seems known, and is not

    def observe(self, asked: Asked, number: int, *, right: bool) -> None:
        answer = _answered(asked, _time(number), self.tracer, right=right)
        self.state, _ = learn(self.state, answer, KNOWING)
        self.record.append(answer)
        self.latest.append(right)

    def situation(self, number: int) -> Situation:
        state, today = self.state, number % DAY
        bare = Situation(
            graph=self.course.graph,
            masteries=state.masteries,
            retained=state.retained(_time(number)),
            items={},
            answers_today=today,
            latest_today=tuple(self.latest[-today:] if today else ()),
            assumed=state.assumed,
        )
        return replace(bare, items={s: self._items(s, bare.standing(s)) for s in self.course.graph.skills})

    def _items(self, skill: str, standing: float) -> list[Item]:
        """The items of a skill, harder or easier than its mean as far as the course has seen."""
        level = logit(chance_right(standing, KNOWING))
        return [self._item((skill, n), level) for n in range(self.items)]

    def _item(self, asked: Asked, level: float) -> Item:
        name = _name(asked)
        tries, _ = self.tracer.tally.counts.get(("item", name), (0, 0))
        return Item(str(asked[1]), asked[0], 1 / (1 + math.exp(-level - self.tracer.ease(name, asked[0]))), tries)


@dataclass(frozen=True, slots=True)
class Way:
    """What one learner's way to knowing the course cost."""

    answers: int
    rights: int
    walked: int  # answers after the placement
    arrived: bool


@dataclass(slots=True)
class Audit:
    """Checks our recommendations against the record of answers and, apart from that, against the hidden truth."""

    start: LearnerState
    tracer: Tracer
    record: list[Answered] = field(default_factory=list)
    asked: int = 0
    violations: int = 0
    hidden: int = 0

    def check(self, learner: Learner, skill: str, number: int) -> None:
        """Rebuild what is known from the events, and ask whether it shows what the skill needs."""
        needs = learner.course.graph.needs(skill)
        state = rebuild(self.record, KNOWING, self.start)
        there = state.retained(_time(number))
        learnt = {**state.assumed, **{name: mastery.known for name, mastery in state.masteries.items()}}
        self.asked += 1
        self.violations += any(learnt[need] * there.get(need, 1.0) < IN_PLACE - 1e-9 for need in needs)
        self.hidden += not needs <= learner.known


def walk(policy: Policy, learner: Learner, audit: Audit | None = None) -> Way:
    """Let the learner answer until she knows the course or gives up."""
    rights, begun = 0, learner.answers
    while not (learner.done or learner.gave_up):
        number = learner.answers
        asked = policy.choose(number)
        if audit:
            audit.check(learner, asked[0], number)
        right = learner.answer(*asked)
        policy.observe(asked, number, right=right)
        rights += right
        if audit:
            audit.record.append(_answered(asked, _time(number), audit.tracer, right=right))
    return Way(learner.answers, rights, learner.answers - begun, learner.done)


def place(learner: Learner, seed: int) -> tuple[Mapping[str, float], float]:
    """Ask the placement's questions; return what it infers, and the share of skills that it tells rightly."""
    belief, asked = before_any_answer(learner.course.graph, seed), list[str]()
    while (skill := next_question(belief, asked, KNOWING)) is not None:
        right = learner.answer(skill, len(asked) % learner.world.items)
        belief = after_answer(belief, skill, KNOWING, right=right)
        asked.append(skill)
    known = belief.known()
    return known, mean((known[skill] > 0.5) == (skill in learner.known) for skill in known)


def _time(number: int) -> datetime:
    return START + timedelta(days=number // DAY, minutes=2 * (number % DAY))


def _answered(asked: Asked, at: datetime, tracer: Tracer, *, right: bool) -> Answered:
    """The answer as the evidence book records it: with what the course's answers so far led to expect."""
    name, tally = _name(asked), tracer.tally
    return Answered(
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
        expected=expectation(tally, name, asked[0]),
        usual=tally.rate(("skill", asked[0]), tally.rate(("all",), 0.5, STRENGTH["all"]), STRENGTH["skill"]),
    )


def _name(asked: Asked) -> str:
    return f"{asked[0]}/{asked[1]}"


def compare(world: World, learners: int, seed: int, *, audited: int) -> dict[str, float]:
    """Let the same learners go all four ways."""
    rng = random.Random(seed)
    course, tracer = draw_course(world, rng), Tracer(BLIND, Tally())
    ways: dict[str, list[Way]] = {"ours": [], "fixed": [], "random": [], "elo": []}
    accuracies, audits = list[float](), list[Audit]()
    for n in range(learners):
        twin = [draw_learner(world, course, seed * 100_003 + n) for _ in range(4)]
        assumed, accuracy = place(twin[0], n)
        accuracies.append(accuracy)
        start = placed(LearnerState(), assumed, _time(twin[0].answers))
        audit = Audit(start, tracer) if n < audited else None
        audits.extend([audit] if audit else [])
        policy = Ours(course, world.items, tracer, start)
        ways["ours"].append(walk(policy, twin[0], audit))
        for each in policy.record:
            tracer.tally.add([("all",), ("skill", each.skills[0]), ("item", each.item_id)], right=each.right)
        ways["fixed"].append(walk(InOrder(course, world.items, rng), twin[1]))
        ways["random"].append(walk(AtRandom(course, world.items, rng), twin[2]))
        ways["elo"].append(walk(EloOnly(course, world.items, rng), twin[3]))
    cost = {name: mean(way.answers for way in each) for name, each in ways.items()}
    asked = sum(audit.asked for audit in audits)
    return {
        **{f"items_{name}": round(value, 1) for name, value in cost.items()},
        **{f"items_saved_vs_{name}": round(1 - cost["ours"] / cost[name], 3) for name in ("fixed", "random", "elo")},
        **{f"arrived_{name}": round(mean(way.arrived for way in each), 3) for name, each in ways.items()},
        "success_rate": round(sum(way.rights for way in ways["ours"]) / sum(way.walked for way in ways["ours"]), 3),
        "prerequisite_violations": sum(audit.violations for audit in audits),
        "recommendations_audited": asked,
        "hidden_violations": round(sum(audit.hidden for audit in audits) / max(1, asked), 3),
        "placement_accuracy": round(mean(accuracies), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.path", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--learners", type=int, default=40)
    parser.add_argument("--skills", type=int, default=30)
    parser.add_argument("--strength-days", type=float, default=12.0, help="how long a new skill lasts")
    parser.add_argument(
        "--audited", type=int, default=2, help="learners whose recommendations are checked from the record"
    )
    options = parser.parse_args()
    started = time.perf_counter()
    world = World(skills=options.skills, strength_days=options.strength_days)
    figures = compare(world, options.learners, options.seed, audited=options.audited)
    print(f"{options.learners} simulated learners, {options.skills} skills, four policies")
    tail = {
        "seed": options.seed,
        "strength_days": options.strength_days,
        "seconds": round(time.perf_counter() - started),
        "hardware": platform.machine(),
    }
    print(json.dumps({**figures, **tail}))


if __name__ == "__main__":
    main()
