"""A new learner's first page: a name, then a question or a short placement, with a way past both."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tutor.domain import Course, Person, Skill
from tutor.services import Services

Client = Callable[[], httpx.Client]
GLOSSARY = "# Rocks\n\n## Glossary\n\n" + "".join(
    f"**{name}**: a rock that {what}.\n\n"
    for name, what in (
        ("Basalt", "cools quickly from lava at the surface"),
        ("Granite", "cools slowly deep below the ground"),
        ("Marble", "was limestone before heat changed it"),
        ("Shale", "is made of layers of pressed mud"),
        ("Pumice", "is so full of gas bubbles that it floats"),
    )
)


@pytest.fixture(scope="module")
def geology(served_app: Services) -> Course:
    course = served_app.courses.create(served_app.operator, "Geology <i>1</i>", course_id="geology")
    served_app.documents.ingest(served_app.operator, course.id, "rocks.md", GLOSSARY.encode())
    names = ["Basalt", "Granite", "Marble", "Shale", "Pumice"]
    served_app.courses.declare_skills(
        served_app.operator, course.id, [Skill(name.lower(), course.id, name) for name in names]
    )
    return course


@pytest.fixture
def newcomer(served_app: Services, geology: Course, new_visitor: Client) -> httpx.Client:
    client, code = new_visitor(), served_app.enrolment.show(served_app.operator, geology.id).join_code
    client.get(client.post("/join", data={"code": str(code)}).headers["location"])
    return client


def person_of(services: Services, client: httpx.Client) -> Person:
    person = services.accounts.person_for_session(client.cookies["tutor_session"])
    assert person is not None
    return person


def test_the_first_page_takes_a_name_and_leads_to_the_course(served_app: Services, newcomer: httpx.Client):
    page = newcomer.get("/start?course=geology").text
    assert "Geology &lt;i&gt;1&lt;/i&gt;" in page and 'href="/?course=geology"' in page  # the way past it
    answer = newcomer.post("/start", data={"name": " Mia ", "course": "geology", "next": "ask"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?course=geology")
    assert person_of(served_app, newcomer).display_name == "Mia"


def test_a_name_that_cannot_be_used_is_said_and_nothing_begins(served_app: Services, newcomer: httpx.Client):
    answer = newcomer.post("/start", data={"name": "7" * 50, "course": "geology", "next": "placement"})
    assert answer.status_code == 400 and 'role="alert"' in answer.text
    actor = person_of(served_app, newcomer)
    assert actor.display_name == "" and served_app.quiz_sessions.latest_session(actor, "geology") is None


def test_the_short_placement_asks_at_most_five_questions_and_moves_the_map(
    served_app: Services, newcomer: httpx.Client
):
    answer = newcomer.post("/start", data={"name": "", "course": "geology", "next": "placement"})
    assert answer.headers["location"] == "/?course=geology#practice"
    actor, practice = person_of(served_app, newcomer), served_app.quiz_sessions
    before = {one.skill: one.known_now for one in served_app.progress.own_overview(actor, "geology").skills}
    asked = 0
    while (session := practice.latest_session(actor, "geology")) and (row := session.current):
        asked += 1
        practice.submit_answer(actor, row.question.id, f"answer-{asked}", row.item.keys[0])
        practice.close_question(actor, row.question.id)
    after = {one.skill: one.known_now for one in served_app.progress.own_overview(actor, "geology").skills}
    assert 1 <= asked <= 5 and sum(after.values()) > sum(before.values())


def test_a_course_with_too_few_questions_says_so_and_offers_no_placement(served_app: Services, new_guest: Client):
    page = new_guest().get("/start?course=biology").text
    assert "too few questions" in page and 'value="placement"' not in page and 'value="ask"' in page


def test_somebody_who_asked_before_is_not_met_again(served_app: Services, geology: Course, new_guest: Client):
    client, code = new_guest(), served_app.enrolment.show(served_app.operator, geology.id).join_code
    list(served_app.chat.ask(person_of(served_app, client), "biology", "thanks"))
    assert client.post("/join", data={"code": str(code)}).headers["location"] == "/?course=geology"


def test_the_name_is_changed_on_a_page_of_its_own(served_app: Services, newcomer: httpx.Client):
    newcomer.post("/account/name", data={"name": "Mia"})
    assert 'value="Mia"' in newcomer.get("/account/name").text
    assert newcomer.post("/account/name", data={"name": "!!"}).status_code == 400
    newcomer.post("/account/name", data={"name": ""})
    assert person_of(served_app, newcomer).called == person_of(served_app, newcomer).name
