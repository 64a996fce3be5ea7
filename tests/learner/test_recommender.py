"""Properties of mastery, skill graphs, placement and recommendations."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.domain import Outcome
from tutor.errors import InputRefused, NotFound
from tutor.learner.bayesian_knowledge_tracing import (
    BktParams,
    Mastery,
    MasteryStatus,
    apply_learning,
    initial_mastery,
    posterior_known,
    update_mastery,
    wilson_interval,
)
from tutor.learner.evidence import AnswerEvent
from tutor.learner.placement import MAX_QUESTIONS, next_question, prior_belief, update_belief
from tutor.learner.recommender import (
    CandidateItem,
    Recommendation,
    RecommendationKind,
    RecommenderContext,
    choose_item,
    rank_recommendations,
)
from tutor.learner.skill_graph import PrerequisiteEdge, SkillGraph, build_graph

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KNOWING = BktParams()
share = st.floats(0.01, 0.99)
SKILLS = ("ratio", "slope", "line")
COURSE = build_graph(SKILLS, [PrerequisiteEdge("slope", "ratio"), PrerequisiteEdge("line", "slope")])


def answer(n: int, *, right: bool, aided: bool = False, skill: str = "slope") -> AnswerEvent:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    return AnswerEvent(f"e{n}", "ada", "c", f"i{n}", (skill,), outcome, 0, aided, NOW + timedelta(minutes=n), "t")


def situation(
    masteries: dict[str, Mastery], retained: dict[str, float] | None = None, **other: object
) -> RecommenderContext:
    items = {skill: (CandidateItem(f"{skill}-1", skill, 0.7, 5),) for skill in SKILLS}
    return replace(RecommenderContext(COURSE, masteries, retained or {}, items), **other)


def first_choice(context: RecommenderContext) -> Recommendation:
    return next(rank_recommendations(context))


# Mastery


@given(share)
def test_mastery_is_monotonic_in_correctness(known):
    assert posterior_known(known, KNOWING, right=True) > posterior_known(known, KNOWING, right=False)


@given(share)
def test_practice_never_lowers_mastery(known):
    assert known <= apply_learning(known, KNOWING) <= 1


def test_one_right_answer_gives_the_bkt_textbook_value():
    assert posterior_known(0.5, KNOWING, right=True) == pytest.approx(0.9 / 1.1)


def test_one_lucky_click_is_not_mastery():
    assert update_mastery(initial_mastery(KNOWING), answer(1, right=True), KNOWING).status is MasteryStatus.LEARNING


def test_aided_answers_never_reach_mastery():
    helped = initial_mastery(KNOWING)
    for n in range(20):
        helped = update_mastery(helped, answer(n, right=True, aided=True), KNOWING)
    assert helped.status is MasteryStatus.TO_CONFIRM
    assert (helped.aided_right, helped.unaided_right) == (20, 0)
    assert update_mastery(helped, answer(21, right=False), KNOWING).status is MasteryStatus.TO_CONFIRM
    assert update_mastery(helped, answer(21, right=True), KNOWING).status is MasteryStatus.KNOWN


def test_forgotten_knowledge_counts_less():
    known = Mastery(0.97, unaided=5, unaided_right=5)
    soon, late = (update_mastery(known, answer(1, right=False), KNOWING, recall) for recall in (1.0, 0.4))
    assert late.probability < soon.probability


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_credible_interval_narrows_with_evidence(rights, wrongs):
    low, high = wilson_interval(rights, rights + wrongs)
    assert 0 <= low <= high <= 1
    if rights + wrongs:
        assert low - 1e-9 <= rights / (rights + wrongs) <= high + 1e-9
        wide, narrow = wilson_interval(rights, rights + wrongs), wilson_interval(4 * rights, 4 * (rights + wrongs))
        assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_bkt_params_that_invert_the_evidence_are_refused():
    with pytest.raises(ValueError, match="guess must be below"):
        BktParams(slip=0.6, guess=0.5)


# Skills


def test_an_initially_cyclic_graph_is_refused():
    with pytest.raises(InputRefused, match="in a circle"):
        build_graph("ab", [PrerequisiteEdge("a", "b"), PrerequisiteEdge("b", "a")])


def test_a_skill_of_another_course_is_not_found():
    with pytest.raises(NotFound, match="osmosis"):
        COURSE.direct_prerequisites("osmosis")


edges = st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")).filter(lambda pair: pair[0] > pair[1]))


@given(edges)
def test_the_topological_order_puts_prerequisites_first(pairs):
    built = build_graph("fedcba", [PrerequisiteEdge(skill, needed) for skill, needed in pairs])
    order = built.topological_order()
    assert sorted(order) == list("abcdef")
    assert all(order.index(edge.prerequisite) < order.index(edge.skill) for edge in built.edges)


def test_reordering_the_skills_keeps_their_prerequisites():
    turned = build_graph(reversed(SKILLS), COURSE.edges)
    assert all(turned.direct_prerequisites(skill) == COURSE.direct_prerequisites(skill) for skill in SKILLS)
    assert COURSE.direct_prerequisites("line") == {"slope"}


# Placement


def chain(length: int) -> SkillGraph:
    names = [f"s{n:02d}" for n in range(length)]
    return build_graph(names, [PrerequisiteEdge(b, a) for a, b in zip(names, names[1:], strict=False)])


@pytest.mark.parametrize("frontier", [0, 7, 13, 20])
def test_fifteen_placement_questions_locate_a_learner_on_a_chain(frontier):
    course, asked = chain(20), []
    belief = prior_belief(course)
    while (skill := next_question(belief, asked, KNOWING)) is not None:
        asked.append(skill)
        belief = update_belief(belief, skill, KNOWING, right=int(skill[1:]) < frontier)
    placed = [known > 0.5 for _, known in sorted(belief.skill_probabilities().items())]
    assert len(asked) <= MAX_QUESTIONS and len(set(asked)) == len(asked)
    assert sum(known != (n < frontier) for n, known in enumerate(placed)) <= 2


def test_a_right_answer_raises_belief_in_prerequisites():
    before = prior_belief(COURSE)
    after = update_belief(before, "line", KNOWING, right=True)
    assert all(after.skill_probabilities()[skill] > before.skill_probabilities()[skill] for skill in SKILLS)


def test_placement_is_deterministic():
    first, second = (update_belief(prior_belief(COURSE), "slope", KNOWING, right=False) for _ in range(2))
    assert first.skill_probabilities() == second.skill_probabilities()


# Recommendations


def test_a_beginner_starts_with_skills_without_prerequisites():
    best = first_choice(situation({}))
    assert (best.kind, best.skill, best.item) == (RecommendationKind.NEW, "ratio", "ratio-1")


def test_an_aided_skill_is_confirmed_later():
    masteries = {"ratio": Mastery(0.99, aided=1, aided_right=1, needs_unaided_check=True)}
    assert first_choice(situation(masteries)).kind is RecommendationKind.CONFIRM
    assert first_choice(situation(masteries, last_skill="ratio")).kind is not RecommendationKind.CONFIRM


def test_a_fading_skill_is_reviewed_before_new_skills():
    best = first_choice(situation({"ratio": Mastery(0.99, 4, 4)}, {"ratio": 0.6}))
    assert (best.kind, best.skill) == (RecommendationKind.REVIEW, "ratio")


def test_a_failing_skill_recommends_its_prerequisite():
    masteries = {"ratio": Mastery(0.85, 4, 3), "slope": Mastery(0.2, 3, 1, latest=(True, False, False))}
    best = first_choice(situation(masteries))
    assert (best.kind, best.skill, best.failing_skill) == (RecommendationKind.REPAIR, "ratio", "slope")
    assert (best.rights, best.answers) == (1, 3)


def test_a_skill_is_not_started_before_its_prerequisites():
    assert "line" not in {choice.skill for choice in rank_recommendations(situation({"ratio": Mastery(0.99, 4, 4)}))}


levels = st.dictionaries(st.sampled_from(SKILLS), st.tuples(share, share, st.booleans(), st.integers(0, 6)))


@given(levels)
def test_no_choice_ever_violates_a_prerequisite(levels):
    masteries = {
        s: Mastery(k, unaided=n, needs_unaided_check=c, latest=(False,) * min(n, 5))
        for s, (k, _, c, n) in levels.items()
    }
    now = situation(masteries, {skill: recall for skill, (_, recall, _, _) in levels.items()})
    offered = list(rank_recommendations(now))
    assert all(now.is_ready(choice.skill) for choice in offered if choice.skill is not None)
    assert [choice.kind for choice in offered].count(RecommendationKind.STOP) == 1


def test_a_tired_learner_is_advised_to_stop_but_may_go_on():
    late = situation({}, answers_today=25, latest_today=(False,) * 10)
    first, *others = rank_recommendations(late)
    assert first.kind is RecommendationKind.STOP and others


def test_mastering_everything_recommends_stopping():
    assert first_choice(situation({skill: Mastery(0.99, 4, 4) for skill in SKILLS})).kind is RecommendationKind.STOP


def test_the_item_nearest_target_success_is_chosen_with_exploration():
    easy, apt, hard = (
        CandidateItem("easy", "s", 0.95, 50),
        CandidateItem("apt", "s", 0.73, 50),
        CandidateItem("hard", "s", 0.3, 50),
    )
    assert choose_item([easy, apt, hard]) == "apt"
    assert choose_item([apt, CandidateItem("untried", "s", 0.70, 0)]) == "untried"
    assert choose_item([replace(apt, recently_seen=True), easy]) == "easy"


def test_difficulty_adapts_to_recent_failures():
    masteries = {"ratio": Mastery(0.99, unaided=4), "slope": Mastery(0.4, unaided=4, latest=(True, False))}
    likely = {"ratio": 0.8, "slope": 0.3}
    now = situation(masteries, {"ratio": 0.84}, success_chances=likely)
    failing = replace(now, latest_today=(False,) * 6 + (True, True))
    easy = replace(now, success_chances={"ratio": 0.9, "slope": 0.5}, latest_today=(True,) * 8)
    assert first_choice(failing).kind is RecommendationKind.REVIEW and first_choice(failing).skill == "ratio"
    assert first_choice(easy).skill == "slope"
    assert {c.skill for c in rank_recommendations(easy)} == {c.skill for c in rank_recommendations(now)}


def test_after_many_failures_a_known_skill_is_recommended_with_the_reason():
    masteries = {"ratio": Mastery(0.99, unaided=4), "slope": Mastery(0.4, unaided=4, latest=(True, False))}
    failing = situation(masteries, {"ratio": 0.95}, latest_today=(False,) * 6 + (True, True))
    first, *others = rank_recommendations(failing)
    assert (first.kind, first.skill) == (RecommendationKind.STEADY, "ratio")
    assert [other.skill for other in others].count("ratio") == 0
    assert first_choice(replace(failing, retained={"ratio": 0.7})).kind is RecommendationKind.REVIEW
    assert first_choice(replace(failing, retained={"ratio": 1.0})).skill == "slope"
    assert (
        first_choice(replace(failing, latest_today=(True, True, False, True) * 2)).kind is not RecommendationKind.STEADY
    )


def test_a_simulated_learner_stays_in_the_success_band():
    """Four learners of one course: the share of right answers after the placement stays near 60 to 85 %."""
    from bench.learner_simulation import World, draw_course, draw_learner
    from bench.recommender import run_placement, run_policy
    from bench.recommender_policies import ProductPolicy, time_of
    from bench.tracing_baselines import CourseCounts
    from tutor.learner.state import LearnerState, apply_placement

    world, rng = World(skills=14), random.Random(5)
    course = draw_course(world, rng)
    shares = []
    for n in range(4):
        learner = draw_learner(world, course, n)
        assumed, _ = run_placement(learner, n)
        policy = ProductPolicy(
            course, world.items, CourseCounts(), apply_placement(LearnerState(), assumed, time_of(learner.answers))
        )
        way = run_policy(policy, learner)
        shares.append(way.rights / way.after_placement)
    assert all(0.57 <= share <= 0.88 for share in shares), shares
