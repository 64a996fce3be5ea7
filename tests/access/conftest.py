"""The secret course in services of its own, for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from secret_course import SecretCourse, build_secret_course

from knowledge.embedding import HashingEmbedder
from tutor.engine.scripted import ScriptedEngine
from tutor.platform.settings import Settings
from tutor.services import Services, open_services


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("access") / "var", sample_course=False)
    services = open_services(settings, engine=ScriptedEngine(["It is a metal."]), embedder=HashingEmbedder())
    yield services
    services.close()


@pytest.fixture(scope="module")
def secret(opened: Services) -> SecretCourse:
    return build_secret_course(opened)
