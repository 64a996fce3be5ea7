"""The pages of a house on a free port of this machine, for the tests that speak HTTP or drive a browser."""

from __future__ import annotations

import socket
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.domain import Course, Role
from tutor.engine.base import Request
from tutor.engine.scripted import ScriptedEngine
from tutor.platform.settings import Settings
from tutor.services import House, open_house

ANSWER = (
    "Chlorophyll absorbs red and blue light and reflects green light. "
    "The Calvin cycle builds sugar from carbon dioxide in the stroma of the chloroplast."
)
COVERED = "Does chlorophyll absorb red and blue light and reflect green light?"
UNCOVERED = "Who won the football world cup in Brazil?"
PLANTS = b"""# Plants

## Colour

Chlorophyll absorbs red and blue light and reflects green light, so leaves look green to us.

## The Calvin cycle

The Calvin cycle builds sugar from carbon dioxide in the stroma of the chloroplast.
"""


class SlowEngine(ScriptedEngine):
    """A scripted engine with the pace of a small model, so that an answer can be watched and stopped."""

    def __init__(self, says: str) -> None:
        super().__init__(lambda _request: self.says)
        self.says = says
        self.pause_s = 0.03

    def stream(self, request: Request) -> Generator[str, None, None]:
        for piece in super().stream(request):
            time.sleep(self.pause_s)
            yield piece


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def open_pages(folder: Path, *, port: int = 0) -> Iterator[House]:
    """Yield a served house at house.settings.url, with a course "biology" of one document."""
    from knowledge.embedding import HashingEmbedder
    from tutor.ui.pages import build_pages, launch_arguments

    settings = Settings(data_dir=folder / "var", sample_course=False, port=port or free_port())
    house = open_house(settings, engine=SlowEngine(ANSWER), embedder=HashingEmbedder())
    pages = build_pages(house)
    try:
        if not house.courses.visible_to(house.office.operator):
            biology(house)
        pages.launch(**launch_arguments(house), prevent_thread_lock=True)
        yield house
    finally:
        pages.close()
        house.close()


def biology(house: House) -> Course:
    course = house.courses.create(house.office.operator, "Biology", course_id="biology")
    house.shelf.add(house.office.operator, course.id, "plants.md", PLANTS)
    return course


def instructor_link(house: House, name: str = "ms-frizzle") -> str:
    """Return the one-time link of a new instructor of the course."""
    instructor = house.accounts.add(name, Role.INSTRUCTOR)
    house.courses.enrol(house.office.operator, "biology", instructor)
    return house.accounts.issue_link(instructor)
