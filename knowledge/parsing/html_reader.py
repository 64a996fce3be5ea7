"""HTML pages: headings become sections; what a reader sees is read, with its tables and formulas."""

from __future__ import annotations

import re

from lxml import etree, html

from knowledge.documents import Block, ParsedDocument
from knowledge.errors import DocumentDamaged
from knowledge.parsing.html_blocks import HtmlBlockBuilder
from knowledge.parsing.html_visibility import PageStyle
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_line

_NOT_CONTENT = "not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template)"
_NOT_CHROME = f"{_NOT_CONTENT} and not(ancestor::nav or ancestor::footer or ancestor::head)"


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read one page, or only its main part if it marks one."""
    root = parse_html(text)
    if root is None:
        raise DocumentDamaged(f"{source.name} contains no HTML elements; save the page and upload it again.")
    style = PageStyle.of(root)
    blocks = extract_html_blocks(_main_part(root), SectionTracker(), style)
    source.report(1, 1)
    title = clean_line(root.findtext(".//title") or "")
    first = next((block.heading[0] for block in blocks if block.heading), "")
    return ParsedDocument(title or first or source.stem, source.media_type, tuple(blocks), 1, style.notes())


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


def extract_html_blocks(
    root: html.HtmlElement, sections: SectionTracker, style: PageStyle | None = None
) -> list[Block]:
    """Return the blocks below an element, entering its headings into `sections`."""
    walk = HtmlBlockBuilder(sections, style or PageStyle.of(root))
    walk.visit(root, 0)
    walk.flush()
    return walk.blocks


def _main_part(root: html.HtmlElement) -> html.HtmlElement:
    """Return the <main> if it has a good part of the page's text, or the only <article> if it has most of it."""
    for path, least in ((".//main", 0.25), (".//*[@role='main']", 0.25), (".//article", 0.6)):
        found = root.findall(path)
        if len(found) == 1 and _text_length(found[0]) > least * _text_length(root):
            return found[0]
    return root


def _text_length(element: html.HtmlElement) -> int:
    return sum(len(text.strip()) for text in element.xpath(f".//text()[{_NOT_CHROME}]"))
