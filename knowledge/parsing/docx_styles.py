"""The styles of a Word document: headings and lists, and what hides, raises or lowers characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from knowledge.languages import either

# Word translates the names of its styles: German and French, then the languages that have a folder.
_HEADING = re.compile(rf"^(?:überschrift|titre|{either('headings', 'HEADING_STYLE')})\s*([1-9])", re.IGNORECASE)
_LIST = re.compile(either("headings", "LIST_STYLE"), re.IGNORECASE)
_OFF = ("0", "false", "off", "none")
_EMPHASIS = ("w:b", "w:i", "w:u")
_LEAST_RISE = 4  # half points: less is a correction of the line's height
_MAX_CHAIN = 20  # of styles that are based on each other


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a paragraph's style says: heading level (0: none), list, name, numbering and its level."""

    heading: int = 0
    listed: bool = False
    name: str = ""
    numbering: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class CharacterFormat:
    """What the properties of a run say; None where they say nothing."""

    hidden: bool | None = None
    shift: int | None = None
    font: str | None = None
    emphasised: bool | None = None

    def over(self, other: CharacterFormat) -> CharacterFormat:
        """Return this format where it says something, else the other."""
        return CharacterFormat(
            other.hidden if self.hidden is None else self.hidden,
            other.shift if self.shift is None else self.shift,
            self.font or other.font,
            other.emphasised if self.emphasised is None else self.emphasised,
        )


@dataclass(slots=True)
class Styles:
    """The styles of a document by their id, each resolved once."""

    _elements: dict[str, Any]
    _default: str = ""
    _paragraphs: dict[str, ParagraphStyle] = field(default_factory=dict)
    _characters: dict[str, CharacterFormat] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Any) -> Styles:
        """Read `w:styles`."""
        elements = {style.get(qn("w:styleId")): style for style in root.iter(qn("w:style"))}
        kinds = (key for key, one in elements.items() if one.get(qn("w:type")) == "paragraph")
        return cls(elements, next((key for key in kinds if elements[key].get(qn("w:default")) == "1"), ""))

    def paragraph(self, identifier: str | None) -> ParagraphStyle:
        """Return what a paragraph style means."""
        key = identifier if identifier in self._elements else self._default
        key = key or ""
        if key not in self._paragraphs:
            self._paragraphs[key] = self._read_paragraph(key)
        return self._paragraphs[key]

    def character(self, properties: Any) -> CharacterFormat:
        """Return the format of a run by its `w:rPr`, which may be None."""
        if properties is None:
            return CharacterFormat()
        style = properties.find(qn("w:rStyle"))
        named = self._character_style(style.get(qn("w:val"))) if style is not None else CharacterFormat()
        return _read_format(properties).over(named)

    def _character_style(self, identifier: str) -> CharacterFormat:
        if identifier not in self._characters:
            found = CharacterFormat()
            for style in self._chain(identifier):
                properties = style.find(qn("w:rPr"))
                found = found if properties is None else found.over(_read_format(properties))
            self._characters[identifier] = found
        return self._characters[identifier]

    def _chain(self, identifier: str) -> Iterator[Any]:
        """Yield a style and those that it is based on."""
        for _ in range(_MAX_CHAIN):
            style = self._elements.get(identifier)
            if style is None:
                return
            yield style
            parent = style.find(qn("w:basedOn"))
            identifier = "" if parent is None else parent.get(qn("w:val"))

    def _read_paragraph(self, identifier: str) -> ParagraphStyle:
        chain = list(self._chain(identifier))
        names = [_value(style, "w:name") for style in chain]
        heading = next((int(found.group(1)) for name in names if (found := _HEADING.match(name))), 0)
        numbering, level = "", 0
        for style in chain:
            number = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if number is not None and not numbering:
                numbering, level = _value(number, "w:numId"), int(_value(number, "w:ilvl") or 0)
        name = names[0] if names else ""
        return ParagraphStyle(heading, not heading and _LIST.match(name) is not None, name, numbering, level)


def _read_format(properties: Any) -> CharacterFormat:
    hidden = properties.find(qn("w:vanish"))
    font = properties.find(qn("w:rFonts"))
    return CharacterFormat(
        None if hidden is None else hidden.get(qn("w:val")) not in _OFF,
        _shift(properties),
        None if font is None else font.get(qn("w:ascii")) or font.get(qn("w:hAnsi")),
        _is_emphasised(properties),
    )


def _is_emphasised(properties: Any) -> bool | None:
    """Whether text is bold, in italics or underlined; None where the properties do not say."""
    marks = [mark for name in _EMPHASIS if (mark := properties.find(qn(name))) is not None]
    return any(mark.get(qn("w:val")) not in _OFF for mark in marks) if marks else None


def _shift(properties: Any) -> int | None:
    align = _value(properties, "w:vertAlign")
    if align:
        return {"superscript": 1, "subscript": -1}.get(align, 0)
    rise = _value(properties, "w:position")
    if not re.fullmatch(r"-?\d{1,4}", rise) or abs(int(rise)) < _LEAST_RISE:
        return None
    return 1 if int(rise) > 0 else -1


def _value(element: Any, name: str) -> str:
    child = element.find(qn(name))
    return "" if child is None else child.get(qn("w:val")) or ""
