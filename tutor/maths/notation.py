"""One spelling for the many ways in which a number or a formula is typed: code points, LaTeX, powers of ten, grouping.

Nothing is evaluated here. What has no single reading keeps its spelling, or is offered as `ambiguous_readings`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ"
_PLAIN_SUPERSCRIPTS = str.maketrans(_SUPERSCRIPTS, "0123456789+-()n")
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_PLAIN_SUBSCRIPTS = str.maketrans(_SUBSCRIPTS, "0123456789")
_RAISED = re.compile(f"[{_SUPERSCRIPTS}]+")
_LOWERED = re.compile(f"[{_SUBSCRIPTS}]+")
# look-alikes that the compatibility forms of Unicode would not bring to the character that is meant
_LOOK_ALIKES = str.maketrans(
    {
        "º": "°",
        "˚": "°",
        "μ": "µ",
        "∆": "Δ",
        "∙": "·",
        "•": "·",
        "⋅": "·",
        "∗": "*",
        "✕": "×",
        "✖": "×",
        "∕": "/",
        "⁄": "/",
        "−": "-",
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "’": "'",
        "′": "'",
        "″": '"',
        "≃": "≈",
        "≅": "≈",
        "∼": "~",
    }
)
_SQUARED_UNITS = range(0x3371, 0x33E0)  # one character for "kg" or "m²"
_KEPT_CATEGORY = "No"  # ½ and ²: their compatibility forms lose what they mean
_LONG_DASHES = "–—"
_DASH_AS_SIGN = re.compile(rf"(?<![\w)\]%°])(\s*)[{_LONG_DASHES}]\s?(?=[\d.])")
_MARKUP = re.compile(r"\\[()\[\]]|`+|\\(?:left|right)(?![A-Za-z])")
_MATHS_DELIMITERS = re.compile(r"^\s*(\$\$?|`+|\*\*|__?|\"|')(.+?)\1\s*$")
_MOST_NESTED = 4  # delimiters within delimiters; a row of "$" would otherwise be read once for each of them
_LATEX_SPACES = re.compile(r"\\[,;:!~ ]|\\q?quad\b|(?<=\d)~(?=\d)")
_LATEX_WORDS = re.compile(r"\\(?:text|mathrm|mathit|mathbf|operatorname|rm|unit|si)\s*\{([^{}\\]*)\}")
_LATEX_TIMES = re.compile(r"\\(?:times|cdot)(?![A-Za-z])")
_LATEX_DEGREE = re.compile(r"\^?\s*\{?\\(?:circ|degree)\}?")
_SCIENTIFIC = re.compile(
    r"(?<![\w.^/])(?<![/^] )(\d+(?:\.\d+)?|\.\d+)\s?[x×X·*]\s?10\s?(?:\^|\*\*)\s?"
    r"[({]?\s?([-+]?\d{1,3})(?!\d)(?:\s?[)}])?"
)
_POWER_OF_TEN = re.compile(r"(?<![\w.)^*×·/])10\s?(?:\^|\*\*)\s?[({]?([-+]?\d{1,3})[)}]?(?=\s?[A-Za-zµΩ°])")
_DIGIT_GROUPS = re.compile(r"(?<![\d.,'])(?<!\d )\d{1,3}(?:(?: \d{3})+|(?:'\d{3})+)(?![\d/'])(?! \d)")
_SEPARATED = re.compile(r"(?<![\w.,(\[])\d+(?:[.,]\d+)+(?![.,]?\d)")
_ONE_GROUP = re.compile(r"(?<![\w.,])([1-9]\d{0,2})([.,])(\d{3})(?![\d,.])")
_JOINED_UNITS = re.compile(r"(?<![A-Za-z])([kcm]?m|k?g|[kM]?J|N|mol)s\^")
_MIXED_OR_DIFFERENCE = re.compile(r"^\s*(\d+)-(\d+/\d+)(.*)$", re.DOTALL)


def plain_characters(text: str) -> str:
    """Return text with one code point for each meaning: the ohm sign is Ω (omega), x² is x^2, full width is plain."""
    text = _LOWERED.sub(lambda match: "_" + match.group().translate(_PLAIN_SUBSCRIPTS), text)
    text = _RAISED.sub(lambda match: f"^{_bracketed(match.group().translate(_PLAIN_SUPERSCRIPTS))}", text)
    return "".join(map(_plain_character, text.translate(_LOOK_ALIKES))).translate(_LOOK_ALIKES)


def plain_number(text: str) -> str:
    """Return an answer as `tutor.maths.numbers` reads it: "1,38 × 10⁻¹" becomes "1.38e-1", "12 500" becomes "12500".

    Markdown and LaTeX around it are dropped. A comma that could separate thousands does.
    """
    text = _unwrap(plain_characters(text).strip()).replace("{,}", ",")
    text = _LATEX_WORDS.sub(r" \1", _LATEX_SPACES.sub(" ", text))
    text = _LATEX_DEGREE.sub("°", _LATEX_TIMES.sub("×", text))
    text = _DASH_AS_SIGN.sub(r"\1-", _MARKUP.sub("", text))
    text = _DIGIT_GROUPS.sub(lambda match: re.sub(r"[ ']", "", match.group()), text)
    text = _SEPARATED.sub(lambda match: _plain_separators(match.group()), text)
    text = _SCIENTIFIC.sub(r"\1e\2", text)
    return " ".join(_POWER_OF_TEN.sub(r"1e\1", text).strip(" ,;").split())


def ambiguous_readings(text: str) -> Iterator[str]:
    """Yield other readings: "3,145" as 3.145, "3.145" as 3145, "1-1/2" as 1½, "5!" as an emphatic 5, "ms^-1" as m/s."""
    if _ONE_GROUP.search(text):
        yield _ONE_GROUP.sub(lambda match: match[1] + {",": ".", ".": ""}[match[2]] + match[3], text)
    if _JOINED_UNITS.search(text):
        yield _JOINED_UNITS.sub(r"\1 s^", text)
    if match := _MIXED_OR_DIFFERENCE.match(text):
        yield f"{match[1]} {match[2]}{match[3]}"
    if text.endswith("!"):
        yield text.rstrip("!")


def has_range_dash(text: str) -> bool:
    """Whether a long dash stands between two numbers ("4–6"): a range, or a difference."""
    return bool(re.search(rf"\d\s?[{_LONG_DASHES}]\s?\d", text))


def _plain_character(char: str) -> str:
    if char < "\x80" or unicodedata.category(char) == _KEPT_CATEGORY:
        return char
    if char.isdigit():
        return str(unicodedata.digit(char))
    plain = unicodedata.normalize("NFKC", char)
    if ord(char) in _SQUARED_UNITS and plain[-1:] in ("2", "3"):
        return f"{plain[:-1]}^{plain[-1]}"
    return plain


def _bracketed(power: str) -> str:
    return power if power.isalnum() else f"({power})"


def _unwrap(text: str) -> str:
    """Return text without the marks around all of it: `12`, **12**, $12$, "12"."""
    for _ in range(_MOST_NESTED):
        match = _MATHS_DELIMITERS.match(text)
        if match is None:
            break
        text = match[2].strip()
    return text


def _plain_separators(number: str) -> str:
    """Return digits with points and commas as the plain number that they mean; unchanged where they mean none."""
    marks = re.findall(r"[.,]", number)
    head, *groups = re.split(r"[.,]", number)
    grouped = len(head) <= 3 and head != "0" and all(len(group) == 3 for group in groups[:-1])
    last_is_group = len(groups[-1]) == 3
    if len(set(marks)) == 2 and marks[-1] not in marks[:-1] and grouped and len(set(marks[:-1])) == 1:
        return "".join((head, *groups[:-1])) + "." + groups[-1]
    if set(marks) == {","} and not (grouped and last_is_group) and len(marks) == 1:
        return f"{head}.{groups[0]}"
    if set(marks) == {"."} and len(marks) > 1 and grouped and last_is_group:
        return "".join((head, *groups))
    return number
