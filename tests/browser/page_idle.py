"""Waiting until no event of a page is running and no file is on its way, so that nothing is interrupted or missed."""

from __future__ import annotations

import re
from typing import Any
from weakref import WeakKeyDictionary

from page_server import is_event_pending
from playwright.sync_api import Error

MAX_SHOWN_CHARS = 4_000
IDLE_MS = 300  # between two events of a chain
_WATCHED = re.compile(r"/gradio_api/(?:queue/|run/|upload)")
_STREAM = re.compile(r"/gradio_api/queue/data\?session_hash=(\w+)")
_running: WeakKeyDictionary[Any, set[Any]] = WeakKeyDictionary()


def watch_events(page: Any) -> None:
    """Record the events and uploads of a page from now on: Gradio streams each event through a request of its queue."""
    running: set[Any] = set()
    _running[page] = running
    page.on("request", lambda request: running.add(request) if _WATCHED.search(request.url) else None)
    page.on("requestfinished", lambda request: running.discard(request))
    page.on("requestfailed", lambda request: running.discard(request))


def wait_until_idle(page: Any, patience_ms: int = 30_000) -> Any:
    """Return the page when no event and no upload has run for a moment."""
    calm = 0
    for _ in range(patience_ms // 50):
        page.wait_for_timeout(50)
        calm = 0 if any(_is_busy(request.url) for request in _running[page]) else calm + 50
        if calm >= IDLE_MS:
            return page
    raise AssertionError("the page does not settle: an event goes on and on")


def _is_busy(url: str) -> bool:
    """A regression: a stream that the page had opened when its event was over already stayed open, for nothing."""
    stream = _STREAM.search(url)
    return stream is None or is_event_pending(stream[1])


def describe_page(page: Any) -> str:
    """Return the address of a page, its running requests and its visible text, for the log of a failed test."""
    try:
        text = page.locator("body").inner_text(timeout=2_000)
    except Error as error:
        text = str(error)
    running = [request.url for request in _running.get(page, ())]
    return f"{page.url}\nrunning: {running}\n{text[:MAX_SHOWN_CHARS]}"
