"""The house that tests live in: real database, real index, bundled embedder, scripted engine, a standing clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from tutor.domain import Course, Delta, Finished, Person, Role, Turn
from tutor.engine.scripted import ScriptedEngine
from tutor.platform import library_env
from tutor.platform.settings import Settings

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from tutor.services import House

library_env.settle()  # as the program does before it imports what it runs on
hypothesis_settings.register_profile("house", deadline=None)  # how fast a busy machine is proves nothing
hypothesis_settings.load_profile("house")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of test material from public sources; absent outside the workshop."""
    if not SHARED.is_dir():
        pytest.skip("needs the public test material in ../shared")
    return SHARED


class StandingClock:
    """Tells a fixed time, a microsecond later at each look, so that order is kept."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def pass_time(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(["Chlorophyll absorbs red and blue light and reflects green light."])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "var", sample_course=False)


@pytest.fixture(scope="session")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """The bundled embedder: what is covered is decided by a model fitted to it, so a twin would decide at random."""
    from knowledge.embedding import open_embedder

    return open_embedder("bundled", tmp_path_factory.mktemp("models"))


@pytest.fixture
def house(settings: Settings, engine: ScriptedEngine, embedder: Embedder, clock: StandingClock) -> Iterator[House]:
    from tutor.services import open_house

    opened = open_house(settings, engine=engine, embedder=embedder, clock=clock)
    yield opened
    opened.close()


PLANTS = b"""# Plants

## Colour

Chlorophyll absorbs red and blue light and reflects green light, so leaves look green to us.

## The Calvin cycle

The Calvin cycle builds sugar from carbon dioxide in the stroma of the chloroplast.
"""


@pytest.fixture
def instructor(house: House) -> Person:
    return house.accounts.add("ms-frizzle", Role.INSTRUCTOR)


@pytest.fixture
def course(house: House, instructor: Person) -> Course:
    """A course with one document about plants."""
    made = house.courses.create(instructor, "Biology", course_id="biology")
    house.shelf.add(instructor, made.id, "plants.md", PLANTS)
    return made


@pytest.fixture
def ada(house: House) -> Person:
    return house.accounts.add("ada", Role.LEARNER)


@pytest.fixture
def bob(house: House) -> Person:
    return house.accounts.add("bob", Role.LEARNER)


Ask = Callable[..., Turn]


@pytest.fixture
def ask(house: House, course: Course) -> Ask:
    """Ask and return the stored turn; what was streamed must not be empty."""

    def asking(who: Person, text: str = "Why do leaves look green?", **rest: str) -> Turn:
        events = list(house.turns.ask(who, course.id, text, **rest))
        assert any(isinstance(event, Delta) for event in events)
        assert isinstance(events[-1], Finished)
        return events[-1].turn

    return asking
