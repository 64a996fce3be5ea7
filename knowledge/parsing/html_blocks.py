"""The blocks of an HTML page: its elements in order, as paragraphs, lists, tables and code below their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import html

from knowledge.documents import Block
from knowledge.parsing.html_tables import table_cells
from knowledge.parsing.html_visibility import PageStyle, is_back_link, is_contents_list, is_note_reference
from knowledge.parsing.list_numbers import format_number
from knowledge.parsing.mathml_to_latex import from_mathml
from knowledge.parsing.runs import Run, join_runs, key_terms
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.text_cleaning import clean_code, clean_line, clean_text, format_table

_DROPPED_TAGS = frozenset(
    "style noscript template iframe object embed canvas audio video select input textarea head meta link base map rp "
    "del".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE_TAGS = frozenset(
    "a abbr b bdi bdo big cite code data dfn em font i img ins kbd label mark math nobr q ruby rb rt s samp "
    "small span strike strong sub sup time tt u var wbr br".split()
)
_EMPHASIS_TAGS = frozenset("b strong i em dfn u".split())
_LISTS = ("ul", "ol", "menu")
_MAX_DEPTH = 400
_LONG_ITEM = 400  # characters; longer items are paragraphs of their own


@dataclass(slots=True)
class HtmlBlockBuilder:
    """Walks the elements in order; text accumulates until the next block element."""

    sections: SectionTracker
    style: PageStyle
    whole: bool = True  # False inside a cell or an item: headings are text, lists in `left_out` are read by others
    blocks: list[Block] = field(default_factory=list)
    left_out: frozenset[html.HtmlElement] = frozenset()
    key_terms: list[str] = field(default_factory=list)  # of the current block
    _runs: list[Run] = field(default_factory=list)
    _shift: int = 0
    _is_emphasised: bool = False
    _marker: str = ""

    def flush(self) -> None:
        """Close the current block."""
        text = clean_text(join_runs(self._runs))
        self.key_terms += key_terms(self._runs)
        self._runs = []
        self._add(text)

    def _add(self, text: str) -> None:
        if text.strip():
            text, self._marker = self._marker + text, ""
            terms = tuple(dict.fromkeys(term for term in self.key_terms if term in text))
            self.blocks.append(Block(text, self.sections.next_locator(), self.sections.heading_path, terms))
        self.key_terms = []

    def visit(self, element: html.HtmlElement, depth: int) -> None:
        """Add the content of an element; raises RecursionError."""
        if depth > _MAX_DEPTH:
            raise RecursionError
        self._append_text(element.text)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, depth)
            self._append_text(child.tail)

    def _append_text(self, text: str | None) -> None:
        if text:
            self._runs.append(Run(re.sub(r"\s+", " ", text), self._shift, emphasised=self._is_emphasised))

    def _child(self, element: html.HtmlElement, depth: int) -> None:
        element.tag = element.tag.rpartition("}")[2].lower()
        tag = element.tag
        if tag in _DROPPED_TAGS or element in self.left_out or self.style.is_hidden(element):
            return
        if tag in _INLINE_TAGS:
            self._inline(element, depth)
        elif tag in _HEADINGS and self.whole:
            self._heading(element, _HEADINGS[tag])
        elif tag in _LISTS:
            self._list(element, depth)
        elif tag in _SPECIAL:
            _SPECIAL[tag](self, element)
        else:
            self.flush()
            self.visit(element, depth + 1)
            self.flush()

    def _inline(self, element: html.HtmlElement, depth: int) -> None:
        tag = element.tag
        if tag in _INLINE_LEAVES:
            self._runs += _INLINE_LEAVES[tag](element, self)
            return
        if tag == "a" and is_back_link(element):
            return
        shift = self.style.shift(element)
        if (tag == "a" or shift > 0 or element.get("role")) and is_note_reference(element, self.style):
            return
        outer = self._shift, self._is_emphasised
        self._shift = shift or self._shift
        self._is_emphasised = self._is_emphasised or tag in _EMPHASIS_TAGS
        self.visit(element, depth + 1)
        self._shift, self._is_emphasised = outer

    def inner_text(self, element: html.HtmlElement, left_out: frozenset[html.HtmlElement] = frozenset()) -> str:
        """Return all visible text below an element on one line."""
        walk = HtmlBlockBuilder(SectionTracker(), self.style, whole=False, left_out=left_out)
        walk.visit(element, 0)
        walk.flush()
        self.key_terms += (term for block in walk.blocks for term in block.key_terms)
        return " ".join(block.text for block in walk.blocks)

    def _heading(self, element: html.HtmlElement, level: int) -> None:
        self.flush()
        title = clean_line(self.inner_text(element)).rstrip("¶# ")
        self.key_terms = []
        if title:
            self.sections.enter(level, title)

    def _code(self, element: html.HtmlElement) -> None:
        self.flush()
        code = clean_code(element.text_content())
        self._add(f"```\n{code}\n```" if code.strip() else "")

    def _list(self, element: html.HtmlElement, depth: int) -> None:
        """Add a list as one block, or item by item if items are long or contain blocks."""
        if is_contents_list(element):
            return
        self.flush()
        if element.xpath(".//table|.//pre|.//h1|.//h2|.//h3"):
            for marker, item in _marked_items(element, self.style):
                self._marker = marker
                self.visit(item, depth + 1)
                self.flush()
            return
        lines = list(self._list_lines(element, depth))
        if max(map(len, lines), default=0) > _LONG_ITEM:
            terms = self.key_terms
            for line in lines:
                self.key_terms = terms
                self._add(line.removeprefix("- "))
        else:
            self._add("\n".join(lines))

    def _list_lines(self, element: html.HtmlElement, depth: int) -> Iterator[str]:
        """Yield a line for each item, those of lists in it with an indent."""
        if depth > _MAX_DEPTH:
            raise RecursionError
        for marker, item in _marked_items(element, self.style):
            if item.tag in _LISTS:
                yield from (f"  {line}" for line in self._list_lines(item, depth + 1))
                continue
            inner = [found for found in item.iter(*_LISTS) if next(found.iterancestors("li", *_LISTS), None) is item]
            text = clean_line(self.inner_text(item, frozenset(inner)))
            if text:
                yield (marker or "- ") + text
            for part in inner:
                if not self.style.is_hidden(part):
                    yield from (f"  {line}" for line in self._list_lines(part, depth + 1))

    def _table(self, element: html.HtmlElement) -> None:
        """Add a table of data as rows of cells; the content of a layout table is added as if it were none."""
        self.flush()
        nested = element.find(".//table") is not None
        rows = [] if nested else table_cells(element, self.inner_text, self.style.is_hidden)
        if max(map(len, rows), default=0) < 2:
            self.visit(element, 0)
            self.flush()
            return
        caption = element.find("caption")
        self._add("" if caption is None else clean_line(self.inner_text(caption)))
        self._add(format_table(rows))

    def _button(self, element: html.HtmlElement) -> None:
        """Add a button that is a heading: the one of what follows it, not the one that sends a form or closes a box."""
        following = element.getnext()
        opens = following is not None and following.tag in ("div", "section", "p", "ul", "ol", "dl", "table")
        in_form = next(element.iterancestors("form"), None) is not None
        if not self.whole or (opens and not in_form) or element.get("aria-expanded") is not None:
            self.flush()
            self.visit(element, 0)
            self.flush()

    def _drawing(self, element: html.HtmlElement) -> None:
        """Add the labels of a drawing; the title of an icon is none."""
        labels = [clean_line(text.text_content()) for text in element.iter("{*}text")]
        self.flush()
        self._add(" ".join(filter(None, labels)))

    def _script(self, element: html.HtmlElement) -> None:
        """Add a formula, which some pages keep in a script for the browser to typeset."""
        if element.get("type", "").startswith("math/tex") and (element.text or "").strip():
            self._runs.append(Run(f"${(element.text or '').strip()}$"))


_SPECIAL = {
    "table": HtmlBlockBuilder._table,
    "pre": HtmlBlockBuilder._code,
    "button": HtmlBlockBuilder._button,
    "svg": HtmlBlockBuilder._drawing,
    "script": HtmlBlockBuilder._script,
}


def _ruby(element: html.HtmlElement, walk: HtmlBlockBuilder) -> Iterator[Run]:
    """Yield the characters with their pronunciation."""
    base = element.text or ""
    for child in element:
        tag = child.tag.rpartition("}")[2].lower() if isinstance(child.tag, str) else ""
        if tag == "rt":
            yield Run(base, reading=clean_line(child.text_content()))
            base = ""
        elif tag not in ("rp", "rtc", ""):
            base += child.text_content()
        base += (child.tail or "").strip()
    yield Run(base)


def _quoted(element: html.HtmlElement, walk: HtmlBlockBuilder) -> Iterator[Run]:
    yield Run(f"“{walk.inner_text(element)}”")


_INLINE_LEAVES = {
    "math": lambda element, walk: (Run(from_mathml(element)),),
    "br": lambda element, walk: (Run("\n"),),
    "img": lambda element, walk: (Run(re.sub(r"\s+", " ", element.get("alt") or "")),),
    "ruby": _ruby,
    "q": _quoted,
}


def _marked_items(element: html.HtmlElement, style: PageStyle) -> Iterator[tuple[str, html.HtmlElement]]:
    """Yield the visible items of a list, each with "3. " or "b. " if the list is an ordered one.

    A list that stands in it without an item of its own has no number.
    """
    step = -1 if element.get("reversed") is not None else 1
    number = _as_number(element.get("start"), 1 if step > 0 else len(element.findall("li")))
    kind = element.get("type") or style.list_style(element) or "decimal"
    for item in element.iterchildren("li", *_LISTS):
        text = ""
        if item.tag == "li":
            number = _as_number(item.get("value"), number)
            text = format_number(number, kind) if element.tag == "ol" else ""
            number += step
        if not style.is_hidden(item):
            yield f"{text}. " if text else "", item


def _as_number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text.strip()) else default
