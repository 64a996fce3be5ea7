"""The tracer of a course is fitted in the background as the course grows, and deleted with a learner's answers."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

import tutor.learner.course_delta as course_delta
import tutor.store.course_tracers as tracer_store
from tutor.domain import Outcome, Skill
from tutor.learner.logit import sigmoid
from tutor.progress.evidence_log import GradedAnswer


@pytest.fixture
def practised(services, course, ada, bob, instructor, clock):
    """A hard course in which two learners have answered often."""
    services.courses.declare_skills(instructor, course.id, [Skill("light", course.id, "Light")])
    rng, given = random.Random(1), iter(range(10_000))

    def practising(answers: int) -> None:
        with services.database.write_transaction() as connection:
            for _ in range(answers):
                clock.advance(timedelta(minutes=3))
                n = next(given)
                item = rng.randrange(9)
                outcome = Outcome.RIGHT if rng.random() < sigmoid(-1.5 - item / 4) else Outcome.WRONG
                graded = GradedAnswer(course.id, f"i{item}", ("light",), outcome, "t 1", f"g{n}")
                services.evidence_log.record((ada, bob)[n % 2], graded, within=connection)

    return practising


def fitted_answers(services) -> int:
    with services.database.read_connection() as connection:
        return tracer_store.fitted_sequence(connection, "biology") or 0


def predicted_success(services, actor) -> float:
    (line,) = services.progress.own_overview(actor, "biology").skills
    return line.success_chance.probability


def test_a_page_view_starts_fitting_and_a_later_one_uses_it(services, practised, ada):
    practised(course_delta.MIN_ANSWERS)
    before = predicted_success(services, ada)
    services.tracers.background.wait_all()
    assert fitted_answers(services) == course_delta.MIN_ANSWERS
    assert predicted_success(services, ada) < before


def test_a_small_course_is_not_fitted(services, practised, ada, instructor):
    practised(course_delta.MIN_ANSWERS - 1)
    predicted_success(services, ada)
    services.tracers.background.wait_all()
    assert services.progress.rebuild_records(instructor, "biology") == 2 and fitted_answers(services) == 0


def test_refitting_happens_only_after_growth(services, practised, ada):
    for more, known in ((course_delta.MIN_ANSWERS, 200), (40, 200), (20, 260)):
        practised(more)
        predicted_success(services, ada)
        services.tracers.background.wait_all()
        assert fitted_answers(services) == known


def test_erasing_answers_deletes_the_fitted_tracer(services, practised, ada, bob):
    practised(course_delta.MIN_ANSWERS)
    predicted_success(services, ada)
    services.tracers.background.wait_all()
    services.progress.delete_learner_data(bob, "biology")
    assert fitted_answers(services) == 0
    assert services.tracers.tracer_for("biology", 0).course_delta is None


def test_two_processes_over_one_database_share_the_fitted_tracer(services, practised):
    from tutor.progress.course_tracers import CourseTracers

    practised(course_delta.MIN_ANSWERS)
    other = CourseTracers(services.database)
    assert other.fit_course("biology") == course_delta.MIN_ANSWERS
    assert services.tracers.tracer_for("biology", 0).course_delta.answers == course_delta.MIN_ANSWERS
