"""Measure whether the right paragraph comes first, against lexical and dense search alone, and the cost of a search.

    python -m bench.retrieval --paragraphs P.jsonl --questions Q.jsonl [--embedder bundled]
        [--more OTHERS.jsonl ... --up-to 2000]

Some minutes; most of it is embedding, which `--vectors` keeps for the next run.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.retrieval_corpora import (
    Corpus,
    add_distractors,
    build_index,
    cached_vectors,
    commit,
    hardware,
    rank_of,
    read_corpus,
    retrieval_scores,
)
from knowledge.embedding import Embedder
from knowledge.index import CourseIndex
from knowledge.ranking import CandidateFeatures, choose_model, find_candidates, rank_passages
from knowledge.retrieval_features import FUSED_FEATURES, LEXICAL_FEATURES, QueryVectors
from knowledge.sentence_embedder import open_embedder

Ranks = list[int | None]


def main() -> None:
    arguments = _arguments()
    embedder = open_embedder(arguments.embedder, arguments.cache)
    corpus = add_distractors(read_corpus(arguments.paragraphs, arguments.questions), arguments.more, arguments.up_to)
    print(f"{len(corpus.entries)} paragraphs, {len(corpus.questions)} questions, {embedder.name}, {hardware()}")
    started = time.perf_counter()
    vectors, asked = cached_vectors(corpus, embedder, arguments.vectors)
    index = build_index(corpus, embedder, vectors)
    indexed_s = time.perf_counter() - started
    found = measure(corpus, index, asked)
    for name, ranks in found.items():
        print(f"{name:9}", retrieval_scores(ranks))
    result = {
        "benchmark": "retrieval",
        **retrieval_scores(found["ranked"]),
        **latency(corpus, index, embedder, arguments.timed),
        "never_worse": is_never_worse(found),
        "lexical": retrieval_scores(found["lexical"]),
        "dense": retrieval_scores(found["dense"]),
        "sentences": retrieval_scores(found["sentences"]),
        "paragraphs": len(corpus.entries),
        "questions": len(corpus.questions),
        "indexed_s": round(indexed_s, 1),
        "embedder": embedder.name,
        "workload": ", ".join(f"{file.parent.name}/{file.name}" for file in (arguments.paragraphs, *arguments.more)),
        "hardware": hardware(),
        "commit": commit(),
    }
    print(json.dumps(result))


def measure(corpus: Corpus, index: CourseIndex, vectors: Sequence[QueryVectors | None]) -> dict[str, Ranks]:
    """Return the rank of the gold paragraph in each order, over all questions."""
    ranks: dict[str, Ranks] = {"ranked": [], "lexical": [], "dense": [], "sentences": []}
    for question, vector in zip(corpus.questions, vectors, strict=True):
        assert question.gold is not None
        found = find_candidates(index, question.text, vector if len(index.dense_rows) else None)
        for name, order in rankings(found, index.embedder).items():
            ranks[name].append(rank_of(order, question.gold))
    return ranks


def is_never_worse(found: dict[str, Ranks]) -> bool:
    """Whether neither side alone has a better recall or mean reciprocal rank."""
    best = retrieval_scores(found["ranked"])
    return all(best[name] >= retrieval_scores(found[side])[name] for side in ("lexical", "dense") for name in best)


def rankings(found: CandidateFeatures, embedder: str) -> dict[str, list[int]]:
    """Return the candidates in the library's order, and in the order of each side alone."""
    if len(found.rows) == 0:
        return {"ranked": [], "lexical": [], "dense": [], "sentences": []}
    table, names = found.features, FUSED_FEATURES if found.has_dense else LEXICAL_FEATURES
    alone = {"lexical": "bm25", "dense": "whole", "sentences": "nearest"}
    none = np.zeros(len(table))
    keys = {side: table[:, names.index(name)] if name in names else none for side, name in alone.items()}
    keys["ranked"] = choose_model(found, embedder).order_scores(found)
    return {side: found.rows[np.argsort(-key, kind="stable")].tolist() for side, key in keys.items()}


def latency(corpus: Corpus, index: CourseIndex, embedder: Embedder, count: int) -> dict[str, float]:
    """Return the median and 95th percentile of whole searches in sequence, query embedding included.

    By wall time, and by CPU time, which is comparable on a busy machine.
    """
    step = max(1, len(corpus.questions) // count)
    wall, cpu = [], []
    for question in corpus.questions[::step][:count]:
        started, spent = time.perf_counter(), time.process_time()
        rank_passages(index, question.text, embedder)
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
    kinds = {"": wall, "cpu_": cpu}
    return {f"p{p}_{kind}ms": round(float(np.percentile(v, p)), 1) for kind, v in kinds.items() for p in (50, 95)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure retrieval on any paragraphs and questions.")
    parser.add_argument("--paragraphs", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument(
        "--more", type=Path, nargs="*", default=[], help="paragraphs without questions, for a larger course"
    )
    parser.add_argument("--up-to", type=int, default=2_000, help="number of paragraphs including those of --more")
    parser.add_argument("--embedder", default="bundled")
    parser.add_argument("--cache", type=Path, default=Path("var/models"), help="folder of hub models")
    parser.add_argument("--vectors", type=Path, help="file that stores the vectors between runs")
    parser.add_argument("--timed", type=int, default=300, help="number of timed searches")
    return parser.parse_args()


if __name__ == "__main__":
    main()
