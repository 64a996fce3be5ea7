"""Measure the dense index at size: search, recall against exact search, memory, adding, deleting and rebuilding.

    python -m bench.index --passages 100000 [--dimension 384]
    python -m bench.index --library --passages 2000

The vectors are synthetic: topics with passages around them, distributed like embeddings of courses; there is no text.
With `--library` the whole library is measured on generated text, without a model: rebuilding, adding a document,
removing one, searching. Seconds for 100,000 passages, a few minutes for a million.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.retrieval_corpora import commit, hardware
from knowledge.catalog import MemoryCatalog
from knowledge.documents import Document, Locator, LocatorKind, Passage
from knowledge.embedding import HashingEmbedder, Vectors, l2_normalize
from knowledge.index import build_faiss_index
from knowledge.library import Library

TOP_K = 10
PASSAGES_PER_DOCUMENT = 50  # passages of a generated document
NOW = datetime(2026, 11, 24, tzinfo=UTC)
T = TypeVar("T")


def main() -> None:
    arguments = _arguments()
    if arguments.library:
        print(json.dumps(library_costs(arguments.passages, arguments.queries)))
        return
    random = np.random.default_rng(5)
    rows, queries = synthetic_vectors(arguments.passages, arguments.queries, arguments.dimension, random)
    print(f"{len(rows)} synthetic vectors of {rows.shape[1]} dimensions, {hardware()}")
    index, built_s = timed(lambda: build_faiss_index(rows))
    truth = exact_search(rows, queries)
    times, cpu, found = [], [], []
    for query in queries:
        started, used = time.perf_counter(), time.process_time()
        found.append(index.search(query[None, :], TOP_K)[1][0])
        times.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    recall = np.mean([len(set(a) & set(b)) / TOP_K for a, b in zip(found, truth, strict=True)])
    _, add_s = timed(lambda: build_faiss_index(np.concatenate([rows, rows[:1000]]), index))
    _, delete_s = timed(lambda: build_faiss_index(rows[1000:], index))
    result = {
        "benchmark": "index",
        "passages": len(rows),
        "kind": type(index).__name__,
        "p50_ms": round(float(np.percentile(times, 50)), 2),
        "p95_ms": round(float(np.percentile(times, 95)), 2),
        "p95_cpu_ms": round(float(np.percentile(cpu, 95)), 2),
        "recall@10": round(float(recall), 4),
        "index_mb": round(_file_mb(index), 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "build_s": round(built_s, 2),
        "add_1000_s": round(add_s, 3),
        "delete_1000_s": round(delete_s, 2),
        "hardware": hardware(),
        "commit": commit(),
    }
    print(json.dumps(result))


def library_costs(passages: int, queries: int) -> dict[str, Any]:
    """Return the CPU seconds that a course of generated passages costs, with the hashing embedder."""
    random = np.random.default_rng(5)
    words = np.array([f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "bdglmnprst"])
    catalog = MemoryCatalog()
    for at in range(0, passages, PASSAGES_PER_DOCUMENT):
        document = Document(
            f"d{at}", "c", f"{at}.md", f"Part {at}", str(at), "text/markdown", 1, PASSAGES_PER_DOCUMENT, (), NOW
        )
        catalog.add(document, [_passage(document, n, _text(words, random, 120)) for n in range(PASSAGES_PER_DOCUMENT)])
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder), catalog, HashingEmbedder(384))
        _, rebuild_s = cpu_timed(lambda: library.rebuild_index("c"))
        page = "\n\n".join(_text(words, random, 120) for _ in range(10)).encode()
        added, add_s = cpu_timed(lambda: library.add("c", "more.md", b"# More\n\n" + page))
        _, remove_s = cpu_timed(lambda: library.remove(added.id))
        times = [cpu_timed(lambda: library.search("c", _text(words, random, 8)))[1] * 1000 for _ in range(queries)]
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 2
    return {
        "benchmark": "library",
        "passages": passages,
        "rebuild_cpu_s": round(rebuild_s, 2),
        "add_document_cpu_s": round(add_s, 2),
        "remove_document_cpu_s": round(remove_s, 2),
        "p50_cpu_ms": round(float(np.percentile(times, 50)), 1),
        "p95_cpu_ms": round(float(np.percentile(times, 95)), 1),
        "index_mb": round(size / 2**20, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "hardware": hardware(),
        "commit": commit(),
    }


def _passage(document: Document, number: int, text: str) -> Passage:
    where = Locator(LocatorKind.PAGE, number + 1, f"page {number + 1}")
    return Passage(f"{document.id}-{number}", document.id, "c", number, text, where, (), 0, len(text))


def _text(words: NDArray[np.str_], random: np.random.Generator, count: int) -> str:
    """Return sentences of ten words with the word frequencies of a natural language."""
    chosen = words[np.minimum(random.zipf(1.3, count) - 1, len(words) - 1)]
    return " ".join(" ".join(chosen[at : at + 10]).capitalize() + "." for at in range(0, count, 10))


def synthetic_vectors(
    passages: int, queries: int, dimension: int, random: np.random.Generator
) -> tuple[Vectors, Vectors]:
    """Return unit vectors around topics of some 40 passages, and queries near some of them."""
    topics = l2_normalize(random.standard_normal((max(1, passages // 40), dimension)).astype(np.float32))
    of_topic = random.integers(0, len(topics), passages)
    rows = np.empty((passages, dimension), np.float32)
    for start in range(0, passages, 50_000):
        part = topics[of_topic[start : start + 50_000]]
        noise = random.standard_normal(part.shape, dtype=np.float32) / dimension**0.5
        rows[start : start + 50_000] = l2_normalize(part + noise)
    near = rows[random.integers(0, passages, queries)]
    noise = random.standard_normal(near.shape, dtype=np.float32) / dimension**0.5
    return rows, l2_normalize(near + 0.7 * noise)


def exact_search(rows: Vectors, queries: Vectors) -> list[list[int]]:
    """Return the nearest rows of each query by comparing it with all rows."""
    return [np.argsort(-(rows @ query))[:TOP_K].tolist() for query in queries]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def cpu_timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    return work(), time.process_time() - started


def _file_mb(index: Any) -> float:
    import faiss

    with tempfile.NamedTemporaryFile() as file:
        faiss.write_index(index, file.name)
        return Path(file.name).stat().st_size / 2**20


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the dense index at size.")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--library", action="store_true", help="measure the library, not only its dense index")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--dimension", type=int, default=384)
    return parser.parse_args()


if __name__ == "__main__":
    main()
