"""What a reviewer should look at twice in a better answer: pure rules that flag and never decide.

A flag may be wrong; it is shown with the words it is about, so that a person sees at once whether it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from adapters.pii_scrubbing import scrub
from knowledge.attribution import shortlist, sources_of
from knowledge.lexical import terms
from knowledge.sentences import sentences

SAME_SUBJECT = 0.5  # share of a sentence's words in the passage from which on numbers and negations are compared
NEARLY_THE_SAME = 0.8  # share of common words of two better answers
MANY = 5  # so many near-duplicates look like a campaign
LONG_CHARS = 1_500


class FlagKind(StrEnum):
    """Why a better answer deserves a second look."""

    CONTRADICTS = "contradicts"  # a number or a "not" on one side only
    REPEATS = "repeats"
    PERSONAL = "personal"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Flag:
    """One reason to look twice, with the words it is about."""

    kind: FlagKind
    said: str = ""  # the sentence of the better answer, or the personal data's kinds
    source: str = ""  # the passage's sentence
    count: int = 0


def flags_of(text: str, passages: Sequence[str], others: Sequence[str], roster: Sequence[str] = ()) -> list[Flag]:
    """Return what to look at in a better answer: against its passages, and beside the other better answers."""
    found = contradictions(text, passages)
    if repeats := sum(alike(text, other) >= NEARLY_THE_SAME for other in others):
        found.append(Flag(FlagKind.REPEATS, count=repeats))
    if personal := scrub(text, roster).found:
        found.append(Flag(FlagKind.PERSONAL, said=", ".join(sorted(personal)), count=sum(personal.values())))
    if len(text) > LONG_CHARS:
        found.append(Flag(FlagKind.LONG, count=len(text)))
    return found


def contradictions(text: str, passages: Sequence[str]) -> list[Flag]:
    """Return the sentences that speak of what a passage says, with another number or another "not"."""
    sources = [source for number, passage in enumerate(passages) for source in sources_of(number, passage)]
    found = []
    for start, end in sentences(text):
        pairs = [pair for pair in shortlist(text[start:end], sources) if pair.words >= SAME_SUBJECT]
        if pairs and not any(pair.agrees for pair in pairs):
            found.append(Flag(FlagKind.CONTRADICTS, said=text[start:end].strip(), source=pairs[0].source.text.strip()))
    return found


def alike(left: str, right: str) -> float:
    """Return the share of common words of two texts, in [0, 1]."""
    one, two = frozenset(terms(left)), frozenset(terms(right))
    return len(one & two) / len(one | two) if one | two else float(left.strip() == right.strip())
