"""The house that tests live in: real database, real index, bundled embedder, scripted engine, a standing clock."""

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

library_env.configure_libraries()  # as the program does before it imports what it runs on
hypothesis_settings.register_profile("house", deadline=None)  # how fast a busy machine is proves nothing
hypothesis_settings.load_profile("house")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of test material from public sources; absent outside the workshop."""
    if not SHARED.is_dir():
        pytest.skip("needs the public test material in ../shared")
    return SHARED


class FakeClock:
    """Tells a fixed time, a microsecond later at each look, so that order is kept."""

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
    """The bundled embedder: what is covered is decided by a model fitted to it, so a twin would decide at random."""
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
    made = services.courses.create(instructor, "Biology", course_id="biology")
    services.documents.ingest(instructor, made.id, "plants.md", PLANTS)
    return made


@pytest.fixture
def ada(services: Services) -> Person:
    return services.accounts.create_account("ada", Role.LEARNER)


@pytest.fixture
def bob(services: Services) -> Person:
    return services.accounts.create_account("bob", Role.LEARNER)


Ask = Callable[..., Turn]


@pytest.fixture
def ask(services: Services, course: Course) -> Ask:
    """Ask and return the stored turn; what was streamed must not be empty."""

    def asking(actor: Person, text: str = "Why do leaves look green?", **rest: str) -> Turn:
        events = list(services.chat.ask(actor, course.id, text, **rest))
        assert any(isinstance(event, Token) for event in events)
        assert isinstance(events[-1], Finished)
        return events[-1].turn

    return asking
