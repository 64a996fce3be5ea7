"""Grading what is chosen or listed: one option, true or false, a set, a list, an order. Exact, never by similarity.

The elements of sets and lists are compared as numbers where both are numbers, otherwise as words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.languages import characters, either, words
from knowledge.languages.scripts import HAN
from tutor.assessment.items import Grade, partial_grade, right_grade, unsure_grade, wrong_grade
from tutor.assessment.word_diff import FUNCTION_WORDS, are_opposites, is_near_miss, is_typo, singularize
from tutor.domain import Outcome
from tutor.locales.grading_reasons import grading_reason
from tutor.maths.numbers import parse_number

_TRUE_WORDS, _FALSE_WORDS = words("answers", "TRUE_WORDS"), words("answers", "FALSE_WORDS")
_OPTION_WORDS = either("answers", "OPTION_WORDS")
_CONTENT_WORDS = words("answers", "CONTENT_FUNCTION_WORDS")
_LEAD_IN = re.compile(rf"^(?:(?:{either('answers', 'HEDGES')})[\s:{characters('items', 'COMMA')}]*)+(?=.)")
_SEPARATOR = re.compile(rf"\s*(?:[\n|]|\s->\s|→|>|{either('answers', 'ELEMENT_SEPARATORS')})\s*", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+", re.IGNORECASE)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁺⁻₊₋", "0123456789+-+-")  # superscript digits are powers and stay
_EDGE_CHARS = (
    r"\s\"'“”"
    + characters("text", "FULL_STOP")
    + characters("text", "EXCLAMATION_MARK")
    + characters("text", "COMMAS", spaced=False)
    + characters("text", "CLAUSE_ENDS", spaced=False)
)
_EDGES = re.compile(rf"^[{_EDGE_CHARS}]+|[{_EDGE_CHARS}]+$")
_SPACE_IN_HAN = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
_ARTICLE = re.compile(rf"^(?:{either('answers', 'ARTICLES')})\s+(?=\w)")
_BRACKETS = re.compile(r"^[\[({]\s*|\s*[\])}]$")


def grade_choice(answer: str, options: Sequence[str], keys: Sequence[str]) -> Grade:
    """Grade an option given by its letter, its number or its text; an answer that fits two options is unsure."""
    picked = match_options(answer, options)
    if len(picked) != 1:
        return unsure_grade("no_option" if not picked else "several_options")
    return right_grade("right_option") if picked[0] in keys else wrong_grade("other_option")


def match_options(answer: str, options: Sequence[str]) -> tuple[str, ...]:
    """Return the options that an answer names: by exact text first, then by letter or number."""
    plain = _normalize(answer)
    exact = tuple(o for o in options if _normalize(o) == plain)
    if exact or not plain:
        return exact
    label = re.fullmatch(rf"(?:{_OPTION_WORDS})?\s*\(?([a-z]|\d{{1,2}})[.):]?", plain)
    if label:
        index = int(label[1]) - 1 if label[1].isdigit() else ord(label[1]) - ord("a")
        return (options[index],) if 0 <= index < len(options) else ()
    labelled = re.match(r"\(?([a-z])[.):]\s*(.+)", plain)
    if labelled:
        named = tuple(o for o in options if _normalize(o) == labelled[2])
        return named if named and options.index(named[0]) == ord(labelled[1]) - ord("a") else ()
    return ()


def grade_true_false(answer: str, key: str) -> Grade:
    given, wanted = parse_true_false(answer), parse_true_false(key)
    if wanted is None:
        return unsure_grade("truth_bad_key")
    if given is None:
        return unsure_grade("truth_unclear")
    return right_grade("truth_right") if given == wanted else wrong_grade("truth_wrong")


def grade_set(answer: str, keys: Sequence[str]) -> Grade:
    """Grade elements in any order; a missing or a surplus one makes the answer partial."""
    given = list(dict.fromkeys(_split_elements(answer)))
    if len(given) > 3 * len(keys) + 3:
        return unsure_grade("lists_too_much")
    missing = [key for key in keys if not any(_is_same_element(one, key) for one in given)]
    surplus = [one for one in given if not any(_is_same_element(one, key) for key in keys)]
    if not missing and not surplus:
        return right_grade("all_elements")
    if len(missing) == len(keys):
        return wrong_grade("no_elements")
    reasons = [grading_reason("misses_count", missing=len(missing), count=len(keys))] if missing else []
    reasons += [grading_reason("surplus_count", count=len(surplus))] if surplus else []
    return Grade(Outcome.PARTIAL, 1.0, tuple(reasons), tuple(missing))


def grade_list(answer: str, keys: Sequence[str]) -> Grade:
    """Grade elements in their order; the right elements in another order are partial."""
    given = _split_elements(answer)
    if len(given) == len(keys) and all(_is_same_element(a, b) for a, b in zip(given, keys, strict=True)):
        return right_grade("all_in_order")
    unordered = grade_set(answer, keys)
    return partial_grade("order_wrong") if unordered.outcome is Outcome.RIGHT else unordered


def grade_ordering(answer: str, options: Sequence[str], keys: Sequence[str]) -> Grade:
    """Grade the options in order, by text, letter or number ("c, a, b"); every option must occur exactly once."""
    given = parse_order(answer, options, keys)
    if given is None:
        return unsure_grade("order_incomplete")
    if given == list(keys):
        return right_grade("right_order")
    pairs = [(i, j) for i in range(len(given)) for j in range(i + 1, len(given))]
    in_order = sum(keys.index(given[i]) < keys.index(given[j]) for i, j in pairs)
    return (
        partial_grade("pairs_in_order", right=in_order, count=len(pairs))
        if in_order > len(pairs) / 2
        else wrong_grade("other_order")
    )


def parse_order(answer: str, options: Sequence[str], keys: Sequence[str]) -> list[str] | None:
    """Return the options as an answer orders them; None when it does not name each exactly once."""
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    if sorted(lines) == sorted(keys):
        return lines
    elements = _split_elements(answer)
    if len(elements) == 1 and re.fullmatch(r"[a-zA-Z]{2,12}|\d{2,9}", elements[0]) and len(elements[0]) == len(keys):
        elements = list(elements[0])
    picked = [match_options(element, options) for element in elements]
    if any(len(one) != 1 for one in picked) or sorted(one[0] for one in picked) != sorted(keys):
        return None
    return [one[0] for one in picked]


def grade_cloze(answer: str, keys: Sequence[str]) -> Grade:
    """Grade a missing term: the same words, a plural or one typo are right; a look-alike is another term."""
    given = _normalize(answer)
    if not given:
        return unsure_grade("no_answer")
    if any(_is_same_element(given, key) for key in keys):
        return right_grade("missing_term")
    given = _without_article(given)
    if any(_is_typo_of(given, _without_article(_normalize(key))) for key in keys):
        return right_grade("missing_term_typo", 0.9)
    if any(_is_near_miss(given, _without_article(_normalize(key))) for key in keys):
        return unsure_grade("near_miss")
    return wrong_grade("other_term")


def _without_article(text: str) -> str:
    return _ARTICLE.sub("", text)


def _is_typo_of(given: str, key: str) -> bool:
    different = _differing_word(given, key)
    return different is not None and is_typo(*different)


def _is_near_miss(given: str, key: str) -> bool:
    different = _differing_word(given, key)
    return different is not None and is_near_miss(*different) and not are_opposites(*different)


def _differing_word(given: str, key: str) -> tuple[str, str] | None:
    """Return the one word in which two texts of the same length differ."""
    one, two = given.split(), key.split()
    pairs = [(a, b) for a, b in zip(one, two, strict=False) if a != b]
    return pairs[0] if len(one) == len(two) and len(pairs) == 1 else None


def _split_elements(answer: str) -> list[str]:
    plain = _BRACKETS.sub("", _BRACKETS.sub("", answer.strip()))
    lines = [_BULLET.sub("", line) for line in plain.splitlines()]
    return [part.strip(" .") for line in lines for part in _SEPARATOR.split(line) if part.strip(" .")]


def _is_same_element(left: str, right: str) -> bool:
    one, two = parse_number(left), parse_number(right)
    if one is not None or two is not None:
        return one is not None and two is not None and one.value == two.value
    return _normalize(left) == _normalize(right) or _singular_words(left) == _singular_words(right) != ()


def _singular_words(text: str) -> tuple[str, ...]:
    """Return words without articles and plurals; stemming would make "organism" the same as "organ"."""
    found = _normalize(text).split()
    return tuple(singularize(word) for word in found if word not in FUNCTION_WORDS or word in _CONTENT_WORDS)


def _normalize(text: str) -> str:
    plain = " ".join(_EDGES.sub("", text.lower().translate(_SUBSCRIPTS)).split())
    return _SPACE_IN_HAN.sub("", plain)


def parse_true_false(text: str) -> bool | None:
    """Return true or false, also from a short sentence ("I think it is false"); None for anything else."""
    plain = _LEAD_IN.sub("", _normalize(text))
    return True if plain in _TRUE_WORDS else False if plain in _FALSE_WORDS else None
