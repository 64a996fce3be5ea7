"""Fit `knowledge/e5_centres.npz`: the mean vectors of questions, passages and their tokens, in two kinds of scripts.

    python -m bench.fit_centres --spaced P.jsonl Q.jsonl --unspaced P.jsonl Q.jsonl

Means of texts, without regard to which passage answers which question. Two minutes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from bench.retrieval_corpora import read_corpus
from knowledge.embedding import TextEncoding, Vectors, l2_normalize
from knowledge.sentence_embedder import SentenceEmbedder, open_embedder
from knowledge.vector_centering import KINDS


def main() -> None:
    arguments = _arguments()
    embedder = open_embedder("multilingual", arguments.cache)
    assert isinstance(embedder, SentenceEmbedder)
    embedder.centres = None
    rows = [measure(embedder, *files, arguments.sample) for files in (arguments.spaced, arguments.unspaced)]
    means = {kind: np.stack([row[kind] for row in rows]).astype(np.float32) for kind in KINDS}
    np.savez(arguments.out, allow_pickle=False, **means)
    print({kind: np.linalg.norm(mean, axis=1).round(3).tolist() for kind, mean in means.items()})


def measure(embedder: SentenceEmbedder, paragraphs: Path, questions: Path, sample: int) -> dict[str, Vectors]:
    """Return the mean vector of each kind over a sample of a set."""
    corpus = read_corpus(paragraphs, questions)
    entries = corpus.entries[:: max(1, len(corpus.entries) // sample)]
    asked = corpus.questions[:: max(1, len(corpus.questions) // (2 * sample))]
    texts = [f"{entry.context}. {entry.text}" for entry in entries]
    shift = [len(entry.context) + 2 for entry in entries]
    spans = [[(a + s, b + s) for a, b in entry.sentences] for entry, s in zip(entries, shift, strict=True)]
    told, put = embedder.encode_spans(texts, spans), embedder.encode_queries([one.text for one in asked])
    return {
        "question": _mean_span(put),
        "passage": _mean_span(told),
        "question_token": _mean_token(put),
        "passage_token": _mean_token(told),
    }


def _mean_span(encodings: list[TextEncoding]) -> Vectors:
    return np.asarray(l2_normalize(np.concatenate([one.span_vectors for one in encodings])).mean(0))


def _mean_token(encodings: list[TextEncoding]) -> Vectors:
    return np.asarray(np.concatenate([one.token_vectors for one in encodings]).mean(0))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit knowledge/e5_centres.npz.")
    for name in ("--spaced", "--unspaced"):
        parser.add_argument(name, nargs=2, type=Path, required=True, metavar=("PARAGRAPHS", "QUESTIONS"))
    parser.add_argument("--cache", type=Path, default=Path("var/models"), help="folder of converted models")
    parser.add_argument(
        "--sample", type=int, default=130, help="number of paragraphs of each kind; twice as many questions"
    )
    parser.add_argument("--out", type=Path, default=Path("knowledge/e5_centres.npz"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
