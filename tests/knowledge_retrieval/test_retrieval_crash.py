"""A process that is killed while it adds or removes a document leaves a valid index; the catalogue is the truth."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.embedding import HashingEmbedder
from knowledge.index import course_folder
from knowledge.library import Library
from tutor.domain import Course
from tutor.store import courses
from tutor.store.database import open_database
from tutor.store.document_catalog import SqlCatalog

LEAVES = b"# Leaves\n\nChlorophyll absorbs red and blue light. Green light is reflected.\n"
LINES = b"# Lines\n\nThe slope of a line is its rise divided by its run.\n"


class StuckEmbedder(HashingEmbedder):
    """Hangs on the first passage."""

    __slots__ = ("begun",)

    def encode_spans(self, texts, spans):
        self.begun.touch()
        time.sleep(600)
        return super().encode_spans(texts, spans)


class StuckPublisher(Library):
    """Hangs after the catalogue is changed, before the index is."""

    __slots__ = ()

    def _publish(self, course_id, vectors, *, reuse=True):
        (self.root / "begun").touch()
        time.sleep(600)
        return super()._publish(course_id, vectors, reuse=reuse)


class HalfwayEmbedder:
    """Hangs while a generation is written: its folder exists, its manifest does not."""

    def __init__(self, course: Path) -> None:
        self._inner, self._course = HashingEmbedder(256), course

    def __getattr__(self, name):
        return getattr(self._inner, name)

    @property
    def dimension(self):
        if any(not (folder / "manifest.json").exists() for folder in self._course.iterdir() if folder.is_dir()):
            (self._course.parent / "begun").touch()
            time.sleep(600)
        return self._inner.dimension


def open_library(data_dir: Path, kind: type[Library] = Library, embedder: HashingEmbedder | None = None) -> Library:
    return kind(data_dir / "index", SqlCatalog(open_database(data_dir / "tutor.db")), embedder or HashingEmbedder(256))


def hang_while_embedding(data_dir: str) -> None:
    embedder = StuckEmbedder(256)
    object.__setattr__(embedder, "begun", Path(data_dir) / "index" / "begun")
    open_library(Path(data_dir), embedder=embedder).add("c", "lines.md", LINES)


def hang_before_publishing(data_dir: str) -> None:
    open_library(Path(data_dir), StuckPublisher).add("c", "lines.md", LINES)


def hang_while_writing(data_dir: str) -> None:
    course = course_folder(Path(data_dir) / "index", "c")
    open_library(Path(data_dir), embedder=HalfwayEmbedder(course)).add("c", "lines.md", LINES)


def hang_while_removing(data_dir: str) -> None:
    library = open_library(Path(data_dir), StuckPublisher)
    library.remove(library.documents("c")[0].id)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    database = open_database(tmp_path / "tutor.db")
    with database.write_transaction() as connection:
        courses.add(connection, Course("c", "Course", "en", True, datetime(2026, 11, 23, tzinfo=UTC)))
    open_library(tmp_path).add("c", "leaves.md", LEAVES)
    return tmp_path


def kill_inside(work, data_dir: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=work, args=(str(data_dir),))
    child.start()
    deadline = time.monotonic() + 120
    while not (data_dir / "index" / "begun").exists():
        assert child.is_alive(), "the child ended before it could be killed"
        assert time.monotonic() < deadline, "the child never reached the point at which it is killed"
        time.sleep(0.05)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()


def found_titles(library: Library, query: str) -> list[str]:
    return [hit.document.name for hit in library.search("c", query).hits]


def test_a_kill_while_embedding_leaves_the_course_unchanged(data_dir):
    kill_inside(hang_while_embedding, data_dir)
    library = open_library(data_dir)
    assert [d.name for d in library.documents("c")] == ["leaves.md"]
    assert library.check_index("c") == []
    assert found_titles(library, "green light") == ["leaves.md"]


def test_a_kill_between_rows_and_index_is_repaired_by_the_next_search(data_dir):
    kill_inside(hang_before_publishing, data_dir)
    library = open_library(data_dir)
    assert library.check_index("c") == ["1 passages are not in the index"]
    assert found_titles(library, "slope of a line")[0] == "lines.md"
    assert library.check_index("c") == []


def test_a_half_written_generation_is_never_read(data_dir):
    kill_inside(hang_while_writing, data_dir)
    course = course_folder(data_dir / "index", "c")
    assert [f for f in course.iterdir() if f.is_dir() and not (f / "manifest.json").exists()]
    library = open_library(data_dir)
    assert found_titles(library, "slope of a line")[0] == "lines.md"
    assert library.check_index("c") == []


def test_a_kill_while_removing_does_not_resurrect_the_document(data_dir):
    kill_inside(hang_while_removing, data_dir)
    library = open_library(data_dir)
    assert found_titles(library, "green light") == []
    assert library.check_index("c") == []


def test_after_a_crash_the_same_document_can_be_added(data_dir):
    kill_inside(hang_while_embedding, data_dir)
    library = open_library(data_dir)
    library.add("c", "lines.md", LINES)
    assert found_titles(library, "slope of a line")[0] == "lines.md"
