"""Deleting one's account over HTTP: its page, a wrong name, and what is left afterwards."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tutor.domain import Person
from tutor.services import Services

Client = Callable[[], httpx.Client]
PATH = "/account/delete"


def person_of(services: Services, client: httpx.Client) -> Person | None:
    return services.accounts.person_for_session(client.cookies.get("tutor_session", ""))


def known_names(services: Services) -> list[str]:
    return [person.name for person in services.accounts.list_people()]


def test_who_types_their_name_is_erased_and_signed_out(served_app: Services, new_guest: Client):
    client = new_guest()
    guest, session = person_of(served_app, client), client.cookies["tutor_session"]
    assert guest is not None and guest.name in client.get(PATH).text
    answer = client.post(PATH, data={"name": f" {guest.name} "})
    assert answer.status_code == 200 and "deleted" in answer.text and "tutor_session" not in client.cookies
    assert served_app.accounts.person_for_session(session) is None and guest.name not in known_names(served_app)


def test_another_name_erases_nobody_and_the_form_says_so(served_app: Services, new_guest: Client):
    client, other = new_guest(), new_guest()
    guest, neighbour = person_of(served_app, client), person_of(served_app, other)
    assert guest is not None and neighbour is not None
    answer = client.post(PATH, data={"name": neighbour.name})
    assert answer.status_code == 400 and 'role="alert"' in answer.text and 'name="name"' in answer.text
    assert client.post(PATH).status_code == 400
    assert {guest.name, neighbour.name} <= set(known_names(served_app)) and person_of(served_app, client) == guest


def test_a_visitor_has_no_account_to_delete(new_visitor: Client):
    visitor = new_visitor()
    for answer in (visitor.get(PATH), visitor.post(PATH, data={"name": "operator"})):
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_page_of_another_site_cannot_delete_an_account(served_app: Services, new_guest: Client):
    client = new_guest()
    guest = person_of(served_app, client)
    assert guest is not None
    answer = client.post(PATH, data={"name": guest.name}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403 and person_of(served_app, client) == guest
