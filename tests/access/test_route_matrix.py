"""Every route of ours, for a visitor, for a learner of another course and for a learner of the course itself.

A new route fails until it has a row here.
"""

from __future__ import annotations

import pytest
from secret_course import COURSE_MARKS, PRIVATE_MARKS, SecretCourse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from tutor.domain import Person
from tutor.services import Services
from tutor.ui.error_boundary import PERSON_KEY
from tutor.ui.http_routes import OWN_PATHS, build_routes_app

# By route: the status for a visitor, for somebody outside the course, for a learner of it, and for its instructor.
STATUS = {
    ("GET", "/healthz"): (200, 200, 200, 200),
    ("POST", "/guest"): (303, 303, 303, 303),
    ("GET", "/join"): (200, 200, 200, 200),
    ("POST", "/join"): (404, 404, 404, 404),  # without a code
    ("GET", "/join/{code}"): (404, 404, 404, 404),  # with a wrong one
    ("GET", "/start"): (303, 303, 200, 200),
    ("POST", "/start"): (303, 303, 303, 303),
    ("GET", "/account/name"): (303, 200, 200, 200),
    ("POST", "/account/name"): (303, 303, 303, 303),  # "" removes the name that was chosen
    ("GET", "/admin"): (303, 403, 403, 403),
    ("POST", "/admin/invite"): (303, 403, 403, 403),
    ("POST", "/admin/backup"): (303, 403, 403, 403),
    ("POST", "/admin/audit"): (303, 403, 403, 403),
    ("GET", "/admin/people/{person_id}"): (303, 403, 403, 403),
    ("POST", "/admin/people/{person_id}/{action}"): (303, 403, 403, 403),
    ("GET", "/oidc/start"): (404, 404, 404, 404),  # without a provider in the settings
    ("GET", "/oidc/callback"): (404, 404, 404, 404),
    ("POST", "/logout"): (303, 303, 303, 303),
    ("GET", "/account/delete"): (303, 200, 200, 200),
    ("POST", "/account/delete"): (303, 400, 400, 400),  # without the name of the account
    ("GET", "/account/data"): (401, 200, 200, 200),  # of oneself
    ("GET", "/account/data.json"): (401, 200, 200, 200),
    ("GET", "/account/adapter.zip"): (401, 404, 404, 404),  # without a version of one's own
    ("POST", "/photo"): (401, 200, 200, 200),  # an empty photo: the refusal is in the answer
    ("POST", "/language"): (303, 400, 400, 400),  # without a language
    ("GET", "/passage/{passage_id}"): (401, 404, 200, 200),
    ("GET", "/passage/{passage_id}/page.png"): (404, 404, 404, 404),  # only for one's own citation
    ("GET", "/answer/{turn_id}"): (401, 404, 404, 404),  # only one's own
    ("GET", "/progress/report"): (401, 404, 200, 200),
    ("GET", "/progress/export.json"): (401, 404, 200, 200),
    ("GET", "/progress/xapi.json"): (401, 404, 200, 200),
    ("GET", "/progress/answers.csv"): (401, 404, 200, 200),
    ("GET", "/class/report"): (401, 404, 403, 403),  # a class of fewer than five has no report
    ("GET", "/class/skills.csv"): (401, 404, 403, 403),
    ("GET", "/class/xapi.json"): (401, 404, 403, 403),
    ("GET", "/class/research.json"): (401, 404, 403, 403),
}


class AsPerson:
    """Our routes as they are called for one person, or for a visitor."""

    def __init__(self, services: Services, actor: Person | None) -> None:
        self._routes, self._actor = build_routes_app(services), actor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._routes({**scope, PERSON_KEY: self._actor}, receive, send)


def our_routes(services: Services) -> set[tuple[str, str]]:
    routes = build_routes_app(services).routes
    return {(method, route.path) for route in routes for method in route.methods - {"HEAD"}}  # type: ignore[attr-defined]


def test_every_route_of_ours_has_a_row_and_is_answered_by_us(opened: Services):
    assert our_routes(opened) == STATUS.keys()
    assert all(OWN_PATHS.fullmatch(path) for _, path in STATUS)


@pytest.mark.parametrize(("method", "path"), STATUS)
def test_a_route_answers_each_person_as_the_table_says(opened: Services, secret: SecretCourse, method: str, path: str):
    passage = opened.library.search(secret.course.id, "Zirconium", 1).hits[0].passage.id
    (asked,) = opened.conversations.list_own(secret.victim, secret.course.id)
    (turn,) = opened.conversations.list_turns(secret.victim, asked.id)
    url = path.format(code="2222-2222", passage_id=passage, person_id=secret.victim.id, action="pause", turn_id=turn.id)
    found = []
    for actor in (None, secret.outsider, secret.classmate, secret.teacher):
        client = TestClient(AsPerson(opened, actor), follow_redirects=False)
        answer = client.request(method, url, params={"course": secret.course.id, "in": asked.id})
        found.append(answer.status_code)
        marks = PRIVATE_MARKS if actor in (secret.classmate, secret.teacher) else (*COURSE_MARKS, *PRIVATE_MARKS)
        assert not [mark for mark in marks if mark.lower() in answer.text.lower()]
    assert tuple(found) == STATUS[method, path]
