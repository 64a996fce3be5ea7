"""Where the handed-out documents are; tests that need them skip without them."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The handed-out documents, which are not in the tree."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the handed-out data in {SHARED}")
    return SHARED
