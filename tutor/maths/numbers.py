"""Numbers as people write them: digits, fractions, percentages and words, each with its span in the text.

Values are exact (`Fraction`). The number words and numerals of each language are in `knowledge/languages`, module
`numbers`. Grading and the leak guard both read numbers here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from knowledge.languages import either, table, words

_VULGAR_FRACTIONS = {
    "½": Fraction(1, 2),
    "⅓": Fraction(1, 3),
    "⅔": Fraction(2, 3),
    "¼": Fraction(1, 4),
    "¾": Fraction(3, 4),
    "⅕": Fraction(1, 5),
    "⅖": Fraction(2, 5),
    "⅗": Fraction(3, 5),
    "⅘": Fraction(4, 5),
    "⅙": Fraction(1, 6),
    "⅚": Fraction(5, 6),
    "⅛": Fraction(1, 8),
    "⅜": Fraction(3, 8),
    "⅝": Fraction(5, 8),
    "⅞": Fraction(7, 8),
}
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_DIGIT_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9_.])(?P<sign>[-−–]\s?(?=[\d.{''.join(_VULGAR_FRACTIONS)}]))?[$£€¥]?\s?"
    rf"(?:(?P<whole>\d+)\s(?P<wnum>\d+)/(?P<wden>\d+)"
    rf"|(?P<num>\d+)\s?/\s?(?P<den>\d+)(?![\d/])"
    rf"|(?P<mixed>\d+)?(?P<vulgar>[{''.join(_VULGAR_FRACTIONS)}])"
    rf"|(?P<plain>{_DIGITS})(?:[eE](?P<exponent>[-+]?\d{{1,2}})(?!\w))?)"
    rf"(?P<scale>\s?(?:{either('numbers', 'SCALE_AFTER_DIGITS')}))?"
    rf"(?P<percent>\s?(?:%|{either('numbers', 'PERCENT')}))?"
)

# numbers in words, for languages with spaces
_WORD = re.compile(r"[A-Za-z]+")
_NUMBER_WORDS = table("numbers", "WORDS")
_SCALES = table("numbers", "SCALES")
_DENOMINATORS = table("numbers", "DENOMINATORS")
_HALF = words("numbers", "HALF")
_CONNECTIVES = words("numbers", "CONNECTIVE")

# numerals, for languages that write a number in characters
_NUMERAL_DIGITS = table("numbers", "DIGITS")
_POWERS_OF_TEN = table("numbers", "POWERS_OF_TEN")
_MYRIADS = table("numbers", "MYRIADS")
_NUMERAL = re.compile(
    rf"(?<!\d)(?<!\d )(?P<percent>{either('numbers', 'PERCENT_PREFIX')})?"
    rf"(?P<number>[{''.join(_NUMERAL_DIGITS | _POWERS_OF_TEN)}]"
    rf"[{''.join(_NUMERAL_DIGITS | _POWERS_OF_TEN | _MYRIADS)}]*)"
    rf"(?:(?:{either('numbers', 'POINT')})(?P<point>[{''.join(_NUMERAL_DIGITS)}]+)"
    rf"(?![{''.join(_POWERS_OF_TEN | _MYRIADS)}]))?"
    rf"(?:(?:{either('numbers', 'OVER')})(?P<over>(?:{either('numbers', 'DENOMINATOR')})+))?"
)
_SCALE_FACTORS = _SCALES | _POWERS_OF_TEN | _MYRIADS
MAX_NUMBER_CHARS = 400  # of one number; a longer run of digits is no number that anybody works with
MAX_NUMERAL_CHARS = 40


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number in a text: its exact value (a percentage is already divided by 100) and its span."""

    value: Fraction
    start: int
    end: int
    is_percent: bool = False
    spelled_out: bool = False  # in words or numerals
    last_place: Fraction | None = None  # the value of the last digit; None where it is not written in digits
    is_integer: bool = False  # digits without a point, an exponent or a scale: it may be a count


def read_numbers(text: str) -> tuple[NumberMention, ...]:
    """Return every number of `text` in reading order; of two that overlap, the one that begins first and is longer."""
    found = sorted(
        (*_digit_mentions(text), *_word_mentions(text), *_numeral_mentions(text)), key=lambda m: (m.start, -m.end)
    )
    mentions: list[NumberMention] = []
    for mention in found:
        if not mentions or mention.start >= mentions[-1].end:
            mentions.append(mention)
    return tuple(mentions)


def parse_number(text: str) -> NumberMention | None:
    """Return the one number that `text` consists of, apart from punctuation, currency and spaces; None otherwise."""
    mentions = read_numbers(text) if len(text) <= MAX_NUMBER_CHARS else ()
    if len(mentions) != 1:
        return None
    rest = text[: mentions[0].start] + text[mentions[0].end :]
    return mentions[0] if not rest.strip(" .,;:!$£€¥\n\t") else None


def _digit_mentions(text: str) -> Iterator[NumberMention]:
    for match in _DIGIT_NUMBER.finditer(text):
        value = _digit_value(match) if match.end() - match.start() <= MAX_NUMBER_CHARS else None
        if value is None:
            continue
        scale = _SCALE_FACTORS.get(match["scale"].strip().lower(), 1) if match["scale"] else 1
        factor: Fraction | int = Fraction(scale, 100) if match["percent"] else scale
        place = _last_place(match["plain"], match["exponent"])
        signed = -value if _is_sign(text, match) else value
        yield NumberMention(
            signed if factor == 1 else signed * factor,
            match.end() - len(match.group().lstrip()),
            match.end(),
            bool(match["percent"]),
            last_place=place if place is None or factor == 1 else place * factor,
            is_integer=place == scale == 1 and not match["exponent"],
        )


def _last_place(plain: str | None, exponent: str | None) -> Fraction | None:
    """Return the value of the last digit of a number in digits."""
    if plain is None:
        return None
    return _power_of_ten(int(exponent or 0) - len(plain.partition(".")[2]))


def _digit_value(match: re.Match[str]) -> Fraction | None:
    if match["whole"]:
        return int(match["whole"]) + Fraction(int(match["wnum"]), int(match["wden"])) if int(match["wden"]) else None
    if match["num"]:
        return Fraction(int(match["num"]), int(match["den"])) if int(match["den"]) else None
    if match["vulgar"]:
        return int(match["mixed"] or 0) + _VULGAR_FRACTIONS[match["vulgar"]]
    value = Fraction(match["plain"].replace(",", ""))
    return value * _power_of_ten(int(match["exponent"])) if match["exponent"] else value


@lru_cache(maxsize=1000)
def _power_of_ten(exponent: int) -> Fraction:
    return Fraction(10) ** exponent


def _is_sign(text: str, match: re.Match[str]) -> bool:
    """Whether a dash is a sign; between two operands it is not, as in "15 - 6", "7-3" or "x -1"."""
    if not match["sign"]:
        return False
    before = match.start("sign") - 1
    if match["sign"] != match["sign"].rstrip():
        while before >= 0 and text[before].isspace():
            before -= 1
    return before < 0 or not (text[before].isalnum() or text[before] in ")%]")


def _word_mentions(text: str) -> Iterator[NumberMention]:
    tokens = [(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    at = 0
    while at < len(tokens):
        length, value = _longest_number_phrase(tokens, at, text)
        if length:
            yield NumberMention(value, tokens[at][1], tokens[at + length - 1][2], spelled_out=True)
        at += length or 1


def _longest_number_phrase(tokens: list[tuple[str, int, int]], at: int, text: str) -> tuple[int, Fraction]:
    """Return length in words and value of the longest number phrase that starts at word `at`; length 0 for none."""
    total, current, length = 0, 0, 0
    while at + length < len(tokens) and (
        length == 0 or _joined(text, tokens[at + length - 1][2], tokens[at + length][1])
    ):
        word = tokens[at + length][0]
        if word in _NUMBER_WORDS and (
            current % 100 == 0 or (current % 10 == 0 and current % 100 >= 20 and _NUMBER_WORDS[word] < 10)
        ):
            current += _NUMBER_WORDS[word]
        elif word in _SCALES and length:
            scale = _SCALES[word]
            current, total = (current * scale, total) if scale == 100 else (0, total + current * scale)
        elif not (word in _CONNECTIVES and length and _continues_number(tokens, at + length)):
            break
        length += 1
    if length and at + length < len(tokens) and tokens[at + length][0] in _DENOMINATORS:
        return length + 1, Fraction(total + current, _DENOMINATORS[tokens[at + length][0]])
    if not length and tokens[at][0] in _HALF:
        return 1, Fraction(1, 2)
    return length, Fraction(total + current)


def _joined(text: str, end: int, start: int) -> bool:
    return text[end:start] in (" ", "-", "‑")


def _continues_number(tokens: list[tuple[str, int, int]], at: int) -> bool:
    """Whether the "and" at word `at` is part of a number: it is between a scale and a small number."""
    return tokens[at - 1][0] in _SCALES and at + 1 < len(tokens) and tokens[at + 1][0] in _NUMBER_WORDS


def _numeral_mentions(text: str) -> Iterator[NumberMention]:
    for match in _NUMERAL.finditer(text):
        if match.end() - match.start() > MAX_NUMERAL_CHARS:
            continue
        value = Fraction(_numeral_value(match["number"])) + _numeral_decimals(match["point"] or "")
        if match["percent"]:
            value /= 100
        elif match["over"]:
            value = Fraction(_numeral_value(match["over"]), int(value) or 1)
        yield NumberMention(value, match.start(), match.end(), bool(match["percent"]), spelled_out=True)


def _numeral_decimals(digits: str) -> Fraction:
    return sum((Fraction(_NUMERAL_DIGITS[char], 10**place) for place, char in enumerate(digits, 1)), Fraction(0))


def _numeral_value(numeral: str) -> int:
    done, total, digit = 0, 0, 0
    for char in numeral:
        if char in _MYRIADS:
            done, total, digit = done + (total + digit or 1) * _MYRIADS[char], 0, 0
        elif char in _POWERS_OF_TEN:
            total, digit = total + (digit or 1) * _POWERS_OF_TEN[char], 0
        else:
            digit = digit * 10 + _NUMERAL_DIGITS[char] if digit else _NUMERAL_DIGITS[char]
    return done + total + digit
