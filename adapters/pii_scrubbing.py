"""Takes personal data out of a text before it is kept for training: what people are called and how they are reached.

Recognisers of our own, by shape and check digit, and the names of a roster. Each find becomes a mark such as
`[email]`, so that a row still reads as a sentence. Course facts (years, formulas, plain numbers) are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScrubResult:
    """The text without personal data, and how many finds of each kind were replaced."""

    text: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Recogniser:
    kind: str
    pattern: re.Pattern[str]
    is_valid: Callable[[str], bool] = lambda found: True


def scrub(text: str, roster: Iterable[str] = ()) -> ScrubResult:
    """Return the text with personal data replaced by marks. `roster` are names known to the course."""
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
    """The check digit of payment cards."""
    digits = _digits(text)
    doubled = [digit if i % 2 == 0 else sum(divmod(digit * 2, 10)) for i, digit in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _passes_iban(text: str) -> bool:
    """The check of an IBAN: modulo 97 is 1 after its first four characters went to the end."""
    plain = re.sub(r"\s", "", text).upper()
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _passes_chinese_id(text: str) -> bool:
    """The check character of an 18-place identity number."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(weight * int(digit) for weight, digit in zip(weights, text, strict=False)) % 11
    return text[-1].upper() == "10X98765432"[rest]


def _is_ip_address(text: str) -> bool:
    return all(int(part) <= 255 for part in text.split("."))


def _is_phone(text: str) -> bool:
    """As many digits as a number that can be called has."""
    return 8 <= len(_digits(text)) <= 15


_DATE = r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}\.? \w+ \d{4}|\w+ \d{1,2}, \d{4}|\d{4}年\d{1,2}月\d{1,2}日)"
_BIRTHDAY_CUE = r"(?:(?<=born on )|(?<=born )|(?<=birthday is )|(?<=date of birth: )|(?<=出生于)|(?<=生日是))"
_STUDENT_ID_CUE = r"(?:(?<=student number )|(?<=student id )|(?<=学号))"
_SECRET_CUE = (
    r"(?:(?<=code is )|(?<=code: )|(?<=password is )|(?<=password: )|(?<=pin is )|(?<=pin: )|(?<=密码是)|(?<=密码：))"
)
_NAME_CUE = r"(?:(?<=my name is )|(?<=My name is )|(?<=I am called ))"
_NAME_CUE_ZH = r"(?:(?<=我叫)|(?<=我的名字是)|(?<=我名叫))"

_RECOGNISERS = (
    _Recogniser("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    _Recogniser("link", re.compile(r"(?:https?://|www\.)[^\s<>\"'）)]+", re.IGNORECASE)),
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
    _Recogniser("student-number", re.compile(_STUDENT_ID_CUE + r"[:：]?\s?[A-Z]?\d{5,12}", re.IGNORECASE)),
    # four places and a digit: an exit code of 0 and a status code of 404 are matters of a course
    _Recogniser(
        "secret", re.compile(_SECRET_CUE + r"(?=[^\s.,;!?。，]{4})[^\s.,;!?。，]*\d[^\s.,;!?。，]*", re.IGNORECASE)
    ),
    _Recogniser("name", re.compile(_NAME_CUE + r"[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2}")),
    _Recogniser("name", re.compile(_NAME_CUE_ZH + r"[\u4e00-\u9fff]{2,4}?(?=[，。、！？,.!?\s]|$)")),
)


def _name_recognisers(roster: Iterable[str]) -> list[_Recogniser]:
    """One recogniser a name, the longest first, so that a full name goes before its parts."""
    names = sorted({name.strip() for name in roster if len(name.strip()) >= 2}, key=len, reverse=True)
    return [_Recogniser("name", _name_pattern(name)) for name in names]


def _name_pattern(name: str) -> re.Pattern[str]:
    inside = r"[\s.]+".join(re.escape(part) for part in name.split())
    latin = name.isascii()
    return re.compile(rf"(?<!\w){inside}(?!\w)" if latin else inside, re.IGNORECASE)
