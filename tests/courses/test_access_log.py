"""Who looked at what: staff's reads, grades, exports and changes are logged, and shown to those whom they concern."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tutor.courses.access_log import PAGE_SIZE
from tutor.domain import Outcome, Role
from tutor.errors import NotAllowed, NotFound
from tutor.store import audit
from tutor.store.audit import Act
from tutor.ui.access_log_html import render_course_log, render_own_log


def logged(services, actor, course):
    """What the page of a course shows, the oldest first: (act, who, about whom)."""
    page = services.access_log.of_course(actor, course.id)
    return [(one.act, one.actor, one.subject) for one in reversed(page.entries)]


@pytest.fixture
def answered(services, course, instructor, ada):
    """An answer of ada to a question of the bank; returns its id."""
    services.item_bank.import_items(instructor, course.id, "The green colour is named {=chlorophyll}")
    quiz = services.quiz_sessions.start_quiz(ada, course.id)
    question = quiz.current.question.id
    services.quiz_sessions.submit_answer(ada, question, "one", "xanthophyll")
    return services.quiz_sessions.get_question(ada, question).last_attempt.id


def test_reading_better_answers_is_logged_once_a_day_for_each_learner(
    services, ask, course, ada, bob, instructor, clock
):
    for who in (ada, bob, ada):
        services.feedback.submit_correction(who, ask(who).id, "It reflects green light.", consent=False)
    for _ in range(3):
        services.review_queue.list_reviews(instructor, course.id)
    once = [(Act.READ_CHATS, "ms-frizzle", "ada"), (Act.READ_CHATS, "ms-frizzle", "bob")]
    assert logged(services, instructor, course) == once
    clock.advance(timedelta(days=1))
    services.review_queue.list_reviews(instructor, course.id)
    assert logged(services, instructor, course) == 2 * once


def test_reading_and_changing_grades_is_logged_with_the_learner(services, course, ada, instructor, answered):
    services.gradebook.override(instructor, answered, Outcome.RIGHT, "A pigment, too.")
    services.gradebook.undo(instructor, services.gradebook.undo_step(instructor, answered))
    acts = [(act, subject) for act, _, subject in logged(services, instructor, course)]
    assert acts == [(Act.READ_ANSWERS, "ada"), (Act.GRADED, "ada"), (Act.GRADE_UNDONE, "ada")]


def test_a_grade_that_is_not_stored_is_not_logged(services, course, instructor, answered, monkeypatch):
    monkeypatch.setattr("tutor.practice.gradebook.current_answer", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.gradebook.override(instructor, answered, Outcome.RIGHT, "A pigment, too.")
    assert Act.GRADED not in [act for act, *_ in logged(services, instructor, course)]


def test_reading_the_progress_of_a_class_is_logged_for_the_class(services, course, ada, instructor, answered):
    for _ in range(2):
        services.reports.class_overview(instructor, course.id)
    assert logged(services, instructor, course) == [(Act.READ_PROGRESS, "ms-frizzle", None)]


def test_joining_by_code_and_being_put_into_a_course_are_logged(services, course, ada, bob, instructor):
    code = services.enrolment.show(instructor, course.id).join_code
    services.enrolment.join(ada, code)
    services.enrolment.join(ada, code)
    services.courses.enrol(instructor, course.id, bob)
    services.enrolment.renew_join_code(instructor, course.id)
    assert logged(services, instructor, course) == [
        (Act.JOINED, "ada", "ada"),
        (Act.ENROLLED, "ms-frizzle", "bob"),
        (Act.JOINING_CHANGED, "ms-frizzle", None),
    ]


def test_learners_see_what_was_done_with_their_work_and_nobody_elses(services, ask, course, ada, bob, instructor):
    services.feedback.submit_correction(ada, ask(ada).id, "It reflects green light.", consent=False)
    services.review_queue.list_reviews(instructor, course.id)
    services.enrolment.set_open(instructor, course.id, is_open=True)  # concerns no learner
    (seen,) = services.access_log.about_oneself(ada, course.id).entries
    assert (seen.act, seen.actor) == (Act.READ_CHATS, "ms-frizzle")
    assert services.access_log.about_oneself(bob, course.id).entries == []
    page = render_own_log(services.access_log.about_oneself(ada, course.id), "en")
    assert "ms-frizzle" in page and "read questions with better answers" in page


def test_what_was_read_of_a_class_before_somebody_came_is_not_told_them(
    services, course, ada, instructor, answered, clock
):
    services.reports.class_overview(instructor, course.id)
    clock.advance(timedelta(minutes=1))
    late = services.accounts.create_account("late", Role.LEARNER)
    assert services.access_log.about_oneself(late, course.id).entries == []
    assert len(services.access_log.about_oneself(ada, course.id).entries) == 1


def test_only_who_teaches_the_course_reads_its_list(services, course, ada):
    stranger = services.accounts.create_account("mr-strange", Role.INSTRUCTOR)
    closed = services.courses.create(stranger, "Closed")
    for actor, where, refusal in ((ada, course, NotAllowed), (stranger, course, NotAllowed), (ada, closed, NotFound)):
        with pytest.raises(refusal):
            services.access_log.of_course(actor, where.id)
    with pytest.raises(NotFound):
        services.access_log.about_oneself(ada, closed.id)


def test_the_list_has_pages_the_newest_first(services, course, instructor, clock):
    with services.database.write_transaction() as connection:
        for _ in range(PAGE_SIZE + 3):
            clock.advance(timedelta(minutes=1))
            audit.append(connection, Act.PAUSED, clock(), actor=instructor.id, course_id=course.id)
    first, second = (services.access_log.of_course(instructor, course.id, number) for number in (0, 1))
    assert (len(first.entries), first.has_older) == (PAGE_SIZE, True)
    assert (len(second.entries), second.has_older) == (3, False)
    times = [entry.at for entry in (*first.entries, *second.entries)]
    assert times == sorted(times, reverse=True)


def test_somebody_erased_has_no_name_in_the_list_and_names_are_escaped(services, ask, course, ada, instructor):
    services.feedback.submit_correction(ada, ask(ada).id, "It reflects green light.", consent=False)
    services.review_queue.list_reviews(instructor, course.id)
    services.rights.erasure.erase(ada.id)
    page = services.access_log.of_course(instructor, course.id)
    shown = render_course_log(page, "zh")
    assert "账号已删除的人" in shown and "ada" not in shown


def test_every_act_has_its_words():
    from tutor.locales import CATALOGS

    for messages in CATALOGS.values():
        assert {f"act_{act.name.lower()}" for act in Act} == {key for key in messages if key.startswith("act_")}
