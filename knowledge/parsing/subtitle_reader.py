"""Subtitles (SRT, WebVTT): the text in whole sentences, with the second at which each begins."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.languages.sentences import ends_sentence
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_text, join_lines

_TIMES = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{1,3}\s*-->")
_MARKUP = re.compile(r"<[^>\n]{0,200}>|\{\\[^}\n]{0,80}\}")
_MAX_BLOCK_S = 60
_MAX_BLOCK_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class _Cue:
    second: int
    text: str


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read the cues in order, joined into sentences, without repeated lines."""
    blocks = tuple(
        Block(sentences, Locator(LocatorKind.SECOND, second, format_timestamp(second)))
        for second, sentences in _join_sentences(_parse_cues(text))
    )
    source.report(1, 1)
    return ParsedDocument(source.stem, source.media_type, blocks, 1)


def format_timestamp(second: int) -> str:
    """Return "00:12:40"."""
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _parse_cues(text: str) -> Iterator[_Cue]:
    """Yield the cues without markup and without the lines that a rolling caption repeats."""
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
        if ends_sentence(cue.text) or sum(map(len, parts)) > _MAX_BLOCK_CHARACTERS:
            yield begin, join_lines(parts)
            parts = []
    if parts:
        yield begin, join_lines(parts)
