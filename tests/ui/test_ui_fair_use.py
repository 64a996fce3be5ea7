"""Nobody takes the tutor away from the others: questions, open streams and new guests have a limit of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from page_server import COVERED
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from tutor.domain import Course, Person
from tutor.services import Services
from tutor.ui import http_routes
from tutor.ui.error_boundary import PERSON_KEY
from tutor.ui.fair_use import MAX_OPEN, MAX_QUESTIONS
from tutor.ui.http_routes import build_routes_app

Client = Callable[[], httpx.Client]


@pytest.fixture
def slow_answers(served_app: Services) -> Iterator[None]:
    """Answers that take longer than the test asks questions."""
    engine, usual = served_app.engine, served_app.engine.pause_s  # type: ignore[attr-defined]
    engine.pause_s = 0.3  # type: ignore[attr-defined]
    yield
    engine.pause_s = usual  # type: ignore[attr-defined]


def ask(client: httpx.Client, session: str) -> httpx.Response:
    config = client.get("/config").json()
    index = next(d["id"] for d in config["dependencies"] if d.get("api_name") == "ask")
    body = {"fn_index": index, "data": [COVERED, None, "biology"], "session_hash": session}
    return client.post("/gradio_api/queue/join", json=body)


def test_one_learners_questions_do_not_fill_the_queue_for_the_others(
    served_app: Services, new_guest: Client, slow_answers: None
):
    """A regression: 200 questions of one guest filled it, and everybody else read `503` as raw JSON."""
    greedy, other = new_guest(), new_guest()
    answers = [ask(greedy, f"tab{number % 5}") for number in range(40)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(answers) - len(refused) == MAX_QUESTIONS
    assert refused[0].json()["detail"].startswith("You already have 3 questions on the way.")
    greedy.post("/language", data={"language": "zh"})
    assert "你已有 3 个问题" in ask(greedy, "tab0").json()["detail"]
    assert ask(other, "others").status_code == 200


def test_one_persons_open_streams_have_a_limit_and_closed_ones_give_their_place_back(new_guest: Client):
    greedy, other = new_guest(), new_guest()
    with ExitStack() as streams:
        for number in range(MAX_OPEN["heartbeat"]):
            opened = streams.enter_context(greedy.stream("GET", f"/gradio_api/heartbeat/greedy{number}"))
            assert opened.status_code == 200
        refused = greedy.get("/gradio_api/heartbeat/one-more")
        assert refused.status_code == 429 and "too many windows" in refused.json()["detail"]
        assert streams.enter_context(other.stream("GET", "/gradio_api/heartbeat/other")).status_code == 200
    for _ in range(50):
        with greedy.stream("GET", "/gradio_api/heartbeat/again") as again:
            if again.status_code == 200:
                return
    raise AssertionError("the places of closed streams were not given back")


class Visitor:
    """Our routes as a visitor without a session calls them."""

    def __init__(self, services: Services) -> None:
        self._routes = build_routes_app(services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._routes({**scope, PERSON_KEY: None}, receive, send)


@pytest.fixture
def classroom(services: Services) -> Callable[[str], TestClient]:
    """Makes browsers at an address."""
    routes = Visitor(services)
    return lambda address: TestClient(routes, client=(address, 1), follow_redirects=False)


def test_a_class_behind_one_address_joins_its_course_while_guests_without_a_code_are_refused_there(
    services: Services, instructor: Person, classroom: Callable[[str], TestClient]
):
    """A regression: the limit was the whole server's, so that guests of one address locked everybody out."""
    course: Course = services.courses.create(instructor, "Chemistry")
    code = services.enrolment.show(instructor, course.id).join_code
    limit = services.settings.guests_per_minute
    school, elsewhere = "203.0.113.7", "198.51.100.9"
    made = [classroom(school).post("/guest").status_code for _ in range(limit + 5)]
    assert made == [303] * limit + [429] * 5
    assert classroom(elsewhere).post("/guest").status_code == 303
    joined = [classroom(school).post("/join", data={"code": code}).status_code for _ in range(2 * limit)]
    assert joined == [303] * (2 * limit)
    assert len(services.enrolment.show(instructor, course.id).learners) == 2 * limit


def test_a_course_takes_so_many_new_guests_a_minute_with_its_code(
    services: Services, instructor: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(http_routes, "GUESTS_PER_COURSE", 3)
    codes = [
        services.enrolment.show(instructor, services.courses.create(instructor, title).id).join_code
        for title in ("Chemistry", "Latin")
    ]
    client = TestClient(Visitor(services), follow_redirects=False)
    assert [client.post("/join", data={"code": codes[0]}).status_code for _ in range(5)] == [303] * 3 + [429] * 2
    assert client.post("/join", data={"code": codes[1]}).status_code == 303
    assert sum(person.guest for person in services.accounts.list_people()) == 4


def test_a_refused_guest_reads_a_sentence(services: Services, classroom: Callable[[str], TestClient]):
    answers = [classroom("203.0.113.7").post("/guest", headers={"accept-language": "zh"}) for _ in range(61)]
    assert answers[-1].status_code == 429 and answers[-1].headers["content-type"].startswith("text/html")
    assert "{" not in answers[-1].text.split("</style>")[1]
