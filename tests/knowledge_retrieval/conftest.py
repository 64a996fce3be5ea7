"""A library without models: a catalogue in memory, an index on disk, hashed word vectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.catalog import MemoryCatalog
from knowledge.embedding import HashingEmbedder
from knowledge.library import Library

LEAVES = b"# Leaves\n\nChlorophyll absorbs red and blue light. Green light is reflected, so leaves look green.\n"
LINES = b"# Lines\n\nThe slope of a line is its rise divided by its run. A flat line has slope zero.\n"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "index", MemoryCatalog(), HashingEmbedder(256))
