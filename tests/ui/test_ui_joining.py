"""Joining a course over HTTP: the link, the typed code, and what the instructor's panel shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from tutor.domain import Course, Person
from tutor.services import Services

Client = Callable[[], httpx.Client]


@pytest.fixture(scope="module")
def osmology(served_app: Services) -> Iterator[Course]:
    course = served_app.courses.create(served_app.operator, "Osmology <b>1</b>", course_id="osmology")
    yield course


def join_code(services: Services, course: Course) -> str:
    code = services.enrolment.show(services.operator, course.id).join_code
    assert code is not None
    return code


def person_of(services: Services, client: httpx.Client) -> Person:
    person = services.accounts.person_for_session(client.cookies["tutor_session"])
    assert person is not None
    return person


def visible(services: Services, client: httpx.Client) -> list[str]:
    return [course.id for course in services.courses.visible_to(person_of(services, client))]


def test_a_link_makes_a_visitor_a_guest_who_is_in_the_course(
    served_app: Services, osmology: Course, new_visitor: Client
):
    visitor = new_visitor()
    preview = visitor.get(f"/join/{join_code(served_app, osmology)}")
    assert preview.status_code == 200 and "Osmology &lt;b&gt;1&lt;/b&gt;" in preview.text and not visitor.cookies
    answer = visitor.post("/join", data={"code": join_code(served_app, osmology)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/start?course=osmology")
    assert visible(served_app, visitor)[0] == "osmology" and person_of(served_app, visitor).guest


def test_who_is_signed_in_keeps_their_account_when_they_join(served_app: Services, osmology: Course, new_guest: Client):
    client = new_guest()
    before, person = served_app.accounts.list_people(), person_of(served_app, client)
    typed = join_code(served_app, osmology).lower().replace("-", " ")
    assert client.post("/join", data={"code": typed}).headers["location"] == "/start?course=osmology"
    assert served_app.accounts.list_people() == before and person_of(served_app, client) == person
    assert visible(served_app, client)[0] == "osmology"


def test_a_wrong_code_makes_nobody_a_guest_and_is_answered_with_a_form(served_app: Services, new_visitor: Client):
    visitor, before = new_visitor(), served_app.accounts.list_people()
    answer = visitor.post("/join", data={"code": "AAAA-AAA<"}, headers={"accept-language": "zh"})
    assert answer.status_code == 404 and "课程码" in answer.text and 'name="code"' in answer.text
    assert visitor.get("/join/2222-2222").status_code == 404
    assert served_app.accounts.list_people() == before and not visitor.cookies


def test_a_guest_without_the_code_does_not_see_the_course(served_app: Services, osmology: Course, new_guest: Client):
    client = new_guest()
    assert "osmology" not in visible(served_app, client)
    assert "Osmology" not in client.get("/config").text


def test_a_page_of_another_site_cannot_make_somebody_join(served_app: Services, osmology: Course, new_guest: Client):
    client = new_guest()
    data, headers = {"code": join_code(served_app, osmology)}, {"origin": "https://evil.example"}
    assert client.post("/join", data=data, headers=headers).status_code == 403
    assert "osmology" not in visible(served_app, client)
