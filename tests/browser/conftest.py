"""Chromium and the served pages. Screenshots go to tests/browser/shots/ (not in git)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from page_idle import describe_page, watch_events
from page_server import serve_app
from playwright.sync_api import Error

from tutor.services import Services

SHOTS = Path(__file__).parent / "shots"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
IGNORED_CONSOLE_ERRORS = ("Autofocus processing was blocked", "Method not implemented")  # from Gradio's own pages
TIMEOUT_MS = 30_000
OpenPage = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what stood on the pages, in the log and as pictures."""
    report = yield
    if report.when == "call" and report.failed:
        for number, page in enumerate(getattr(item, "opened_pages", ())):
            report.sections.append((f"page {number}", describe_page(page)))
            with suppress(Error):
                SHOTS.mkdir(exist_ok=True)
                page.screenshot(path=str(SHOTS / f"failed-{item.name}-{number}.png"))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium; if it is missing the tests are skipped, in CI they fail."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        message = "needs Chromium (Debian: apt install chromium fonts-noto-cjk)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def served_app(tmp_path: Path) -> Iterator[Services]:
    with serve_app(tmp_path) as services:
        yield services


@pytest.fixture
def open_page(browser: Any, served_app: Services, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens pages in separate contexts; afterwards no script may have failed and no foreign address been requested."""
    contexts, complaints = [], []
    request.node.opened_pages = []

    def opening(path: str = "/", *, width: int = 1280, height: int = 800, **context: Any) -> Any:
        made = browser.new_context(viewport={"width": width, "height": height}, **{"locale": "en-US", **context})
        contexts.append(made)
        made.set_default_timeout(TIMEOUT_MS)
        page = made.new_page()
        request.node.opened_pages.append(page)
        watch_events(page)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on(
            "console",
            lambda said: complaints.append(f"console: {said.text}") if _is_complaint(said, page.url) else None,
        )
        page.on(
            "request", lambda request: complaints.append(request.url) if _is_foreign(request.url, served_app) else None
        )
        page.goto(served_app.settings.url + path if path.startswith("/") else path)
        return page

    yield opening
    for made in contexts:
        made.close()
    assert not [one for one in complaints if not any(known in one for known in IGNORED_CONSOLE_ERRORS)]


def _is_complaint(said: Any, page_url: str) -> bool:
    """Whether a console message tells of a fault; a page that says no with its status is none."""
    is_refusal = said.text.startswith("Failed to load resource") and said.location.get("url") == page_url
    return said.type == "error" and not is_refusal


def _is_foreign(url: str, services: Services) -> bool:
    return not url.startswith((services.settings.url, "data:", "blob:"))


@pytest.fixture
def screenshot() -> Callable[[Any, str], None]:
    def shooting(page: Any, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=str(SHOTS / f"{name}.png"))

    return shooting
