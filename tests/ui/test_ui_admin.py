"""The administrators' pages over HTTP: the gate, what they show, and what a paused account can still reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from tutor.domain import Person, Role
from tutor.engine.base import EngineInfo, EngineState, QueueState
from tutor.rights.administration import FoundPeople, ServerState
from tutor.services import Services
from tutor.ui.admin_html import render_admin

Client = Callable[[], httpx.Client]


@pytest.fixture
def admin_client(served_app: Services, new_visitor: Client) -> httpx.Client:
    name = f"admin-{len(served_app.accounts.list_people())}"
    admin, client = served_app.accounts.create_account(name, Role.ADMIN), new_visitor()
    token = served_app.accounts.issue_sign_in_link(admin).split("token=")[1]
    assert client.post("/join", data={"token": token}).status_code == 303
    return client


def person_of(services: Services, client: httpx.Client) -> Person:
    person = services.accounts.person_for_session(client.cookies["tutor_session"])
    assert person is not None
    return person


def test_the_page_is_for_administrators_alone(admin_client: httpx.Client, new_guest: Client, new_visitor: Client):
    page = admin_client.get("/admin")
    assert page.status_code == 200
    for part in ("Model and queue", "Make a backup now", "TUTOR_MASTER_KEY", "Check that nothing was changed"):
        assert part in page.text
    refused = new_guest().get("/admin")
    assert refused.status_code == 403 and "for administrators" in refused.text
    assert new_visitor().get("/admin").headers["location"] == "/"


def test_somebody_is_invited_found_given_a_role_and_erased(served_app: Services, admin_client: httpx.Client):
    answer = admin_client.post("/admin/invite", data={"name": "new-teacher", "role": "instructor"})
    assert "/join?token=" in answer.text
    made = served_app.accounts.get_by_name("new-teacher")
    assert f"/admin/people/{made.id}" in admin_client.get("/admin?q=new-teacher").text
    admin_client.post(f"/admin/people/{made.id}/role", data={"role": "learner"})
    assert served_app.accounts.get_by_name("new-teacher").role is Role.LEARNER
    refused = admin_client.post(f"/admin/people/{made.id}/erase", data={"name": "somebody"})
    assert refused.status_code == 400 and "Nothing was deleted" in refused.text
    assert "is deleted" in admin_client.post(f"/admin/people/{made.id}/erase", data={"name": "new-teacher"}).text
    assert admin_client.get(f"/admin/people/{made.id}").status_code == 404


def test_a_request_of_another_site_changes_nothing(served_app: Services, admin_client: httpx.Client, new_guest: Client):
    guest = person_of(served_app, new_guest())
    headers = {"origin": "https://evil.example"}
    path = f"/admin/people/{guest.id}/role"
    assert admin_client.post(path, data={"role": "admin"}, headers=headers).status_code == 403
    assert served_app.accounts.get_by_name(guest.name).role is Role.LEARNER


def test_a_paused_account_reaches_its_own_data_and_nothing_else(
    served_app: Services, admin_client: httpx.Client, new_guest: Client
):
    client = new_guest()
    guest = person_of(served_app, client)
    admin_client.post(f"/admin/people/{guest.id}/pause")
    page = client.get("/")
    assert page.status_code == 403 and "Your account is paused" in page.text and "/account/delete" in page.text
    assert client.get("/config").status_code == 403 and client.get("/start").status_code == 403
    assert client.get("/account/data").status_code == client.get("/account/delete").status_code == 200
    admin_client.post(f"/admin/people/{guest.id}/resume")
    assert client.get("/").status_code == 200


def test_the_buttons_for_backup_and_audit_say_what_they_did(admin_client: httpx.Client):
    assert "is made." in admin_client.post("/admin/backup").text
    assert "The audit log is unchanged." in admin_client.post("/admin/audit").text


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "3 of 4 at work · 7 of 32 waiting"), ("zh", "正在计算 3 个，最多 4 个")]
)
def test_the_page_says_how_many_answers_are_computed_and_wait(language: str, shown: str):
    engine = EngineInfo("any", "nf4", EngineState.READY, "x", 2048, queue=QueueState(3, 4, 7, 32))
    state, nobody = ServerState(10, {}, {}, 0, ()), FoundPeople((), 0)
    actor = Person("p", "admin", Role.ADMIN, False, language, datetime.now(UTC))
    assert shown in render_admin(actor, nobody, "", state, engine, ())
    elsewhere = replace(engine, queue=None)
    assert shown not in render_admin(actor, nobody, "", state, elsewhere, ())
