"""Units of measure as typed after a number: their dimension and their size in base units.

Reads products, quotients and powers ("km/h", "kg m/s^2"); a word that is no unit ("apples") is not read as one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Dimension = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` base units; the dimension's exponents are sorted by name and never zero. `zero` is where 0 stands."""

    factor: Fraction
    dimension: Dimension
    offset: Fraction = Fraction(0)


def _unit(factor: str, **dimension: int) -> Unit:
    return Unit(Fraction(factor), tuple(sorted(dimension.items())))


_UNITS: Mapping[str, Unit] = {
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
    "米": _unit("1", length=1),
    "厘米": _unit("1/100", length=1),
    "毫米": _unit("1/1000", length=1),
    "千米": _unit("1000", length=1),
    "公里": _unit("1000", length=1),
    "克": _unit("1/1000", mass=1),
    "毫克": _unit("1/1000000", mass=1),
    "千克": _unit("1", mass=1),
    "公斤": _unit("1", mass=1),
    "吨": _unit("1000", mass=1),
    "秒": _unit("1", time=1),
    "分钟": _unit("60", time=1),
    "小时": _unit("3600", time=1),
    "天": _unit("86400", time=1),
    "升": _unit("1/1000", length=3),
    "毫升": _unit("1/1000000", length=3),
    "摄氏度": Unit(Fraction(1), (("temperature", 1),), Fraction("273.15")),
}
_PREFIXES: Mapping[str, Fraction] = {
    name: Fraction(10) ** power
    for name, power in {"n": -9, "µ": -6, "u": -6, "m": -3, "c": -2, "d": -1, "k": 3, "M": 6, "G": 9, "T": 12}.items()
}
_PREFIXABLE = frozenset(
    {"m", "g", "s", "A", "K", "mol", "L", "N", "J", "W", "Pa", "Hz", "C", "V", "Ω", "B", "bit", "cal", "Wh", "eV", "M"}
)
_UNIT_NAMES: Mapping[str, str] = {
    "meter": "m",
    "metre": "m",
    "gram": "g",
    "second": "s",
    "sec": "s",
    "minute": "min",
    "hour": "h",
    "hr": "h",
    "day": "d",
    "liter": "L",
    "litre": "L",
    "l": "L",
    "newton": "N",
    "joule": "J",
    "watt": "W",
    "pascal": "Pa",
    "hertz": "Hz",
    "coulomb": "C",
    "volt": "V",
    "ohm": "Ω",
    "ampere": "A",
    "amp": "A",
    "kelvin": "K",
    "mole": "mol",
    "byte": "B",
    "inch": "in",
    "inches": "in",
    "foot": "ft",
    "feet": "ft",
    "yard": "yd",
    "mile": "mi",
    "pound": "lb",
    "lbs": "lb",
    "ounce": "oz",
    "tonne": "t",
    "calorie": "cal",
    "degree": "°",
    "degrees celsius": "°C",
    "degrees fahrenheit": "°F",
    "celsius": "°C",
    "fahrenheit": "°F",
    "dollar": "$",
    "usd": "$",
    "euro": "€",
}
_LONG_PREFIXES = {
    "kilo": "k",
    "milli": "m",
    "centi": "c",
    "deci": "d",
    "micro": "µ",
    "nano": "n",
    "mega": "M",
    "giga": "G",
}
_POWER = re.compile(r"(?P<name>[^\d^²³*/·⋅\s()-]+)\s*(?:\^?\s*\(?(?P<power>-?\d+)\)?|(?P<mark>[²³]))?")
_DIMENSIONLESS = Unit(Fraction(1), ())


def parse_unit(text: str) -> Unit | None:
    """Return the unit that `text` is; None when it is none (the empty text is the number 1's)."""
    plain = " ".join(text.strip().strip(".").split())
    whole = _parse_atom(plain)
    if whole is not None or not plain:
        return whole or _DIMENSIONLESS
    plain = re.sub(r"\s+per\s+|\s*/\s*", "/", plain)
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
    """A unit written out, singular or plural, perhaps with a long prefix: "kilograms", "feet", "ml"."""
    for word in (name, name.removesuffix("s"), name.removesuffix("es")):
        if word in _UNIT_NAMES:
            return _UNITS[_UNIT_NAMES[word]]
        if word in ("kg", "km", "cm", "mm", "ml", "kj", "kw", "mol", "min", "week", "cent", "bit", "bar", "atm"):
            return _parse_atom({"ml": "mL", "kj": "kJ", "kw": "kW"}.get(word, word))
    for long, short in _LONG_PREFIXES.items():
        if name.startswith(long):
            unit = _parse_spelled_out(name[len(long) :])
            return unit and Unit(unit.factor * _PREFIXES[short], unit.dimension)
    return None
