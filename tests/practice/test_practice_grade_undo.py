"""Undoing a decision restores the previous grade with its evidence, and the log stays complete."""

from __future__ import annotations

import pytest

from tutor.assessment.items import ItemKind
from tutor.domain import Outcome
from tutor.errors import InputRefused, NotAllowed
from tutor.learner.evidence import AnswerEvent, RetractionEvent, current_answers
from tutor.learner.serialization import record_to_json
from tutor.learner.xapi_csv_export import to_xapi_statements
from tutor.practice.attempt_grading import GRADER_ID
from tutor.store.evidence import events


def recorded(services, course, actor):
    with services.database.read_connection() as connection:
        return [event for _number, event in events(connection, course.id, actor.id)]


def counted(services, course, actor):
    found = recorded(services, course, actor)
    answers = [event for event in found if isinstance(event, AnswerEvent)]
    return list(current_answers(answers, [event for event in found if isinstance(event, RetractionEvent)]))


def pose_one(services, programming_course, actor, kind=ItemKind.CLOZE):
    """Pose a question of a kind."""
    session = services.quiz_sessions.start_quiz(actor, programming_course.id, count=50)
    return next(row for row in session.questions if row.item.kind is kind)


def unsure_answer(services, programming_course, actor, monkeypatch):
    """Answer a question that the grader fails on; return the answer's id."""
    row = pose_one(services, programming_course, actor)
    with monkeypatch.context() as patch:
        patch.setattr(type(services.quiz_sessions.attempt_grader.grader), "grade", lambda *_: 1 / 0)
        services.quiz_sessions.submit_answer(actor, row.question.id, "s1", "iteration")
    return services.quiz_sessions.get_question(actor, row.question.id).last_attempt.id


def test_undoing_a_decision_restores_the_previous_grade_and_is_logged(services, programming_course, instructor, ada):
    row = pose_one(services, programming_course, ada)
    services.quiz_sessions.submit_answer(ada, row.question.id, "s1", "iteration")
    before = services.quiz_sessions.get_question(ada, row.question.id).last_attempt
    record = record_to_json(services.progress.own_record(ada, programming_course.id))
    assert services.gradebook.undo_step(instructor, before.id) == ()
    services.gradebook.override(instructor, before.id, Outcome.RIGHT, "A synonym of our lecture.")
    assert services.gradebook.undo(instructor, services.gradebook.undo_step(instructor, before.id)) == 1
    after = services.quiz_sessions.get_question(ada, row.question.id)
    assert (after.last_attempt.grade, after.last_attempt.judge, after.last_attempt.reason) == (
        before.grade,
        GRADER_ID,
        "",
    )
    assert (
        services.quiz_sessions.may_retry(after)
        and record_to_json(services.progress.own_record(ada, programming_course.id)) == record
    )
    assert [event.outcome for event in counted(services, programming_course, ada)] == [Outcome.WRONG]
    wrong, right, again = services.gradebook.history(instructor, before.id)
    assert right.reason == "A synonym of our lecture." and again.undoes == right.grade_number and wrong.undoes is None
    assert (
        services.quiz_sessions.attempt_grader.person_graded_answers(row.item.id) == []
        and services.gradebook.undo_step(instructor, before.id) == ()
    )


def test_undoing_returns_an_unsure_answer_to_the_queue(services, programming_course, instructor, ada, monkeypatch):
    identity = unsure_answer(services, programming_course, ada, monkeypatch)
    services.gradebook.override(instructor, identity, Outcome.WRONG, "Another term.")
    first = recorded(services, programming_course, ada)[0]
    services.gradebook.undo(instructor, services.gradebook.undo_step(instructor, identity))
    assert (
        services.gradebook.entry(instructor, identity).needs_review and counted(services, programming_course, ada) == []
    )
    services.gradebook.override(instructor, identity, Outcome.RIGHT, "After all.")
    (current,) = counted(services, programming_course, ada)
    assert current.outcome is Outcome.RIGHT and current.at == first.at
    record = record_to_json(services.progress.own_record(ada, programming_course.id))
    services.progress.rebuild_records(instructor, programming_course.id)
    assert record_to_json(services.progress.own_record(ada, programming_course.id)) == record


def test_decisions_are_undone_in_reverse_order(services, programming_course, instructor, ada):
    row = pose_one(services, programming_course, ada)
    services.quiz_sessions.submit_answer(ada, row.question.id, "s1", "iteration")
    identity = services.quiz_sessions.get_question(ada, row.question.id).last_attempt.id
    services.gradebook.override(instructor, identity, Outcome.RIGHT, "First.")
    seen = services.gradebook.undo_step(instructor, identity)
    services.gradebook.override(instructor, identity, Outcome.PARTIAL, "Second.")
    with pytest.raises(InputRefused, match="decided again"):
        services.gradebook.undo(instructor, seen)
    outcomes = []
    while step := services.gradebook.undo_step(instructor, identity):
        services.gradebook.undo(instructor, step)
        outcomes.append(services.quiz_sessions.get_question(ada, row.question.id).last_attempt.grade.outcome)
    assert outcomes == [Outcome.RIGHT, Outcome.WRONG]


def test_a_learner_cannot_undo_a_decision(services, programming_course, instructor, ada):
    row = pose_one(services, programming_course, ada)
    services.quiz_sessions.submit_answer(ada, row.question.id, "s1", "iteration")
    identity = services.quiz_sessions.get_question(ada, row.question.id).last_attempt.id
    services.gradebook.override(instructor, identity, Outcome.PARTIAL, "Half.")
    step = services.gradebook.undo_step(instructor, identity)
    with pytest.raises(NotAllowed):
        services.gradebook.undo(ada, step)


def test_a_voiding_statement_is_never_voided(services, programming_course, instructor, ada, monkeypatch):
    identity = unsure_answer(services, programming_course, ada, monkeypatch)
    services.gradebook.override(instructor, identity, Outcome.WRONG, "Another term.")
    services.gradebook.undo(instructor, services.gradebook.undo_step(instructor, identity))
    services.gradebook.override(instructor, identity, Outcome.RIGHT, "After all.")
    said = to_xapi_statements(recorded(services, programming_course, ada), {ada.id: "x"}, {}, "http://here")
    assert [one["verb"]["id"].rsplit("/", 1)[1] for one in said] == ["answered", "voided", "answered"]


def test_regrading_similar_answers_is_undone_in_one_step(services, programming_course, instructor, ada, bob):
    mine = pose_one(services, programming_course, ada, ItemKind.SHORT_TEXT)
    services.quiz_sessions.start_quiz(bob, programming_course.id, count=50)
    his = next(
        q
        for q in services.quiz_sessions.latest_session(bob, programming_course.id).questions
        if q.item.id == mine.item.id
    )
    said = "It is a thing that goes round until somebody says stop."
    services.quiz_sessions.submit_answer(ada, mine.question.id, "s1", said)
    services.quiz_sessions.submit_answer(bob, his.question.id, "s2", said)
    before = services.quiz_sessions.get_question(bob, his.question.id).last_attempt
    decided = services.quiz_sessions.get_question(ada, mine.question.id).last_attempt.id
    services.gradebook.override(instructor, decided, Outcome.RIGHT, "Good enough.")
    changed = services.gradebook.regrade(instructor, decided)
    step = tuple((after.answer.id, after.answer.grade_number) for _before, after in changed)
    assert services.gradebook.undo(instructor, step) == 1
    assert services.quiz_sessions.get_question(bob, his.question.id).last_attempt.grade == before.grade
    assert services.quiz_sessions.get_question(ada, mine.question.id).last_attempt.grade.outcome is Outcome.RIGHT


def test_identical_answers_get_the_instructors_grade_including_partial(
    services, programming_course, instructor, ada, bob
):
    mine = pose_one(services, programming_course, ada, ItemKind.SHORT_TEXT)
    services.quiz_sessions.start_quiz(bob, programming_course.id, count=50)
    his = next(
        q
        for q in services.quiz_sessions.latest_session(bob, programming_course.id).questions
        if q.item.id == mine.item.id
    )
    services.quiz_sessions.submit_answer(ada, mine.question.id, "s1", "It goes round until somebody says stop.")
    decided = services.quiz_sessions.get_question(ada, mine.question.id).last_attempt.id
    services.gradebook.override(instructor, decided, Outcome.PARTIAL, "Until what?")
    taken = services.quiz_sessions.submit_answer(
        bob, his.question.id, "s2", "it goes round  until somebody says stop"
    ).question
    assert taken.last_attempt.grade.outcome is Outcome.PARTIAL
    assert taken.last_attempt.grade.reasons == ("an instructor has graded the same words",)
