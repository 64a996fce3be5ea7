"""A decision is taken back: the grade before stands again, with its evidence, and the log stays whole."""

from __future__ import annotations

import pytest

from tutor.assessment.items import Kind
from tutor.domain import Outcome
from tutor.errors import InputRefused, NotAllowed
from tutor.learner.evidence import Answered, Retracted, standing
from tutor.learner.serialization import write_record
from tutor.learner.xapi_csv_export import xapi
from tutor.practice.quiz_sessions import JUDGE
from tutor.store.evidence import events


def recorded(house, course, who):
    with house.office.database.reading() as connection:
        return [event for _number, event in events(connection, course.id, who.id)]


def counted(house, course, who):
    found = recorded(house, course, who)
    answers = [event for event in found if isinstance(event, Answered)]
    return list(standing(answers, [event for event in found if isinstance(event, Retracted)]))


def one(house, programs, who, kind=Kind.CLOZE):
    """Pose a question of a kind."""
    sitting = house.practice.start(who, programs.id, count=50)
    return next(row for row in sitting.questions if row.item.kind is kind)


def unsure_answer(house, programs, who, monkeypatch):
    """Answer a question that the grader fails on; return the answer's id."""
    row = one(house, programs, who)
    with monkeypatch.context() as patch:
        patch.setattr(type(house.practice.grader), "grade", lambda *_: 1 / 0)
        house.practice.answer(who, row.posed.id, "s1", "iteration")
    return house.practice.question(who, row.posed.id).last.id


def test_an_undone_decision_gives_the_learner_the_grade_before_and_stays_in_the_log(house, programs, instructor, ada):
    row = one(house, programs, ada)
    house.practice.answer(ada, row.posed.id, "s1", "iteration")
    before = house.practice.question(ada, row.posed.id).last
    record = write_record(house.progress.record(ada, programs.id))
    assert house.gradebook.undoable(instructor, before.id) == ()
    house.gradebook.override(instructor, before.id, Outcome.RIGHT, "A synonym of our lecture.")
    assert house.gradebook.undo(instructor, house.gradebook.undoable(instructor, before.id)) == 1
    after = house.practice.question(ada, row.posed.id)
    assert (after.last.grade, after.last.judge, after.last.reason) == (before.grade, JUDGE, "")
    assert house.practice.may_retry(after) and write_record(house.progress.record(ada, programs.id)) == record
    assert [event.outcome for event in counted(house, programs, ada)] == [Outcome.WRONG]
    wrong, right, again = house.gradebook.history(instructor, before.id)
    assert right.reason == "A synonym of our lecture." and again.undoes == right.number and wrong.undoes is None
    assert house.practice.decided(row.item.id) == [] and house.gradebook.undoable(instructor, before.id) == ()


def test_what_nobody_was_sure_of_waits_again_after_undo_and_can_be_decided_anew(
    house, programs, instructor, ada, monkeypatch
):
    identity = unsure_answer(house, programs, ada, monkeypatch)
    house.gradebook.override(instructor, identity, Outcome.WRONG, "Another term.")
    first = recorded(house, programs, ada)[0]
    house.gradebook.undo(instructor, house.gradebook.undoable(instructor, identity))
    assert house.gradebook.entry(instructor, identity).waits and counted(house, programs, ada) == []
    house.gradebook.override(instructor, identity, Outcome.RIGHT, "After all.")
    (standing,) = counted(house, programs, ada)
    assert standing.outcome is Outcome.RIGHT and standing.at == first.at
    record = write_record(house.progress.record(ada, programs.id))
    house.progress.rebuild(instructor, programs.id)
    assert write_record(house.progress.record(ada, programs.id)) == record


def test_decisions_are_undone_one_by_one_and_never_over_a_later_one(house, programs, instructor, ada):
    row = one(house, programs, ada)
    house.practice.answer(ada, row.posed.id, "s1", "iteration")
    identity = house.practice.question(ada, row.posed.id).last.id
    house.gradebook.override(instructor, identity, Outcome.RIGHT, "First.")
    seen = house.gradebook.undoable(instructor, identity)
    house.gradebook.override(instructor, identity, Outcome.PARTIAL, "Second.")
    with pytest.raises(InputRefused, match="decided anew"):
        house.gradebook.undo(instructor, seen)
    outcomes = []
    while step := house.gradebook.undoable(instructor, identity):
        house.gradebook.undo(instructor, step)
        outcomes.append(house.practice.question(ada, row.posed.id).last.grade.outcome)
    assert outcomes == [Outcome.RIGHT, Outcome.WRONG]


def test_a_learner_cannot_undo_a_decision_about_her(house, programs, instructor, ada):
    row = one(house, programs, ada)
    house.practice.answer(ada, row.posed.id, "s1", "iteration")
    identity = house.practice.question(ada, row.posed.id).last.id
    house.gradebook.override(instructor, identity, Outcome.PARTIAL, "Half.")
    step = house.gradebook.undoable(instructor, identity)
    with pytest.raises(NotAllowed):
        house.gradebook.undo(ada, step)


def test_a_statement_that_voids_is_never_voided_itself(house, programs, instructor, ada, monkeypatch):
    identity = unsure_answer(house, programs, ada, monkeypatch)
    house.gradebook.override(instructor, identity, Outcome.WRONG, "Another term.")
    house.gradebook.undo(instructor, house.gradebook.undoable(instructor, identity))
    house.gradebook.override(instructor, identity, Outcome.RIGHT, "After all.")
    said = xapi(recorded(house, programs, ada), {ada.id: "x"}, {}, "http://here")
    assert [one["verb"]["id"].rsplit("/", 1)[1] for one in said] == ["answered", "voided", "answered"]


def test_grading_neighbours_again_is_undone_in_one_step(house, programs, instructor, ada, bob):
    mine = one(house, programs, ada, Kind.SHORT_TEXT)
    house.practice.start(bob, programs.id, count=50)
    his = next(q for q in house.practice.sitting(bob, programs.id).questions if q.item.id == mine.item.id)
    said = "It is a thing that goes round until somebody says stop."
    house.practice.answer(ada, mine.posed.id, "s1", said)
    house.practice.answer(bob, his.posed.id, "s2", said)
    before = house.practice.question(bob, his.posed.id).last
    decided = house.practice.question(ada, mine.posed.id).last.id
    house.gradebook.override(instructor, decided, Outcome.RIGHT, "Good enough.")
    changed = house.gradebook.regrade(instructor, decided)
    step = tuple((after.given.id, after.given.number) for _before, after in changed)
    assert house.gradebook.undo(instructor, step) == 1
    assert house.practice.question(bob, his.posed.id).last.grade == before.grade
    assert house.practice.question(ada, mine.posed.id).last.grade.outcome is Outcome.RIGHT


def test_the_same_words_get_the_verdict_that_an_instructor_gave_them_partly_right_too(
    house, programs, instructor, ada, bob
):
    mine = one(house, programs, ada, Kind.SHORT_TEXT)
    house.practice.start(bob, programs.id, count=50)
    his = next(q for q in house.practice.sitting(bob, programs.id).questions if q.item.id == mine.item.id)
    house.practice.answer(ada, mine.posed.id, "s1", "It goes round until somebody says stop.")
    decided = house.practice.question(ada, mine.posed.id).last.id
    house.gradebook.override(instructor, decided, Outcome.PARTIAL, "Until what?")
    taken = house.practice.answer(bob, his.posed.id, "s2", "it goes round  until somebody says stop").row
    assert taken.last.grade.outcome is Outcome.PARTIAL
    assert taken.last.grade.reasons == ("an instructor has graded the same words",)
