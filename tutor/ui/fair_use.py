"""What one person may keep busy at the same time, so that nobody takes the tutor away from the others.

Gradio has one queue for all, with one limit. Here each person has their own: questions that wait or are being answered,
other events, requests that read, and open streams.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

ANSWERS = "answers"  # the concurrency id of questions
MAX_QUESTIONS = 3
MAX_EVENTS = 12
MAX_OPEN = {"read": 32, "heartbeat": 8, "data": 16}  # a page that opens reads a dozen things; tabs have one heartbeat


class OpenRequests:
    """The open requests of each person, by kind. Used by one event loop, so that it needs no lock."""

    def __init__(self) -> None:
        self._open: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def opened(self, kind: str, person_id: str) -> Iterator[bool]:
        """Hold a place while a request is open; give False where this person has no place left."""
        key = (kind, person_id)
        if self._open[key] >= MAX_OPEN[kind]:
            yield False
            return
        self._open[key] += 1
        try:
            yield True
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


def refuse_event(pages: gr.Blocks, function_index: int, is_own: Callable[[str], bool]) -> tuple[str, int] | None:
    """Return why an event may not join the queue, as the key of a message and its count; None when it may.

    `is_own` tells whether a session hash belongs to the person.
    """
    waiting = len(pages._queue)
    if pages._queue.max_size is not None and waiting >= pages._queue.max_size:
        return "queue_full", waiting
    own = [event for event in _queued_events(pages) if is_own(event.session_hash)]
    function = pages.fns.get(function_index)
    if function is not None and function.concurrency_id == ANSWERS:
        questions = sum(event.concurrency_id == ANSWERS for event in own)
        return ("queue_own_questions", questions) if questions >= MAX_QUESTIONS else None
    return ("queue_own_events", len(own)) if len(own) >= MAX_EVENTS else None


def _queued_events(pages: gr.Blocks) -> Iterator[Any]:
    """Yield the events that wait or run; Gradio (6.31) keeps them in these two places."""
    queue = pages._queue
    for waiting in queue.event_queue_per_concurrency_id.values():
        yield from list(waiting.queue)
    for job in list(queue.active_jobs):
        yield from job or ()
