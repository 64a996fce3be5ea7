"""The first steps of a new course: what is done is read from the course, and the next step has its button."""

from __future__ import annotations

import pytest

from tutor.courses.sample_course import create_sample_course, sample_course_id
from tutor.domain import Course, Person
from tutor.services import Services
from tutor.ui import course_header
from tutor.ui.first_steps import CourseSetup, render_first_steps

NEW = CourseSetup("algebra", "<Algebra>", 0, 0, 0, has_asked=False, skills=0, learners=0)


def test_a_new_course_asks_for_documents_first() -> None:
    page = render_first_steps(NEW, "en")
    assert "1 of 5 done" in page and "&lt;Algebra&gt;" in page
    assert page.index('aria-current="step"') < page.index("Add what you teach with") < page.index("Ask a question")
    assert "/?course=" not in page  # nothing can be asked yet


def test_documents_that_can_be_used_already_are_counted_while_others_are_read() -> None:
    page = render_first_steps(CourseSetup("a", "A", 2, 31, 1, has_asked=False, skills=0, learners=0), "en")
    assert "1 file is being read. 2 documents with 31 passages can be used already." in page
    assert 'href="/?course=a&chat=#chat"' in page


def test_a_course_that_is_set_up_has_no_steps_left() -> None:
    assert render_first_steps(CourseSetup("a", "A", 1, 9, 0, has_asked=True, skills=4, learners=1), "en") == ""


def test_the_steps_follow_what_happens_in_the_course(services: Services, instructor: Person, course: Course) -> None:
    setup = course_header.read_setup(services, instructor, course)
    assert (setup.documents, setup.has_asked, setup.learners) == (1, False, 0)
    list(services.chat.ask(instructor, course.id, "What does chlorophyll absorb?"))
    learner, _ = services.accounts.create_guest()
    services.courses.enrol(instructor, course.id, learner)
    setup = course_header.read_setup(services, instructor, course)
    assert (setup.has_asked, setup.learners) == (True, 1)


@pytest.fixture
def sample(services: Services, instructor: Person) -> str:
    return create_sample_course(services.courses, instructor)


def test_who_has_only_the_sample_course_is_asked_for_one_of_their_own(
    services: Services, instructor: Person, sample: str
) -> None:
    picker, form, _title, steps = course_header.render_header(services, instructor, sample)
    assert picker.value == sample == sample_course_id() and form.visible
    assert f"Welcome, {instructor.name}" in steps


def test_the_course_that_was_open_comes_back_else_one_of_their_own(
    services: Services, instructor: Person, sample: str, course: Course
) -> None:
    assert course_header.choose_course(services, instructor, sample) == sample
    assert course_header.choose_course(services, instructor, None) == course.id
    assert course_header.choose_course(services, instructor, "somebody-elses") == course.id
    _picker, form, _title, steps = course_header.render_header(services, instructor, course.id)
    assert not form.visible and "First steps of “Biology”" in steps
