"""What a reviewer should look at twice in a better answer: pure rules that flag and never decide.

A flag may be wrong; it is shown with the words it is about, so that a person sees at once whether it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from adapters.pii_scrubbing import scrub
from knowledge.attribution import shortlist_sources, source_spans
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize

MIN_TOPIC_OVERLAP = 0.5  # share of a sentence's words in the passage from which on numbers and negations are compared
MIN_DUPLICATE_SIMILARITY = 0.8  # share of common words of two better answers
CAMPAIGN_SIZE = 5  # so many near-duplicates look like a campaign
MAX_UNFLAGGED_CHARS = 1_500


class ReviewFlagKind(StrEnum):
    """Why a better answer deserves a second look."""

    CONTRADICTION = "contradicts"  # a number or a "not" on one side only
    NEAR_DUPLICATE = "repeats"
    PERSONAL_DATA = "personal"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class ReviewFlag:
    """One reason to look twice, with the words it is about."""

    kind: ReviewFlagKind
    text: str = ""  # the sentence of the better answer, or the personal data's kinds
    source: str = ""  # the passage's sentence
    count: int = 0


def find_flags(
    text: str, passages: Sequence[str], others: Sequence[str], roster: Sequence[str] = ()
) -> list[ReviewFlag]:
    """Return what to look at in a better answer: against its passages, and beside the other better answers."""
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
    """Return the sentences that speak of what a passage says, with another number or another "not"."""
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
    """Return the share of common words of two texts, in [0, 1]."""
    one, two = frozenset(tokenize(left)), frozenset(tokenize(right))
    return len(one & two) / len(one | two) if one | two else float(left.strip() == right.strip())
