"""Serves the pages on a free port, for tests that use HTTP or a browser."""

from __future__ import annotations

import socket
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import gradio as gr

from tutor.domain import Course, Queued, Role, Token
from tutor.engine.base import GenerationRequest
from tutor.engine.scripted import ScriptedEngine
from tutor.platform.settings import Settings
from tutor.services import Services, open_services

ANSWER = (
    "Chlorophyll absorbs red and blue light and reflects green light. "
    "The Calvin cycle builds sugar from carbon dioxide in the stroma of the chloroplast."
)
COVERED = "Does chlorophyll absorb red and blue light and reflect green light?"
UNCOVERED = "Who won the football world cup in Brazil?"
_served: list[gr.Blocks] = []
PLANTS = b"""# Plants

## Colour

Chlorophyll absorbs red and blue light and reflects green light, so leaves look green to us.

## The Calvin cycle

The Calvin cycle builds sugar from carbon dioxide in the stroma of the chloroplast.
"""


class SlowEngine(ScriptedEngine):
    """A scripted engine as slow as a small model, so that an answer can be watched and stopped."""

    def __init__(self, says: str) -> None:
        super().__init__(lambda _request: self.reply_text)
        self.reply_text = says
        self.pause_s = 0.03

    def stream(self, request: GenerationRequest) -> Generator[Token | Queued, None, None]:
        for piece in super().stream(request):
            time.sleep(self.pause_s)
            yield piece


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_event_pending(session_hash: str) -> bool:
    """Tell whether a page of this process waits for an event; Gradio may keep a stream open for nothing."""
    return any(pages._queue.pending_event_ids_session.get(session_hash) for pages in _served)


@contextmanager
def serve_app(folder: Path, *, port: int = 0) -> Iterator[Services]:
    """Serve the pages at `services.settings.url`, with a course "biology" of one document."""
    from knowledge.embedding import HashingEmbedder
    from tutor.ui.pages import build_pages, launch_arguments

    settings = Settings(
        data_dir=folder / "var", sample_course=False, port=port or free_port(), guests_per_minute=10_000
    )
    services = open_services(settings, engine=SlowEngine(ANSWER), embedder=HashingEmbedder())
    pages = build_pages(services)
    try:
        if not services.courses.visible_to(services.operator):
            create_biology_course(services)
        pages.launch(**launch_arguments(services), prevent_thread_lock=True)
        _served.append(pages)
        yield services
    finally:
        _served[:] = [one for one in _served if one is not pages]
        pages.close()
        services.close()


def create_biology_course(services: Services) -> Course:
    course = services.courses.create(services.operator, "Biology", course_id="biology", open_to_all=True)
    services.documents.ingest(services.operator, course.id, "plants.md", PLANTS)
    return course


def instructor_link(services: Services, name: str = "ms-frizzle") -> str:
    """Return the sign-in link of a new instructor of the course."""
    instructor = services.accounts.create_account(name, Role.INSTRUCTOR)
    services.courses.enrol(services.operator, "biology", instructor)
    return services.accounts.issue_sign_in_link(instructor)
