"""axe-core finds nothing serious or critical on any page, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from page_idle import wait_until_idle
from page_server import COVERED
from test_browser_instructor import open_instructor_page
from test_browser_student import ask, sign_in

from tutor.domain import Role
from tutor.services import Services

OpenPage = Callable[..., Any]
SCHEMES = ("light", "dark")


def faults(page: Any) -> list[str]:
    """Return rule and element of each serious or critical violation."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def faults_of_tabs(page: Any) -> list[str]:
    found = []
    for tab in page.locator("[role=tab][data-tab-id]:visible").all():
        tab.click()
        found += faults(wait_until_idle(page))
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_pages_of_a_learner_are_accessible(open_page: OpenPage, served_app: Services, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    found = faults(page)
    page.goto(page.url + "join")
    found += faults(page)
    page.go_back()
    sign_in(page)
    chat = page.url
    for path in ("/start", "/account/name"):
        page.goto(served_app.settings.url + path)
        found += faults(page)
    page.goto(chat)
    found += faults(wait_until_idle(page))
    ask(page, COVERED)
    assert found + faults_of_tabs(wait_until_idle(page)) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_pages_of_an_instructor_are_accessible(open_page: OpenPage, served_app: Services, scheme: str) -> None:
    page = open_instructor_page(lambda link: open_page(link, color_scheme=scheme), served_app)
    assert faults_of_tabs(wait_until_idle(page)) == []


def test_the_pages_of_an_administrator_are_accessible(open_page: OpenPage, served_app: Services) -> None:
    admin = served_app.accounts.create_account("boss", Role.ADMIN)
    page = open_page(served_app.accounts.issue_sign_in_link(admin), color_scheme="dark", width=390)
    page.get_by_role("button", name="Sign in").click()
    page.goto(served_app.settings.url + "/admin")
    found = faults(page)
    page.goto(f"{served_app.settings.url}/admin/people/{served_app.operator.id}")
    assert found + faults(page) == []


def test_a_rule_that_is_broken_is_found(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("document.body.append(document.createElement('button'))")
    assert any("button-name" in fault for fault in faults(page))
