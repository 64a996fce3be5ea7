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
    counts = [0] * _LEVELS
    return "\n".join(
        _marker(paragraph, counts) + join_runs(_runs(paragraph, 0)) for paragraph in element.iter(qn("a:p"))
    )


def _marker(paragraph: Any, counts: list[int]) -> str:
    """Return the number or letter before a paragraph of a numbered list, counted by level."""
    properties = paragraph.find(qn("a:pPr"))
    level = int(properties.get("lvl", "0")) if properties is not None else 0
    number = None if properties is None else properties.find(qn("a:buAutoNum"))
    if not any(one.text for one in paragraph.iter(qn("a:t"))) or level >= _LEVELS:
        return ""
    counts[level + 1 :] = [0] * (_LEVELS - level - 1)
    if number is None:
        counts[level] = 0
        return ""
    counts[level] += 1
    kind = number.get("type", "arabicPeriod")
    name = next((word for start, word in _KINDS if kind.startswith(start)), "decimal")
    text = format_number(int(number.get("startAt", "1")) + counts[level] - 1, name)
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
