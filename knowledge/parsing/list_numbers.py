"""The numbers and letters before the items of a list, which documents store as a kind of numbering, not as text."""

from __future__ import annotations

from collections.abc import Callable

from knowledge.languages import table

_ROMAN_VALUES = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
_ROMAN = tuple(zip(_ROMAN_VALUES, "m cm d cd c xc l xl x ix v iv i".split(), strict=True))
_MOST_ROMAN, _MOST_LETTERS, _MOST_CIRCLED = 3_999, 26 * 20, 20
_CIRCLED_ONE = 0x2460
_NUMERALS = {value: sign for sign, value in reversed(table("numbers", "DIGITS").items())}
_POWERS = sorted(((value, sign) for sign, value in table("numbers", "POWERS_OF_TEN").items()), reverse=True)
_FULL_WIDTH_ZERO = 0xFF10


def to_letters(number: int) -> str:
    """Return a, b, …, z, aa, bb, … as word processors count; a number that has no letter stays a number."""
    if not 0 < number <= _MOST_LETTERS:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def to_roman(number: int) -> str:
    """Return i, ii, iii, iv, …; a number that has no Roman form stays as it is."""
    if not 0 < number <= _MOST_ROMAN:
        return str(number)
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _circled(number: int) -> str:
    return chr(_CIRCLED_ONE + number - 1) if 0 < number <= _MOST_CIRCLED else f"({number})"


def _full_width(number: int) -> str:
    return "".join(chr(_FULL_WIDTH_ZERO + int(digit)) for digit in str(abs(number)))


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _chinese(number: int) -> str:
    """Return a number below ten thousand in Chinese numerals."""
    if not 0 < number < 10_000:
        return str(number)
    text, skipped = "", False
    for value, sign in (*_POWERS, (1, "")):
        digit = number // value % 10
        if digit:
            text += _NUMERALS[0] if skipped and text else ""
            text += sign if value == 10 and digit == 1 and not text else _NUMERALS[digit] + sign
        skipped = not digit
    return text


# By the names of Word and CSS (lower case, without dashes); "" for the kinds that show no number.
_FORMATS: dict[str, Callable[[int], str]] = {
    "lowerletter": to_letters,
    "upperletter": lambda number: to_letters(number).upper(),
    "loweralpha": to_letters,
    "upperalpha": lambda number: to_letters(number).upper(),
    "lowerlatin": to_letters,
    "upperlatin": lambda number: to_letters(number).upper(),
    "lowerroman": to_roman,
    "upperroman": lambda number: to_roman(number).upper(),
    "decimalzero": lambda number: f"{number:02}",
    "decimalleadingzero": lambda number: f"{number:02}",
    "decimalenclosedcircle": _circled,
    "decimalenclosedcirclechinese": _circled,
    "decimalfullwidth": _full_width,
    "ordinal": _ordinal,
    "a": to_letters,
    "i": to_roman,
}
_CHINESE = ("chinesecounting", "taiwanesecounting", "japanesecounting", "cjkideographic", "simpchinese", "tradchinese")
_UNNUMBERED = frozenset(("bullet", "none", "disc", "circle", "square"))


def format_number(number: int, kind: str) -> str:
    """Return the number of an item as Word's `numFmt` or CSS' `list-style-type` says; decimal for unknown kinds."""
    if kind in ("A", "I"):
        return _FORMATS[kind.lower()](number).upper()
    plain = kind.lower().replace("-", "")
    if plain.startswith(_CHINESE):
        return _chinese(number)
    return "" if plain in _UNNUMBERED else _FORMATS.get(plain, str)(number)
