"""The services around a training, on an empty data folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tuning_services import TuningServices


@pytest.fixture
def tuning(tmp_path: Path, clock: Any) -> Iterator[TuningServices]:
    opened = TuningServices(tmp_path, clock)
    yield opened
    opened.jobs.close()
    opened.database.close()
