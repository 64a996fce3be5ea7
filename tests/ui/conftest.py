"""The running pages, shared by the tests of a module: they are about requests, not about what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from page_server import serve_app

from tutor.services import Services

Client = Callable[[], httpx.Client]


@pytest.fixture(scope="module")
def served_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with serve_app(tmp_path_factory.mktemp("served")) as services:
        yield services


@pytest.fixture
def new_visitor(served_app: Services) -> Iterator[Client]:
    """Makes HTTP clients with separate cookie jars."""
    opened: list[httpx.Client] = []

    def client() -> httpx.Client:
        opened.append(httpx.Client(base_url=served_app.settings.url, timeout=20, trust_env=False))
        return opened[-1]

    yield client
    for one in opened:
        one.close()


@pytest.fixture
def new_guest(new_visitor: Client) -> Client:
    """Makes clients signed in as new guests."""

    def client() -> httpx.Client:
        one = new_visitor()
        assert one.post("/guest").status_code == 303
        return one

    return client
