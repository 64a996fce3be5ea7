"""A course is seen by those who joined it; its instructor decides who can, and takes learners out again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.accounts.join_codes import ALPHABET, format_join_code, parse_join_code, random_join_code
from tutor.courses import sample_course
from tutor.domain import Course, Person, Role
from tutor.errors import NotAllowed, NotFound
from tutor.services import Services


@pytest.fixture
def chemistry(services: Services, instructor: Person) -> Course:
    return services.courses.create(instructor, "Chemistry", course_id="chemistry")


def code_of(services: Services, teacher: Person, course: Course) -> str:
    code = services.enrolment.show(teacher, course.id).join_code
    assert code is not None
    return code


def sees(services: Services, actor: Person, course: Course) -> bool:
    return course.id in [one.id for one in services.courses.visible_to(actor)]


def test_a_new_course_is_seen_by_its_instructor_alone(services, chemistry, instructor, ada):
    stranger = services.accounts.create_account("mr-strange", Role.INSTRUCTOR)
    assert sees(services, instructor, chemistry)
    for other in (ada, services.accounts.create_guest()[0], stranger):
        assert not sees(services, other, chemistry)
        with pytest.raises(NotFound, match="ask its instructor for the link"):
            services.courses.authorize(other, chemistry.id)


def test_whoever_knows_the_code_joins_as_a_learner(services, chemistry, instructor, ada):
    assert services.enrolment.join(ada, code_of(services, instructor, chemistry)) == chemistry
    assert services.courses.visible_to(ada) == [chemistry]
    assert [one.name for one in services.enrolment.show(instructor, chemistry.id).learners] == ["ada"]
    with pytest.raises(NotAllowed):
        services.enrolment.show(ada, chemistry.id)


def test_an_instructor_who_joins_anothers_course_does_not_teach_it(services, chemistry, instructor):
    """A regression: an enrolled instructor taught the course, so the learners' link would have made them one."""
    stranger = services.accounts.create_account("mr-strange", Role.INSTRUCTOR)
    services.enrolment.join(stranger, code_of(services, instructor, chemistry))
    assert sees(services, stranger, chemistry) and not services.courses.can_teach(stranger, chemistry.id)
    services.courses.enrol(instructor, chemistry.id, stranger)
    assert services.courses.can_teach(stranger, chemistry.id)


def test_an_instructor_who_opens_the_link_of_their_own_course_still_teaches_it(services, chemistry, instructor):
    services.enrolment.join(instructor, code_of(services, instructor, chemistry))
    assert services.courses.can_teach(instructor, chemistry.id)


def test_a_renewed_code_replaces_the_old_one_and_a_course_without_one_cannot_be_joined(
    services, chemistry, instructor, ada, bob
):
    old = code_of(services, instructor, chemistry)
    services.enrolment.join(ada, old)
    services.enrolment.renew_join_code(instructor, chemistry.id)
    with pytest.raises(NotFound, match="no course has this code"):
        services.enrolment.join(bob, old)
    new = code_of(services, instructor, chemistry)
    services.enrolment.switch_off_joining(instructor, chemistry.id)
    assert services.enrolment.show(instructor, chemistry.id).join_link is None
    with pytest.raises(NotFound):
        services.enrolment.join(bob, new)
    assert sees(services, ada, chemistry) and not sees(services, bob, chemistry)


def test_a_learner_who_was_taken_out_comes_back_only_when_the_instructor_says_so(services, chemistry, instructor, ada):
    code = code_of(services, instructor, chemistry)
    services.enrolment.join(ada, code)
    services.enrolment.remove(instructor, chemistry.id, ada.id)
    assert not sees(services, ada, chemistry)
    with pytest.raises(NotAllowed, match="taken out of “Chemistry”"):
        services.enrolment.join(ada, code)
    assert [one.removed_at is not None for one in services.enrolment.show(instructor, chemistry.id).learners] == [True]
    services.enrolment.readmit(instructor, chemistry.id, ada.id)
    assert sees(services, ada, chemistry)


def test_a_learner_who_was_taken_out_of_a_course_does_not_come_back_when_it_is_opened_to_all(
    services, chemistry, instructor, ada, bob
):
    """A regression: in an open course, to be taken out changed nothing."""
    services.enrolment.join(ada, code_of(services, instructor, chemistry))
    services.enrolment.set_open(instructor, chemistry.id, is_open=True)
    services.enrolment.remove(instructor, chemistry.id, ada.id)
    assert sees(services, bob, chemistry) and not sees(services, ada, chemistry)
    with pytest.raises(NotFound):
        services.courses.authorize(ada, chemistry.id)
    services.enrolment.readmit(instructor, chemistry.id, ada.id)
    assert sees(services, ada, chemistry)


def test_only_who_teaches_a_course_changes_who_is_in_it(services, chemistry, instructor, ada):
    services.enrolment.join(ada, code_of(services, instructor, chemistry))
    stranger = services.accounts.create_account("mr-strange", Role.INSTRUCTOR)
    for actor, refusal in ((ada, NotAllowed), (stranger, NotFound)):
        for change in (
            lambda who: services.enrolment.renew_join_code(who, chemistry.id),
            lambda who: services.enrolment.switch_off_joining(who, chemistry.id),
            lambda who: services.enrolment.set_open(who, chemistry.id, is_open=True),
            lambda who: services.enrolment.remove(who, chemistry.id, ada.id),
            lambda who: services.enrolment.readmit(who, chemistry.id, ada.id),
        ):
            with pytest.raises(refusal):
                change(actor)
    assert sees(services, ada, chemistry)


def test_learners_of_other_courses_and_colleagues_cannot_be_taken_out(services, chemistry, instructor, ada):
    with pytest.raises(NotFound, match="no such learner"):
        services.enrolment.remove(instructor, chemistry.id, ada.id)
    with pytest.raises(NotFound):
        services.enrolment.remove(instructor, chemistry.id, instructor.id)
    assert sees(services, instructor, chemistry)


def test_an_open_course_is_seen_by_everybody_until_it_is_closed(services, chemistry, instructor, ada):
    services.enrolment.set_open(instructor, chemistry.id, is_open=True)
    assert sees(services, ada, chemistry)
    services.enrolment.set_open(instructor, chemistry.id, is_open=False)
    assert not sees(services, ada, chemistry)


def test_the_sample_course_is_open_and_a_joined_course_comes_before_it(services, chemistry, instructor, ada):
    sample = sample_course.create_sample_course(services.courses, services.operator)
    assert [one.id for one in services.courses.visible_to(ada)] == [sample]
    services.enrolment.join(ada, code_of(services, instructor, chemistry))
    assert [one.id for one in services.courses.visible_to(ada)] == ["chemistry", sample]


def test_every_code_is_read_as_people_type_it():
    code = random_join_code()
    for typed in (code, format_join_code(code), f" {code[:4].lower()} {code[4:]} ", format_join_code(code).lower()):
        assert parse_join_code(typed) == code


@given(st.text(max_size=60))
def test_what_cannot_be_a_code_is_refused_without_an_error(text: str):
    parsed = parse_join_code(text)
    assert parsed is None or (len(parsed) == 8 and set(parsed) <= set(ALPHABET))
