"""Subtitles (SRT, WebVTT): what is said, cut at sentences, with the second at which it begins."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_text, join_lines

_TIMES = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{1,3}\s*-->")
_MARKUP = re.compile(r"<[^>\n]{0,200}>|\{\\[^}\n]{0,80}\}")
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’)\]]*$")
_MAX_BLOCK_S = 60
_MAX_BLOCK_CHARACTERS = 400  # characters


@dataclass(frozen=True, slots=True)
class _Cue:
    second: int
    text: str


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read the cues in order, joined into sentences; a line that only repeats the last one is dropped."""
    kind = "text/vtt" if text.lstrip("\ufeff \n").startswith("WEBVTT") else "application/x-subrip"
    blocks = tuple(
        Block(spoken, Locator(LocatorKind.SECOND, second, format_timestamp(second)))
        for second, spoken in _join_sentences(_parse_cues(text))
    )
    source.report(1, 1)
    return ParsedDocument(source.stem, kind, blocks, 1)


def format_timestamp(second: int) -> str:
    """Return "00:12:40"."""
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _parse_cues(text: str) -> Iterator[_Cue]:
    """Cues without markup, without the lines that a rolling caption shows again."""
    shown: list[str] = []
    for part in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        times = _TIMES.search(part)
        if times is None:
            continue
        hours, minutes, seconds = (int(group or 0) for group in times.groups())
        body = part[times.end() :].partition("\n")[2]
        lines = [line for line in clean_text(html.unescape(_MARKUP.sub("", body))).split("\n") if line]
        fresh = [line for line in lines if line not in shown]
        shown = lines or shown
        if fresh:
            yield _Cue(3600 * hours + 60 * minutes + seconds, join_lines(fresh))


def _join_sentences(cues: Iterator[_Cue]) -> Iterator[tuple[int, str]]:
    begin, parts = 0, list[str]()
    for cue in cues:
        if parts and cue.second - begin > _MAX_BLOCK_S:
            yield begin, join_lines(parts)
            parts = []
        begin = begin if parts else cue.second
        parts.append(cue.text)
        if _SENTENCE_END.search(cue.text) or sum(map(len, parts)) > _MAX_BLOCK_CHARACTERS:
            yield begin, join_lines(parts)
            parts = []
    if parts:
        yield begin, join_lines(parts)
