"""Result selection: which of the ranked candidates a search returns.

Near-duplicates of a better passage are left out. A passage that breaks off in a sentence or a table is followed by its
continuation, whether or not that was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.catalog import Catalog
from knowledge.documents import Hit, Passage
from knowledge.errors import DocumentNotFound
from knowledge.index import CourseIndex
from knowledge.languages.sentences import is_complete
from knowledge.ranking import Candidate

DUPLICATE_JACCARD = 0.85  # similarity of two passages' sets of words from which on they are near-duplicates
_TABLE = re.compile(r"^\s*\|")


@dataclass(frozen=True, slots=True)
class PassageLookup:
    """Looks up the passages of an index in the catalogue."""

    index: CourseIndex
    catalog: Catalog

    def load_hit(self, candidate: Candidate) -> Hit | None:
        """Return the candidate's passage and document; None if it was removed during the search."""
        try:
            passage = self.catalog.passage(self.index.ids[candidate.row])
            document = self.catalog.document(passage.document_id)
        except DocumentNotFound:
            return None
        return Hit(passage, document, candidate.score)

    def term_ids(self, row: int) -> frozenset[int]:
        """Return the numbers of the terms of a passage, without those of its titles."""
        lexical = self.index.lexical
        span = slice(lexical.offsets[row], lexical.offsets[row + 1])
        return frozenset(lexical.tokens[span][lexical.parts[span] > 0].tolist())


def select_results(candidates: Sequence[Candidate], lookup: PassageLookup, count: int) -> list[Hit]:
    """Return the best `count` passages that still exist, without near-duplicates, each with its continuation."""
    known = {candidate.row: candidate for candidate in candidates}
    hits: list[Hit] = []
    selected: list[tuple[int, frozenset[int]]] = []
    for candidate in candidates:
        if len(hits) >= count:
            break
        for row, hit in _with_continuation(candidate, known, lookup):
            words = lookup.term_ids(row)
            if len(hits) < count and not any(row == r or _is_near_duplicate(words, w) for r, w in selected):
                hits.append(hit)
                selected.append((row, words))
    return hits


def _with_continuation(
    candidate: Candidate, known: dict[int, Candidate], lookup: PassageLookup
) -> Iterator[tuple[int, Hit]]:
    """Yield a passage, and the next one of its document if it breaks off; two at most."""
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
    """Whether the second passage continues a sentence or a table of the first."""
    if one.document_id != other.document_id or other.ordinal != one.ordinal + 1:
        return False
    if _TABLE.search(one.text.rsplit("\n", 1)[-1]) and _TABLE.search(other.text):
        return other.start - one.end <= 1  # of one block: tables are two line breaks apart
    return not is_complete(one.text) and other.text[:1].islower()


def _is_near_duplicate(one: frozenset[int], other: frozenset[int]) -> bool:
    return one == other or (bool(one | other) and len(one & other) / len(one | other) >= DUPLICATE_JACCARD)
