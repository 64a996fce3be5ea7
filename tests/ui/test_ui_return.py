"""Who comes back stands where they left: the browser says where that was, and the server checks it."""

from __future__ import annotations

import pytest

from tutor.domain import Course, Person
from tutor.services import Services
from tutor.ui.chat_updates import restored_conversation_id, restored_course_id
from tutor.ui.greeting import render_greeting


@pytest.fixture
def algebra(services: Services, instructor: Person) -> Course:
    return services.courses.create(instructor, "Algebra", course_id="algebra", open_to_all=True)


@pytest.fixture
def learner(services: Services) -> Person:
    return services.accounts.create_guest()[0]


def ask(services: Services, learner: Person, course: Course) -> str:
    list(services.chat.ask(learner, course.id, "What does chlorophyll absorb?"))
    return services.conversations.list_own(learner, course.id)[0].id


def test_the_course_that_was_open_comes_back(
    services: Services, learner: Person, course: Course, algebra: Course
) -> None:
    assert restored_course_id(services, learner, "algebra") == "algebra"
    assert restored_course_id(services, learner, "biology") == "biology"


def test_a_browser_that_remembers_nothing_gets_the_course_asked_in_last(
    services: Services, learner: Person, course: Course, algebra: Course
) -> None:
    first = restored_course_id(services, learner, None)
    other = algebra if first == course.id else course
    ask(services, learner, other)
    assert restored_course_id(services, learner, None) == other.id


def test_a_course_that_one_may_not_see_gives_way(services: Services, learner: Person, instructor: Person) -> None:
    services.courses.create(instructor, "Private", course_id="private", open_to_all=False)
    assert restored_course_id(services, learner, "private") is None


def test_the_conversation_that_was_open_comes_back_and_a_new_one_stays_new(
    services: Services, learner: Person, course: Course
) -> None:
    first, second = ask(services, learner, course), ask(services, learner, course)
    assert restored_conversation_id(services, learner, course.id, first) == first
    assert restored_conversation_id(services, learner, course.id, None) in {first, second}
    assert restored_conversation_id(services, learner, course.id, "") is None


def test_somebody_elses_conversation_gives_way_to_ones_own(services: Services, learner: Person, course: Course) -> None:
    stranger, _ = services.accounts.create_guest()
    theirs, mine = ask(services, stranger, course), ask(services, learner, course)
    assert restored_conversation_id(services, learner, course.id, theirs) == mine


def test_nothing_is_offered_where_there_is_nothing_to_begin(
    services: Services, learner: Person, algebra: Course
) -> None:
    assert render_greeting(services, learner, "algebra") == ""
    assert render_greeting(services, learner, None) == ""
