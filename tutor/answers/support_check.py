"""Whether a cited sentence contradicts a statement that shares its words: by a number, a negation, swapped roles.

A sentence that only reports a claim ("some people still think that …") does not support the claim itself.

Attribution (`knowledge.attribution`) finds the sentence with the same words and meaning; a similarity does not see that
"superficial" stands where the course says "deep", or that a property belongs to the other of two terms. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from itertools import takewhile

from knowledge.languages import DEFAULT, data, detect_language, fold
from knowledge.lexical import tokenize as index_terms
from tutor.answers.arithmetic import computed_numbers
from tutor.assessment.word_diff import FUNCTION_WORDS, NEGATIONS, OPPOSITES, TokenizedText, are_opposites, tokenize

NEIGHBOURHOOD = 3  # content words on each side of an opposite, one of which the other text must share
NEGATION_REACH = 5  # words after a negation, the first content word of which it negates
MIN_CLAUSE_TERMS = 2
SWAPPED_RUN_WORDS = range(3, 9)
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_CLAUSE_MARK = re.compile(r"[,;:]\s")
_FORMULA_MARKS = re.compile(r"\\(?:mathrm|mathit|text|operatorname)\b|\\[,;:! ]|[{}$]")
_COUNTED = re.compile(
    r"(?<![\w.,])(?:(?P<least>\d+)\s*(?:±|[-–—~]|to|or|and)\s*)?(?P<number>\d+(?:[.,]\d+)*)\s+(?P<noun>[A-Za-z]{3,})\b"
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")


class Fault(StrEnum):
    """What speaks against a statement."""

    NUMBER = "number"
    NEGATION = "negation"
    OPPOSITE = "opposite"
    ROLES = "roles"
    CONTRAST = "contrast"
    REPORTED = "reported"


def find_fault(claim: str, source: str, context: str = "") -> Fault | None:
    """Return why a source does not support a claim although they share words; None where nothing speaks against it.

    `context` is text whose numbers the claim may repeat: the question, and what else it was written from.
    """
    if new_numbers(claim, f"{source} {context}") or _counts_otherwise(claim, source):
        return Fault.NUMBER
    if _only_reports(source) and not _only_reports(claim):
        return Fault.REPORTED
    if detect_language(claim, DEFAULT) != detect_language(source, DEFAULT):
        return None
    if _has_other_negation(claim, source):
        return Fault.NEGATION
    if _has_opposite(claim, source):
        return Fault.OPPOSITE
    if any(_has_swapped_roles(claim, clause) for clause in (source, *_CLAUSE_MARK.split(source))):
        return Fault.ROLES
    return Fault.CONTRAST if _says_of_the_other_term(claim, source) else None


def _only_reports(text: str) -> bool:
    """Whether a text tells what somebody believes or claims, which is not what it says itself."""
    pattern = data(detect_language(text, DEFAULT), "answer_forms", "REPORTS", r"(?!)")
    return re.search(pattern, text, re.IGNORECASE) is not None


def new_numbers(claim: str, known: str) -> set[str]:
    """Return the numbers of a claim that a text does not have, and that the claim does not compute from those there."""
    there = numbers_in(known)
    new = numbers_in(claim) - there
    return new - computed_numbers(claim, there) if new else new


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a text in digits, without the commas between thousands."""
    return {number.replace(",", "").rstrip(".") for number in _NUMBER.findall(text)}


def _counts_otherwise(claim: str, source: str) -> bool:
    """Whether a claim gives another number for something than the source: "8 NADPH" for "9 ATP + 6 NADPH"."""
    there = _counts(source)
    return any(noun in there and not numbers & there[noun] for noun, numbers in _counts(claim).items())


def _counts(text: str) -> dict[str, set[str]]:
    """Return the numbers that stand directly before each word; marks of a formula between them are none."""
    found: dict[str, set[str]] = {}
    for match in _COUNTED.finditer(_FORMULA_MARKS.sub(" ", text)):
        noun = match["noun"].casefold().removesuffix("s")
        if noun not in FUNCTION_WORDS:
            found.setdefault(noun, set()).update({match["number"].replace(",", ""), match["least"] or ""} - {""})
    return found


def _has_other_negation(claim: str, source: str) -> bool:
    """Whether a word is negated wherever one text has it, and nowhere in the other."""
    denied, affirmed = _negated_terms(claim)
    denied_there, affirmed_there = _negated_terms(source)
    return bool(
        (denied - affirmed) & (affirmed_there - denied_there) or (affirmed - denied) & (denied_there - affirmed_there)
    )


def _negated_terms(text: str) -> tuple[set[str], set[str]]:
    """Return the terms that a negation stands directly before, and the others."""
    code = detect_language(text, DEFAULT)
    if unspaced := data(code, "answer_forms", "NEGATED"):
        found = {match["term"] for match in re.finditer(unspaced, fold(text))}
        rest = set(index_terms(re.sub(unspaced, " ", fold(text))))
        return found, {term for term in rest if len(term) == 2}
    words = [word.lower() for word in _WORD.findall(text)]
    denied_at = {at for here, word in enumerate(words) if word in NEGATIONS for at in _next_content(words, here)}
    stems = [tokenize(word).stems for word in words]
    denied = {stem for at in denied_at for stem in stems[at]}
    return denied, {stem for at, found in enumerate(stems) if at not in denied_at for stem in found}


def _next_content(words: Sequence[str], here: int) -> list[int]:
    """Return the place of the first content word within the reach of a negation, in a list."""
    for at in range(here + 1, min(here + 1 + NEGATION_REACH, len(words))):
        if words[at] not in FUNCTION_WORDS and words[at] not in NEGATIONS:
            return [at]
    return []


def _has_opposite(claim: str, source: str) -> bool:
    """Whether the claim has the opposite of a word of the source, about the same thing."""
    code = detect_language(claim, DEFAULT)
    left, right = tokenize(claim), tokenize(source)
    for a, b in _contrast_pairs(code):
        only_a = _has(claim, a, code) and not _has(claim, b, code)
        only_b = _has(source, b, code) and not _has(source, a, code)
        if only_a and only_b and (code != DEFAULT or _share_neighbour(left, a, right, b)):
            return True
    if code != DEFAULT:
        return False
    new, gone = set(left.content_words) - set(right.words), set(right.content_words) - set(left.words)
    return any(
        _share_neighbour(left, a, right, b) for a in new for b in gone if a not in FUNCTION_WORDS and _are_opposed(a, b)
    )


def _are_opposed(one: str, other: str) -> bool:
    """Whether two words of four letters or more are opposites; particles such as in and out are none here."""
    if other in OPPOSITES.get(one, ()):
        return min(len(one), len(other)) >= 3
    return min(len(one), len(other)) >= 6 and are_opposites(one, other)


@cache
def _contrast_pairs(code: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.split("/") for pair in data(code, "answer_forms", "CONTRAST_PAIRS", "").split())
    return tuple(both for one, other in pairs for both in ((one, other), (other, one)))


def _has(text: str, word: str, code: str) -> bool:
    if code != DEFAULT:
        return word in fold(text)
    return re.search(rf"\b{re.escape(word)}(?:s|ly)?\b", text, re.IGNORECASE) is not None


def _share_neighbour(left: TokenizedText, one: str, right: TokenizedText, other: str) -> bool:
    """Whether two words stand near a content word that both texts have."""
    return bool(set(_neighbours(left, one)) & set(_neighbours(right, other)))


def _neighbours(text: TokenizedText, word: str) -> Iterator[str]:
    for at, here in enumerate(text.content_words):
        if here.removesuffix("s") == word.removesuffix("s") or here == word + "ly":
            yield from text.stems[max(0, at - NEIGHBOURHOOD) : at]
            yield from text.stems[at + 1 : at + 1 + NEIGHBOURHOOD]


def _has_swapped_roles(claim: str, source: str) -> bool:
    """Whether "foxes eat hares" stands where the source has "hares eat foxes"; English only.

    Only two words that change places about the same words count: a paraphrase moves words too, and means the same.
    """
    if detect_language(claim, DEFAULT) != DEFAULT:
        return False
    passive = data(DEFAULT, "answer_forms", "PASSIVE")
    if bool(re.search(passive, claim)) != bool(re.search(passive, source)):
        return False
    there = _runs(tokenize(source).stems)
    return any((run[-1], *run[1:-1], run[0]) in there for run in _runs(tokenize(claim).stems))


def _runs(stems: Sequence[str]) -> set[tuple[str, ...]]:
    """Return the runs of content words whose ends differ, in lengths in which two words may have changed places."""
    runs = (tuple(stems[at : at + size]) for size in SWAPPED_RUN_WORDS for at in range(len(stems) - size + 1))
    return {run for run in runs if run[0] != run[-1]}


def _says_of_the_other_term(claim: str, source: str) -> bool:
    """Whether the claim says of one term what the source, in another clause, says of the term contrasted with it."""
    code = detect_language(source, DEFAULT)
    joints = data(code, "answer_forms", "CONTRAST_JOINTS", r"(?!)")
    clauses = [index_terms(piece) for piece in re.split(joints, source, flags=re.IGNORECASE) if piece]
    clauses = [terms for terms in clauses if len(set(terms)) >= MIN_CLAUSE_TERMS]
    pieces = [index_terms(piece) for piece in re.split(joints, claim, flags=re.IGNORECASE) if piece]
    return any(
        _takes_subject_and_predicate(set(piece), own, other)
        for piece in pieces
        for own in clauses
        for other in clauses
        if own is not other
    )


def _takes_subject_and_predicate(claim: set[str], own: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a claim has the subject of one clause with nothing else of it, and the predicate of the other."""
    beginning, rest = _split_clause(own, other)
    their_beginning, their_rest = _split_clause(other, own)
    if not (beginning and rest and their_beginning and their_rest):
        return False
    takes_subject = beginning[0] in claim and their_beginning[0] not in claim
    return takes_subject and bool(claim & {*their_beginning[1:], *their_rest}) and not claim & rest


def _split_clause(own: Sequence[str], other: Sequence[str]) -> tuple[list[str], set[str]]:
    """Return the terms that only this clause has: its subject, up to the first term that both have, and the rest."""
    at = next((at for at, term in enumerate(own) if term not in other), len(own))
    run = list(takewhile(lambda term: term not in other, own[at:]))
    if at + len(run) == len(own):
        run = run[:1]
    return run, {term for term in own[at + len(run) :] if term not in other} - set(run)
