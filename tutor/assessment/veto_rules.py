"""What speaks against "right" whatever a model says of an answer: opposites, other numbers, denials, swapped roles.

A model of likeness hears that two sentences speak of the same things; it does not hear who does what to whom. Words
alone; a veto makes an answer unsure or wrong, never right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tutor.assessment.word_diff import Words, is_typo, opposites, read_words

_YES_AND_NO = {("yes",), ("no",)}
_DENIALS = frozenset(
    "false untrue wrong incorrect opposite contrary lie myth mistaken disagree reverse 假 错 反".split()
)
_NAME = re.compile(r"\b(?:[A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9]*|[A-Z]{2,})\b[⁺⁻+]?")
_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_JOINED = re.compile(r"(\w+)((?:\s*,\s*\w+)*)\s*,?\s+(?:and|or)\s+(\w+)")
FEW = 3  # words of their own from which a sentence can be compared word for word
COVERED = 0.8  # share of the reference's own words from which an answer says the same sentence, or its reverse


def veto(answer: str, references: Sequence[str], question: str = "") -> str:
    """Why the answer cannot be right, "" when nothing speaks against it in any reference."""
    given, asked = read_words(answer), read_words(question)
    reasons = [_against(given, reference, asked) for reference in map(read_words, references)]
    return reasons[0] if reasons and all(reasons) else ""


def _against(given: Words, reference: Words, asked: Words) -> str:
    if opposites(given, reference):
        return "says the opposite of the reference in a word"
    if reference.numbers and given.numbers and not reference.numbers <= given.numbers:
        return "has another number than the reference"
    if {given.words[:1], reference.words[:1]} == _YES_AND_NO:
        return "says yes where the reference says no, or no where it says yes"
    if _DENIALS & set(given.words) - set(reference.words) - set(asked.words):
        return "says that something is false"
    if _says_all(given, reference, asked) and (given.negations - reference.negations) % 2:
        return "is the reference negated"
    if _other_name(given.text, reference.text, asked.text):
        return "has another name than the reference"
    if _copies(given, reference) and _reordered(given, reference):
        return "has the words of the reference in another order"
    if _exchanged(given, reference, asked):
        return "is the reference with a word exchanged"
    return ""


def _says_all(given: Words, reference: Words, asked: Words) -> bool:
    own = reference.content - asked.content or reference.content
    return bool(own) and len(own & given.content) >= COVERED * len(own)


def _copies(given: Words, reference: Words) -> bool:
    """Whether an answer is made of the reference's own words, and of nearly all of them."""
    shared = reference.content & given.content
    return len(shared) >= COVERED * max(len(reference.content), len(given.content), 1)


def _other_name(answer: str, reference: str, question: str) -> bool:
    """Whether a name of the reference (NADPH, Calvin) is missing where the answer has one that nobody spoke of."""
    told, said, asked = (
        set(_NAME.findall(text)) | set(_CAPITAL.findall(text)) for text in (reference, answer, question)
    )
    known = {name.lower() for name in told | asked} | set(re.findall(r"\w+", f"{reference} {question}".lower()))
    strange = {name for name in said if name.lower() not in known}
    spoken = set(re.findall(r"\w+[⁺⁻+]?", answer.lower()))
    return bool(strange) and any(name.lower() not in spoken for name in told)


def _exchanged(given: Words, reference: Words, asked: Words) -> bool:
    """Whether an answer is the reference word for word, but for one or two that nobody spoke of: a synonym, or not."""
    if len(given.stems) != len(reference.stems) or len(given.stems) < FEW:
        return False
    changed = [(a, b) for a, b in zip(given.stems, reference.stems, strict=True) if a != b]
    return 0 < len(changed) <= max(1, len(given.stems) // 4) and all(
        a not in reference.content | asked.content and not _same_word(a, b) for a, b in changed
    )


def _same_word(one: str, other: str) -> bool:
    """The same word in another form or with a slip: a slip counts as one elsewhere too."""
    return one[:4] == other[:4] and (one.startswith(other) or other.startswith(one)) or is_typo(one, other)


def _reordered(given: Words, reference: Words) -> bool:
    """Whether the words that both say stand in another order: who does what is swapped, or it is said the other way."""
    one, two = _sequence(given.text), _sequence(reference.text)
    shared = set(one) & set(two)
    once = [w for w in shared if one.count(w) == two.count(w) == 1]
    places = [two.index(w) for w in sorted(once, key=one.index)]
    return len(once) >= 2 and any(a > b for a, b in pairwise(places))


def _sequence(text: str) -> list[str]:
    """Content stems in order, with the members of a list ("ATP and NADPH") in one fixed order."""
    plain = re.sub(r"\b(?:the|an?|both)\s+", "", text.lower())
    return list(read_words(_JOINED.sub(_sorted, plain)).stems)


def _sorted(listed: re.Match[str]) -> str:
    return " and ".join(sorted(re.findall(r"\w+", re.sub(r"\b(?:and|or)\b", " ", listed[0]))))
