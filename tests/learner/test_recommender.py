"""Mastery, skills, placement and path: laws of each, and the reasons a recommendation gives."""

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
    Knowing,
    Mastery,
    Standing,
    believed,
    fresh,
    rebuild,
    taught,
    update,
    wilson,
)
from tutor.learner.evidence import Answered
from tutor.learner.placement import QUESTIONS, after_answer, before_any_answer, next_question
from tutor.learner.recommender import Item, Kind, Situation, choices, choose_item, recommend
from tutor.learner.skill_graph import Need, SkillGraph, graph, propose

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KNOWING = Knowing()
share = st.floats(0.01, 0.99)
SKILLS = ("ratio", "slope", "line")
COURSE = graph(SKILLS, [Need("slope", "ratio", "instructor"), Need("line", "slope", "instructor")])


def answer(n: int, *, right: bool, aided: bool = False, skill: str = "slope") -> Answered:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    return Answered(f"e{n}", "ada", "c", f"i{n}", (skill,), outcome, 0, aided, NOW + timedelta(minutes=n), "t")


def situation(masteries: dict[str, Mastery], retained: dict[str, float] | None = None, **other: object) -> Situation:
    items = {skill: (Item(f"{skill}-1", skill, 0.7, 5),) for skill in SKILLS}
    return replace(Situation(COURSE, masteries, retained or {}, items), **other)


# Mastery


@given(share)
def test_being_right_never_looks_worse_than_being_wrong(known):
    assert believed(known, KNOWING, right=True) > believed(known, KNOWING, right=False)


@given(share)
def test_answering_never_takes_knowledge_away(known):
    assert known <= taught(known, KNOWING) <= 1


def test_the_textbook_number_of_one_right_answer():
    assert believed(0.5, KNOWING, right=True) == pytest.approx(0.9 / 1.1)


def test_one_lucky_click_is_not_mastery():
    assert update(fresh(KNOWING), answer(1, right=True), KNOWING).standing is Standing.LEARNING


def test_help_never_makes_a_skill_known_a_fresh_unaided_item_does():
    helped = fresh(KNOWING)
    for n in range(20):
        helped = update(helped, answer(n, right=True, aided=True), KNOWING)
    assert helped.standing is Standing.TO_CONFIRM
    assert (helped.aided_right, helped.unaided_right) == (20, 0)
    assert update(helped, answer(21, right=False), KNOWING).standing is Standing.TO_CONFIRM
    assert update(helped, answer(21, right=True), KNOWING).standing is Standing.KNOWN


def test_what_was_forgotten_meanwhile_counts_less():
    known = Mastery(0.97, unaided=5, unaided_right=5)
    soon, late = (update(known, answer(1, right=False), KNOWING, recall) for recall in (1.0, 0.4))
    assert late.known < soon.known


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=20))
def test_rebuilding_from_the_events_gives_the_incremental_state(outcomes):
    answers = [answer(n, right=right, aided=aided) for n, (right, aided) in enumerate(outcomes)]
    state = fresh(KNOWING)
    for each in answers:
        state = update(state, each, KNOWING)
    assert rebuild(answers, KNOWING).get("slope", fresh(KNOWING)) == state


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_range_holds_what_was_seen_and_narrows_with_evidence(rights, wrongs):
    low, high = wilson(rights, rights + wrongs)
    assert 0 <= low <= high <= 1
    if rights + wrongs:
        assert low - 1e-9 <= rights / (rights + wrongs) <= high + 1e-9
        wide, narrow = wilson(rights, rights + wrongs), wilson(4 * rights, 4 * (rights + wrongs))
        assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_a_model_in_which_a_right_answer_speaks_against_knowing_is_refused():
    with pytest.raises(ValueError, match="guess must be below"):
        Knowing(slip=0.6, guess=0.5)


# Skills


def test_a_circle_is_refused_with_the_edge_that_is_in_the_way():
    with pytest.raises(InputRefused, match="'ratio' cannot need 'line'"):
        COURSE.with_need(Need("ratio", "line", "instructor"))


def test_a_graph_that_is_a_circle_from_the_start_is_refused():
    with pytest.raises(InputRefused, match="in a circle"):
        graph("ab", [Need("a", "b", "x"), Need("b", "a", "x")])


def test_a_skill_of_another_course_is_not_found():
    with pytest.raises(NotFound, match="osmosis"):
        COURSE.needs("osmosis")


edges = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.floats(0, 1)), max_size=25)


@given(edges)
def test_whatever_is_proposed_the_graph_has_no_circle(proposals):
    built = propose("abcdef", [Need(a, b, "x", strength) for a, b, strength in proposals], least=0.2)
    order = built.ordered()
    assert sorted(order) == list("abcdef")
    assert all(order.index(edge.needs) < order.index(edge.skill) for edge in built.edges)
    assert all(edge.strength >= 0.2 for edge in built.edges)


def test_renaming_or_reordering_moves_nobodys_needs():
    turned = graph(reversed(SKILLS), COURSE.edges)
    assert turned.before("line") == COURSE.before("line") == {"ratio", "slope"}
    assert COURSE.after("ratio") == {"slope", "line"}


# Placement


def chain(length: int) -> SkillGraph:
    names = [f"s{n:02d}" for n in range(length)]
    return graph(names, [Need(b, a, "x") for a, b in zip(names, names[1:], strict=False)])


@pytest.mark.parametrize("frontier", [0, 7, 13, 20])
def test_fifteen_questions_find_how_far_she_got_along_a_chain(frontier):
    course, asked = chain(20), []
    belief = before_any_answer(course)
    while (skill := next_question(belief, asked, KNOWING)) is not None:
        asked.append(skill)
        belief = after_answer(belief, skill, KNOWING, right=int(skill[1:]) < frontier)
    told = [known > 0.5 for _, known in sorted(belief.known().items())]
    assert len(asked) <= QUESTIONS and len(set(asked)) == len(asked)
    assert sum(said != (n < frontier) for n, said in enumerate(told)) <= 2


def test_a_right_answer_speaks_for_what_the_skill_needs():
    before = before_any_answer(COURSE)
    after = after_answer(before, "line", KNOWING, right=True)
    assert all(after.known()[skill] > before.known()[skill] for skill in SKILLS)


def test_the_same_answers_always_place_alike():
    first, second = (after_answer(before_any_answer(COURSE), "slope", KNOWING, right=False) for _ in range(2))
    assert first.known() == second.known()


# Path


def test_a_beginner_starts_with_what_needs_nothing():
    best = recommend(situation({}))
    assert (best.kind, best.skill, best.item) == (Kind.NEW, "ratio", "ratio-1")


def test_what_was_right_only_with_help_is_confirmed_but_not_at_once():
    masteries = {"ratio": Mastery(0.99, aided=1, aided_right=1, owes_check=True)}
    assert recommend(situation(masteries)).kind is Kind.CONFIRM
    assert recommend(situation(masteries, just_now="ratio")).kind is not Kind.CONFIRM


def test_a_fading_skill_is_reviewed_before_anything_new():
    best = recommend(situation({"ratio": Mastery(0.99, 4, 4)}, {"ratio": 0.6}))
    assert (best.kind, best.skill) == (Kind.REVIEW, "ratio")


def test_a_failing_skill_sends_back_to_what_it_needs_and_says_so():
    masteries = {"ratio": Mastery(0.85, 4, 3), "slope": Mastery(0.2, 3, 1, latest=(True, False, False))}
    best = recommend(situation(masteries))
    assert (best.kind, best.skill, best.on_behalf_of) == (Kind.REPAIR, "ratio", "slope")
    assert (best.rights, best.answers) == (1, 3)


def test_a_skill_is_not_begun_while_what_it_needs_is_missing():
    assert "line" not in {choice.skill for choice in choices(situation({"ratio": Mastery(0.99, 4, 4)}))}


levels = st.dictionaries(st.sampled_from(SKILLS), st.tuples(share, share, st.booleans(), st.integers(0, 6)))


@given(levels)
def test_no_choice_ever_violates_a_prerequisite(levels):
    masteries = {
        s: Mastery(k, unaided=n, owes_check=c, latest=(False,) * min(n, 5)) for s, (k, _, c, n) in levels.items()
    }
    now = situation(masteries, {skill: recall for skill, (_, recall, _, _) in levels.items()})
    offered = list(choices(now))
    assert all(now.ready(choice.skill) for choice in offered if choice.skill is not None)
    assert [choice.kind for choice in offered].count(Kind.STOP) == 1


def test_a_tired_learner_is_told_to_stop_and_may_still_go_on():
    late = situation({}, answers_today=25, latest_today=(False,) * 10)
    first, *others = choices(late)
    assert first.kind is Kind.STOP and others


def test_all_known_means_stop():
    assert recommend(situation({skill: Mastery(0.99, 4, 4) for skill in SKILLS})).kind is Kind.STOP


def test_the_item_nearest_to_the_success_aimed_at_is_chosen_and_untried_ones_are_explored():
    easy, apt, hard = Item("easy", "s", 0.95, 50), Item("apt", "s", 0.73, 50), Item("hard", "s", 0.3, 50)
    assert choose_item([easy, apt, hard]) == "apt"
    assert choose_item([apt, Item("untried", "s", 0.70, 0)]) == "untried"
    assert choose_item([replace(apt, recently_seen=True), easy]) == "easy"


def test_after_many_failures_what_she_is_likely_to_manage_comes_first_and_after_none_what_is_harder():
    masteries = {"ratio": Mastery(0.99, unaided=4), "slope": Mastery(0.4, unaided=4, latest=(True, False))}
    likely = {"ratio": 0.8, "slope": 0.3}
    now = situation(masteries, {"ratio": 0.84}, likely=likely)
    failing = replace(now, latest_today=(False,) * 6 + (True, True))
    easy = replace(now, likely={"ratio": 0.9, "slope": 0.5}, latest_today=(True,) * 8)
    assert recommend(failing).kind is Kind.REVIEW and recommend(failing).skill == "ratio"
    assert recommend(easy).skill == "slope"
    assert {c.skill for c in choices(easy)} == {c.skill for c in choices(now)}


def test_after_many_failures_what_she_knows_and_has_not_met_today_comes_first_and_says_why():
    masteries = {"ratio": Mastery(0.99, unaided=4), "slope": Mastery(0.4, unaided=4, latest=(True, False))}
    failing = situation(masteries, {"ratio": 0.95}, latest_today=(False,) * 6 + (True, True))
    first, *others = choices(failing)
    assert (first.kind, first.skill) == (Kind.STEADY, "ratio")
    assert [other.skill for other in others].count("ratio") == 0
    assert recommend(replace(failing, retained={"ratio": 0.7})).kind is Kind.REVIEW
    assert recommend(replace(failing, retained={"ratio": 1.0})).skill == "slope"
    assert recommend(replace(failing, latest_today=(True, True, False, True) * 2)).kind is not Kind.STEADY


def test_a_simulated_learner_is_held_within_the_band():
    """Four learners of one course: the share of right answers after the placement stays near 60 to 85 %."""
    from bench.learner_simulation import World, draw_course, draw_learner
    from bench.recommender import Counts, Ours, _time, place, walk
    from tutor.learner.state import LearnerState, placed

    world, rng = World(skills=14), random.Random(5)
    course = draw_course(world, rng)
    shares = []
    for n in range(4):
        learner = draw_learner(world, course, n)
        assumed, _ = place(learner, n)
        policy = Ours(course, world.items, Counts(), placed(LearnerState(), assumed, _time(learner.answers)))
        way = walk(policy, learner)
        shares.append(way.rights / way.walked)
    assert all(0.57 <= share <= 0.88 for share in shares), shares
