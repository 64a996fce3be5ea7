"""Measure the ranking on scientific abstracts: claims of SciFact against all its abstracts, nDCG at 10.

    python -m bench.scifact --corpus corpus.jsonl.gz --claims claims.jsonl [--embedder bundled] [--vectors FILE.npz]

The abstracts that a claim cites are relevant, as in BEIR. Nothing of the ranking was fitted on this set. Twelve
minutes of CPU for the embedding, seconds after it.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.retrieval import rankings
from bench.retrieval_corpora import (
    Corpus,
    Question,
    build_index,
    cached_vectors,
    commit,
    hardware,
    make_entry,
    read_jsonl,
)
from knowledge.index import CourseIndex
from knowledge.ranking import find_candidates
from knowledge.retrieval_features import QueryVectors
from knowledge.sentence_embedder import open_embedder

NDCG_DEPTH = 10


def main() -> None:
    arguments = _arguments()
    embedder = open_embedder(arguments.embedder, arguments.cache)
    corpus, relevant = read(arguments.corpus, arguments.claims)
    print(f"{len(corpus.entries)} abstracts, {len(corpus.questions)} claims, {embedder.name}, {hardware()}")
    started = time.process_time()
    vectors, asked = cached_vectors(corpus, embedder, arguments.vectors)
    index = build_index(corpus, embedder, vectors)
    indexed_s = time.process_time() - started
    found = measure(corpus, relevant, index, asked)
    result = {
        "benchmark": "scifact",
        "ndcg@10": found["ranked"],
        **{side: value for side, value in found.items() if side != "ranked"},
        "abstracts": len(corpus.entries),
        "claims": len(corpus.questions),
        "indexed_cpu_s": round(indexed_s, 1),
        "embedder": embedder.name,
        "workload": arguments.claims.name,
        "hardware": hardware(),
        "commit": commit(),
    }
    print(json.dumps(result))


def read(corpus: Path, claims: Path) -> tuple[Corpus, list[set[int]]]:
    """Return the abstracts with the claims as questions, and the indices of the abstracts that each claim cites."""
    rows = read_jsonl(corpus)
    number = {str(row["doc_id"]): i for i, row in enumerate(rows)}
    asked = read_jsonl(claims)
    relevant = [{number[d] for d in re.findall(r"\d+", str(row["cited"])) if d in number} for row in asked]
    with_sources = [(row["claim"], found) for row, found in zip(asked, relevant, strict=True) if found]
    entries = tuple(make_entry(str(row["doc_id"]), row["title"], row["text"]) for row in rows)
    questions = tuple(Question(claim, min(found)) for claim, found in with_sources)
    return Corpus(entries, tuple(row["title"] for row in rows), questions), [found for _, found in with_sources]


def measure(
    corpus: Corpus, relevant: Sequence[set[int]], index: CourseIndex, asked: Sequence[QueryVectors | None]
) -> dict[str, float]:
    """Return the mean nDCG of the library's order and of each side alone."""
    gains: dict[str, list[float]] = {}
    for question, gold, vector in zip(corpus.questions, relevant, asked, strict=True):
        for side, order in rankings(find_candidates(index, question.text, vector), index.embedder).items():
            gains.setdefault(side, []).append(ndcg(order[:NDCG_DEPTH], gold))
    return {side: round(float(np.mean(values)), 4) for side, values in gains.items()}


def ndcg(order: Sequence[int], gold: set[int]) -> float:
    discounts = 1 / np.log2(np.arange(2, NDCG_DEPTH + 2))
    gained = sum(discounts[place] for place, row in enumerate(order) if row in gold)
    return float(gained / discounts[: len(gold)].sum())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the ranking on SciFact.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--claims", type=Path, required=True)
    parser.add_argument("--embedder", default="bundled")
    parser.add_argument("--cache", type=Path, default=Path("var/models"), help="folder of hub models")
    parser.add_argument("--vectors", type=Path, help="file that stores the vectors between runs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
