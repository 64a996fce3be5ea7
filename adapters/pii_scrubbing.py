"""Replaces personal data in a text before it is used for training: names, contact data, numbers of people.

Recognisers go by shape, check digit, and introducing words; a roster adds the names of a course. Each find becomes a
placeholder such as `[email]`, so that a row still reads as a sentence. Facts of a course (years, formulas, plain
numbers) stay: bytes, loopback addresses, versions, colours, codes of parts, dates of history, documentation on the web.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address

from knowledge.languages import characters, each, either, words
from knowledge.languages.scripts import HAN, has_han


@dataclass(frozen=True, slots=True)
class ScrubResult:
    """The text without personal data, and the number of replacements of each kind."""

    text: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Recogniser:
    """Finds one kind of personal data: the whole match, or its group `found` behind the words that introduce it."""

    kind: str
    pattern: re.Pattern[str]
    is_valid: Callable[[str], bool] = lambda found: True
    fits: Callable[[str], bool] = lambda before: True  # whether the text before a find lets it be personal


def scrub(text: str, roster: Iterable[str] = (), *, with_parts: bool = False) -> ScrubResult:
    """Return the text with personal data replaced by placeholders. `roster` are the names of people in the course.

    `with_parts` also replaces each word of their names where it is capitalised: too much for the text of a course,
    which may name a law after somebody.
    """
    found: dict[str, int] = {}
    for recogniser in (*_RECOGNISERS, *_name_recognisers(roster, with_parts=with_parts)):

        def replace(match: re.Match[str], recogniser: _Recogniser = recogniser) -> str:
            before = match.string[max(0, match.start() - _CONTEXT_CHARS) : match.start()]
            if not (recogniser.is_valid(match[0]) and recogniser.fits(before)):
                return match[0]
            found[recogniser.kind] = found.get(recogniser.kind, 0) + 1
            first, last = match.span("found") if "found" in match.re.groupindex else match.span()
            return f"{match[0][: first - match.start()]}[{recogniser.kind}]{match[0][last - match.start() :]}"

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
    """Whether the text is the address of one machine: no loopback, mask, network or gateway, no example."""
    try:
        address = IPv4Address(text)
    except ValueError:
        return False
    parts = text.split(".")
    is_example = any(address in network for network in _EXAMPLE_NETWORKS)
    is_usual = address.is_private and parts[3] in ("0", "1", "255")
    is_resolver = len(set(parts)) == 1 or text in _RESOLVERS  # 1.1.1.1, 8.8.8.8
    return not (
        is_resolver
        or address.is_loopback
        or address.is_multicast
        or parts[0] in ("0", "255")
        or parts[3] == "0"
        or is_usual
        or is_example
    )


def _is_global(text: str) -> bool:
    """Whether the text is the address of one machine in IPv6: no local one, and none kept for examples."""
    try:
        return IPv6Address(text).is_global
    except ValueError:
        return False


def _is_phone(text: str) -> bool:
    """Whether the text has as many digits as a telephone number, and is neither bits nor a number free of charge."""
    digits = "".join(map(str, _digits(text)))
    return 8 <= len(digits) <= 15 and not set(digits) <= {"0", "1"} and not digits.startswith(_FREE_NUMBERS)


def _is_north_american(text: str) -> bool:
    """Whether neither the area code nor the exchange begins with 0 or 1."""
    digits = _digits(text)
    return digits[0] > 1 and digits[3] > 1


def _is_in_service(text: str) -> bool:
    """Whether a North American number can be somebody's: the exchange 555 belongs to books and films."""
    return _is_north_american(text) and _digits(text)[3:6] != [5, 5, 5]


def _is_personal_link(text: str) -> bool:
    """Whether the link has a query, or names a person or a place where people meet; documentation does not."""
    if _PUBLIC_LINK.search(text):
        return False
    return bool(_PERSONAL_PATH.search(text) or _PERSONAL_HOSTS.search(text))


def _is_uncited(before: str) -> bool:
    """Whether no words before a link say that it is a source, and no list of sources does."""
    return not _CITED_BEFORE.search(before)


def _is_recent(text: str) -> bool:
    """Whether a date may be the birthday of somebody who lives; a date without a year may."""
    years = [int(year) for year in re.findall(r"(?<!\d)\d{4}(?!\d)", text)]
    return not years or max(years) >= _EARLIEST_BIRTH


def _is_unnamed(before: str) -> bool:
    """Whether no word before it says that the number is a version, a book's, or a code of the subject."""
    return not _TECHNICAL_BEFORE.search(before)


def _speaks_of_calling(before: str) -> bool:
    return bool(_PHONE_CUE.search(before))


_CONTEXT_CHARS = 40  # before a find that are looked at
_EARLIEST_BIRTH = 1925
_FREE_NUMBERS = ("0800", "0808", "800", "888", "00800")
_RESOLVERS = ("1.0.0.1", "8.8.4.4", "208.67.222.222", "208.67.220.220", "149.112.112.112", "223.5.5.5", "223.6.6.6")
_EXAMPLE_NETWORKS = [IPv4Network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
_PERSONAL_PATH = re.compile(r"[?~@]|/(?:u|users?|profiles?|people|in|invite|join|share)/")
_PUBLIC_LINK = re.compile(r"//(?:www\.)?(?:youtube\.com/watch|doi\.org/)", re.IGNORECASE)
_CITED_BEFORE = re.compile(
    rf"(?:{either('privacy', 'CITES_LINK')}|(?:^|\n)\s*\[\d{{1,4}}\]:)\s*[<\[(]*$", re.IGNORECASE
)
_PERSONAL_HOSTS = re.compile(
    r"//(?:[\w-]+\.){0,3}(?:facebook|instagram|linkedin|tiktok|weibo|twitter|x|t|wa|zoom|dropbox|icloud)\.(?:com|me|us|cn)\b"
    r"|//(?:drive|docs|meet|photos)\.google\.",
    re.IGNORECASE,
)
_TECHNICAL_BEFORE = re.compile(rf"(?:{either('privacy', 'TECHNICAL_CUE')})\W*$", re.IGNORECASE)
_DATE = rf"(?:\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|{either('privacy', 'DATE')})"
_BIRTHDAY_CUE = f"(?:{either('privacy', 'BIRTHDAY_CUE')})"
_STUDENT_NUMBER_CUE = f"(?:{either('privacy', 'STUDENT_NUMBER_CUE')})"
_IS_OR_COLON = f"{either('privacy', 'IS')}|[{characters('privacy', 'COLONS')}]"
_SECRET_CUE = f"(?:{either('privacy', 'SECRET_CUE')})"
_SECRET_CHARACTER = rf"(?:[^\s{characters('privacy', 'SECRET_ENDS')}]|[.,;!?](?=[A-Za-z0-9]))"
_JOINED = rf"(?:[^\W{HAN}]|\.)"  # what a number is part of: letters of a word with spaces around it, decimals
_NAME_CUES = f"(?:{either('privacy', 'NAME_CUES')})"
_STOP_WORDS = words("text", "STOP_WORDS")
_PHONE_CUE = re.compile(either("privacy", "PHONE_CUE"), re.IGNORECASE)


def _of_languages(
    kind: str, constant: str, is_valid: Callable[[str], bool] = lambda found: True
) -> Iterator[_Recogniser]:
    """Yield a recogniser for each pattern that the languages have; a constant is one pattern or a tuple of them."""
    for patterns in each("privacy", constant).values():
        for pattern in (patterns,) if isinstance(patterns, str) else patterns:
            yield _Recogniser(kind, re.compile(pattern, re.MULTILINE), is_valid)


_RECOGNISERS = (
    _Recogniser(
        "email",
        re.compile(rf"(?<![.+-])(?<![^\W{HAN}])(?:[.+-]|[^\W{HAN}])++@(?:-|[^\W{HAN}])++(?:\.(?:-|[^\W{HAN}])++)++"),
    ),
    _Recogniser(
        "link",
        re.compile(rf"(?:https?://|www\.)[^\s<>\"'{characters('privacy', 'LINK_ENDS')}]+", re.IGNORECASE),
        _is_personal_link,
        _is_uncited,
    ),
    _Recogniser("iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"), _passes_iban),
    _Recogniser("id", re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])"), _passes_chinese_id),
    # in groups as on a card, and no part of a row of numbers
    _Recogniser(
        "card",
        re.compile(r"(?<![\d.])(?<!\d[ ,])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -]?)\d{6}\2\d{4,5})(?![ ,]?\d)"),
        _passes_luhn,
        _is_unnamed,
    ),
    _Recogniser("address", re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)"), _is_ip_address, _is_unnamed),
    _Recogniser(
        "address", re.compile(r"(?<![\w:])(?:[\dA-Fa-f]{1,4}::?){3,7}[\dA-Fa-f]{1,4}(?![\w:])"), _is_global, _is_unnamed
    ),
    _Recogniser("social-security", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    _Recogniser("phone", re.compile(r"(?<![\d.])1[3-9]\d([ -]?)\d{4}\1\d{4}(?!\d)")),
    _Recogniser("phone", re.compile(rf"(?<!{_JOINED})\+\d{{1,3}}(?:[ .()-]{{0,3}}\d{{1,8}}){{1,6}}"), _is_phone),
    _Recogniser(
        "phone", re.compile(rf"(?<!{_JOINED})\(0\d{{1,4}}\)(?:[ .-]{{1,2}}\d{{2,8}}){{1,4}}"), _is_phone, _is_unnamed
    ),
    _Recogniser(
        "phone", re.compile(rf"(?<!{_JOINED})0\d{{1,4}}(?:[ .-]?\d{{2,8}}){{1,4}}"), _is_phone, _speaks_of_calling
    ),
    _Recogniser("phone", re.compile(r"(?<![\w.-])\(?\d{3}\)?[.-]\d{3}[.-]\d{4}(?![\d-])"), _is_in_service, _is_unnamed),
    _Recogniser(
        "phone", re.compile(r"(?<![\w.])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)"), _is_north_american, _speaks_of_calling
    ),
    _Recogniser("birthday", re.compile(_BIRTHDAY_CUE + _DATE, re.IGNORECASE), _is_recent),
    _Recogniser(
        "student-number",
        re.compile(
            rf"{_STUDENT_NUMBER_CUE}(?:{_IS_OR_COLON})?\s?(?P<found>[A-Z]?\d{{4,12}})",
            re.IGNORECASE,
        ),
    ),
    # at least four characters and a digit: an exit code of 0 and a status code of 404 are facts of a course
    _Recogniser(
        "secret",
        re.compile(
            rf"{_SECRET_CUE}(?={_SECRET_CHARACTER}{{4}}){_SECRET_CHARACTER}*\d{_SECRET_CHARACTER}*", re.IGNORECASE
        ),
        fits=_is_unnamed,
    ),
    *_of_languages("name", "INTRODUCED_NAME"),
    *_of_languages("name", "NAMES"),
    *_of_languages("home", "HOME"),
    *_of_languages("account", "ACCOUNTS"),
    *_of_languages("id", "PAPERS"),
    *_of_languages("email", "SPELLED_EMAIL"),
    *_of_languages("birthday", "BIRTHDAYS", _is_recent),
    *_of_languages("phone", "PHONES", _is_phone),
    *_of_languages("secret", "SECRETS"),
    *_of_languages("link", "LINKS"),
    *_of_languages("address", "DEVICES"),
)


def _name_recognisers(roster: Iterable[str], *, with_parts: bool) -> list[_Recogniser]:
    """Return a recogniser for each name, the longest first, so that a full name is found before its parts."""
    names = sorted({name.strip() for name in roster if name.strip()}, key=lambda name: (-len(name), name))
    patterns = [_short_name_pattern(name) if _is_short(name) else _name_pattern(name) for name in names]
    if with_parts:
        parts = {part for name in names for part in name.split() if part != name and _is_telling(part)}
        patterns += [_whole_word(re.escape(part)) for part in sorted(parts, key=lambda part: (-len(part), part))]
    return [_Recogniser("name", pattern) for pattern in patterns]


def _is_short(name: str) -> bool:
    """Whether a name would be found in ordinary words: of one or two letters, or of one Chinese character."""
    return len(name) < (2 if has_han(name) else 3)


def _is_telling(part: str) -> bool:
    """Whether a word of a name is no ordinary one: "The Great Mira" has one that tells."""
    return len(part) > 2 and part[0].isupper() and part.lower() not in _STOP_WORDS


def _name_pattern(name: str) -> re.Pattern[str]:
    pattern = r"[\s.]+".join(re.escape(part) for part in name.split())
    return re.compile(pattern, re.IGNORECASE) if has_han(name) else _whole_word(pattern, re.IGNORECASE)


def _short_name_pattern(name: str) -> re.Pattern[str]:
    """Return a pattern that finds a short name as it is written where somebody introduces themselves, or signs."""
    ends = rf"(?=\s*(?:[{characters('text', 'SENTENCE_ENDS')}{characters('text', 'COMMAS')};:]|$))"
    return re.compile(rf"(?:{_NAME_CUES}|[-–—]\s?)(?P<found>{re.escape(name)}){ends}")


def _whole_word(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is found between letters of scripts without spaces, and inside no word of any other."""
    return re.compile(rf"(?<![^\W{HAN}]){pattern}(?![^\W{HAN}])", flags)
