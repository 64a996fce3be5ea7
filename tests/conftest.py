"""Fixtures shared by all tests: services with a real database and index, a scripted engine and a fixed clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from tutor.domain import Course, Finished, Person, Role, Token, Turn
from tutor.engine.scripted import ScriptedEngine
from tutor.platform import library_env
from tutor.platform.settings import Settings

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from tutor.services import Services

library_env.configure_libraries()  # before any library is imported, as the program does
hypothesis_settings.register_profile("tests", deadline=None)  # a busy machine may be slow
hypothesis_settings.load_profile("tests")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of test material from public sources; it is not part of the repository."""
    if not SHARED.is_dir():
        pytest.skip("needs the public test material in ../shared")
    return SHARED


class FakeClock:
    """A clock with a fixed time that advances by a microsecond a call, so that events stay in order."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(["Chlorophyll absorbs red and blue light and reflects green light."])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "var", sample_course=False)


@pytest.fixture(scope="session")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """The bundled embedder; the model that decides what is covered is fitted to it, so a fake would not do."""
    from knowledge.sentence_embedder import open_embedder

    return open_embedder("bundled", tmp_path_factory.mktemp("models"))


@pytest.fixture
def services(settings: Settings, engine: ScriptedEngine, embedder: Embedder, clock: FakeClock) -> Iterator[Services]:
    from tutor.services import open_services

    opened = open_services(settings, engine=engine, embedder=embedder, clock=clock)
    yield opened
    opened.close()


PLANTS = b"""# Plants

## Colour

Chlorophyll absorbs red and blue light and reflects green light, so leaves look green to us.

## The Calvin cycle

The Calvin cycle builds sugar from carbon dioxide in the stroma of the chloroplast.
"""


@pytest.fixture
def instructor(services: Services) -> Person:
    return services.accounts.create_account("ms-frizzle", Role.INSTRUCTOR)


@pytest.fixture
def course(services: Services, instructor: Person) -> Course:
    """A course with one document about plants."""
    biology = services.courses.create(instructor, "Biology", course_id="biology", open_to_all=True)
    services.documents.ingest(instructor, biology.id, "plants.md", PLANTS)
    return biology


@pytest.fixture
def ada(services: Services) -> Person:
    return services.accounts.create_account("ada", Role.LEARNER)


@pytest.fixture
def bob(services: Services) -> Person:
    return services.accounts.create_account("bob", Role.LEARNER)


Ask = Callable[..., Turn]


@pytest.fixture
def ask(services: Services, course: Course) -> Ask:
    """Ask a question and return the stored turn; something must have been streamed."""

    def ask_and_check(actor: Person, text: str = "Why do leaves look green?", **rest: str) -> Turn:
        events = list(services.chat.ask(actor, course.id, text, **rest))
        assert any(isinstance(event, Token) for event in events)
        assert isinstance(events[-1], Finished)
        return events[-1].turn

    return ask_and_check
