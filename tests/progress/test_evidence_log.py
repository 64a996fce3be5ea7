"""The evidence log: an answer counts once, a regrade is a new event, and no stored event changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

import tutor.store.evidence as evidence_store
from tutor.domain import Outcome
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.learner.evidence import GENERAL_SKILL, AnswerEvent, RetractionEvent, current_answers
from tutor.progress.evidence_log import GradedAnswer


def make_grade(grade_id: str = "g1", outcome: Outcome = Outcome.WRONG, **rest) -> GradedAnswer:
    whole = {"course_id": "biology", "item_id": "i1", "skills": ("light",), "judge": "choice 1"} | rest
    return GradedAnswer(outcome=outcome, grade_id=grade_id, **whole)


def counting_answers(services, learner_id: str) -> list[AnswerEvent]:
    with services.database.read_connection() as connection:
        events = [event for _, event in evidence_store.events(connection, "biology", learner_id)]
    answers = [event for event in events if isinstance(event, AnswerEvent)]
    return list(current_answers(answers, [event for event in events if isinstance(event, RetractionEvent)]))


def item_counts(services):
    with services.database.read_connection() as connection:
        return evidence_store.course_item_counts(connection, "biology")


def test_a_double_submission_is_recorded_once(services, course, ada):
    first = services.evidence_log.record(ada, make_grade())
    assert services.evidence_log.record(ada, make_grade()) == first
    assert counting_answers(services, ada.id) == [first]
    assert item_counts(services) == {("i1", "light"): (1, 0)}


def test_an_unsure_grade_is_not_evidence_until_the_instructor_decides(services, course, ada, instructor):
    with pytest.raises(InputRefused, match="not graded yet"):
        services.evidence_log.record(ada, make_grade(outcome=Outcome.UNSURE))
    assert counting_answers(services, ada.id) == []
    services.evidence_log.record_instructor_decision(instructor, ada.id, make_grade(outcome=Outcome.RIGHT))
    assert [answer.outcome for answer in counting_answers(services, ada.id)] == [Outcome.RIGHT]


def test_a_grade_and_its_evidence_are_stored_together_or_not_at_all(services, course, ada):
    with pytest.raises(RuntimeError), services.database.write_transaction() as connection:
        services.evidence_log.record(ada, make_grade(), within=connection)
        raise RuntimeError
    assert counting_answers(services, ada.id) == [] and item_counts(services) == {}


def test_an_override_supersedes_the_old_event_which_stays_readable(services, course, ada, instructor):
    old = services.evidence_log.record(ada, make_grade(misconception="light is stored in leaves"))
    new = services.evidence_log.override(instructor, "g1", Outcome.RIGHT)
    assert new.at == old.at and new.supersedes == old.id and new.misconception is None
    assert counting_answers(services, ada.id) == [new]
    assert item_counts(services) == {("i1", "light"): (1, 1)}
    again = services.evidence_log.override(instructor, "g1", Outcome.PARTIAL)
    assert again.supersedes == new.id and counting_answers(services, ada.id) == [again]
    with services.database.read_connection() as connection:
        assert [event for _, event in evidence_store.events(connection, "biology")] == [old, new, again]


def test_a_withdrawn_answer_counts_for_nothing(services, course, ada, instructor):
    services.evidence_log.record(ada, make_grade())
    services.evidence_log.retract(instructor, "g1", "the item was faulty")
    assert counting_answers(services, ada.id) == []
    assert item_counts(services) == {("i1", "light"): (0, 0)}
    with pytest.raises(NotFound, match="retracted"):
        services.evidence_log.override(instructor, "g1", Outcome.RIGHT)
    with pytest.raises(InputRefused, match="retracted"):
        services.evidence_log.record(ada, make_grade())


def test_only_an_instructor_of_the_course_corrects(services, course, ada, bob):
    services.evidence_log.record(ada, make_grade())
    with pytest.raises(NotAllowed):
        services.evidence_log.override(ada, "g1", Outcome.RIGHT)
    with pytest.raises(NotAllowed):
        services.evidence_log.retract(bob, "g1", "for fun")
    with pytest.raises(NotAllowed):
        services.evidence_log.record_instructor_decision(bob, ada.id, make_grade("g2"))


def test_the_expected_success_is_recorded_with_the_answer(services, course, ada, bob):
    first = services.evidence_log.record(ada, make_grade("g1"))
    assert first.expected == 0.5
    for n in range(10):
        services.evidence_log.record(bob, make_grade(f"b{n}", Outcome.RIGHT))
    assert services.evidence_log.record(ada, make_grade("g2")).expected > 0.6
    assert counting_answers(services, ada.id)[0] == first


def test_an_item_without_skill_counts_for_the_whole_course(services, course, ada):
    assert services.evidence_log.record(ada, make_grade(skills=())).skills == (GENERAL_SKILL,)


def test_aided_answers_are_recorded_and_do_not_lower_item_difficulty(services, course, ada):
    answer = services.evidence_log.record(ada, make_grade(outcome=Outcome.RIGHT, hints=2))
    assert answer.aided and not answer.is_unaided
    assert item_counts(services) == {}


def test_recounting_equals_incremental_counting(services, course, ada, bob, instructor):
    for n in range(12):
        right = Outcome.RIGHT if n % 3 else Outcome.WRONG
        services.evidence_log.record(
            (ada, bob)[n % 2], make_grade(f"g{n}", right, item_id=f"i{n % 4}", hints=int(n == 5))
        )
    services.evidence_log.override(instructor, "g3", Outcome.RIGHT)
    services.evidence_log.override(instructor, "g3", Outcome.WRONG)
    services.evidence_log.retract(instructor, "g4", "faulty")
    before = item_counts(services)
    with services.database.write_transaction() as connection:
        evidence_store.rebuild_item_counts(connection, "biology")
    assert item_counts(services) == {key: counts for key, counts in before.items() if key in item_counts(services)}
    assert all(counts == (0, 0) for key, counts in before.items() if key not in item_counts(services))


def test_an_erased_learner_leaves_no_event_and_no_count(services, course, ada, bob):
    services.evidence_log.record(ada, make_grade("g1", Outcome.RIGHT))
    of_bob = services.evidence_log.record(bob, make_grade("g2"))
    with services.database.write_transaction() as connection:
        assert evidence_store.delete_events(connection, ada.id) == 1
    assert counting_answers(services, ada.id) == [] and counting_answers(services, bob.id) == [of_bob]
    assert item_counts(services) == {("i1", "light"): (1, 0)}


def test_expected_success_must_be_a_probability(services, course, ada):
    answer = services.evidence_log.record(ada, make_grade())
    with pytest.raises(InputRefused, match="between 0 and 1"):
        replace(answer, expected=1.0)
