"""Question sets for the retrieval benchmarks: JSON lines of paragraphs (pid, title, text) and of questions."""

from __future__ import annotations

import gzip
import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge import index as indexes
from knowledge.embedding import Embedder, Vectors
from knowledge.index import CourseIndex, Entry, Halves, embed, reads
from knowledge.sentences import sentences


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the number of the paragraph that answers it; None where none does."""

    text: str
    gold: int | None


@dataclass(frozen=True, slots=True)
class Corpus:
    """Paragraphs as index entries, the document title of each, and questions about them."""

    entries: tuple[Entry, ...]
    titles: tuple[str, ...]
    questions: tuple[Question, ...]

    def part(self, titles: set[str]) -> Corpus:
        """Return the paragraphs of some documents; questions about the others have no answer there."""
        kept = [i for i, title in enumerate(self.titles) if title in titles]
        number = {old: new for new, old in enumerate(kept)}
        moved = (Question(q.text, number.get(q.gold) if q.gold is not None else None) for q in self.questions)
        return Corpus(tuple(self.entries[i] for i in kept), tuple(self.titles[i] for i in kept), tuple(moved))


def read_lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_corpus(paragraphs: Path, questions: Path) -> Corpus:
    """Read a set; a question marked `impossible`, or about a paragraph that is not there, is left out."""
    rows = read_lines(paragraphs)
    number = {row["pid"]: i for i, row in enumerate(rows)}
    asked = (row for row in read_lines(questions) if not row.get("impossible") and row["pid"] in number)
    return Corpus(
        tuple(as_entry(row["pid"], row["title"], row["text"]) for row in rows),
        tuple(row["title"] for row in rows),
        tuple(Question(row["question"], number[row["pid"]]) for row in asked),
    )


def as_entry(name: str, title: str, text: str) -> Entry:
    return Entry(name, title.replace("_", " "), text, tuple(sentences(text)) or ((0, len(text)),))


def vectors_of(corpus: Corpus, embedder: Embedder) -> dict[str, Halves]:
    return embed(corpus.entries, embedder)


def built(corpus: Corpus, embedder: Embedder, vectors: dict[str, Halves]) -> CourseIndex:
    """Return the index of a corpus as the library would write and read it."""
    with tempfile.TemporaryDirectory() as folder:
        return indexes.load(Path(folder), indexes.write(Path(folder), 1, corpus.entries, vectors, embedder))


def query_vectors(corpus: Corpus, embedder: Embedder) -> list[Vectors | None]:
    """Return the vector of each question, None where the embedder does not read it."""
    texts = [q.text for q in corpus.questions]
    readable = [text for text in texts if reads(embedder, text)]
    rows = dict(zip(readable, embedder.embed_queries(readable), strict=True)) if readable else {}
    return [rows.get(text) for text in texts]


def kept_vectors(
    corpus: Corpus, embedder: Embedder, kept: Path | None
) -> tuple[dict[str, Halves], list[Vectors | None]]:
    """Return the vectors of paragraphs and questions; from the file `kept` where the last run left them there."""
    if kept is None:
        return vectors_of(corpus, embedder), query_vectors(corpus, embedder)
    if not kept.is_file():
        asked = [row for row in query_vectors(corpus, embedder) if row is not None]
        np.savez(kept, allow_pickle=False, questions=np.asarray(asked, np.float32), **vectors_of(corpus, embedder))
    with np.load(kept, allow_pickle=False) as file:
        vectors = {name: file[name] for name in file.files if name != "questions"}
        rows = iter(file["questions"])
    return vectors, [next(rows) if vectors and reads(embedder, q.text) else None for q in corpus.questions]


def rank_of(order: Sequence[int], gold: int) -> int | None:
    """Return the place of the gold paragraph, from 0; None where it is not among the candidates."""
    places = np.flatnonzero(np.asarray(order) == gold)
    return int(places[0]) if len(places) else None


def scores(ranks: Sequence[int | None]) -> dict[str, float]:
    """Return recall at 1 and 5, and the mean reciprocal rank of the first ten."""
    found = np.asarray([10**6 if rank is None else rank for rank in ranks])
    return {
        "recall@1": round(float((found < 1).mean()), 4),
        "recall@5": round(float((found < 5).mean()), 4),
        "mrr@10": round(float(np.where(found < 10, 1 / (found + 1), 0).mean()), 4),
    }


def hardware() -> str:
    """Return what this run ran on, for people who compare figures."""
    model = next(
        (line.split(":")[1].strip() for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def commit() -> str:
    """Return the commit measured; "unknown" outside a checkout."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.is_file() else []
