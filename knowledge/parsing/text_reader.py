"""Plain text: paragraphs, and headings where a writer made them plain."""

from __future__ import annotations

import re

from knowledge.documents import Block, ParsedDocument
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_text, join_lines

_UNDERLINE = re.compile(r"^(={3,}|-{3,}|~{3,}|\*{3,}|#{3,})$")
_MARKDOWN_HEADING = re.compile(r"^(#{1,6})\s+(.{1,120}?)\s*#*$")
_NUMBERED = re.compile(r"^(?:chapter|unit|part|section|lesson|lecture|appendix)\s+[\dIVXLC]+\b.{0,100}$", re.IGNORECASE)
_CHINESE_HEADING = re.compile(r"^第[一二三四五六七八九十百零〇\d]{1,5}([章节課课讲講部篇单單]).{0,40}$")
_DECIMAL_HEADING = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[^\W\d_].{0,80}$")
_SENTENCE_END = re.compile(r"[.!?;:,。！？；：，]$")
_WRAP_COLUMN = 50


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read paragraphs (set off by blank lines) and headings (marked, underlined, numbered, or alone and short)."""
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
    return ParsedDocument(source.stem, "text/plain", tuple(blocks), 1)


def _heading(lines: list[str]) -> tuple[int, str, int] | None:
    """Return level, title and how many lines it takes, when the paragraph begins with a heading."""
    first = lines[0]
    if marked := _MARKDOWN_HEADING.match(first):
        return len(marked.group(1)), marked.group(2), 1
    if len(lines) > 1 and _UNDERLINE.match(lines[1]) and 0 < len(first) <= 120:
        return (1 if lines[1].startswith("=") else 2), first, 2
    if len(lines) > 1 or _SENTENCE_END.search(first):
        return None
    if _NUMBERED.match(first):
        return 1, first, 1
    if chinese := _CHINESE_HEADING.match(first):
        return (2 if chinese.group(1) == "节" else 1), first, 1
    if decimal := _DECIMAL_HEADING.match(first):
        return decimal.group(1).count(".") + 1, first, 1
    return None


def _join_paragraph(lines: list[str]) -> str:
    """Join the lines of a wrapped paragraph; keep those of a list, a verse or a table."""
    body = [line for line in lines if line]
    if any(len(line) < _WRAP_COLUMN for line in body[:-1]) or any(re.match(r"[-*•|\d]+[.)\s]", line) for line in body):
        return "\n".join(body)
    return join_lines(body)
