"""A posed question loses no answer and counts none twice, whatever is clicked twice, reloaded or interrupted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.domain import Outcome
from tutor.pedagogy.question_lifecycle import (
    FINAL_STATES,
    IllegalStep,
    PosedQuestion,
    QuestionState,
    add_hint,
    answer,
    clarify,
    close,
    expire,
    grade,
    override,
    skip,
)

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def make_question() -> PosedQuestion:
    return PosedQuestion("q1", "item-7", "ada", NOW, NOW + timedelta(days=1))


def test_a_question_is_asked_answered_graded_and_closed():
    posed = grade(answer(make_question(), "s1", "stroma", NOW), "s1", Outcome.RIGHT)
    assert posed.state is QuestionState.GRADED
    assert close(posed).state is QuestionState.CLOSED
    assert close(posed).last_attempt.outcome is Outcome.RIGHT


def test_a_double_click_is_one_answer_and_one_grade():
    once = answer(make_question(), "s1", "stroma", NOW)
    assert answer(once, "s1", "stroma", NOW) == once
    graded = grade(once, "s1", Outcome.WRONG)
    assert grade(graded, "s1", Outcome.RIGHT) == graded
    assert answer(graded, "s1", "stroma", NOW) == graded


def test_a_reload_between_answer_and_grade_keeps_the_answer():
    posed = answer(make_question(), "s1", "stroma", NOW)
    assert expire(posed, NOW + timedelta(days=9)) == posed
    assert grade(posed, "s1", Outcome.RIGHT).last_attempt.text == "stroma"


def test_a_question_about_the_question_is_not_an_answer():
    posed = clarify(make_question(), "s1")
    assert posed.state is QuestionState.CLARIFYING
    assert posed.attempts == ()
    assert answer(posed, "s2", "stroma", NOW).state is QuestionState.ANSWERED


def test_a_hint_marks_only_later_answers_as_aided():
    first = grade(answer(make_question(), "s1", "xylem", NOW), "s1", Outcome.WRONG)
    second = answer(add_hint(first, "h1"), "s2", "stroma", NOW)
    assert [a.aided for a in second.attempts] == [False, True]


def test_an_unsure_grade_stays_unsure_until_the_instructor_decides():
    posed = grade(answer(make_question(), "s1", "stroma?", NOW), "s1", Outcome.UNSURE)
    assert posed.last_attempt.outcome is Outcome.UNSURE
    assert override(posed, "s1", Outcome.RIGHT).last_attempt.outcome is Outcome.RIGHT


@pytest.mark.parametrize(
    "step",
    [
        lambda q: answer(q, "s9", "  ", NOW),
        lambda q: answer(q, "s9", "late", NOW + timedelta(days=2)),
        lambda q: grade(q, "nobody", Outcome.RIGHT),
        lambda q: close(q),
        lambda q: answer(skip(q), "s9", "stroma", NOW),
        lambda q: skip(answer(q, "s9", "stroma", NOW)),
        lambda q: answer(grade(answer(q, "s1", "a", NOW), "s1", Outcome.RIGHT), "s2", "b", NOW),
    ],
)
def test_illegal_transitions_are_refused(step):
    with pytest.raises(IllegalStep):
        step(make_question())


steps = st.lists(
    st.tuples(
        st.sampled_from(["answer", "clarify", "hint", "grade", "close", "skip", "expire", "override"]),
        st.sampled_from(["s1", "s2", "s3"]),
        st.sampled_from(Outcome),
        st.integers(0, 48),
    ),
    max_size=25,
)


@given(steps)
def test_no_transition_order_loses_an_answer_or_changes_a_grade(run):
    posed = make_question()
    for name, submission, outcome, hours in run:
        now = NOW + timedelta(hours=hours)
        before = posed
        try:
            posed = {
                "answer": lambda: answer(posed, submission, f"text {submission}", now),  # noqa: B023
                "clarify": lambda: clarify(posed, submission),  # noqa: B023
                "hint": lambda: add_hint(posed, submission),  # noqa: B023
                "grade": lambda: grade(posed, submission, outcome),  # noqa: B023
                "close": lambda: close(posed),  # noqa: B023
                "skip": lambda: skip(posed),  # noqa: B023
                "expire": lambda: expire(posed, now),  # noqa: B023
                "override": lambda: override(posed, submission, outcome),  # noqa: B023
            }[name]()
        except IllegalStep:
            continue
        ids = [a.submission_id for a in posed.attempts]
        assert len(ids) == len(set(ids))
        assert ids[: len(before.attempts)] == [a.submission_id for a in before.attempts]
        if name != "override":
            for old, new in zip(before.attempts, posed.attempts, strict=False):
                assert old.outcome in (None, new.outcome)
        if before.state in FINAL_STATES:
            assert posed.state is before.state
