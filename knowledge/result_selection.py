"""Picking: which of the ranked candidates are shown, and in what company.

What says the same as a better passage is left out. A passage that breaks off in a sentence, a table or a listing is
followed by its continuation, found or not, so that who reads it reads on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.catalog import Catalog
from knowledge.documents import Hit, Passage
from knowledge.errors import DocumentNotFound
from knowledge.index import CourseIndex
from knowledge.ranking import Candidate
from knowledge.reranking import RERANK_DEPTH, Reranker

DUPLICATE_JACCARD = (
    0.85  # share of the words of two passages together that are in both, from which on they say the same
)
_FINISHED = re.compile(r"[.!?:;。！？：；…\"”’)）\]}$|`][\s*_]*$")
_TABLE = re.compile(r"^\s*\|")


@dataclass(frozen=True, slots=True)
class PassageLookup:
    """Where the passages of an index stand."""

    index: CourseIndex
    catalog: Catalog

    def load_hit(self, candidate: Candidate) -> Hit | None:
        """Return the candidate as it stands in the catalogue; None where it was removed while we searched."""
        try:
            passage = self.catalog.passage(self.index.ids[candidate.row])
            document = self.catalog.document(passage.document_id)
        except DocumentNotFound:
            return None
        return Hit(passage, document, candidate.score, candidate.lexical, candidate.dense)

    def term_ids(self, row: int) -> frozenset[int]:
        """Return the numbers of the words of a passage, its titles left out."""
        lexical = self.index.lexical
        span = slice(lexical.offsets[row], lexical.offsets[row + 1])
        return frozenset(lexical.tokens[span][lexical.parts[span] > 0].tolist())


def select_results(candidates: Sequence[Candidate], lookup: PassageLookup, count: int) -> list[Hit]:
    """Return the best `count` passages that still exist, each different, each followed by what completes it."""
    known = {candidate.row: candidate for candidate in candidates}
    hits: list[Hit] = []
    taken: list[tuple[int, frozenset[int]]] = []
    for candidate in candidates:
        if len(hits) >= count:
            break
        for row, hit in _with_continuation(candidate, known, lookup):
            words = lookup.term_ids(row)
            if len(hits) < count and not any(row == r or _is_near_duplicate(words, w) for r, w in taken):
                hits.append(hit)
                taken.append((row, words))
    return hits


def rerank_candidates(
    candidates: Sequence[Candidate], query: str, lookup: PassageLookup, reranker: Reranker
) -> list[Candidate]:
    """Return the candidates with the first `DEPTH` in the reranker's order; scores stay what they were."""
    head = [
        (candidate, hit) for candidate in candidates[:RERANK_DEPTH] if (hit := lookup.load_hit(candidate)) is not None
    ]
    if not head:
        return list(candidates)
    scores = reranker.scores(query, [hit.passage.text for _, hit in head])
    order = np.argsort(-np.asarray(scores), kind="stable")
    return [*(head[at][0] for at in order), *candidates[RERANK_DEPTH:]]


def _with_continuation(
    candidate: Candidate, known: dict[int, Candidate], lookup: PassageLookup
) -> Iterator[tuple[int, Hit]]:
    """Yield a passage, and the next one of its document where it breaks off; two at most."""
    hit = lookup.load_hit(candidate)
    if hit is None:
        return
    yield candidate.row, hit
    row = candidate.row + 1
    if row >= len(lookup.index.ids):
        return
    rest = lookup.load_hit(known.get(row, replace(candidate, row=row)))
    if rest is not None and is_continuation(hit.passage, rest.passage):
        yield row, rest


def is_continuation(one: Passage, other: Passage) -> bool:
    """Return whether the second is the rest of a sentence or a table that the first began."""
    if one.document_id != other.document_id or other.ordinal != one.ordinal + 1:
        return False
    if _TABLE.search(one.text.rsplit("\n", 1)[-1]) and _TABLE.search(other.text):
        return other.start - one.end <= 1  # of one block: tables are two line breaks apart
    return not _FINISHED.search(one.text) and other.text[:1].islower()


def _is_near_duplicate(one: frozenset[int], other: frozenset[int]) -> bool:
    return one == other or (bool(one | other) and len(one & other) / len(one | other) >= DUPLICATE_JACCARD)
