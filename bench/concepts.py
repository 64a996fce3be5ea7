"""Compare the proposed concepts with a book's own terms, and the proposed prerequisites with the order of the book.

    python -m bench.concepts --book DIR [--book DIR ...] [--fit]

A book is a folder of Markdown files. Its terms are set in bold (`**term**`) or, in Chinese, in italics before a
translation (`*术语*（term）`); the parser drops that markup, so the library has to find the terms by their wording. The
order is that of `order.jsonl`, of the `toc` lists in the files `*__index.md` of a chapter, or of the file names.
`agreement` is over prerequisites proposed from files in a random order with `in_order=False`, also by ground: an edge
agrees when the book introduces the prerequisite first. `found` is the share of the book's terms among the proposed
concepts, `own` the share of proposed concepts that are terms or section titles of the book. Seconds for a book.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.retrieval_corpora import commit, hardware
from knowledge import concepts
from knowledge.chunking import chunk_document
from knowledge.concepts import (
    FEATURES,
    MAX_CONCEPTS,
    ConceptProposal,
    EdgeBasis,
    candidate_pairs,
    concept_key,
    find_concept_candidates,
    propose_concepts,
)
from knowledge.documents import Passage
from knowledge.headings import heading_topic
from knowledge.parsing.sandbox import parse

SHUFFLES = 3
MIN_STRENGTH = 0.75  # minimum strength of a proposed edge
_BOLD = re.compile(r"(?<!\*)\*\*([^*\n]{3,40}?)\*\*(?!\*)")
_ITALIC_ZH = re.compile(r"(?<!\*)\*([^*\n]{2,20}?)\*\s*（[A-Za-z][^）]*）")
_NOT_TERMS = re.compile(r"[.:$=+<>\d]|^(?:and|or|not|in|try|else)$")
# The chapters of d2l in the order of its table of contents, which is not among the files.
_CHAPTERS = ("preliminaries", "linear-networks", "multilayer", "convolutional-neural", "recurrent-neural", "attention")


@dataclass(frozen=True, slots=True)
class Book:
    """The passages of a book by file, in the book's order, and the keys of its terms and titles."""

    name: str
    files: tuple[tuple[Passage, ...], ...]
    terms: frozenset[str]
    titles: frozenset[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", type=Path, action="append", required=True)
    parser.add_argument("--fit", action="store_true", help="first fit and write knowledge/concepts.json")
    arguments = parser.parse_args()
    books = [read(folder) for folder in arguments.book]
    if arguments.fit:
        fit(books)
    figures = {book.name: measure(book) for book in books}
    print(json.dumps({"benchmark": "concepts", "books": figures, "hardware": hardware(), "commit": commit()}))


def read(folder: Path) -> Book:
    files = sorted(folder.glob("*.md"), key=lambda path: _chapter_position(path, folder))
    texts = [path.read_text("utf-8") for path in files]
    parsed = [parse(path.name, path.read_bytes()) for path in files]
    passages = tuple(tuple(chunk_document(p, path.stem, folder.name)) for p, path in zip(parsed, files, strict=True))
    headings = {heading for part in passages for p in part for heading in p.heading[:2]}
    titles = {concept_key(name) for heading in headings if (name := heading_topic(heading))}
    return Book(folder.name, passages, frozenset(k for text in texts for k in _terms(text)), frozenset(titles))


def _terms(text: str) -> set[str]:
    marked = (_ITALIC_ZH if re.search("[\u4e00-\u9fff]", text) else _BOLD).findall(text)
    return {concept_key(term) for term in marked if not _NOT_TERMS.search(term) and len(term.split()) <= 4}


def _chapter_position(path: Path, folder: Path) -> tuple[int, int, str]:
    """Return the position of a file in its book."""
    chapter, _, section = path.stem.partition("__")
    index = folder / f"{chapter}__index.md"
    if not section or not index.is_file():
        return 0, 0, path.stem
    listed = re.findall(r"^[\w-]+$", index.read_text("utf-8").partition("```toc")[2], re.MULTILINE)
    number = next((i for i, name in enumerate(_CHAPTERS) if name in chapter), len(_CHAPTERS))
    return number, listed.index(section) + 1 if section in listed else 0, section


def measure(book: Book) -> dict[str, Any]:
    ordered = [p for part in book.files for p in part]
    started = time.process_time()
    proposal = propose_concepts(ordered)
    seconds = time.process_time() - started
    proposed = {concept_key(concept.name) for concept in proposal.concepts}
    hidden = order_agreements(book)
    result: dict[str, Any] = {
        "passages": len(ordered),
        "concepts": len(proposal.concepts),
        "edges": len(proposal.edges),
        "terms": len(book.terms),
        "found": round(len(proposed & book.terms) / max(1, len(book.terms)), 3),
        "own": round(len(proposed & (book.terms | book.titles)) / max(1, len(proposed)), 3),
        "agreement": round(sum(hidden) / max(1, len(hidden)), 3),
        "by_ground": {str(g): _agreement_rate(order_agreements(book, g)) for g in EdgeBasis},
        "cpu_s": round(seconds, 2),
    }
    print(book.name, result)
    return result


def _agreement_rate(agreed: Sequence[bool]) -> dict[str, float]:
    return {"edges": len(agreed) // SHUFFLES, "agreement": round(sum(agreed) / max(1, len(agreed)), 3)}


def order_agreements(book: Book, ground: EdgeBasis | None = None) -> list[bool]:
    """Return whether the book agrees with each edge proposed without the order; edges within a passage are left out."""
    place = introduction_order(propose_concepts([p for part in book.files for p in part], limit=10**6), book)
    agreed = []
    for seed in range(SHUFFLES):
        files = list(book.files)
        random.Random(seed).shuffle(files)
        proposal = propose_concepts([p for part in files for p in part], in_order=False)
        edges = [e for e in proposal.edges if ground in (None, e.basis) and place.keys() >= {e.concept, e.prerequisite}]
        agreed += [place[e.prerequisite] < place[e.concept] for e in edges if place[e.prerequisite] != place[e.concept]]
    return agreed


def fit(books: Sequence[Book]) -> None:
    """Fit the chance that a book introduces the prerequisite first, on pairs of all books.

    The model card has the figures of each book by a model fitted on the others.
    """
    seen = [_labelled(book) for book in books]
    held_out = {}
    for number, book in enumerate(books):
        others = [one for at, one in enumerate(seen) if at != number] or seen
        model = LogisticRegression(C=1.0).fit(*map(np.concatenate, zip(*others, strict=True)))
        rows, labels = seen[number]
        chances = model.predict_proba(rows)[:, 1]
        sure = chances >= MIN_STRENGTH
        held_out[book.name] = {
            "agreement_at_least": round(float(labels[sure].mean()), 3),
            "kept": round(float(sure.mean()), 3),
        }
    model = LogisticRegression(C=1.0).fit(*map(np.concatenate, zip(*seen, strict=True)))
    stored = {
        "card": {
            "fitted_by": "bench/concepts.py",
            "fitted_on": f"pairs of {', '.join(book.name for book in books)}, their files shuffled",
            "says": "the chance that a book introduces the need first, where anything speaks for the need at all",
            "held_out_book": held_out,
        },
        "weights": dict(zip(FEATURES, (round(float(w), 4) for w in model.coef_[0]), strict=True)),
        "bias": round(float(model.intercept_[0]), 4),
        "least": MIN_STRENGTH,
    }
    Path(concepts.__file__).with_name("concepts.json").write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    concepts.load_edge_model.cache_clear()


def _labelled(book: Book) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the features of all pairs of a shuffled book, and whether its own order agrees."""
    place = introduction_order(propose_concepts([p for part in book.files for p in part], limit=10**6), book)
    rows, labels = [], []
    for seed in range(SHUFFLES):
        files = list(book.files)
        random.Random(seed).shuffle(files)
        for pair in candidate_pairs(
            find_concept_candidates([p for part in files for p in part], MAX_CONCEPTS), in_order=False
        ):
            here, there = place.get(pair.concept.id), place.get(pair.prerequisite.id)
            if here is not None and there is not None and here != there:
                rows.append(pair.features)
                labels.append(there < here)
    return np.asarray(rows), np.asarray(labels)


def introduction_order(proposal: ConceptProposal, book: Book) -> dict[str, int]:
    """Return the position at which the book introduces each concept."""
    number = {p.id: at for at, p in enumerate(p for part in book.files for p in part)}
    return {concept.id: number[concept.evidence.passage_id] for concept in proposal.concepts}


if __name__ == "__main__":
    main()
