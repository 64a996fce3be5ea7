"""What speaks against "right" whatever a model says of an answer: opposites, other numbers, denials, swapped roles.

A model of likeness hears that two sentences speak of the same things; it does not hear who does what to whom. Words
alone; a veto makes an answer unsure or wrong, never right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tutor.assessment.word_diff import TokenizedText, find_opposites, is_typo, tokenize

_YES_AND_NO = {("yes",), ("no",)}
_DENIAL_WORDS = frozenset(
    "false untrue wrong incorrect opposite contrary lie myth mistaken disagree reverse 假 错 反".split()
)
_NAME = re.compile(r"\b(?:[A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9]*|[A-Z]{2,})\b[⁺⁻+]?")
_CAPITALIZED = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_WORD_LIST = re.compile(r"(\w+)((?:\s*,\s*\w+)*)\s*,?\s+(?:and|or)\s+(\w+)")
MIN_WORDS = 3  # words of their own from which a sentence can be compared word for word
MIN_COVERAGE = 0.8  # share of the reference's own words from which an answer says the same sentence, or its reverse


def find_veto(answer: str, references: Sequence[str], question: str = "") -> str:
    """Why the answer cannot be right, "" when nothing speaks against it in any reference."""
    given, asked = tokenize(answer), tokenize(question)
    reasons = [_veto_reason(given, reference, asked) for reference in map(tokenize, references)]
    return reasons[0] if reasons and all(reasons) else ""


def _veto_reason(given: TokenizedText, reference: TokenizedText, asked: TokenizedText) -> str:
    if find_opposites(given, reference):
        return "says the opposite of the reference in a word"
    if reference.numbers and given.numbers and not reference.numbers <= given.numbers:
        return "has another number than the reference"
    if {given.words[:1], reference.words[:1]} == _YES_AND_NO:
        return "says yes where the reference says no, or no where it says yes"
    if _DENIAL_WORDS & set(given.words) - set(reference.words) - set(asked.words):
        return "says that something is false"
    if _covers_reference(given, reference, asked) and (given.negations - reference.negations) % 2:
        return "is the reference negated"
    if _has_other_name(given.text, reference.text, asked.text):
        return "has another name than the reference"
    if _is_copy(given, reference) and _is_reordered(given, reference):
        return "has the words of the reference in another order"
    if _has_word_substituted(given, reference, asked):
        return "is the reference with a word exchanged"
    return ""


def _covers_reference(given: TokenizedText, reference: TokenizedText, asked: TokenizedText) -> bool:
    own = reference.content_stems - asked.content_stems or reference.content_stems
    return bool(own) and len(own & given.content_stems) >= MIN_COVERAGE * len(own)


def _is_copy(given: TokenizedText, reference: TokenizedText) -> bool:
    """Whether an answer is made of the reference's own words, and of nearly all of them."""
    shared = reference.content_stems & given.content_stems
    return len(shared) >= MIN_COVERAGE * max(len(reference.content_stems), len(given.content_stems), 1)


def _has_other_name(answer: str, reference: str, question: str) -> bool:
    """Whether a name of the reference (NADPH, Calvin) is missing where the answer has one that nobody spoke of."""
    told, said, asked = (
        set(_NAME.findall(text)) | set(_CAPITALIZED.findall(text)) for text in (reference, answer, question)
    )
    known = {name.lower() for name in told | asked} | set(re.findall(r"\w+", f"{reference} {question}".lower()))
    strange = {name for name in said if name.lower() not in known}
    spoken = set(re.findall(r"\w+[⁺⁻+]?", answer.lower()))
    return bool(strange) and any(name.lower() not in spoken for name in told)


def _has_word_substituted(given: TokenizedText, reference: TokenizedText, asked: TokenizedText) -> bool:
    """Whether an answer is the reference word for word, but for one or two that nobody spoke of: a synonym, or not."""
    if len(given.stems) != len(reference.stems) or len(given.stems) < MIN_WORDS:
        return False
    changed = [(a, b) for a, b in zip(given.stems, reference.stems, strict=True) if a != b]
    return 0 < len(changed) <= max(1, len(given.stems) // 4) and all(
        a not in reference.content_stems | asked.content_stems and not _is_same_word(a, b) for a, b in changed
    )


def _is_same_word(one: str, other: str) -> bool:
    """The same word in another form or with a slip: a slip counts as one elsewhere too."""
    return one[:4] == other[:4] and (one.startswith(other) or other.startswith(one)) or is_typo(one, other)


def _is_reordered(given: TokenizedText, reference: TokenizedText) -> bool:
    """Whether the words that both say stand in another order: who does what is swapped, or it is said the other way."""
    one, two = _ordered_stems(given.text), _ordered_stems(reference.text)
    shared = set(one) & set(two)
    once = [w for w in shared if one.count(w) == two.count(w) == 1]
    places = [two.index(w) for w in sorted(once, key=one.index)]
    return len(once) >= 2 and any(a > b for a, b in pairwise(places))


def _ordered_stems(text: str) -> list[str]:
    """Content stems in order, with the members of a list ("ATP and NADPH") in one fixed order."""
    plain = re.sub(r"\b(?:the|an?|both)\s+", "", text.lower())
    return list(tokenize(_WORD_LIST.sub(_sort_list, plain)).stems)


def _sort_list(listed: re.Match[str]) -> str:
    return " and ".join(sorted(re.findall(r"\w+", re.sub(r"\b(?:and|or)\b", " ", listed[0]))))
