"""The text of shapes on a slide: paragraphs with their list numbers, raised and lowered characters, and equations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pptx.oxml.ns import qn

from knowledge.parsing.list_numbers import format_number
from knowledge.parsing.mathml_to_latex import from_omml
from knowledge.parsing.runs import Run, join_runs
from knowledge.parsing.symbol_fonts import decode_symbols

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_MAX_DEPTH = 60
_LEVELS = 9
# "alphaLcParenR" and the like: the kind of number, and what stands around it.
_KINDS = (
    ("alphaLc", "lowerLetter"),
    ("alphaUc", "upperLetter"),
    ("romanLc", "lowerRoman"),
    ("romanUc", "upperRoman"),
    ("circle", "decimalEnclosedCircle"),
    ("ea1", "chineseCounting"),
)
_AROUND = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}."}


def paragraphs_text(element: Any) -> str:
    """Return the text below an element, one line for each paragraph."""
    numbers = _ListNumbers()
    return "\n".join(
        numbers.marker(paragraph) + join_runs(_runs(paragraph, 0)) for paragraph in element.iter(qn("a:p"))
    )


class _ListNumbers:
    """Counts the paragraphs of numbered lists by level; another kind or start begins another list."""

    def __init__(self) -> None:
        self._counts = [0] * _LEVELS
        self._lists: list[tuple[str, int] | None] = [None] * _LEVELS

    def marker(self, paragraph: Any) -> str:
        """Return the number or letter before a paragraph, "" outside lists."""
        properties = paragraph.find(qn("a:pPr"))
        level = int(properties.get("lvl", "0")) if properties is not None else 0
        if not any(one.text for one in paragraph.iter(qn("a:t"))) or level >= _LEVELS:
            return ""
        number = None if properties is None else properties.find(qn("a:buAutoNum"))
        here = None if number is None else (number.get("type", "arabicPeriod"), int(number.get("startAt", "1")))
        self._counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        self._counts[level] = self._counts[level] + 1 if here == self._lists[level] else 1
        self._lists[level] = here
        return "" if here is None else _format_marker(*here, self._counts[level])


def _format_marker(kind: str, start: int, count: int) -> str:
    name = next((word for beginning, word in _KINDS if kind.startswith(beginning)), "decimal")
    text = format_number(start + count - 1, name)
    return next((form for ending, form in _AROUND.items() if kind.endswith(ending)), "{}").format(text) + " "


def _runs(element: Any, depth: int) -> Iterator[Run]:
    if depth > _MAX_DEPTH:
        raise RecursionError
    for child in element:
        if child.tag == qn("a:br"):
            yield Run("\n")
        elif child.tag == _MATH:
            yield Run(from_omml(child))
        elif child.tag in (qn("a:r"), qn("a:fld")):
            yield _text_run(child)
        elif isinstance(child.tag, str) and child.tag != _FALLBACK:
            yield from _runs(child, depth + 1)


def _text_run(run: Any) -> Run:
    text = "".join(one.text or "" for one in run.iterchildren(qn("a:t")))
    properties = run.find(qn("a:rPr"))
    if properties is None:
        return Run(text)
    fonts = [one.get("typeface", "") for one in properties.iterchildren(qn("a:sym"), qn("a:latin"))]
    for font in fonts:
        text = decode_symbols(text, font)
    rise = properties.get("baseline", "0")
    height = int(rise) if re.fullmatch(r"-?\d{1,7}", rise) else 0
    return Run(text, (height > 0) - (height < 0) if text.strip() else 0)
