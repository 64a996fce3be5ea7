"""Compares two short texts word by word: stems, negation, numbers, opposites and look-alikes.

Lexical only: no vectors, no grades.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from knowledge.languages import each, words
from knowledge.languages.scripts import HAN
from knowledge.languages.spelling import differing_tails, has_swapped_letters, is_one_letter_apart
from knowledge.languages.stemming import stem
from knowledge.lexical import STOP_WORDS
from tutor.maths.numbers import read_numbers

_WORD = re.compile(rf"[A-Za-z0-9]+(?:'[a-z]+)?|[{HAN}]")
NEGATIONS = words("answers", "NEGATIONS")
_NEGATING_PREFIXES = words("answers", "NEGATING_PREFIXES")
OPPOSITES: dict[str, frozenset[str]] = {}
for _pair in words("answers", "OPPOSITES"):
    for _one, _two in (_pair.split("/"), _pair.split("/")[::-1]):
        OPPOSITES[_one] = OPPOSITES.get(_one, frozenset()) | {_two}
_OPPOSITE_PREFIXES = tuple(
    tuple(pair.split("/")) for pairs in each("answers", "OPPOSITE_PREFIXES").values() for pair in pairs.split()
)
FUNCTION_WORDS = STOP_WORDS - OPPOSITES.keys()  # "before" and "more" carry the meaning of an answer
_CONFUSABLE_PAIRS = frozenset(frozenset(pair.split("/")) for pair in words("answers", "CONFUSABLE_PAIRS"))


def singularize(word: str) -> str:
    """Return a word without the ending of an English plural."""
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ses", "xes", "ches", "shes")) else word.removesuffix("s")


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """A text as words in order, stems of content words, negations and numbers."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]  # of content words, in order
    content_words: tuple[str, ...]  # the content words themselves, one for each stem
    negations: int
    numbers: frozenset[Fraction]

    @property
    def content_stems(self) -> frozenset[str]:
        return frozenset(self.stems)


def tokenize(text: str) -> TokenizedText:
    tokens = tuple(word.lower() for word in _WORD.findall(text))
    content = tuple(w for w in tokens if w not in FUNCTION_WORDS and w not in NEGATIONS)
    negations = sum(w in NEGATIONS for w in tokens)
    numbers = frozenset(m.value for m in read_numbers(text) if not m.spelled_out or m.value > 1)
    return TokenizedText(text, tokens, tuple(stem(w) for w in content), content, negations, numbers)


def find_opposites(left: TokenizedText, right: TokenizedText) -> frozenset[tuple[str, str]]:
    """Return pairs (word of left, its opposite in right) where neither text has both."""
    one, two = set(left.words), set(right.words)
    found = {(a, b) for a in one for b in two if a not in two and b not in one and are_opposites(a, b)}
    return frozenset(found)


def are_opposites(left: str, right: str) -> bool:
    """Whether two words are listed opposites, one negates the other by its prefix, or their prefixes contrast on one
    stem (hyper-/hypo-)."""
    if right in OPPOSITES.get(left, ()):
        return True
    if any(left == p + right or right == p + left for p in _NEGATING_PREFIXES if min(len(left), len(right)) >= 4):
        return True
    for a, b in _OPPOSITE_PREFIXES:
        for one, two in ((a, b), (b, a)):
            if left.startswith(one) and right.startswith(two) and left[len(one) :] == right[len(two) :] != "":
                return len(left) - len(one) >= 4
    return False


def is_typo(left: str, right: str) -> bool:
    """Whether two long words differ by one typo: two letters swapped, one doubled or one left out.

    A changed letter is no typo: ethane and ethene, phosphate and phosphite are different things.
    """
    if min(len(left), len(right)) < 6 or left[0] != right[0] or are_opposites(left, right):
        return False
    if frozenset((left, right)) in _CONFUSABLE_PAIRS:
        return False
    a, b = differing_tails(left, right)
    dropped = max(len(left), len(right)) >= 8 and (a[1:] == b or a == b[1:])
    return dropped or has_swapped_letters(left, right)


def is_near_miss(left: str, right: str) -> bool:
    """Whether one letter of a word is changed, added or left out: perhaps a typo, perhaps another term."""
    return min(len(left), len(right)) >= 5 and is_one_letter_apart(left, right)
