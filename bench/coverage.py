"""Measure whether the library knows what it does not cover: half of the documents are indexed, all are asked about.

    python -m bench.coverage --paragraphs P.jsonl --questions Q.jsonl [--embedder bundled]

`false_accepts` is the share of questions about left-out documents that are accepted when 95 % of the others are.
`accepted_*` are the shares that the shipped threshold accepts. Averaged over `--splits` ways to halve the documents.
Minutes; most of it is embedding, which `--vectors` keeps for the next run.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from bench.retrieval_corpora import Corpus, build_index, cached_vectors, commit, hardware, read_corpus
from knowledge.embedding import Embedder
from knowledge.index import CourseIndex, PassageVectors
from knowledge.ranking import COVERAGE_THRESHOLD, choose_model, find_candidates
from knowledge.retrieval_features import QueryVectors
from knowledge.sentence_embedder import open_embedder


def main() -> None:
    arguments = _arguments()
    embedder = open_embedder(arguments.embedder, arguments.cache)
    corpus = read_corpus(arguments.paragraphs, arguments.questions)
    print(f"{len(corpus.entries)} paragraphs, {len(corpus.questions)} questions, {embedder.name}, {hardware()}")
    vectors, asked = cached_vectors(corpus, embedder, arguments.vectors)
    figures = measure(corpus, embedder, vectors, asked, arguments.splits)
    result = {
        "benchmark": "coverage",
        **figures,
        "paragraphs": len(corpus.entries),
        "questions": len(corpus.questions),
        "splits": arguments.splits,
        "embedder": embedder.name,
        "workload": f"{arguments.paragraphs.parent.name}/{arguments.paragraphs.name}",
        "hardware": hardware(),
        "commit": commit(),
    }
    print(json.dumps(result))


def measure(
    corpus: Corpus,
    embedder: Embedder,
    vectors: dict[str, PassageVectors],
    asked: Sequence[QueryVectors | None],
    splits: int,
) -> dict[str, float]:
    """Return the mean figures over several halves of the documents."""
    titles = sorted(set(corpus.titles))
    rows = []
    for split in range(splits):
        half = np.random.default_rng(split).permutation(len(titles))[: len(titles) // 2]
        course = corpus.subset({titles[i] for i in half})
        index = build_index(course, embedder, vectors)
        chances = np.asarray([confidence(index, q.text, v) for q, v in zip(course.questions, asked, strict=True)])
        rows.append(coverage_metrics(chances, np.asarray([q.gold is not None for q in course.questions])))
        print(f"split {split}", rows[-1])
    return {name: round(float(np.mean([row[name] for row in rows])), 4) for name in rows[0]}


def confidence(index: CourseIndex, text: str, vector: QueryVectors | None) -> float:
    """Return the confidence of `ranking.rank` for a question that is already embedded."""
    found = find_candidates(index, text, vector if len(index.dense_rows) else None)
    if len(found.rows) == 0:
        return 0.0
    model = choose_model(found, index.embedder)
    return float(model.probabilities(found)[int(np.argmax(model.order_scores(found)))])


def coverage_metrics(chances: np.ndarray, covered: np.ndarray) -> dict[str, float]:
    cut = np.quantile(chances[covered], 0.05)
    return {
        "false_accepts": float((chances[~covered] > cut).mean()),
        "auc": float(roc_auc_score(covered, chances)),
        "accepted_covered": float((chances[covered] >= COVERAGE_THRESHOLD).mean()),
        "accepted_uncovered": float((chances[~covered] >= COVERAGE_THRESHOLD).mean()),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the coverage decision on any paragraphs and questions.")
    parser.add_argument("--paragraphs", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--embedder", default="bundled")
    parser.add_argument("--cache", type=Path, default=Path("var/models"), help="folder of hub models")
    parser.add_argument("--vectors", type=Path, help="file that stores the vectors between runs")
    parser.add_argument("--splits", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
