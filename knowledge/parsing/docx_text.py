"""The text of a Word paragraph, with all tracked changes accepted, and what hangs on it: boxes, pictures, drawings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from knowledge.parsing.docx_styles import CharacterFormat, Styles
from knowledge.parsing.mathml_to_latex import from_omml
from knowledge.parsing.office_drawings import description
from knowledge.parsing.runs import Run, join_runs, key_terms
from knowledge.parsing.symbol_fonts import decode_symbols
from knowledge.parsing.text_cleaning import clean_text

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
SKIPPED = frozenset(
    qn(f"w:{name}")
    for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "tblPr", "trPr", "tcPr", "sectPr")
) | {f"{_COMPATIBILITY}Fallback"}
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
_MAX_DEPTH = 60


@dataclass(slots=True)
class ParagraphText:
    """The pieces of a paragraph, and what hangs on it: text boxes, drawings and descriptions of pictures."""

    runs: list[Run] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    drawings: list[Any] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    hidden: int = 0  # characters
    pictured_equations: int = 0

    @property
    def text(self) -> str:
        return clean_text(join_runs(self.runs))

    @property
    def key_terms(self) -> tuple[str, ...]:
        return key_terms(self.runs)


def is_placeholder(element: Any) -> bool:
    """Whether an element is a content control that only shows its prompt ("Click here to enter text")."""
    return element.tag == qn("w:sdt") and element.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None


def read_paragraph(paragraph: Any, styles: Styles) -> ParagraphText:
    """Return the content of a `w:p`; raises RecursionError."""
    content = ParagraphText()
    _add(paragraph, styles, content, CharacterFormat(), 0)
    return content


def _add(element: Any, styles: Styles, content: ParagraphText, style: CharacterFormat, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise RecursionError
    for child in element:
        tag = child.tag
        if tag in SKIPPED or not isinstance(tag, str) or is_placeholder(child):
            continue
        if tag == qn("w:r"):
            _add(child, styles, content, styles.character(child.find(qn("w:rPr"))), depth + 1)
        elif tag == qn("w:txbxContent"):
            content.boxes.append(child)
        elif tag == qn("w:ruby"):
            _add_ruby(child, styles, content, style)
        elif tag == _MATH:
            content.runs.append(Run(from_omml(child)))
        elif tag in _CHARACTERS or tag in (qn("w:t"), qn("w:sym")):
            _add_characters(child, content, style)
        else:
            _note_drawing(child, content)
            _add(child, styles, content, style, depth + 1)


_CHARACTERS = {qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def _add_characters(element: Any, content: ParagraphText, style: CharacterFormat) -> None:
    if element.tag == qn("w:sym"):
        code = element.get(qn("w:char"), "")
        sign = chr(int(code, 16)) if len(code) == 4 else ""
        text = decode_symbols(sign, element.get(qn("w:font"), ""))
    else:
        text = _CHARACTERS.get(element.tag) or decode_symbols(element.text or "", style.font or "")
    if style.hidden:
        content.hidden += len(text.strip())
    else:
        shift = (style.shift or 0) if text.strip() else 0
        content.runs.append(Run(text, shift, emphasised=bool(style.emphasised)))


def _add_ruby(element: Any, styles: Styles, content: ParagraphText, style: CharacterFormat) -> None:
    parts = {qn("w:rubyBase"): "", qn("w:rt"): ""}
    for tag in parts:
        for part in element.iterchildren(tag):
            parts[tag] += read_paragraph(part, styles).text
    if not style.hidden:
        content.runs.append(Run(parts[qn("w:rubyBase")], reading=parts[qn("w:rt")]))


def _note_drawing(element: Any, content: ParagraphText) -> None:
    if element.tag == qn("wp:docPr"):
        text = description(element)
        content.pictures += [text] if text and text not in content.pictures else []
    elif element.tag == qn("a:graphicData"):
        content.drawings.append(element)
    elif element.tag == _OLE:
        content.pictured_equations += element.get("ProgID", "").startswith(("Equation", "MathType"))
