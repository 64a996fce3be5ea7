"""The evidence book: an answer counts once, a correction is a new event, and nothing that was written changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

import tutor.store.evidence as evidence_store
from tutor.domain import Outcome
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.learner.evidence import GENERAL, Answered, Retracted, standing
from tutor.progress.evidence_log import Judged


def judged(grade_id: str = "g1", outcome: Outcome = Outcome.WRONG, **rest) -> Judged:
    whole = {"course_id": "biology", "item_id": "i1", "skills": ("light",), "judge": "choice 1"} | rest
    return Judged(outcome=outcome, grade_id=grade_id, **whole)


def counted(house, learner_id: str) -> list[Answered]:
    with house.office.database.reading() as connection:
        events = [event for _, event in evidence_store.events(connection, "biology", learner_id)]
    answers = [event for event in events if isinstance(event, Answered)]
    return list(standing(answers, [event for event in events if isinstance(event, Retracted)]))


def tallies(house):
    with house.office.database.reading() as connection:
        return evidence_store.tallies(connection, "biology")


def test_a_double_click_records_once(house, course, ada):
    first = house.evidence.record(ada, judged())
    assert house.evidence.record(ada, judged()) == first
    assert counted(house, ada.id) == [first]
    assert tallies(house) == {("i1", "light"): (1, 0)}


def test_an_unsure_grade_is_no_evidence_until_the_instructor_decides(house, course, ada, instructor):
    with pytest.raises(InputRefused, match="not judged yet"):
        house.evidence.record(ada, judged(outcome=Outcome.UNSURE))
    assert counted(house, ada.id) == []
    house.evidence.record_decided(instructor, ada.id, judged(outcome=Outcome.RIGHT))
    assert [answer.outcome for answer in counted(house, ada.id)] == [Outcome.RIGHT]


def test_a_grade_and_its_evidence_are_stored_together_or_not_at_all(house, course, ada):
    with pytest.raises(RuntimeError), house.office.database.writing() as connection:
        house.evidence.record(ada, judged(), within=connection)
        raise RuntimeError
    assert counted(house, ada.id) == [] and tallies(house) == {}


def test_an_override_takes_the_place_of_the_old_event_and_the_old_one_stays_readable(house, course, ada, instructor):
    old = house.evidence.record(ada, judged(misconception="light is stored in leaves"))
    new = house.evidence.override(instructor, "g1", Outcome.RIGHT)
    assert new.at == old.at and new.supersedes == old.id and new.misconception is None
    assert counted(house, ada.id) == [new]
    assert tallies(house) == {("i1", "light"): (1, 1)}
    again = house.evidence.override(instructor, "g1", Outcome.PARTIAL)
    assert again.supersedes == new.id and counted(house, ada.id) == [again]
    with house.office.database.reading() as connection:
        assert [event for _, event in evidence_store.events(connection, "biology")] == [old, new, again]


def test_a_withdrawn_answer_counts_for_nothing(house, course, ada, instructor):
    house.evidence.record(ada, judged())
    house.evidence.withdraw(instructor, "g1", "the item was faulty")
    assert counted(house, ada.id) == []
    assert tallies(house) == {("i1", "light"): (0, 0)}
    with pytest.raises(NotFound, match="taken back"):
        house.evidence.override(instructor, "g1", Outcome.RIGHT)
    with pytest.raises(InputRefused, match="taken back"):
        house.evidence.record(ada, judged())


def test_only_an_instructor_of_the_course_corrects(house, course, ada, bob):
    house.evidence.record(ada, judged())
    with pytest.raises(NotAllowed):
        house.evidence.override(ada, "g1", Outcome.RIGHT)
    with pytest.raises(NotAllowed):
        house.evidence.withdraw(bob, "g1", "for fun")
    with pytest.raises(NotAllowed):
        house.evidence.record_decided(bob, ada.id, judged("g2"))


def test_what_anybody_was_expected_to_do_is_noted_when_the_answer_comes_in(house, course, ada, bob):
    first = house.evidence.record(ada, judged("g1"))
    assert first.expected == 0.5
    for n in range(10):
        house.evidence.record(bob, judged(f"b{n}", Outcome.RIGHT))
    assert house.evidence.record(ada, judged("g2")).expected > 0.6
    assert counted(house, ada.id)[0] == first


def test_an_item_without_a_declared_skill_is_about_the_course_as_a_whole(house, course, ada):
    assert house.evidence.record(ada, judged(skills=())).skills == (GENERAL,)


def test_help_is_noted_and_does_not_make_an_item_look_easy(house, course, ada):
    answer = house.evidence.record(ada, judged(outcome=Outcome.RIGHT, hints=2))
    assert answer.aided and not answer.unaided
    assert tallies(house) == {}


def test_counting_again_gives_what_was_counted_step_by_step(house, course, ada, bob, instructor):
    for n in range(12):
        right = Outcome.RIGHT if n % 3 else Outcome.WRONG
        house.evidence.record((ada, bob)[n % 2], judged(f"g{n}", right, item_id=f"i{n % 4}", hints=int(n == 5)))
    house.evidence.override(instructor, "g3", Outcome.RIGHT)
    house.evidence.override(instructor, "g3", Outcome.WRONG)
    house.evidence.withdraw(instructor, "g4", "faulty")
    before = tallies(house)
    with house.office.database.writing() as connection:
        evidence_store.recount(connection, "biology")
    assert tallies(house) == {key: counts for key, counts in before.items() if key in tallies(house)}
    assert all(counts == (0, 0) for key, counts in before.items() if key not in tallies(house))


def test_a_forgotten_learner_leaves_no_event_and_no_count(house, course, ada, bob):
    house.evidence.record(ada, judged("g1", Outcome.RIGHT))
    kept = house.evidence.record(bob, judged("g2"))
    with house.office.database.writing() as connection:
        assert evidence_store.forget(connection, ada.id) == 1
    assert counted(house, ada.id) == [] and counted(house, bob.id) == [kept]
    assert tallies(house) == {("i1", "light"): (1, 0)}


def test_a_chance_is_a_chance(house, course, ada):
    answer = house.evidence.record(ada, judged())
    with pytest.raises(InputRefused, match="between 0 and 1"):
        replace(answer, expected=1.0)
