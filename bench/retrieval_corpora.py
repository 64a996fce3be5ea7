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
from knowledge.embedding import Embedder
from knowledge.index import CourseIndex, IndexedPassage, PassageVectors, can_embed, compute_passage_vectors
from knowledge.languages.sentences import split_sentences
from knowledge.late_interaction import PROJECTION_DIM
from knowledge.retrieval_features import QueryVectors


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the index of the paragraph that answers it; None if none does."""

    text: str
    gold: int | None


@dataclass(frozen=True, slots=True)
class Corpus:
    """Paragraphs as index entries, the document title of each, and questions about them."""

    entries: tuple[IndexedPassage, ...]
    titles: tuple[str, ...]
    questions: tuple[Question, ...]

    def subset(self, titles: set[str]) -> Corpus:
        """Return the corpus with the paragraphs of some documents; questions about the others have no answer in it."""
        chosen = [i for i, title in enumerate(self.titles) if title in titles]
        number = {old: new for new, old in enumerate(chosen)}
        moved = (Question(q.text, number.get(q.gold) if q.gold is not None else None) for q in self.questions)
        return Corpus(tuple(self.entries[i] for i in chosen), tuple(self.titles[i] for i in chosen), tuple(moved))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_corpus(paragraphs: Path, questions: Path) -> Corpus:
    """Read a set, without questions that are marked `impossible` or whose paragraph is missing."""
    rows = read_jsonl(paragraphs)
    number = {row["pid"]: i for i, row in enumerate(rows)}
    asked = (row for row in read_jsonl(questions) if not row.get("impossible") and row["pid"] in number)
    return Corpus(
        tuple(make_entry(row["pid"], row["title"], row["text"]) for row in rows),
        tuple(row["title"] for row in rows),
        tuple(Question(row["question"], number[row["pid"]]) for row in asked),
    )


def add_distractors(corpus: Corpus, files: Sequence[Path], up_to: int) -> Corpus:
    """Add paragraphs without questions (fields title and text) until there are `up_to`."""
    rows = [row for file in files for row in read_jsonl(file)][: max(0, up_to - len(corpus.entries))]
    more = [make_entry(f"more {n}", row["title"], row["text"]) for n, row in enumerate(rows)]
    titles = (*corpus.titles, *(row["title"] for row in rows))
    return Corpus((*corpus.entries, *more), titles, corpus.questions)


def make_entry(name: str, title: str, text: str) -> IndexedPassage:
    return IndexedPassage(name, title.replace("_", " "), text, tuple(split_sentences(text)) or ((0, len(text)),))


def embed_passages(corpus: Corpus, embedder: Embedder) -> dict[str, PassageVectors]:
    return compute_passage_vectors(corpus.entries, embedder)


def build_index(corpus: Corpus, embedder: Embedder, vectors: dict[str, PassageVectors]) -> CourseIndex:
    """Return the index of a corpus as the library writes and reads it."""
    with tempfile.TemporaryDirectory() as folder:
        return indexes.load_generation(
            Path(folder), indexes.write_generation(Path(folder), 1, corpus.entries, vectors, embedder)
        )


def embed_questions(corpus: Corpus, embedder: Embedder) -> list[QueryVectors | None]:
    """Return the vectors of each question, None if the embedder does not support its language."""
    texts = [q.text for q in corpus.questions]
    readable = [text for text in texts if can_embed(embedder, text)]
    rows = (
        dict(zip(readable, map(QueryVectors.from_encoding, embedder.encode_queries(readable)), strict=True))
        if readable
        else {}
    )
    return [rows.get(text) for text in texts]


def cached_vectors(
    corpus: Corpus, embedder: Embedder, file: Path | None
) -> tuple[dict[str, PassageVectors], list[QueryVectors | None]]:
    """Return the vectors of paragraphs and questions, from the file of an earlier run if there is one."""
    if file is None:
        return embed_passages(corpus, embedder), embed_questions(corpus, embedder)
    if not file.is_file():
        _save_vectors(
            file, embed_passages(corpus, embedder), [a for a in embed_questions(corpus, embedder) if a is not None]
        )
    with np.load(file, allow_pickle=False) as stored:
        passages = {
            name[2:]: PassageVectors(stored[name], stored[f"t {name[2:]}"]) for name in stored.files if name[:2] == "v "
        }
        spans = np.cumsum(stored["counts"])[:-1]
        rows = (QueryVectors(v, t) for v, t in zip(stored["questions"], np.split(stored["tokens"], spans), strict=True))
        return passages, [next(rows) if passages and can_embed(embedder, q.text) else None for q in corpus.questions]


def _save_vectors(file: Path, passages: dict[str, PassageVectors], asked: Sequence[QueryVectors]) -> None:
    arrays: dict[str, Any] = {f"v {key}": passage.vectors for key, passage in passages.items()}
    arrays |= {f"t {key}": passage.token_codes for key, passage in passages.items()}
    arrays["questions"] = np.asarray([a.vector for a in asked], np.float32)
    arrays["tokens"] = np.concatenate([np.zeros((0, PROJECTION_DIM), np.int8), *(a.token_codes for a in asked)])
    arrays["counts"] = np.asarray([len(a.token_codes) for a in asked], np.int64)
    np.savez(file, allow_pickle=False, **arrays)


def rank_of(order: Sequence[int], gold: int) -> int | None:
    """Return the rank of the gold paragraph, from 0; None if it is not among the candidates."""
    places = np.flatnonzero(np.asarray(order) == gold)
    return int(places[0]) if len(places) else None


def retrieval_scores(ranks: Sequence[int | None]) -> dict[str, float]:
    """Return recall at 1 and 5, and the mean reciprocal rank of the first ten."""
    found = np.asarray([10**6 if rank is None else rank for rank in ranks])
    return {
        "recall@1": round(float((found < 1).mean()), 4),
        "recall@5": round(float((found < 5).mean()), 4),
        "mrr@10": round(float(np.where(found < 10, 1 / (found + 1), 0).mean()), 4),
    }


def hardware() -> str:
    """Return the hardware of this run, for comparing figures."""
    model = next(
        (line.split(":")[1].strip() for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def commit() -> str:
    """Return the measured commit; "unknown" outside a checkout."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.is_file() else []
