"""Units of measure as they are typed after a number: their dimension and their size in base units.

Reads products, quotients and powers ("km/h", "kg m/s^2"); "apples" is not a unit. The names of units in each language
are in `knowledge/languages`, module `units`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from knowledge.languages import either, table, words

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
    "B": _unit("8", information=1),
    "bit": _unit("1", information=1),
    "M": _unit("1000", amount=1, length=-3),
    "min": _unit("60", time=1),
    "h": _unit("3600", time=1),
    "d": _unit("86400", time=1),
    "week": _unit("604800", time=1),
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
    for name, power in {"n": -9, "µ": -6, "u": -6, "m": -3, "c": -2, "d": -1, "k": 3, "M": 6, "G": 9, "T": 12}.items()
}
_PREFIXABLE = frozenset(
    {"m", "g", "s", "A", "K", "mol", "L", "N", "J", "W", "Pa", "Hz", "C", "V", "Ω", "B", "bit", "cal", "Wh", "eV", "M"}
)
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
_POWER = re.compile(r"(?P<name>[^\d^²³*/·⋅\s()-]+)\s*(?:\^?\s*\(?(?P<power>-?\d+)\)?|(?P<mark>[²³]))?")
_DIMENSIONLESS = Unit(Fraction(1), ())


def parse_unit(text: str) -> Unit | None:
    """Return the unit that `text` names; None for other text, and the dimensionless unit for an empty one."""
    plain = " ".join(text.strip().strip(".").split())
    whole = _parse_atom(plain)
    if whole is not None or not plain:
        return whole or _DIMENSIONLESS
    plain = _OVER.sub("/", plain)
    over, *under = plain.split("/")
    result = _parse_product(over)
    for part in under:
        below = _parse_product(part.strip("()"))
        result = result and below and _multiply(result, below, -1)
    return result


def _parse_product(text: str) -> Unit | None:
    result: Unit | None = _DIMENSIONLESS
    for piece in re.split(r"[\s*·⋅]+", text.strip()):
        match = _POWER.fullmatch(piece)
        atom = _parse_atom(match["name"]) if match else None
        if match is None or atom is None or result is None or atom.offset:
            return None
        power = {"²": 2, "³": 3}.get(match["mark"] or "", int(match["power"] or 1))
        result = _multiply(result, atom, power) if abs(power) <= 9 else None
    return result


def _multiply(left: Unit, right: Unit, power: int) -> Unit:
    dimension = dict(left.dimension)
    for name, exponent in right.dimension:
        dimension[name] = dimension.get(name, 0) + power * exponent
    return Unit(left.factor * right.factor**power, tuple(sorted((n, e) for n, e in dimension.items() if e)))


def _parse_atom(name: str) -> Unit | None:
    if name in _UNITS:
        return _UNITS[name]
    if name[:1] in _PREFIXES and name[1:] in _PREFIXABLE:
        unit = _UNITS[name[1:]]
        return Unit(unit.factor * _PREFIXES[name[0]], unit.dimension)
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
