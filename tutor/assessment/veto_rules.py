"""Rules that forbid "right" whatever a model says of an answer: opposites, other numbers, denials, swapped roles.

A model of similarity sees that two sentences are about the same things; it does not see who does what to whom. The
rules read words only, and a veto makes an answer unsure or wrong, never right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from knowledge.languages import either, words
from tutor.assessment.word_diff import TokenizedText, find_opposites, is_typo, tokenize
from tutor.locales.grading_reasons import grading_reason

_YES, _NO = words("answers", "YES"), words("answers", "NO")
_DENIALS = words("answers", "DENIALS")
_NAME = re.compile(r"\b(?:[A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9]*|[A-Z]{2,})\b[⁺⁻+]?")
_CAPITALIZED = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_CONJUNCTIONS = either("answers", "LIST_CONJUNCTIONS")
_WORD_LIST = re.compile(rf"(\w+)((?:\s*,\s*\w+)*)\s*,?\s+(?:{_CONJUNCTIONS})\s+(\w+)")
_CONJUNCTION = re.compile(rf"\b(?:{_CONJUNCTIONS})\b")
_ARTICLE = re.compile(rf"\b(?:{either('answers', 'ARTICLES')})\s+")
MIN_WORDS = 3  # content words from which two sentences are compared word for word
MIN_COVERAGE = 0.8  # share of the reference's own words from which an answer is the same sentence, or its reverse


def find_veto(answer: str, references: Sequence[str], question: str = "") -> str:
    """Return why the answer cannot be right; "" where any reference gives no reason against it."""
    given, asked = tokenize(answer), tokenize(question)
    reasons = [_veto_reason(given, tokenize(reference), asked) for reference in references]
    return reasons[0] if reasons and all(reasons) else ""


def _veto_reason(given: TokenizedText, reference: TokenizedText, asked: TokenizedText) -> str:
    if find_opposites(given, reference):
        return grading_reason("opposite")
    if reference.numbers and given.numbers and not reference.numbers <= given.numbers:
        return grading_reason("reference_number")
    if _says_yes_and_no(given, reference) or _says_yes_and_no(reference, given):
        return grading_reason("yes_or_no")
    if _DENIALS & set(given.words) - set(reference.words) - set(asked.words):
        return grading_reason("denial")
    if _covers_reference(given, reference, asked) and (given.negations - reference.negations) % 2:
        return grading_reason("negated")
    if _has_other_name(given.text, reference.text, asked.text):
        return grading_reason("reference_name")
    if _is_copy(given, reference) and _is_reordered(given, reference):
        return grading_reason("words_reordered")
    if _has_word_substituted(given, reference, asked):
        return grading_reason("word_replaced")
    return ""


def _says_yes_and_no(one: TokenizedText, other: TokenizedText) -> bool:
    return bool(_YES & set(one.words[:1]) and _NO & set(other.words[:1]))


def _covers_reference(given: TokenizedText, reference: TokenizedText, asked: TokenizedText) -> bool:
    own = reference.content_stems - asked.content_stems or reference.content_stems
    return bool(own) and len(own & given.content_stems) >= MIN_COVERAGE * len(own)


def _is_copy(given: TokenizedText, reference: TokenizedText) -> bool:
    """Whether an answer consists of the reference's own words, and of nearly all of them."""
    shared = reference.content_stems & given.content_stems
    return len(shared) >= MIN_COVERAGE * max(len(reference.content_stems), len(given.content_stems), 1)


def _has_other_name(answer: str, reference: str, question: str) -> bool:
    """Whether a name of the reference (NADPH, Calvin) is missing and the answer has a new name instead."""
    expected, given, asked = (
        set(_NAME.findall(text)) | set(_CAPITALIZED.findall(text)) for text in (reference, answer, question)
    )
    known = {name.lower() for name in expected | asked} | set(re.findall(r"\w+", f"{reference} {question}".lower()))
    is_new = any(name.lower() not in known for name in given)
    mentioned = set(re.findall(r"\w+[⁺⁻+]?", answer.lower()))
    return is_new and any(name.lower() not in mentioned for name in expected)


def _has_word_substituted(given: TokenizedText, reference: TokenizedText, asked: TokenizedText) -> bool:
    """Whether an answer is the reference word for word except for a few new words, which may be synonyms or not."""
    if len(given.stems) != len(reference.stems) or len(given.stems) < MIN_WORDS:
        return False
    changed = [(a, b) for a, b in zip(given.stems, reference.stems, strict=True) if a != b]
    return 0 < len(changed) <= max(1, len(given.stems) // 4) and all(
        a not in reference.content_stems | asked.content_stems and not _is_same_word(a, b) for a, b in changed
    )


def _is_same_word(one: str, other: str) -> bool:
    """Whether two words are one word in different forms or with a typo."""
    return one[:4] == other[:4] and (one.startswith(other) or other.startswith(one)) or is_typo(one, other)


def _is_reordered(given: TokenizedText, reference: TokenizedText) -> bool:
    """Whether the words that both texts contain are in another order: roles are swapped, or the sentence is turned."""
    one, two = _ordered_stems(given.text), _ordered_stems(reference.text)
    shared = set(one) & set(two)
    once = [w for w in shared if one.count(w) == two.count(w) == 1]
    places = [two.index(w) for w in sorted(once, key=one.index)]
    return len(once) >= 2 and any(a > b for a, b in pairwise(places))


def _ordered_stems(text: str) -> list[str]:
    """Return content stems in order, with the members of a list ("ATP and NADPH") sorted."""
    return list(tokenize(_WORD_LIST.sub(_sort_list, _ARTICLE.sub("", text.lower()))).stems)


def _sort_list(listed: re.Match[str]) -> str:
    return " and ".join(sorted(re.findall(r"\w+", _CONJUNCTION.sub(" ", listed[0]))))
