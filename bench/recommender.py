"""Count the items that a learner needs until they truly know the course, under four policies.

    python -m bench.recommender --seed N [--courses 5] [--learners 12] [--skills 30]

The learners are those of `bench.learner_simulation`, and each goes through the course under four policies: ours (a
placement, then `tutor.learner.recommender`); the fixed order (skill by skill in course order, left after three right
answers in a row or twelve items, in rounds); random; and Elo only (the item whose chance of success is nearest to the
recommender's target, without the graph). Items of the placement count. `prerequisite_violations` counts recommendations
of a skill while the events so far do not show its prerequisites, checked from the record and not by the policy;
`hidden_violations` is the share where a prerequisite was truly missing. Minutes for a course.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import mean

from bench.learner_simulation import SimulatedLearner, World, draw_course, draw_learner
from bench.recommender_policies import (
    EloPolicy,
    FixedOrderPolicy,
    Policy,
    ProductPolicy,
    RandomPolicy,
    make_answer,
    time_of,
)
from bench.tracing_baselines import BKT, CourseCounts
from tutor.learner.bayesian_knowledge_tracing import PREREQUISITE_THRESHOLD
from tutor.learner.evidence import AnswerEvent
from tutor.learner.placement import next_question, prior_belief, update_belief
from tutor.learner.recommender import SUCCESS_BAND
from tutor.learner.state import LearnerState, apply_placement, update_state

POLICY_NAMES = ("ours", "fixed", "random", "elo")
TERCILES = ("weak", "middle", "strong")


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The answers that one learner needed to know the course."""

    answers: int
    rights: int
    after_placement: int  # answers after the placement
    reached_mastery: bool


@dataclass(slots=True)
class PrerequisiteAudit:
    """Checks our recommendations against the record of answers and, separately, against the hidden truth."""

    start: LearnerState
    counts: CourseCounts
    answer_log: list[AnswerEvent] = field(default_factory=list)
    checked: int = 0
    violations: int = 0
    hidden_violations: int = 0

    def check(self, learner: SimulatedLearner, skill: str, number: int) -> None:
        """Rebuild the state from the events, and check whether it shows the prerequisites of the skill."""
        needs = learner.course.graph.direct_prerequisites(skill)
        state = self.start
        for answer in self.answer_log:
            state = update_state(state, answer, BKT)
        there = state.retained_shares(time_of(number))
        learnt = {
            **state.placement_estimates,
            **{name: mastery.probability for name, mastery in state.masteries.items()},
        }
        self.checked += 1
        self.violations += any(learnt[need] * there.get(need, 1.0) < PREREQUISITE_THRESHOLD - 1e-9 for need in needs)
        self.hidden_violations += not needs <= learner.known


def run_policy(policy: Policy, learner: SimulatedLearner, audit: PrerequisiteAudit | None = None) -> Trajectory:
    """Let the learner answer until they know the course or give up."""
    rights, begun = 0, learner.answers
    while not (learner.is_done or learner.has_given_up):
        number = learner.answers
        asked = policy.choose_item(number)
        if audit:
            audit.check(learner, asked[0], number)
        right = learner.answer(*asked)
        policy.observe(asked, number, right=right)
        rights += right
        if audit:
            audit.answer_log.append(make_answer(asked, time_of(number), audit.counts, right=right))
    return Trajectory(learner.answers, rights, learner.answers - begun, learner.is_done)


def run_placement(learner: SimulatedLearner, seed: int) -> tuple[Mapping[str, float], float]:
    """Ask the placement's questions; return what it infers, and the share of skills that it infers correctly."""
    belief, asked = prior_belief(learner.course.graph, seed), list[str]()
    while (skill := next_question(belief, asked, BKT)) is not None:
        right = learner.answer(skill, len(asked) % learner.world.items)
        belief = update_belief(belief, skill, BKT, right=right)
        asked.append(skill)
    known = belief.skill_probabilities()
    return known, mean((known[skill] > 0.5) == (skill in learner.known) for skill in known)


def compare_policies(world: World, learners: int, seed: int, *, audited: int) -> PolicyComparison:
    """Let the same learners go through one course under all four policies."""
    rng = random.Random(seed)
    course, counts = draw_course(world, rng), CourseCounts()
    found = PolicyComparison()
    for n in range(learners):
        twin = [draw_learner(world, course, seed * 100_003 + n) for _ in range(4)]
        assumed, accuracy = run_placement(twin[0], n)
        start = apply_placement(LearnerState(), assumed, time_of(twin[0].answers))
        audit = PrerequisiteAudit(start, counts) if n < audited else None
        policy = ProductPolicy(course, world.items, counts, start)
        found.audits.extend([audit] if audit else [])
        found.accuracies.append(accuracy)
        found.abilities.append(twin[0].ability)
        found.trajectories["ours"].append(run_policy(policy, twin[0], audit))
        found.trajectories["fixed"].append(run_policy(FixedOrderPolicy(course, world.items, rng), twin[1]))
        found.trajectories["random"].append(run_policy(RandomPolicy(course, world.items, rng), twin[2]))
        found.trajectories["elo"].append(run_policy(EloPolicy(course, world.items, rng), twin[3]))
        for each in policy.answer_log:
            counts.add(each.item_id, each.skills[0], right=each.is_right)
    return found


@dataclass(slots=True)
class PolicyComparison:
    """The results of the four policies, learner by learner."""

    trajectories: dict[str, list[Trajectory]] = field(default_factory=lambda: {name: [] for name in POLICY_NAMES})
    accuracies: list[float] = field(default_factory=list)
    abilities: list[float] = field(default_factory=list)
    audits: list[PrerequisiteAudit] = field(default_factory=list)

    def figures(self, rng: random.Random) -> dict[str, object]:
        cost = {name: mean(way.answers for way in each) for name, each in self.trajectories.items()}
        asked = sum(audit.checked for audit in self.audits)
        return {
            **{f"items_{name}": round(value, 1) for name, value in cost.items()},
            **{f"items_saved_vs_{name}": round(1 - cost["ours"] / cost[name], 3) for name in POLICY_NAMES[1:]},
            "items_saved_vs_fixed_95": self._saving_interval(rng),
            **{
                f"arrived_{name}": round(mean(way.reached_mastery for way in each), 3)
                for name, each in self.trajectories.items()
            },
            "success": self._success_rates(),
            "prerequisite_violations": sum(audit.violations for audit in self.audits),
            "recommendations_audited": asked,
            "hidden_violations": round(sum(audit.hidden_violations for audit in self.audits) / max(1, asked), 3),
            "placement_accuracy": round(mean(self.accuracies), 3),
        }

    def _saving_interval(self, rng: random.Random, draws: int = 1_000) -> list[float]:
        """Return the 95 % interval of the saving, by bootstrap over pairs of learners."""
        pairs = [
            (a.answers, b.answers) for a, b in zip(self.trajectories["ours"], self.trajectories["fixed"], strict=True)
        ]
        saved = sorted(_items_saved(rng.choices(pairs, k=len(pairs))) for _ in range(draws))
        return [round(saved[draws // 40], 3), round(saved[-draws // 40], 3)]

    def _success_rates(self) -> dict[str, object]:
        """Return the share of right answers after the placement by ability, and how many learners are in the band."""
        order = sorted(zip(self.abilities, self.trajectories["ours"], strict=True), key=lambda pair: pair[0])
        parts = {name: order[len(order) * n // 3 : len(order) * (n + 1) // 3] for n, name in enumerate(TERCILES)}
        shares = [way.rights / way.after_placement for _, way in order if way.after_placement]
        low, high = SUCCESS_BAND
        return {
            **{name: _success_rate([way for _, way in part]) for name, part in parts.items()},
            "all": _success_rate(self.trajectories["ours"]),
            "fixed": round(
                sum(w.rights for w in self.trajectories["fixed"])
                / sum(w.after_placement for w in self.trajectories["fixed"]),
                3,
            ),
            "learners_within_band": round(mean(low <= share <= high for share in shares), 3),
        }


def _items_saved(pairs: list[tuple[int, int]]) -> float:
    return 1 - sum(ours for ours, _ in pairs) / sum(theirs for _, theirs in pairs)


def _success_rate(ways: list[Trajectory]) -> float:
    return round(sum(way.rights for way in ways) / max(1, sum(way.after_placement for way in ways)), 3)


def merge_comparisons(parts: list[PolicyComparison]) -> PolicyComparison:
    """Return the learners of all courses as one group."""
    return PolicyComparison(
        {name: [way for part in parts for way in part.trajectories[name]] for name in POLICY_NAMES},
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
    parser.add_argument("--strength-days", type=float, default=12.0, help="days until a new skill fades")
    parser.add_argument(
        "--audited", type=int, default=2, help="number of learners whose recommendations are checked from the record"
    )
    options = parser.parse_args()
    started = time.perf_counter()
    world = World(skills=options.skills, strength_days=options.strength_days, item_spread=options.item_spread)
    parts = [
        compare_policies(world, options.learners, 1_000 * options.seed + n, audited=options.audited if n == 0 else 0)
        for n in range(options.courses)
    ]
    figures = merge_comparisons(parts).figures(random.Random(options.seed))
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
