"""Bench: how many items does a learner need until she truly knows the course?

    python -m bench.recommender --seed N [--courses 5] [--learners 12] [--skills 30]

The learners are those of `bench.learner_simulation`, each met by four policies: ours (a placement, then
`tutor.learner.recommender`), the fixed order (skill by skill in course order, left after three right in a row or twelve
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

from bench.learner_simulation import DAY, Course, Learner, World, draw_course, draw_learner
from bench.tracing_baselines import Course as Counts
from tutor.domain import Outcome
from tutor.learner.bayesian_knowledge_tracing import IN_PLACE, Knowing
from tutor.learner.evidence import Answered
from tutor.learner.knowledge_tracing import chance
from tutor.learner.placement import after_answer, before_any_answer, next_question
from tutor.learner.recommender import BAND, TARGET, Item, Kind, Situation, choices
from tutor.learner.state import LearnerState, learn, placed, rebuild

START = datetime(2026, 1, 5, 16, tzinfo=UTC)
KNOWING = Knowing()
POLICIES = ("ours", "fixed", "random", "elo")
TERCILES = ("weak", "middle", "strong")
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
    counts: Counts  # of the learners before her; they stand still, so that her state can be rebuilt
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
        answer = _answered(asked, _time(number), self.counts, right=right)
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
        items = {skill: self._items(skill, bare) for skill in self.course.graph.skills}
        likely = {skill: mean(item.chance for item in each) for skill, each in items.items()}
        return replace(bare, items=items, likely=likely)

    def _items(self, skill: str, bare: Situation) -> list[Item]:
        """The items of a skill with what the product's tracer expects of each."""
        kept, history = bare.retained.get(skill, 1.0), self.state.history
        found = [self.counts.rates(_name((skill, n)), skill) for n in range(self.items)]
        placed = bare.assumed.get(skill) if skill not in bare.masteries else None
        return [
            Item(str(n), skill, chance(history, skill, each, kept, placed).right, each.tries)
            for n, each in enumerate(found)
        ]


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
    counts: Counts
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
            audit.record.append(_answered(asked, _time(number), audit.counts, right=right))
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


def _answered(asked: Asked, at: datetime, counts: Counts, *, right: bool) -> Answered:
    """The answer as the evidence book records it: with what the course's answers so far led to expect."""
    name, found = _name(asked), counts.rates(_name(asked), asked[0])
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
        expected=found.expected,
        usual=found.usual,
    )


def _name(asked: Asked) -> str:
    return f"{asked[0]}/{asked[1]}"


def compare(world: World, learners: int, seed: int, *, audited: int) -> Compared:
    """Let the same learners go all four ways through one course."""
    rng = random.Random(seed)
    course, counts = draw_course(world, rng), Counts()
    found = Compared()
    for n in range(learners):
        twin = [draw_learner(world, course, seed * 100_003 + n) for _ in range(4)]
        assumed, accuracy = place(twin[0], n)
        start = placed(LearnerState(), assumed, _time(twin[0].answers))
        audit = Audit(start, counts) if n < audited else None
        policy = Ours(course, world.items, counts, start)
        found.audits.extend([audit] if audit else [])
        found.accuracies.append(accuracy)
        found.abilities.append(twin[0].ability)
        found.ways["ours"].append(walk(policy, twin[0], audit))
        found.ways["fixed"].append(walk(InOrder(course, world.items, rng), twin[1]))
        found.ways["random"].append(walk(AtRandom(course, world.items, rng), twin[2]))
        found.ways["elo"].append(walk(EloOnly(course, world.items, rng), twin[3]))
        for each in policy.record:
            counts.add(each.item_id, each.skills[0], right=each.right)
    return found


@dataclass(slots=True)
class Compared:
    """The same learners' four ways, learner by learner."""

    ways: dict[str, list[Way]] = field(default_factory=lambda: {name: [] for name in POLICIES})
    accuracies: list[float] = field(default_factory=list)
    abilities: list[float] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)

    def figures(self, rng: random.Random) -> dict[str, object]:
        cost = {name: mean(way.answers for way in each) for name, each in self.ways.items()}
        asked = sum(audit.asked for audit in self.audits)
        return {
            **{f"items_{name}": round(value, 1) for name, value in cost.items()},
            **{f"items_saved_vs_{name}": round(1 - cost["ours"] / cost[name], 3) for name in POLICIES[1:]},
            "items_saved_vs_fixed_95": self._range(rng),
            **{f"arrived_{name}": round(mean(way.arrived for way in each), 3) for name, each in self.ways.items()},
            "success": self._success(),
            "prerequisite_violations": sum(audit.violations for audit in self.audits),
            "recommendations_audited": asked,
            "hidden_violations": round(sum(audit.hidden for audit in self.audits) / max(1, asked), 3),
            "placement_accuracy": round(mean(self.accuracies), 3),
        }

    def _range(self, rng: random.Random, draws: int = 1_000) -> list[float]:
        """Between which shares the saving lies 19 times in 20, had other such learners come (drawn again, in pairs)."""
        pairs = [(a.answers, b.answers) for a, b in zip(self.ways["ours"], self.ways["fixed"], strict=True)]
        saved = sorted(_saved(rng.choices(pairs, k=len(pairs))) for _ in range(draws))
        return [round(saved[draws // 40], 3), round(saved[-draws // 40], 3)]

    def _success(self) -> dict[str, object]:
        """Share of right answers after the placement by ability, and how many learners stayed within the band."""
        order = sorted(zip(self.abilities, self.ways["ours"], strict=True), key=lambda pair: pair[0])
        parts = {name: order[len(order) * n // 3 : len(order) * (n + 1) // 3] for n, name in enumerate(TERCILES)}
        shares = [way.rights / way.walked for _, way in order if way.walked]
        low, high = BAND
        return {
            **{name: _share([way for _, way in part]) for name, part in parts.items()},
            "all": _share(self.ways["ours"]),
            "fixed": round(sum(w.rights for w in self.ways["fixed"]) / sum(w.walked for w in self.ways["fixed"]), 3),
            "learners_within_band": round(mean(low <= share <= high for share in shares), 3),
        }


def _saved(pairs: list[tuple[int, int]]) -> float:
    return 1 - sum(ours for ours, _ in pairs) / sum(theirs for _, theirs in pairs)


def _share(ways: list[Way]) -> float:
    return round(sum(way.rights for way in ways) / max(1, sum(way.walked for way in ways)), 3)


def together(parts: list[Compared]) -> Compared:
    """Return the learners of all courses as one group."""
    return Compared(
        {name: [way for part in parts for way in part.ways[name]] for name in POLICIES},
        [accuracy for part in parts for accuracy in part.accuracies],
        [ability for part in parts for ability in part.abilities],
        [audit for part in parts for audit in part.audits],
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.recommender", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--courses", type=int, default=5)
    parser.add_argument("--learners", type=int, default=12, help="of each course")
    parser.add_argument("--item-spread", type=float, default=World().item_spread, help="of difficulties, in log-odds")
    parser.add_argument("--skills", type=int, default=30)
    parser.add_argument("--strength-days", type=float, default=12.0, help="how long a new skill lasts")
    parser.add_argument(
        "--audited", type=int, default=2, help="learners whose recommendations are checked from the record"
    )
    options = parser.parse_args()
    started = time.perf_counter()
    world = World(skills=options.skills, strength_days=options.strength_days, item_spread=options.item_spread)
    parts = [
        compare(world, options.learners, 1_000 * options.seed + n, audited=options.audited if n == 0 else 0)
        for n in range(options.courses)
    ]
    figures = together(parts).figures(random.Random(options.seed))
    by_course = [part.figures(random.Random(0))["items_saved_vs_fixed"] for part in parts]
    print(f"{options.courses} courses of {options.skills} skills, {options.learners} learners each, four policies")
    print(f"items saved against the fixed order, course by course: {by_course}")
    tail = {
        "seed": options.seed,
        "courses": options.courses,
        "learners": options.learners,
        "by_course": by_course,
        "strength_days": options.strength_days,
        "item_spread": options.item_spread,
        "seconds": round(time.perf_counter() - started),
        "hardware": platform.machine(),
    }
    print(json.dumps({**figures, **tail}))


if __name__ == "__main__":
    main()
