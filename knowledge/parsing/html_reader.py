"""HTML pages: headings become sections; scripts, navigation and hidden parts are dropped; tables and formulas stay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree, html

from knowledge.documents import Block, ParsedDocument
from knowledge.errors import DocumentDamaged
from knowledge.parsing.mathml_to_latex import from_mathml
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_code, clean_line, clean_text, format_table

_DROPPED_TAGS = frozenset(
    "script style noscript template nav aside form iframe object embed svg canvas audio video button select "
    "input textarea dialog menu head meta link base map rp".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE_TAGS = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font i img ins kbd label mark math nobr q ruby rb rt s samp "
    "small span strike strong sub sup time tt u var wbr br".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])")
_PAGE_CHROME = re.compile(
    r"\b(?:navbar|nav-?bar|breadcrumbs?|cookie|sidebar|toc|headerlink|skip-?link|footer|sr-only)\b"
)
_MAX_DEPTH = 400


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read one page, or only its main part if it marks one."""
    root = parse_html(text)
    if root is None:
        raise DocumentDamaged(f"{source.name} contains no HTML elements; save the page and upload it again.")
    sections = SectionTracker()
    blocks = extract_html_blocks(_main_part(root), sections)
    source.report(1, 1)
    title = clean_line(root.findtext(".//title") or "")
    first = next((block.heading[0] for block in blocks if block.heading), "")
    return ParsedDocument(title or first or source.stem, source.media_type, tuple(blocks), 1)


def parse_html(text: str) -> html.HtmlElement | None:
    """Return the root element, None for an empty page; no network, no entities that the page defines."""
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff")).replace("\x00", "")
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text, parser=parser)
    except etree.ParserError:
        return None


def html_to_paragraphs(fragment: str) -> list[str]:
    """Return the paragraphs of a fragment of HTML."""
    root = parse_html(fragment)
    return [] if root is None else [block.text for block in extract_html_blocks(root, SectionTracker())]


def extract_html_blocks(root: html.HtmlElement, sections: SectionTracker) -> list[Block]:
    """Return the blocks below an element, entering its headings into `sections`."""
    walk = _HtmlBlockBuilder(sections)
    walk.visit(root, 0)
    walk.flush()
    return walk.blocks


def _main_part(root: html.HtmlElement) -> html.HtmlElement:
    """Return the <main>, or the only <article>, if it has a good part of the page's text."""
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = root.findall(path)
        if len(found) == 1 and 2 * len(found[0].text_content()) > len(root.text_content()) / 2:
            return found[0]
    return root


@dataclass(slots=True)
class _HtmlBlockBuilder:
    """Walks the elements in order; text accumulates until the next block element."""

    sections: SectionTracker
    blocks: list[Block] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    def flush(self) -> None:
        """Close the current block."""
        text = clean_text("".join(self._text))
        self._text = []
        self._add(text)

    def _add(self, text: str) -> None:
        if text.strip():
            self.blocks.append(Block(text, self.sections.next_locator(), self.sections.heading_path))

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
            self._text.append(re.sub(r"\s+", " ", text))

    def _child(self, element: html.HtmlElement, depth: int) -> None:
        tag = element.tag.rpartition("}")[2].lower()
        if tag in _DROPPED_TAGS or _is_hidden(element):
            return
        if tag in _HEADINGS:
            self._heading(element, _HEADINGS[tag])
        elif tag == "table":
            self._table(element)
        elif tag == "pre":
            self._code(element)
        elif tag in ("ul", "ol"):
            self._list(element, depth)
        elif tag == "math":
            self._text.append(from_mathml(element))
        elif tag == "br":
            self._text.append("\n")
        elif tag == "img":
            self._append_text(element.get("alt"))
        elif tag in _INLINE_TAGS:
            self.visit(element, depth + 1)
        else:
            self.flush()
            self.visit(element, depth + 1)
            self.flush()

    def _heading(self, element: html.HtmlElement, level: int) -> None:
        self.flush()
        title = clean_line(_inner_text(element)).rstrip("¶# ")
        if title:
            self.sections.enter(level, title)

    def _code(self, element: html.HtmlElement) -> None:
        self.flush()
        code = clean_code(element.text_content())
        self._add(f"```\n{code}\n```" if code.strip() else "")

    def _list(self, element: html.HtmlElement, depth: int) -> None:
        """Add a list as one block, or item by item if items are long or contain blocks."""
        items = [_inner_text(item) for item in element.iterchildren("li")]
        if element.xpath(".//table|.//pre|.//h1|.//h2|.//h3") or max(map(len, items), default=0) > 400:
            self.flush()
            self.visit(element, depth + 1)
            self.flush()
            return
        self.flush()
        self._add("\n".join(f"- {text}" for text in map(clean_line, items) if text))

    def _table(self, element: html.HtmlElement) -> None:
        """Add a table of data as rows of cells; the content of a layout table is added as if it were none."""
        self.flush()
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table"), None) is element]
        cells = [[_inner_text(cell) for cell in row.iterchildren("td", "th")] for row in rows]
        nested = element.find(".//table") is not None
        if nested or max(map(len, cells), default=0) < 2:
            self.visit(element, 0)
            self.flush()
            return
        caption = element.find("caption")
        self._add("" if caption is None else clean_line(_inner_text(caption)))
        self._add(format_table(cells))


def _is_hidden(element: html.HtmlElement) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if _HIDDEN.search(element.get("style", "").lower()):
        return True
    if element.tag == "footer":
        return element.getparent() is not None and element.getparent().tag == "body"
    return element.get("role") in ("navigation", "banner", "contentinfo", "search") or bool(
        _PAGE_CHROME.search(element.get("class", "").lower())
    )


def _inner_text(element: html.HtmlElement) -> str:
    """Return all visible text below an element on one line."""
    walk = _HtmlBlockBuilder(SectionTracker())
    for child in element:
        if isinstance(child.tag, str) and child.tag in _HEADINGS:
            child.tag = "div"
    walk.visit(element, 0)
    walk.flush()
    return " ".join(block.text for block in walk.blocks)
