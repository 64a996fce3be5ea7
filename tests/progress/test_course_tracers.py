"""The tracer of a course in the house: learnt beside as the course grows, gone with whoever takes her answers back."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

import tutor.learner.course_delta as course_delta
import tutor.store.course_tracers as tracer_store
from tutor.domain import Outcome, Skill
from tutor.learner.logit import squash
from tutor.progress.evidence_log import Judged


@pytest.fixture
def practised(house, course, ada, bob, instructor, clock):
    """A hard course in which two learners have answered often."""
    house.courses.declare_skills(instructor, course.id, [Skill("light", course.id, "Light")])
    rng, given = random.Random(1), iter(range(10_000))

    def practising(answers: int) -> None:
        with house.office.database.writing() as connection:
            for _ in range(answers):
                clock.pass_time(timedelta(minutes=3))
                n = next(given)
                item = rng.randrange(9)
                outcome = Outcome.RIGHT if rng.random() < squash(-1.5 - item / 4) else Outcome.WRONG
                judged = Judged(course.id, f"i{item}", ("light",), outcome, "t 1", f"g{n}")
                house.evidence.record((ada, bob)[n % 2], judged, within=connection)

    return practising


def learnt_from(house) -> int:
    with house.office.database.reading() as connection:
        return tracer_store.number(connection, "biology") or 0


def next_right(house, who) -> float:
    (line,) = house.progress.of(who, "biology").skills
    return line.next_right.right


def test_a_page_begins_the_learning_and_a_later_one_says_what_came_of_it(house, practised, ada):
    practised(course_delta.FIRST)
    before = next_right(house, ada)
    house.office.tracers.beside.wait()
    assert learnt_from(house) == course_delta.FIRST
    assert next_right(house, ada) < before


def test_a_small_course_is_not_learnt(house, practised, ada, instructor):
    practised(course_delta.FIRST - 1)
    next_right(house, ada)
    house.office.tracers.beside.wait()
    assert house.progress.rebuild(instructor, "biology") == 2 and learnt_from(house) == 0


def test_it_is_learnt_anew_only_when_the_course_has_grown(house, practised, ada):
    for more, known in ((course_delta.FIRST, 200), (40, 200), (20, 260)):
        practised(more)
        next_right(house, ada)
        house.office.tracers.beside.wait()
        assert learnt_from(house) == known


def test_whoever_takes_her_answers_back_takes_along_what_was_learnt_from_them(house, practised, ada, bob):
    practised(course_delta.FIRST)
    next_right(house, ada)
    house.office.tracers.beside.wait()
    house.progress.forget(bob, "biology")
    assert learnt_from(house) == 0
    assert house.office.tracers.of("biology", 0).course is None


def test_two_houses_over_one_database_see_what_the_other_has_learnt(house, practised):
    from tutor.progress.course_tracers import Tracers

    practised(course_delta.FIRST)
    other = Tracers(house.office.database)
    assert other.learn("biology") == course_delta.FIRST
    assert house.office.tracers.of("biology", 0).course.answers == course_delta.FIRST
