"""Reads one quantity from an answer: a value, how exactly it is written, and its unit.

None stands for text without exactly one readable quantity; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from knowledge.languages import DEFAULT, characters, data, detect_language, either, language, words
from tutor.assessment.word_diff import FUNCTION_WORDS, NEGATIONS, OPPOSITES
from tutor.maths.algebra import NotAFormula, exact_constant, parse, real_constant
from tutor.maths.notation import has_range_dash, plain_number
from tutor.maths.numbers import NumberMention, read_numbers
from tutor.maths.units import Unit, parse_unit

MAX_CHARS = 200  # of an answer that consists of one quantity
COMPUTED_PRECISION = Fraction(1, 10**12)  # relative, of a value such as pi or sqrt(2)
_CURRENCY_SIGNS = "$£€¥"
_LEAD_IN = re.compile(
    rf"^(?:(?:{either('answers', 'NUMBER_LEAD_IN')})\b(?:\.(?!\d))?[\s,:]*|[≈=~:]\s*)+", re.IGNORECASE
)
_HEDGE_BEHIND = re.compile(rf"\s*\(\s*(?:{either('answers', 'NUMBER_LEAD_IN')})\.?\s*\)$", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"^\s*([A-Za-z](?:_?\w)?|[A-Za-z]\([A-Za-z]\))\s*=\s*(?=[^=])")
_MINUS_WORD = re.compile(either("answers", "MINUS"), re.IGNORECASE)
_AMBIGUOUS_UNITS = ("M", "B")
_STATEMENT_END = re.compile(rf"[{characters('text', 'FULL_STOP')}]+$")
_EXCLAMATION = re.compile(rf"[{characters('text', 'EXCLAMATION_MARK')}]+$")
_FACTORIAL = re.compile(r"(?<=[\d)])!(?!=)")
_FORMULA_SIGN = re.compile(r"[\d+*/^=()!π√]|\bpi\b")
_REMARK = re.compile(r"\s\([^()]*\)$")
_POWER_BEFORE = re.compile(r"\^\s*\(?$")
_NOT_COUNTED_WORDS = words("answers", "NOT_COUNTED_WORDS")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `unit` is None where `word` follows the number and is no unit.

    `step` is the value of the last digit that is written, in the number's own unit; None for an exact value, such as a
    fraction. `is_integer` marks a number that is written without a point: it may be a count.
    """

    value: Fraction
    unit: Unit | None
    word: str = ""
    step: Fraction | None = None
    is_integer: bool = False
    is_percent: bool = False

    @property
    def is_dimensionless(self) -> bool:
        return self.unit is not None and not self.unit.dimension and not self.word

    def in_base_units(self) -> Fraction:
        return self.value if self.unit is None else self.value * self.unit.factor + self.unit.offset

    def scale(self) -> Fraction:
        """Return how many base units one of the quantity's own units is."""
        return Fraction(1) if self.unit is None else self.unit.factor


def parse_quantity(text: str) -> Quantity | None:
    """Read one number with a unit; None when there is none, or more than one."""
    return read_quantity(plain_number(text)) if len(text) <= MAX_CHARS else None


def read_quantity(text: str) -> Quantity | None:
    """Read a quantity from text in plain notation (see `tutor.maths.notation`)."""
    if has_range_dash(text):
        return None
    stated = _LEAD_IN.sub("", text)
    text = _STATEMENT_END.sub("", _HEDGE_BEHIND.sub("", stated if stated == text else _EXCLAMATION.sub("", stated)))
    text = _ASSIGNMENT.sub("", text)
    if negative := _MINUS_WORD.match(text):
        below = read_quantity(text[negative.end() :])
        return replace(below, value=-below.value) if below and below.value >= 0 else None
    if _FACTORIAL.search(text):
        return _evaluate_constant(text)
    found = read_numbers(text)
    if len(found) > 1 and all(_POWER_BEFORE.search(text[: mention.start]) for mention in found[1:]):
        found = found[:1]  # the powers of a unit: 9.8 m/s^2
    if len(found) > 1 and _REMARK.search(text):
        return _read_restated(text, found)
    if len(found) > 1:
        return _read_compound(text, found) or _evaluate_constant(text)
    return _read_single(text, found[0]) if found else _evaluate_constant(text)


def _read_single(text: str, mention: NumberMention) -> Quantity | None:
    before, unit_text = text[: mention.start].strip(), text[mention.end :].strip()
    currency = next((sign for sign in _CURRENCY_SIGNS if sign in text[: mention.end]), "")
    if before.strip(_CURRENCY_SIGNS + " "):
        return _evaluate_constant(text)
    if currency:
        return _make_quantity(mention, parse_unit(currency)) if not unit_text else None
    unit = parse_unit(unit_text)
    if unit is None and _FORMULA_SIGN.search(unit_text):
        return _evaluate_constant(text)
    if unit is None and not _is_counted_noun(unit_text):
        return None
    return _make_quantity(mention, unit, "" if unit and unit_text not in _AMBIGUOUS_UNITS else unit_text)


def _read_restated(text: str, found: tuple[NumberMention, ...]) -> Quantity | None:
    """Read "12 (twelve)": the same value again in brackets."""
    first, *others = found
    outside = re.sub(r"\([^()]*\)", "", text).strip()
    same = len(others) == 1 and others[0].value == first.value and others[0].start > first.end
    return _read_single(outside, first) if same and text[others[0].end :].strip() == ")" and outside else None


def _read_compound(text: str, found: tuple[NumberMention, ...]) -> Quantity | None:
    """Read a sum in falling units of one dimension: "2 h 30 min", "5 ft 10 in"."""
    ends = [*(mention.start for mention in found[1:]), len(text)]
    parts = [
        _read_single(text[mention.start : end].strip(), replace(mention, start=0, end=mention.end - mention.start))
        for mention, end in zip(found, ends, strict=True)
    ]
    if text[: found[0].start].strip() or not all(part and part.unit and part.unit.dimension for part in parts):
        return None
    sound = [part for part in parts if part is not None and part.unit is not None]
    units = [part.unit for part in sound if part.unit is not None]
    falling = all(a.factor > b.factor and a.dimension == b.dimension for a, b in zip(units, units[1:], strict=False))
    if not falling or any(unit.offset for unit in units) or any(part.value < 0 for part in sound[1:]):
        return None
    total = sum((part.value * part.scale() for part in sound), Fraction(0))
    sign_fits = sound[0].value >= 0
    return Quantity(total / units[0].factor, units[0]) if sign_fits else None


def _make_quantity(mention: NumberMention, unit: Unit | None, word: str = "") -> Quantity:
    return Quantity(mention.value, unit, word, mention.last_place, mention.is_integer, mention.is_percent)


def _is_counted_noun(text: str) -> bool:
    """Whether words after a number can name what is counted; "is wrong", "or more" and "dozen" do not."""
    code = detect_language(text, DEFAULT)
    if not language(code).has_spaces:
        unfit = data(code, "answers", "NOT_COUNTED_PARTS")
        fits = len(text) <= data(code, "answers", "MAX_COUNTED_CHARS", len(text))
        return fits and not (unfit and re.search(unfit, text))
    found = re.findall(r"[^\W\d]+(?:['’-][^\W\d]+)*", text.lower())
    refused = (FUNCTION_WORDS | NEGATIONS | OPPOSITES.keys() | _NOT_COUNTED_WORDS) - {"of"}
    return 0 < len(found) <= 3 and not any(len(word) == 1 or word in refused for word in found)


def _evaluate_constant(text: str) -> Quantity | None:
    """Return the value of a constant expression such as 2^5, 5! or sqrt(2)/2; None where it has variables."""
    try:
        tree = parse(text)
    except NotAFormula:
        return None
    exact, value = exact_constant(tree), real_constant(tree)
    if value is None:
        return None
    return Quantity(value, parse_unit(""), step=None if exact is not None else abs(value) * COMPUTED_PRECISION)
