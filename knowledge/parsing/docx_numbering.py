"""The numbers, letters and bullets of a Word document's lists, which it computes from `numbering.xml`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from knowledge.parsing.list_numbers import format_number

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9
BULLET = "- "


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    text: str = ""
    style: str = ""
    plain: bool = False  # numbers of levels above it are decimal whatever they are there


@dataclass(slots=True)
class _List:
    """A list with its own count: several numberings that refer to it go on counting together."""

    levels: dict[int, _Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass(slots=True)
class ListNumbers:
    """Counts the items of all lists of a document in its order."""

    _lists: dict[str, _List] = field(default_factory=dict)
    _list_of: dict[str, str] = field(default_factory=dict)  # by numbering
    _restarts: dict[tuple[str, int], int] = field(default_factory=dict)  # starts that are still to be used

    @classmethod
    def of(cls, root: Any) -> ListNumbers:
        """Read `w:numbering`; None stands for a document without lists."""
        numbers = cls()
        for abstract in () if root is None else root.iterchildren(qn("w:abstractNum")):
            levels = {_int(one, "w:ilvl", 0): _read_level(one) for one in abstract.iterchildren(qn("w:lvl"))}
            numbers._lists[abstract.get(qn("w:abstractNumId"))] = _List(levels)
        for number in () if root is None else root.iterchildren(qn("w:num")):
            identifier, target = number.get(qn("w:numId")), _value(number, "w:abstractNumId")
            if target not in numbers._lists:
                continue
            own = {_int(one, "w:ilvl", 0): one for one in number.iterchildren(qn("w:lvlOverride"))}
            numbers._list_of[identifier] = target
            for level, override in own.items():
                if start := _value(override, "w:startOverride"):
                    numbers._restarts[identifier, level] = int(start)
                for replaced in override.iterchildren(qn("w:lvl")):
                    numbers._lists[target].levels[level] = _read_level(replaced)
        return numbers

    def marker(self, numbering: str, level: int, style: str) -> str | None:
        """Count an item and return what stands before its text ("2. ", "b) ", "- "), None if it is in no list."""
        found = self._lists.get(self._list_of.get(numbering, ""))
        if found is None:
            return None
        linked = next((at for at, one in found.levels.items() if style and one.style == style), None)
        level = min(level if linked is None else linked, _LEVELS - 1)
        self._count(found, numbering, level)
        own = found.levels.get(level, _Level(text=f"%{level + 1}."))
        if own.kind == "bullet":
            return BULLET
        text = _PLACE.sub(lambda place: _place_text(found, own, int(place.group(1)) - 1), own.text).strip()
        return f"{text} " if text else ""

    def _count(self, found: _List, numbering: str, level: int) -> None:
        restart = self._restarts.pop((numbering, level), None)
        before = found.counts[level]
        start = found.levels.get(level, _Level()).start
        found.counts[level] = restart if restart is not None else start if before is None else before + 1
        found.counts[level + 1 :] = [None] * (_LEVELS - level - 1)


def _place_text(found: _List, own: _Level, level: int) -> str:
    shown = found.levels.get(level, _Level())
    number = found.counts[level]
    return format_number(shown.start if number is None else number, "decimal" if own.plain else shown.kind)


def _read_level(level: Any) -> _Level:
    start = _value(level, "w:start")
    return _Level(
        int(start) if re.fullmatch(r"\d{1,6}", start) else 1 if not start else 0,
        _value(level, "w:numFmt") or "decimal",
        _value(level, "w:lvlText"),
        _value(level, "w:pStyle"),
        level.find(qn("w:isLgl")) is not None,
    )


def _value(element: Any, name: str) -> str:
    child = element.find(qn(name))
    return "" if child is None else child.get(qn("w:val")) or ""


def _int(element: Any, name: str, default: int) -> int:
    value = element.get(qn(name)) or ""
    return int(value) if value.isdigit() else default
