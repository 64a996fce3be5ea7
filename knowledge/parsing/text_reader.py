"""Plain text: paragraphs, and headings that are recognisable as such."""

from __future__ import annotations

import re

from knowledge.documents import Block, ParsedDocument
from knowledge.languages import either
from knowledge.languages.sentences import CLAUSE_MARKS, COMMAS, END_MARKS
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_text, join_lines

_UNDERLINE = re.compile(r"^(={3,}|-{3,}|~{3,}|\*{3,}|#{3,})$")
_MARKDOWN_HEADING = re.compile(r"^(#{1,6})\s+(.{1,120}?)\s*#*$")
_CHAPTER_LINE = re.compile(rf"^(?:{either('headings', 'CHAPTER_LINE')})$", re.IGNORECASE)
_SECTION_LINE = re.compile(rf"^(?:{either('headings', 'SECTION_LINE')})$", re.IGNORECASE)
_DECIMAL_HEADING = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[^\W\d_].{0,80}$")
_PUNCTUATED = re.compile(rf"[{END_MARKS}{CLAUSE_MARKS}{COMMAS}]$")
_WRAP_COLUMN = 50


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read paragraphs (separated by blank lines) and headings (marked, underlined or numbered)."""
    sections, blocks = SectionTracker(), []
    paragraphs = re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n"))
    for done, raw in enumerate(paragraphs):
        lines = clean_text(raw).split("\n")
        heading = _heading(lines)
        if heading is not None:
            sections.enter(*heading[:2])
            lines = lines[heading[2] :]
        if any(lines):
            blocks.append(Block(_join_paragraph(lines), sections.next_locator(), sections.heading_path))
        source.report(done + 1, len(paragraphs))
    return ParsedDocument(source.stem, source.media_type, tuple(blocks), 1)


def _heading(lines: list[str]) -> tuple[int, str, int] | None:
    """Return level, title and number of lines of the heading with which a paragraph begins, None without one."""
    first = lines[0]
    if marked := _MARKDOWN_HEADING.match(first):
        return len(marked.group(1)), marked.group(2), 1
    if len(lines) > 1 and _UNDERLINE.match(lines[1]) and 0 < len(first) <= 120:
        return (1 if lines[1].startswith("=") else 2), first, 2
    if len(lines) > 1 or _PUNCTUATED.search(first):
        return None
    if _CHAPTER_LINE.match(first):
        return 1, first, 1
    if _SECTION_LINE.match(first):
        return 2, first, 1
    if decimal := _DECIMAL_HEADING.match(first):
        return decimal.group(1).count(".") + 1, first, 1
    return None


def _join_paragraph(lines: list[str]) -> str:
    """Join the lines of a wrapped paragraph; keep the lines of a list, a verse or a table."""
    body = [line for line in lines if line]
    if any(len(line) < _WRAP_COLUMN for line in body[:-1]) or any(re.match(r"[-*•|\d]+[.)\s]", line) for line in body):
        return "\n".join(body)
    return join_lines(body)
