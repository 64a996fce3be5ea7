"""Simulated learners with hidden knowledge, for comparing learning paths through a course.

The world has `skills` in course order; each needs up to three of the eight before it. Each skill has six items, whose
difficulty shifts the chance of a right answer on the log-odds scale. A learner's first knowledge follows the graph: an
ability from 0 to 0.8 is the chance of knowing a skill whose prerequisites they know. An answer is right with 1 - slip
if they know the skill, with guess otherwise. Answering teaches an unknown skill at the learner's own rate, a tenth of
it while a prerequisite is missing, double if they knew the skill before. A day has twenty-five answers. Overnight a
known skill is forgotten with 1 - exp(-1 / strength); strength starts at twelve days (thirty for what they knew at
first) and grows by 1.8 with every right answer on a later day than the last one. A learner is done when they truly
know 95 % of the skills at the same time, which only the simulator can see.

Every number is a field of `World`, so it can be varied.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from tutor.learner.skill_graph import PrerequisiteEdge, SkillGraph, build_graph

ANSWERS_PER_DAY = 25


@dataclass(frozen=True, slots=True)
class World:
    """The rules of one simulation."""

    skills: int = 30
    items: int = 6
    most_needs: int = 3
    prerequisite_reach: int = 8
    slip: float = 0.1
    guess: float = 0.2
    item_spread: float = 0.5
    ability_range: tuple[float, float] = (0.0, 0.8)
    learning_range: tuple[float, float] = (0.12, 0.3)
    unready_factor: float = 0.1
    relearning_factor: float = 2.0
    strength_days: float = 12.0
    prior_strength_days: float = 30.0
    strength_growth: float = 1.8
    done_share: float = 0.95
    most_answers: int = 1_500


@dataclass(frozen=True, slots=True)
class SimulatedCourse:
    """One course drawn from a world."""

    graph: SkillGraph
    difficulty: dict[tuple[str, int], float]  # by skill and item, on the log-odds scale


def draw_course(world: World, rng: random.Random) -> SimulatedCourse:
    names = [f"s{n:02d}" for n in range(world.skills)]
    edges = [
        PrerequisiteEdge(name, before)
        for n, name in enumerate(names)
        for before in rng.sample(
            names[max(0, n - world.prerequisite_reach) : n],
            min(n, world.prerequisite_reach, rng.randint(0, world.most_needs)),
        )
    ]
    difficulty = {(name, i): rng.gauss(0, world.item_spread) for name in names for i in range(world.items)}
    return SimulatedCourse(build_graph(names, edges), difficulty)


@dataclass(slots=True)
class SimulatedLearner:
    """A learner whose knowledge only the simulator sees."""

    world: World
    course: SimulatedCourse
    rng: random.Random
    answers: int = 0
    known: set[str] = field(default_factory=set)
    ever_known: set[str] = field(default_factory=set)
    strength_days: dict[str, float] = field(default_factory=dict)
    last_day: dict[str, int] = field(default_factory=dict)
    learning_rate: float = 0.2
    ability: float = 0.4  # the chance of knowing a skill at first, given its prerequisites

    @property
    def day(self) -> int:
        return self.answers // ANSWERS_PER_DAY

    @property
    def is_done(self) -> bool:
        return len(self.known) >= self.world.done_share * self.world.skills

    @property
    def has_given_up(self) -> bool:
        return self.answers >= self.world.most_answers

    def answer(self, skill: str, item: int) -> bool:
        """Answer an item, perhaps learn from it, perhaps end the day."""
        right = self.rng.random() < self._success_probability(skill, item)
        if skill in self.known:
            self._strengthen(skill, right=right)
        elif self.rng.random() < self._learning_probability(skill):
            self._learn(skill)
        self.answers += 1
        if self.answers % ANSWERS_PER_DAY == 0:
            self._forget_overnight()
        return right

    def _success_probability(self, skill: str, item: int) -> float:
        share = 1 - self.world.slip if skill in self.known else self.world.guess
        return 1 / (1 + math.exp(-(math.log(share / (1 - share)) - self.course.difficulty[skill, item])))

    def _learning_probability(self, skill: str) -> float:
        ready = self.course.graph.direct_prerequisites(skill) <= self.known
        again = self.world.relearning_factor if skill in self.ever_known else 1.0
        return min(0.9, self.learning_rate * again * (1.0 if ready else self.world.unready_factor))

    def _learn(self, skill: str) -> None:
        self.known.add(skill)
        self.ever_known.add(skill)
        self.strength_days.setdefault(skill, self.world.strength_days)
        self.last_day[skill] = self.day

    def _strengthen(self, skill: str, *, right: bool) -> None:
        if right and self.day > self.last_day[skill]:
            self.strength_days[skill] *= self.world.strength_growth
            self.last_day[skill] = self.day

    def _forget_overnight(self) -> None:
        for skill in sorted(self.known):
            if self.rng.random() < 1 - math.exp(-1 / self.strength_days[skill]):
                self.known.discard(skill)


def draw_learner(world: World, course: SimulatedCourse, seed: int) -> SimulatedLearner:
    """Return a learner, always the same one for a seed, whatever the policy."""
    rng = random.Random(seed)
    learner = SimulatedLearner(world, course, rng, learning_rate=rng.uniform(*world.learning_range))
    ability = learner.ability = rng.uniform(*world.ability_range)
    for skill in course.graph.topological_order():
        if course.graph.direct_prerequisites(skill) <= learner.known and rng.random() < ability:
            learner._learn(skill)
            learner.strength_days[skill] = world.prior_strength_days
            learner.last_day[skill] = -1
    return learner
