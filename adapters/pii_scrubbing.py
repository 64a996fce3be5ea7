"""Replaces personal data in a text before it is used for training: names, contact data, numbers of people.

Recognisers go by shape, check digit, and introducing words; a roster adds the names of a course. Each find becomes a
placeholder such as `[email]`, so that a row still reads as a sentence. Facts of a course (years, formulas, plain
numbers) stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from knowledge.languages import characters, each, either


@dataclass(frozen=True, slots=True)
class ScrubResult:
    """The text without personal data, and the number of replacements of each kind."""

    text: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Recogniser:
    kind: str
    pattern: re.Pattern[str]
    is_valid: Callable[[str], bool] = lambda found: True


def scrub(text: str, roster: Iterable[str] = ()) -> ScrubResult:
    """Return the text with personal data replaced by placeholders. `roster` are the names of people in the course."""
    found: dict[str, int] = {}
    for recogniser in (*_RECOGNISERS, *_name_recognisers(roster)):

        def replace(match: re.Match[str], recogniser: _Recogniser = recogniser) -> str:
            if not recogniser.is_valid(match[0]):
                return match[0]
            found[recogniser.kind] = found.get(recogniser.kind, 0) + 1
            return f"[{recogniser.kind}]"

        text = recogniser.pattern.sub(replace, text)
    return ScrubResult(text, found)


def _digits(text: str) -> list[int]:
    return [int(letter) for letter in text if letter in "0123456789"]


def _passes_luhn(text: str) -> bool:
    """Whether the digits are 13 to 19 and pass the Luhn check of payment cards."""
    digits = _digits(text)
    doubled = [digit if i % 2 == 0 else sum(divmod(digit * 2, 10)) for i, digit in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _passes_iban(text: str) -> bool:
    """Whether the text passes the check of an IBAN: 1 modulo 97 with its first four characters moved to the end."""
    plain = re.sub(r"\s", "", text).upper()
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _passes_chinese_id(text: str) -> bool:
    """Whether the check character of an 18-digit Chinese identity number is right."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(weight * int(digit) for weight, digit in zip(weights, text, strict=False)) % 11
    return text[-1].upper() == "10X98765432"[rest]


def _is_ip_address(text: str) -> bool:
    return all(int(part) <= 255 for part in text.split("."))


def _is_phone(text: str) -> bool:
    """Whether the text has as many digits as a telephone number."""
    return 8 <= len(_digits(text)) <= 15


_DATE = rf"(?:\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|{either('privacy', 'DATE')})"
_BIRTHDAY_CUE = f"(?:{either('privacy', 'BIRTHDAY_CUE')})"
_STUDENT_NUMBER_CUE = f"(?:{either('privacy', 'STUDENT_NUMBER_CUE')})"
_SECRET_CUE = f"(?:{either('privacy', 'SECRET_CUE')})"
_SECRET_CHARACTER = rf"[^\s{characters('privacy', 'SECRET_ENDS')}]"

_RECOGNISERS = (
    _Recogniser("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    _Recogniser(
        "link", re.compile(rf"(?:https?://|www\.)[^\s<>\"'{characters('privacy', 'LINK_ENDS')}]+", re.IGNORECASE)
    ),
    _Recogniser("iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"), _passes_iban),
    _Recogniser("id", re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])"), _passes_chinese_id),
    _Recogniser("card", re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?!\d)"), _passes_luhn),
    _Recogniser("address", re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"), _is_ip_address),
    _Recogniser("social-security", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    _Recogniser("phone", re.compile(r"(?<![\d.])1[3-9]\d{9}(?!\d)")),
    _Recogniser("phone", re.compile(r"(?<!\w)(?:\+|00)\d{1,3}(?:[ .()-]{0,3}\d{1,8}){1,6}"), _is_phone),
    _Recogniser("phone", re.compile(r"(?<![\w.])\(?0\d{1,4}\)?(?:[ .-]{1,2}\d{2,8}){1,4}"), _is_phone),
    _Recogniser("phone", re.compile(r"(?<![\w.])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)")),
    _Recogniser("birthday", re.compile(_BIRTHDAY_CUE + _DATE, re.IGNORECASE)),
    _Recogniser(
        "student-number",
        re.compile(rf"{_STUDENT_NUMBER_CUE}[{characters('privacy', 'COLONS')}]?\s?[A-Z]?\d{{5,12}}", re.IGNORECASE),
    ),
    # at least four characters and a digit: an exit code of 0 and a status code of 404 are facts of a course
    _Recogniser(
        "secret",
        re.compile(
            rf"{_SECRET_CUE}(?={_SECRET_CHARACTER}{{4}}){_SECRET_CHARACTER}*\d{_SECRET_CHARACTER}*", re.IGNORECASE
        ),
    ),
    *(_Recogniser("name", re.compile(pattern)) for pattern in each("privacy", "INTRODUCED_NAME").values()),
)


def _name_recognisers(roster: Iterable[str]) -> list[_Recogniser]:
    """Return a recogniser for each name, the longest first, so that a full name is found before its parts."""
    names = sorted({name.strip() for name in roster if len(name.strip()) >= 2}, key=len, reverse=True)
    return [_Recogniser("name", _name_pattern(name)) for name in names]


def _name_pattern(name: str) -> re.Pattern[str]:
    pattern = r"[\s.]+".join(re.escape(part) for part in name.split())
    return re.compile(rf"(?<!\w){pattern}(?!\w)" if name.isascii() else pattern, re.IGNORECASE)
