"""Flags for the reviewer of a correction: what to look at twice. Pure rules that never decide.

A flag may be wrong; it is shown with the words it is about, so that the reviewer sees at once whether it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from adapters.pii_scrubbing import scrub
from knowledge.attribution import shortlist_sources, source_spans
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize

MIN_TOPIC_OVERLAP = 0.5  # share of a sentence's words in a passage, from which numbers and negations are compared
MIN_DUPLICATE_SIMILARITY = 0.8  # share of the words of two corrections that both have
CAMPAIGN_SIZE = 5  # near-duplicates that look like a campaign
MAX_UNFLAGGED_CHARS = 1_500


class ReviewFlagKind(StrEnum):
    """Why a correction deserves a second look."""

    CONTRADICTION = "contradicts"  # a number or a "not" on one side only
    NEAR_DUPLICATE = "repeats"
    PERSONAL_DATA = "personal"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class ReviewFlag:
    """A reason to look twice, with the words it is about."""

    kind: ReviewFlagKind
    text: str = ""  # the sentence of the correction, or the kinds of personal data
    source: str = ""  # the sentence of the passage
    count: int = 0


def find_flags(
    text: str, passages: Sequence[str], others: Sequence[str], roster: Sequence[str] = ()
) -> list[ReviewFlag]:
    """Return the flags of a correction, compared with its passages and with the other corrections of the course."""
    found = find_contradictions(text, passages)
    if repeats := sum(jaccard_similarity(text, other) >= MIN_DUPLICATE_SIMILARITY for other in others):
        found.append(ReviewFlag(ReviewFlagKind.NEAR_DUPLICATE, count=repeats))
    if personal := scrub(text, roster).counts:
        found.append(
            ReviewFlag(ReviewFlagKind.PERSONAL_DATA, text=", ".join(sorted(personal)), count=sum(personal.values()))
        )
    if len(text) > MAX_UNFLAGGED_CHARS:
        found.append(ReviewFlag(ReviewFlagKind.LONG, count=len(text)))
    return found


def find_contradictions(text: str, passages: Sequence[str]) -> list[ReviewFlag]:
    """Return the sentences about the same as a sentence of a passage, but with another number or negation."""
    sources = [source for number, passage in enumerate(passages) for source in source_spans(number, passage)]
    found = []
    for start, end in split_sentences(text):
        pairs = [pair for pair in shortlist_sources(text[start:end], sources) if pair.word_overlap >= MIN_TOPIC_OVERLAP]
        if pairs and not any(pair.is_consistent for pair in pairs):
            found.append(
                ReviewFlag(
                    ReviewFlagKind.CONTRADICTION, text=text[start:end].strip(), source=pairs[0].source.text.strip()
                )
            )
    return found


def jaccard_similarity(left: str, right: str) -> float:
    """Return the share of the words of two texts that both have, in [0, 1]."""
    one, two = frozenset(tokenize(left)), frozenset(tokenize(right))
    return len(one & two) / len(one | two) if one | two else float(left.strip() == right.strip())
