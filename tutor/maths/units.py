"""Units of measure as they are typed after a number: their dimension and their size in base units.

Reads products, quotients and powers ("km/h", "kg m/s^2"); "apples" is not a unit. The names of units in each language
are in `knowledge/languages`, module `units`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from knowledge.languages import each, either, table, words
from tutor.maths.notation import plain_characters

Dimension = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` base units, with its zero at `offset` base units; exponents are sorted by name and never zero."""

    factor: Fraction
    dimension: Dimension
    offset: Fraction = Fraction(0)


def _unit(factor: str, **dimension: int) -> Unit:
    return Unit(Fraction(factor), tuple(sorted(dimension.items())))


_UNITS: dict[str, Unit] = {
    "m": _unit("1", length=1),
    "g": _unit("1/1000", mass=1),
    "s": _unit("1", time=1),
    "A": _unit("1", current=1),
    "K": _unit("1", temperature=1),
    "mol": _unit("1", amount=1),
    "L": _unit("1/1000", length=3),
    "N": _unit("1", mass=1, length=1, time=-2),
    "J": _unit("1", mass=1, length=2, time=-2),
    "W": _unit("1", mass=1, length=2, time=-3),
    "Pa": _unit("1", mass=1, length=-1, time=-2),
    "Hz": _unit("1", time=-1),
    "C": _unit("1", current=1, time=1),
    "V": _unit("1", mass=1, length=2, time=-3, current=-1),
    "Ω": _unit("1", mass=1, length=2, time=-3, current=-2),
    "F": _unit("1", mass=-1, length=-2, time=4, current=2),
    "H": _unit("1", mass=1, length=2, time=-2, current=-2),
    "T": _unit("1", mass=1, time=-2, current=-1),
    "Wb": _unit("1", mass=1, length=2, time=-2, current=-1),
    "S": _unit("1", mass=-1, length=-2, time=3, current=2),
    "Bq": _unit("1", time=-1),
    "Gy": _unit("1", length=2, time=-2),
    "Sv": _unit("1", length=2, time=-2),
    "kat": _unit("1", amount=1, time=-1),
    "cd": _unit("1", intensity=1),
    "lm": _unit("1", intensity=1),
    "lx": _unit("1", intensity=1, length=-2),
    "rad": _unit("1", plane_angle=1),
    "B": _unit("8", information=1),
    "bit": _unit("1", information=1),
    "M": _unit("1000", amount=1, length=-3),
    "min": _unit("60", time=1),
    "h": _unit("3600", time=1),
    "d": _unit("86400", time=1),
    "week": _unit("604800", time=1),
    "ha": _unit("10000", length=2),
    "Å": _unit("1e-10", length=1),
    "ly": _unit("9460730472580800", length=1),
    "au": _unit("149597870700", length=1),
    "Da": _unit("1.66053906892e-27", mass=1),
    "rpm": _unit("1/60", time=-1),
    "‰": _unit("1/1000"),
    "ppm": _unit("1e-6"),
    "ppb": _unit("1e-9"),
    "mph": _unit("0.44704", length=1, time=-1),
    "in": _unit("0.0254", length=1),
    "ft": _unit("0.3048", length=1),
    "yd": _unit("0.9144", length=1),
    "mi": _unit("1609.344", length=1),
    "lb": _unit("0.45359237", mass=1),
    "oz": _unit("0.028349523125", mass=1),
    "t": _unit("1000", mass=1),
    "cal": _unit("4.184", mass=1, length=2, time=-2),
    "Wh": _unit("3600", mass=1, length=2, time=-2),
    "eV": _unit("1.602176634e-19", mass=1, length=2, time=-2),
    "bar": _unit("100000", mass=1, length=-1, time=-2),
    "atm": _unit("101325", mass=1, length=-1, time=-2),
    "mmHg": _unit("133.322387415", mass=1, length=-1, time=-2),
    "°C": Unit(Fraction(1), (("temperature", 1),), Fraction("273.15")),
    "°F": Unit(Fraction(5, 9), (("temperature", 1),), Fraction("273.15") - 32 * Fraction(5, 9)),
    "°": _unit("1", angle=1),
    "$": _unit("1", dollar=1),
    "cent": _unit("1/100", dollar=1),
    "€": _unit("1", euro=1),
    "£": _unit("1", pound=1),
}
_PREFIXES: Mapping[str, Fraction] = {
    name: Fraction(10) ** power
    for name, power in {
        "f": -15,
        "p": -12,
        "n": -9,
        "µ": -6,
        "u": -6,
        "m": -3,
        "c": -2,
        "d": -1,
        "h": 2,
        "k": 3,
        "M": 6,
        "G": 9,
        "T": 12,
    }.items()
}
_PREFIXABLE = frozenset(
    "m g s A K mol L N J W Pa Hz C V Ω F H T Wb S Bq Gy Sv cd lm lx kat rad B bit cal Wh eV M bar Da".split()
)
_OTHER_SYMBOLS = {
    "cc": "mL",
    "kph": "km/h",
    "kmh": "km/h",
    "kmph": "km/h",
    "degC": "°C",
    "degF": "°F",
    "deg": "°",
    "° C": "°C",
    "° F": "°F",
    "Torr": "mmHg",
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "AU": "au",
    "Ohm": "Ω",
}
# abbreviations that are also written in lower case
_LOWER_CASE = {word: word for word in ("kg", "km", "cm", "mm", "mol", "min", "week", "cent", "bit", "bar", "atm")} | {
    "l": "L",
    "ml": "mL",
    "kj": "kJ",
    "kw": "kW",
}
_NAMES: Mapping[str, str] = table("units", "NAMES")
_LONG_PREFIXES: Mapping[str, str] = table("units", "PREFIXES")
_PLURAL_ENDINGS = ("", *sorted(words("units", "PLURAL_ENDINGS"), key=len))
_OVER = re.compile(rf"{either('units', 'PER')}|\s*/\s*")
_POWER = re.compile(r"(?P<name>[^\d^*/·\s()-]+)(?:\^?\(?(?P<power>[-+]?\d{1,2})\)?)?")
_POWER_SPACES = re.compile(r"\s*\^\s*")
_PRODUCT_SIGN = re.compile(r"[\s*·]+")
_POWERS_IN_WORDS: Mapping[str, int] = table("units", "POWERS_IN_FRONT")
_POWERS_WITHOUT_SPACE: Mapping[str, int] = {
    word: power for powers in each("units", "POWERS_IN_FRONT", spaced=False).values() for word, power in powers.items()
}
MAX_CHARS = 60  # of the text that names a unit
PERCENT = "%"
_DIMENSIONLESS = Unit(Fraction(1), ())


def parse_unit(text: str) -> Unit | None:
    """Return the unit that `text` names; None for other text, and the dimensionless unit for an empty one."""
    if len(text) > MAX_CHARS:
        return None
    plain = " ".join(plain_characters(text).strip().strip(".").split())
    whole = _parse_atom(plain)
    if whole is not None or not plain:
        return whole or _DIMENSIONLESS
    over, *under = _OVER.sub("/", _POWER_SPACES.sub("^", plain)).split("/")
    if not over and under:
        return None
    result = _parse_product(over)
    for part in under:
        below = _parse_product(_without_brackets(part))
        result = result and below and _multiply(result, below, -1)
    return result


def _without_brackets(text: str) -> str:
    text = text.strip()
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def _parse_product(text: str) -> Unit | None:
    result: Unit | None = _DIMENSIONLESS
    power_in_front = 1
    for piece in _PRODUCT_SIGN.split(text.strip()):
        if piece.lower() in _POWERS_IN_WORDS and power_in_front == 1:
            power_in_front = _POWERS_IN_WORDS[piece.lower()]
            continue
        factor = _parse_power(piece)
        if factor is None or result is None or factor.offset:
            return None
        result, power_in_front = _multiply(result, factor, power_in_front), 1
    return result if power_in_front == 1 else None


def _parse_power(piece: str) -> Unit | None:
    """Return a unit with its power: "s^-2", "m2"; a word for the power may be written in front without a space."""
    match = _POWER.fullmatch(piece)
    atom = _parse_atom(match["name"]) if match else None
    if match is not None and atom is not None:
        power = int(match["power"] or 1)
        if power == 1:
            return atom
        return _multiply(_DIMENSIONLESS, atom, power) if 0 < abs(power) <= 9 and not atom.offset else None
    for word, power in _POWERS_WITHOUT_SPACE.items():
        if piece.startswith(word) and (atom := _parse_atom(piece[len(word) :])) is not None:
            return _multiply(_DIMENSIONLESS, atom, power)
    return None


def _multiply(left: Unit, right: Unit, power: int) -> Unit:
    dimension = dict(left.dimension)
    for name, exponent in right.dimension:
        dimension[name] = dimension.get(name, 0) + power * exponent
    return Unit(left.factor * right.factor**power, tuple(sorted((n, e) for n, e in dimension.items() if e)))


def _parse_atom(name: str) -> Unit | None:
    if name in _UNITS:
        return _UNITS[name]
    if name in _OTHER_SYMBOLS:
        return parse_unit(_OTHER_SYMBOLS[name])
    if name[:1] in _PREFIXES and name[1:] in _PREFIXABLE:
        unit = _UNITS[name[1:]]
        return Unit(unit.factor * _PREFIXES[name[0]], unit.dimension)
    if len(name) == 2 and name[1] == "l" and name[0] in _PREFIXES:
        return _parse_atom(f"{name[0]}L")  # the litre in lower case: "µl", "dl"
    return _parse_spelled_out(name.lower()) if len(name) > 1 or name == "l" else None


def _parse_spelled_out(name: str) -> Unit | None:
    """Return a unit written out, singular or plural, perhaps with a long prefix: "kilograms", "feet", "ml"."""
    for ending in _PLURAL_ENDINGS:
        word = name.removesuffix(ending)
        if word in _NAMES:
            return _UNITS[_NAMES[word]]
        if word in _LOWER_CASE:
            return _parse_atom(_LOWER_CASE[word])
    for long, short in _LONG_PREFIXES.items():
        if name.startswith(long):
            unit = _parse_spelled_out(name[len(long) :])
            return unit and Unit(unit.factor * _PREFIXES[short], unit.dimension)
    return None


for _symbol, _international in table("units", "SYMBOLS").items():
    _unit_of_symbol = _parse_atom(_international)
    assert _unit_of_symbol is not None
    _UNITS[_symbol] = _unit_of_symbol
for _symbol, _amount in table("units", "OTHER_UNITS").items():
    _number, _international = _amount.split()
    _unit_of_symbol = _parse_atom(_international)
    assert _unit_of_symbol is not None
    _UNITS[_symbol] = Unit(Fraction(_number) * _unit_of_symbol.factor, _unit_of_symbol.dimension)
