"""The record is that of the events, however it was come by: step by step, read back, or rebuilt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.domain import Outcome
from tutor.learner.bayesian_knowledge_tracing import Standing
from tutor.learner.evidence import Answered, Origin, Retracted
from tutor.learner.overview import overview
from tutor.learner.recommender import Kind
from tutor.learner.record import Record, follow, rebuild
from tutor.learner.serialization import read_record, write_record
from tutor.learner.skill_graph import Need, graph

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
COURSE = graph("abc", [Need("b", "a", "t"), Need("c", "b", "t")])


def answer(n: int, skill: str = "a", *, right: bool = True, days: float = 0.0, **rest) -> Answered:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    whole = {"hints": 0, "aided": False, "at": NOW + timedelta(days=days, seconds=n), "judge": "t"} | rest
    return Answered(f"e{n:03d}", "ada", "c", f"i{n % 5}", (skill,), outcome, **whole)


steps = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans(), st.floats(0, 9), st.sampled_from(Origin)),
    max_size=12,
)


def walked(lived) -> list[Answered]:
    at, answers = 0.0, []
    for n, (skill, right, aided, days, origin) in enumerate(lived):
        at += days
        shows = None if right else "a mix-up"
        answers.append(
            answer(n, skill, right=right, days=at, aided=aided, origin=origin, misconception=shows, expected=0.7)
        )
    return answers


@settings(deadline=None, max_examples=25)
@given(steps)
def test_step_by_step_read_back_and_rebuilt_are_the_same(lived):
    answers, kept = walked(lived), write_record(Record())
    for each in answers:
        kept = write_record(follow(read_record(kept), each, COURSE))
    assert kept == write_record(rebuild(reversed(answers), COURSE))


@settings(deadline=None, max_examples=25)
@given(steps, st.data())
def test_a_corrected_or_withdrawn_answer_is_as_if_it_had_been_so_from_the_start(lived, data):
    answers = walked(lived)
    if not answers:
        return
    wrong = data.draw(st.sampled_from(answers))
    right = replace(wrong, outcome=Outcome.RIGHT, misconception=None)
    corrected = [right if each is wrong else each for each in answers]
    override = replace(right, id=wrong.id + "x", supersedes=wrong.id)
    assert write_record(rebuild([*answers, override], COURSE)) == write_record(rebuild(corrected, COURSE))
    gone = Retracted("r", wrong.id, "teacher", "faulty", NOW)
    left = [each for each in answers if each is not wrong]
    assert write_record(rebuild([*answers, gone], COURSE)) == write_record(rebuild(left, COURSE))


def test_the_numbers_of_the_page_are_those_of_the_events():
    answers = [answer(n, right=n % 3 > 0, days=n, aided=n % 4 == 0) for n in range(20)]
    seen = overview(rebuild(answers, COURSE), COURSE, NOW + timedelta(days=19, hours=1))
    assert seen.total.answers == 20 and seen.total.rights == sum(a.right for a in answers)
    assert seen.total.aided == sum(a.aided for a in answers)
    assert seen.total.aided_rights == sum(a.aided and a.right for a in answers)
    assert seen.this_week.answers == 7 and seen.last_week.answers == 7
    assert {day: work.answers for day, work in seen.days.items()} == {
        (NOW + timedelta(days=n)).date(): 1 for n in range(20)
    }
    line = seen.skills[0]
    alone = [a for a in answers if a.unaided]
    assert (line.mastery.unaided, line.mastery.unaided_right) == (len(alone), sum(a.right for a in alone))


def test_who_fails_three_times_alone_is_stuck_since_the_first_of_them():
    answers = [answer(n, right=n < 3, days=n) for n in range(6)]
    line = overview(rebuild(answers, COURSE), COURSE, NOW + timedelta(days=6)).skills[0]
    assert line.stuck_since == (NOW + timedelta(days=3)).date()


def test_right_only_with_help_asks_for_one_item_alone():
    answers = [answer(n, aided=True) for n in range(4)] + [answer(9, "b", right=False)]
    seen = overview(rebuild(answers, COURSE), COURSE, NOW + timedelta(hours=1))
    assert seen.skills[0].standing is Standing.TO_CONFIRM
    assert (seen.recommended.kind, seen.recommended.skill) == (Kind.CONFIRM, "a")


def test_a_misconception_stands_until_its_item_is_done_right_alone():
    mixed_up = answer(1, right=False, misconception="slope is height")
    seen = overview(rebuild([mixed_up], COURSE), COURSE, NOW)
    assert [(m.text, m.times) for m in seen.mistakes] == [("slope is height", 1)]
    with_help = replace(answer(6, aided=True), item_id=mixed_up.item_id)
    assert rebuild([mixed_up, with_help], COURSE).diary.mistakes
    alone = replace(answer(7), item_id=mixed_up.item_id)
    assert not rebuild([mixed_up, with_help, alone], COURSE).diary.mistakes


def test_a_skill_that_the_course_has_dropped_is_not_spoken_of():
    answers = [answer(n, "gone", right=False) for n in range(4)]
    seen = overview(rebuild(answers, COURSE), COURSE, NOW)
    assert [line.skill for line in seen.skills] == ["a", "b", "c"]
    assert seen.total.answers == 4
    assert all(choice.skill != "gone" for choice in (seen.recommended, *seen.others))
