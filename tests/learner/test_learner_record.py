"""A record follows from the events alone, whether updated step by step, read back or rebuilt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from rebuilt_records import rebuild_record

from tutor.domain import Outcome
from tutor.learner.bayesian_knowledge_tracing import MasteryStatus
from tutor.learner.evidence import AnswerEvent, AnswerOrigin, RetractionEvent
from tutor.learner.overview import build_overview
from tutor.learner.recommender import RecommendationKind
from tutor.learner.record import LearnerRecord, apply_answer
from tutor.learner.serialization import record_from_json, record_to_json
from tutor.learner.skill_graph import PrerequisiteEdge, build_graph

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
COURSE = build_graph("abc", [PrerequisiteEdge("b", "a"), PrerequisiteEdge("c", "b")])


def answer(n: int, skill: str = "a", *, right: bool = True, days: float = 0.0, **rest) -> AnswerEvent:
    outcome = Outcome.RIGHT if right else Outcome.WRONG
    whole = {"hints": 0, "aided": False, "at": NOW + timedelta(days=days, seconds=n), "judge": "t"} | rest
    return AnswerEvent(f"e{n:03d}", "ada", "c", f"i{n % 5}", (skill,), outcome, **whole)


steps = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans(), st.floats(0, 9), st.sampled_from(AnswerOrigin)),
    max_size=12,
)


def record_step_by_step(lived) -> list[AnswerEvent]:
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
def test_incremental_deserialised_and_rebuilt_records_are_equal(lived):
    answers, text = record_step_by_step(lived), record_to_json(LearnerRecord())
    for each in answers:
        text = record_to_json(apply_answer(record_from_json(text), each, COURSE))
    assert text == record_to_json(rebuild_record(reversed(answers), COURSE))


@settings(deadline=None, max_examples=25)
@given(steps, st.data())
def test_corrected_or_withdrawn_answers_give_the_record_of_the_final_log(lived, data):
    answers = record_step_by_step(lived)
    if not answers:
        return
    wrong = data.draw(st.sampled_from(answers))
    right = replace(wrong, outcome=Outcome.RIGHT, misconception=None)
    corrected = [right if each is wrong else each for each in answers]
    override = replace(right, id=wrong.id + "x", supersedes=wrong.id)
    assert record_to_json(rebuild_record([*answers, override], COURSE)) == record_to_json(
        rebuild_record(corrected, COURSE)
    )
    gone = RetractionEvent("r", wrong.id, "teacher", "faulty", NOW)
    left = [each for each in answers if each is not wrong]
    assert record_to_json(rebuild_record([*answers, gone], COURSE)) == record_to_json(rebuild_record(left, COURSE))


def test_the_numbers_of_the_page_are_those_of_the_events():
    answers = [answer(n, right=n % 3 > 0, days=n, aided=n % 4 == 0) for n in range(20)]
    seen = build_overview(rebuild_record(answers, COURSE), COURSE, NOW + timedelta(days=19, hours=1))
    assert seen.total.answers == 20 and seen.total.rights == sum(a.is_right for a in answers)
    assert seen.total.aided == sum(a.aided for a in answers)
    assert seen.total.aided_rights == sum(a.aided and a.is_right for a in answers)
    assert seen.this_week.answers == 7 and seen.last_week.answers == 7
    assert {day: work.answers for day, work in seen.days.items()} == {
        (NOW + timedelta(days=n)).date(): 1 for n in range(20)
    }
    line = seen.skills[0]
    alone = [a for a in answers if a.is_unaided]
    assert (line.mastery.unaided, line.mastery.unaided_right) == (len(alone), sum(a.is_right for a in alone))


def test_three_unaided_failures_mean_stuck_since_the_first():
    answers = [answer(n, right=n < 3, days=n) for n in range(6)]
    line = build_overview(rebuild_record(answers, COURSE), COURSE, NOW + timedelta(days=6)).skills[0]
    assert line.stuck_since == (NOW + timedelta(days=3)).date()


def test_an_aided_success_asks_for_one_unaided_item():
    answers = [answer(n, aided=True) for n in range(4)] + [answer(9, "b", right=False)]
    seen = build_overview(rebuild_record(answers, COURSE), COURSE, NOW + timedelta(hours=1))
    assert seen.skills[0].status is MasteryStatus.TO_CONFIRM
    assert (seen.recommendation.kind, seen.recommendation.skill) == (RecommendationKind.CONFIRM, "a")


def test_a_misconception_clears_after_an_unaided_success():
    mixed_up = answer(1, right=False, misconception="slope is height")
    seen = build_overview(rebuild_record([mixed_up], COURSE), COURSE, NOW)
    assert [(m.text, m.times) for m in seen.misconceptions] == [("slope is height", 1)]
    with_help = replace(answer(6, aided=True), item_id=mixed_up.item_id)
    assert rebuild_record([mixed_up, with_help], COURSE).activity.misconceptions
    alone = replace(answer(7), item_id=mixed_up.item_id)
    assert not rebuild_record([mixed_up, with_help, alone], COURSE).activity.misconceptions


def test_removed_skills_are_not_reported():
    answers = [answer(n, "gone", right=False) for n in range(4)]
    seen = build_overview(rebuild_record(answers, COURSE), COURSE, NOW)
    assert [line.skill for line in seen.skills] == ["a", "b", "c"]
    assert seen.total.answers == 4
    assert all(choice.skill != "gone" for choice in (seen.recommendation, *seen.alternatives))
