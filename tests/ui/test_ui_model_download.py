"""While a large model is downloaded the tutor is usable for what needs no model, and says how far it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from knowledge.embedding import Embedder, HashingEmbedder
from tutor.cli import doctor
from tutor.domain import Finished, Role, Token, TurnStatus
from tutor.engine.base import Engine
from tutor.engine.lazy_engine import LazyEngine
from tutor.engine.load_progress import LoadMonitor, LoadStage
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import EngineNotReady
from tutor.locales import translate_error
from tutor.platform.settings import Settings
from tutor.services import Services, open_services
from tutor.ui import http_routes
from tutor.ui.question_handlers import QuestionHandlers, QuestionRequest

TEXT = b"# Plants\n\nChlorophyll is the pigment that absorbs red and blue light. It reflects green light.\n"


class DownloadingEngine(LazyEngine):
    """An engine whose model is being downloaded until `arrived` is set."""

    def __init__(self) -> None:
        self.monitor, self.arrived = LoadMonitor(), threading.Event()
        self.monitor.report(LoadStage.DOWNLOADING, 340_000_000, 1_117_320_768)
        super().__init__(self._load, "standard", self.monitor)

    def _load(self) -> Engine:
        while not self.arrived.wait(0.02):
            self.monitor.raise_if_cancelled()
        return ScriptedEngine(["Because of chlorophyll."])


@pytest.fixture
def engine() -> DownloadingEngine:
    return DownloadingEngine()


@pytest.fixture
def tutor(settings: Settings, engine: DownloadingEngine, embedder: Embedder) -> Iterator[Services]:
    services = open_services(settings, engine=engine, embedder=embedder)
    instructor = services.accounts.create_account("ms-frizzle", Role.INSTRUCTOR)
    services.courses.create(instructor, "Biology", course_id="biology", open_to_all=True)
    services.documents.ingest(instructor, "biology", "plants.md", TEXT)
    yield services
    services.close()


def test_a_definition_is_answered_and_a_question_refused_with_the_progress(tutor: Services):
    ada = tutor.accounts.create_account("ada", Role.LEARNER)
    asked = QuestionRequest(ada, "biology", "Define chlorophyll", None)
    events = list(QuestionHandlers(tutor)._stream_events(asked))
    assert isinstance(events[-1], Finished) and events[-1].turn.status is TurnStatus.COMPLETE
    assert "absorbs red and blue light" in "".join(event.text for event in events if isinstance(event, Token))
    question = QuestionRequest(ada, "biology", "Why does chlorophyll look green in red and blue light?", None)
    with pytest.raises(EngineNotReady, match="downloading the model, 340 of 1,117 MB") as refusal:
        list(QuestionHandlers(tutor)._stream_events(question))
    assert "已完成 340 / 1,117 MB" in translate_error(refusal.value, "zh")


def test_health_reports_the_download_and_stays_well(tutor: Services):
    answer = TestClient(http_routes.build_routes_app(tutor)).get("/healthz")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["detail"]) == ("loading", "downloading the model, 340 of 1,117 MB")


def test_health_names_the_embedder_and_whether_it_is_loaded(tutor: Services, embedder: Embedder):
    embedder.prepare()
    report = TestClient(http_routes.build_routes_app(tutor)).get("/healthz").json()
    assert (report["embedder"], report["embedder_state"]) == (embedder.name, "ready")


def test_doctor_tells_that_the_embedder_is_loaded(tutor: Services):
    told: list[str] = []
    cold = replace(tutor, embedder=HashingEmbedder(is_ready=False))
    assert doctor._describe_embedder(cold, told.append).startswith("hashing-64")
    assert told == ["loading the embedder; its first use converts it, which takes about half a minute"]


def test_waiting_for_the_model_tells_the_progress_now_and_then(
    tutor: Services, engine: DownloadingEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tutor.services.ENGINE_PROGRESS_EVERY_S", 0.0)
    told: list[str] = []

    def arrive(text: str) -> None:
        told.append(text)
        engine.arrived.set()

    assert doctor._describe_model(tutor, arrive).startswith("scripted")
    assert told == ["downloading the model, 340 of 1,117 MB"]
