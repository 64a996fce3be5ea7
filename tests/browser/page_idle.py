"""Waiting until no event of a page is running, so that the page can be left without interrupting one."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

IDLE_MS = 300  # between two events of a chain
_running: WeakKeyDictionary[Any, set[Any]] = WeakKeyDictionary()


def watch_events(page: Any) -> None:
    """Record the events of a page from now on: Gradio streams each through a request of its queue."""
    running: set[Any] = set()
    _running[page] = running
    page.on("request", lambda request: running.add(request) if "/gradio_api/queue/" in request.url else None)
    page.on("requestfinished", lambda request: running.discard(request))
    page.on("requestfailed", lambda request: running.discard(request))


def wait_until_idle(page: Any, patience_ms: int = 30_000) -> Any:
    """Return the page when no event has run for a moment."""
    calm = 0
    for _ in range(patience_ms // 50):
        page.wait_for_timeout(50)
        calm = 0 if _running[page] else calm + 50
        if calm >= IDLE_MS:
            return page
    raise AssertionError("the page does not settle: an event goes on and on")
