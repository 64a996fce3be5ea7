"""Numbers as people write them: digits, fractions, percent and words, each with the place where it stands.

Exact values (`Fraction`); it knows no units, questions or keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL_NUMBERS = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * (n + 2) for n, word in enumerate(_TENS)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_DENOMINATORS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_DENOMINATORS |= {f"{word}s": value for word, value in _DENOMINATORS.items() if not word.endswith(("half", "halves"))}
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
    rf"(?<![A-Za-z0-9_.])(?P<sign>[-−–]\s?(?=[\d.½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]))?[$£€¥]?\s?"
    rf"(?:(?P<whole>\d+)\s(?P<wnum>\d+)/(?P<wden>\d+)"
    rf"|(?P<num>\d+)\s?/\s?(?P<den>\d+)(?![\d/])"
    rf"|(?P<mixed>\d+)?(?P<vulgar>[{''.join(_VULGAR_FRACTIONS)}])"
    rf"|(?P<plain>{_DIGITS})(?:[eE](?P<exponent>[-+]?\d{{1,2}})(?!\w))?)"
    rf"(?P<scale>\s?(?:(?i:hundred|thousand|million|billion))\b|\s?[万亿]|\s?[百千](?![克米瓦焦帕赫伏安卡]))?"
    rf"(?P<percent>\s?(?:%|％|percent\b|per cent\b))?"
)
_WORD = re.compile(r"[A-Za-z]+")
_ZH_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ZH_SCALES = {"十": 10, "百": 100, "千": 1_000}
_ZH_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_ZH_NUMBER = re.compile(
    r"(?<!\d)(?<!\d )(?P<percent>百分之)?"
    r"(?P<number>[零〇一二两三四五六七八九十百千][零〇一二两三四五六七八九十百千万亿]*)(?:分之(?P<over>[一二两三四五六七八九十]+))?"
)


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number in a text: its exact value (a percentage is already divided by 100) and where it stands."""

    value: Fraction
    start: int
    end: int
    is_percent: bool = False
    spelled_out: bool = False  # written in letters
    decimals: int | None = None  # digits after the point; None when it was not written with a point


def read_numbers(text: str) -> tuple[NumberMention, ...]:
    """Return every number of `text` in reading order; overlapping readings keep the longer."""
    found = sorted(
        (*_digit_mentions(text), *_word_mentions(text), *_chinese_mentions(text)), key=lambda m: (m.start, -m.end)
    )
    kept: list[NumberMention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return tuple(kept)


def parse_number(text: str) -> NumberMention | None:
    """Return the one number that `text` consists of (signs, currency and spaces apart), or None."""
    mentions = read_numbers(text)
    if len(mentions) != 1:
        return None
    rest = text[: mentions[0].start] + text[mentions[0].end :]
    return mentions[0] if not rest.strip(" .,;:!$£€¥\n\t") else None


def _digit_mentions(text: str) -> Iterator[NumberMention]:
    for match in _DIGIT_NUMBER.finditer(text):
        value = _digit_value(match)
        if value is None:
            continue
        value *= _scale_factor(match["scale"])
        if match["percent"]:
            value /= 100
        point = (match["plain"] or "").partition(".")[2]
        decimals = len(point) if point else None
        signed = -value if _is_sign(text, match) else value
        start = match.end() - len(match.group().lstrip())
        yield NumberMention(signed, start, match.end(), bool(match["percent"]), decimals=decimals)


def _digit_value(match: re.Match[str]) -> Fraction | None:
    if match["whole"]:
        return int(match["whole"]) + Fraction(int(match["wnum"]), int(match["wden"])) if int(match["wden"]) else None
    if match["num"]:
        return Fraction(int(match["num"]), int(match["den"])) if int(match["den"]) else None
    if match["vulgar"]:
        return int(match["mixed"] or 0) + _VULGAR_FRACTIONS[match["vulgar"]]
    return Fraction(match["plain"].replace(",", "")) * Fraction(10) ** int(match["exponent"] or 0)


def _is_sign(text: str, match: re.Match[str]) -> bool:
    """A dash is a sign unless it stands between two operands, as in "15 - 6", "7-3" or "x -1"."""
    if not match["sign"]:
        return False
    before = text[: match.start("sign")]
    if match["sign"] != match["sign"].rstrip():
        before = before.rstrip()
    return not (before and (before[-1].isalnum() or before[-1] in ")%]"))


def _word_mentions(text: str) -> Iterator[NumberMention]:
    words = [(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    at = 0
    while at < len(words):
        length, value = _longest_number_phrase(words, at, text)
        if length:
            yield NumberMention(value, words[at][1], words[at + length - 1][2], spelled_out=True)
        at += length or 1


def _longest_number_phrase(words: list[tuple[str, int, int]], at: int, text: str) -> tuple[int, Fraction]:
    """Read the longest number phrase that starts at word `at`: its length in words (0: none) and value."""
    total, current, length = 0, 0, 0
    while at + length < len(words) and (length == 0 or _joined(text, words[at + length - 1][2], words[at + length][1])):
        word = words[at + length][0]
        if word in _SMALL_NUMBERS and (
            current % 100 == 0 or (current % 10 == 0 and current % 100 >= 20 and _SMALL_NUMBERS[word] < 10)
        ):
            current += _SMALL_NUMBERS[word]
        elif word in _SCALES and length:
            current, total = (current * 100, total) if word == "hundred" else (0, total + current * _SCALES[word])
        elif not (word == "and" and length and _and_continues(words, at + length)):
            break
        length += 1
    if length and at + length < len(words) and words[at + length][0] in _DENOMINATORS:
        return length + 1, Fraction(total + current, _DENOMINATORS[words[at + length][0]])
    if not length and words[at][0] in ("half", "halves"):
        return 1, Fraction(1, 2)
    return length, Fraction(total + current)


def _joined(text: str, end: int, start: int) -> bool:
    return text[end:start] in (" ", "-", "‑")


def _and_continues(words: list[tuple[str, int, int]], at: int) -> bool:
    """ "and" is part of a number between a scale and a small number: two hundred and five."""
    return words[at - 1][0] in _SCALES and at + 1 < len(words) and words[at + 1][0] in _SMALL_NUMBERS


def _chinese_mentions(text: str) -> Iterator[NumberMention]:
    for match in _ZH_NUMBER.finditer(text):
        value = Fraction(_chinese_value(match["number"]))
        if match["percent"]:
            value /= 100
        elif match["over"]:
            value = Fraction(_chinese_value(match["over"]), int(value) or 1)
        yield NumberMention(value, match.start(), match.end(), bool(match["percent"]), spelled_out=True)


def _scale_factor(word: str | None) -> int:
    name = (word or "").strip().lower()
    return (_SCALES | _ZH_SCALES | _ZH_MYRIADS).get(name, 1)


def _chinese_value(figures: str) -> int:
    done, total, digit = 0, 0, 0
    for char in figures:
        if char in _ZH_MYRIADS:
            done, total, digit = done + (total + digit or 1) * _ZH_MYRIADS[char], 0, 0
        elif char in _ZH_SCALES:
            total, digit = total + (digit or 1) * _ZH_SCALES[char], 0
        else:
            digit = digit * 10 + _ZH_DIGITS[char] if digit else _ZH_DIGITS[char]
    return done + total + digit
