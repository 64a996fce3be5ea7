"""A process killed while it reads a document in leaves the old index whole; the rows decide what is true."""

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
    """Never comes back from the first passage."""

    __slots__ = ("begun",)

    def embed_spans(self, texts, spans):
        self.begun.touch()
        time.sleep(600)
        return super().embed_spans(texts, spans)


class StuckPublisher(Library):
    """Stops between the rows and the index."""

    __slots__ = ()

    def _publish(self, course_id, vectors, *, reuse=True):
        (self.root / "begun").touch()
        time.sleep(600)
        return super()._publish(course_id, vectors, reuse=reuse)


class HalfwayEmbedder:
    """Stops while a generation is written: its folder is there, its manifest is not."""

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


def opened(root: Path, kind: type[Library] = Library, embedder: HashingEmbedder | None = None) -> Library:
    return kind(root / "index", SqlCatalog(open_database(root / "tutor.db")), embedder or HashingEmbedder(256))


def hang_while_embedding(root: str) -> None:
    embedder = StuckEmbedder(256)
    object.__setattr__(embedder, "begun", Path(root) / "index" / "begun")
    opened(Path(root), embedder=embedder).add("c", "lines.md", LINES)


def hang_before_publishing(root: str) -> None:
    opened(Path(root), StuckPublisher).add("c", "lines.md", LINES)


def hang_while_writing(root: str) -> None:
    course = course_folder(Path(root) / "index", "c")
    opened(Path(root), embedder=HalfwayEmbedder(course)).add("c", "lines.md", LINES)


def hang_while_removing(root: str) -> None:
    library = opened(Path(root), StuckPublisher)
    library.remove(library.documents("c")[0].id)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    database = open_database(tmp_path / "tutor.db")
    with database.writing() as connection:
        courses.add(connection, Course("c", "Course", "en", True, datetime(2026, 11, 23, tzinfo=UTC)))
    opened(tmp_path).add("c", "leaves.md", LEAVES)
    return tmp_path


def kill_inside(work, root: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=work, args=(str(root),))
    child.start()
    deadline = time.monotonic() + 120
    while not (root / "index" / "begun").exists():
        assert child.is_alive(), "the child ended before it could be killed"
        assert time.monotonic() < deadline, "the child never came to the place where it is killed"
        time.sleep(0.05)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()


def names(library: Library, query: str) -> list[str]:
    return [hit.document.name for hit in library.search("c", query).hits]


def test_killed_while_embedding_the_course_is_as_it_was(root):
    kill_inside(hang_while_embedding, root)
    library = opened(root)
    assert [d.name for d in library.documents("c")] == ["leaves.md"]
    assert library.check("c") == []
    assert names(library, "green light") == ["leaves.md"]


def test_killed_between_rows_and_index_the_next_search_makes_the_index(root):
    kill_inside(hang_before_publishing, root)
    library = opened(root)
    assert library.check("c") == ["1 passages are not in the index"]
    assert names(library, "slope of a line")[0] == "lines.md"
    assert library.check("c") == []


def test_killed_while_a_generation_is_written_the_half_of_it_is_never_read(root):
    kill_inside(hang_while_writing, root)
    course = course_folder(root / "index", "c")
    assert [f for f in course.iterdir() if f.is_dir() and not (f / "manifest.json").exists()]
    library = opened(root)
    assert names(library, "slope of a line")[0] == "lines.md"
    assert library.check("c") == []


def test_killed_while_a_document_is_removed_it_is_not_found_again(root):
    kill_inside(hang_while_removing, root)
    library = opened(root)
    assert names(library, "green light") == []
    assert library.check("c") == []


def test_after_a_crash_the_same_document_can_be_added(root):
    kill_inside(hang_while_embedding, root)
    library = opened(root)
    library.add("c", "lines.md", LINES)
    assert names(library, "slope of a line")[0] == "lines.md"
