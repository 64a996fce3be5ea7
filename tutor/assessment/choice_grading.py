"""Grading what is chosen or listed: one option, true or false, a set, a list, an order. Exact, never by likeness.

The elements of sets and lists are compared as numbers where both are numbers, else as words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.assessment.items import Grade, partial_grade, right_grade, unsure_grade, wrong_grade
from tutor.assessment.word_diff import FUNCTION_WORDS, are_opposites, is_near_miss, is_typo, singularize
from tutor.domain import Outcome
from tutor.maths.numbers import parse_number

_TRUE_WORDS = frozenset("true t yes y right correct 对 是 正确 真".split())
_FALSE_WORDS = frozenset("false f no n wrong incorrect 错 否 不正确 假 不对".split())
_LEAD_IN = re.compile(
    r"^(?:(?:i (?:think|say|guess|believe)|maybe|probably|definitely|it is|it's|that is|that's|the answer is|answer:?"
    r"|我(?:觉得|认为)|应该|这?是)[\s,:，]*)+(?=.)"
)
_SEPARATOR = re.compile(r"\s*(?:[,;，；、\n|]|\s->\s|→|>|\band\b|&|和|与)\s*", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+", re.IGNORECASE)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁺⁻₊₋", "0123456789+-+-")  # a raised figure is a power and stays
_BRACKETS = re.compile(r"^[\[({]\s*|\s*[\])}]$")


def grade_choice(answer: str, options: Sequence[str], keys: Sequence[str]) -> Grade:
    """An option may be given by its letter, its number or its text; one that fits two options is unsure."""
    picked = match_options(answer, options)
    if len(picked) != 1:
        return unsure_grade("the answer names none of the options" if not picked else "the answer fits several options")
    return right_grade("the right option") if picked[0] in keys else wrong_grade("another option is right")


def match_options(answer: str, options: Sequence[str]) -> tuple[str, ...]:
    """Return the options that an answer means: by exact text first, then by letter or number."""
    plain = _normalize(answer)
    exact = tuple(o for o in options if _normalize(o) == plain)
    if exact or not plain:
        return exact
    label = re.fullmatch(r"(?:option|answer|choice)?\s*\(?([a-z]|\d{1,2})[.):]?", plain)
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
        return unsure_grade("the key of this question is neither true nor false; an instructor must look")
    if given is None:
        return unsure_grade("the answer says neither true nor false")
    return right_grade("that is so") if given == wanted else wrong_grade("it is the other way round")


def grade_set(answer: str, keys: Sequence[str]) -> Grade:
    """All elements in any order; a missing or a surplus one makes it partial."""
    given = list(dict.fromkeys(_split_elements(answer)))
    missing = [key for key in keys if not any(_is_same_element(one, key) for one in given)]
    surplus = [one for one in given if not any(_is_same_element(one, key) for key in keys)]
    if len(given) > 3 * len(keys) + 3:
        return unsure_grade("the answer lists far more than was asked for")
    if not missing and not surplus:
        return right_grade("all elements, and no others")
    if len(missing) == len(keys):
        return wrong_grade("none of the elements")
    reasons = [f"misses {len(missing)} of {len(keys)}"] if missing else []
    reasons += [f"has {len(surplus)} that do not belong"] if surplus else []
    return Grade(Outcome.PARTIAL, 1.0, tuple(reasons), tuple(missing))


def grade_list(answer: str, keys: Sequence[str]) -> Grade:
    """The elements in their order; right elements in another order are partial."""
    given = _split_elements(answer)
    if len(given) == len(keys) and all(_is_same_element(a, b) for a, b in zip(given, keys, strict=True)):
        return right_grade("all elements in order")
    unordered = grade_set(answer, keys)
    return (
        partial_grade("the elements are right, their order is not") if unordered.outcome is Outcome.RIGHT else unordered
    )


def grade_ordering(answer: str, options: Sequence[str], keys: Sequence[str]) -> Grade:
    """The options in order, by text, letter or number ("c, a, b"). Every option must stand exactly once."""
    given = parse_order(answer, options, keys)
    if given is None:
        return unsure_grade("the answer does not name every element exactly once")
    if given == list(keys):
        return right_grade("the right order")
    pairs = [(i, j) for i in range(len(given)) for j in range(i + 1, len(given))]
    kept = sum(keys.index(given[i]) < keys.index(given[j]) for i, j in pairs)
    return (
        partial_grade(f"{kept} of {len(pairs)} pairs are in order")
        if kept > len(pairs) / 2
        else wrong_grade("another order")
    )


def parse_order(answer: str, options: Sequence[str], keys: Sequence[str]) -> list[str] | None:
    """Return the options as an answer orders them; None when it does not name each exactly once."""
    elements = _split_elements(answer)
    if len(elements) == 1 and re.fullmatch(r"[a-zA-Z]{2,12}|\d{2,9}", elements[0]) and len(elements[0]) == len(keys):
        elements = list(elements[0])
    picked = [match_options(element, options) for element in elements]
    if any(len(one) != 1 for one in picked) or sorted(one[0] for one in picked) != sorted(keys):
        return None
    return [one[0] for one in picked]


def grade_cloze(answer: str, keys: Sequence[str]) -> Grade:
    """One missing term: the same words, a plural or one slip of the keyboard; a look-alike is another term."""
    given = _normalize(answer)
    if not given:
        return unsure_grade("there is no answer")
    if any(_is_same_element(given, key) for key in keys):
        return right_grade("the missing term")
    if any(_is_typo_of(given, _normalize(key)) for key in keys):
        return right_grade("the missing term, with a slip of the keyboard", 0.9)
    if any(_is_near_miss(given, _normalize(key)) for key in keys):
        return unsure_grade("one letter away from the key: a slip, or another term")
    return wrong_grade("another term")


def _is_typo_of(given: str, key: str) -> bool:
    different = _differing_word(given, key)
    return different is not None and is_typo(*different)


def _is_near_miss(given: str, key: str) -> bool:
    different = _differing_word(given, key)
    return different is not None and is_near_miss(*different) and not are_opposites(*different)


def _differing_word(given: str, key: str) -> tuple[str, str] | None:
    """The one word in which two texts of the same length differ."""
    one, two = given.split(), key.split()
    pairs = [(a, b) for a, b in zip(one, two, strict=False) if a != b]
    return pairs[0] if len(one) == len(two) and len(pairs) == 1 else None


def _split_elements(answer: str) -> list[str]:
    plain = _BRACKETS.sub("", _BRACKETS.sub("", answer.strip()))
    lines = [_BULLET.sub("", line) for line in plain.splitlines()]
    return [part.strip(" .") for line in lines for part in _SEPARATOR.split(line) if part.strip(" .")]


def _is_same_element(left: str, right_: str) -> bool:
    one, two = parse_number(left), parse_number(right_)
    if one is not None or two is not None:
        return one is not None and two is not None and one.value == two.value
    return _normalize(left) == _normalize(right_) or _singular_words(left) == _singular_words(right_) != ()


def _singular_words(text: str) -> tuple[str, ...]:
    """Words without articles and plurals; stems would make an organism an organ."""
    return tuple(
        singularize(word) for word in _normalize(text).split() if word not in FUNCTION_WORDS or word in ("not", "no")
    )


def _normalize(text: str) -> str:
    plain = " ".join(text.lower().translate(_SUBSCRIPTS).strip(" \t\n.!\"'“”。！，；：、").split())
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", plain)


def parse_true_false(text: str) -> bool | None:
    """Read true or false, also in a small sentence ("I think it is false"); None for anything else."""
    plain = _LEAD_IN.sub("", _normalize(text))
    return True if plain in _TRUE_WORDS else False if plain in _FALSE_WORDS else None
