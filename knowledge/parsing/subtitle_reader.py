"""Subtitles (SRT, WebVTT): the text in whole sentences, with the second at which each begins."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.languages.sentences import ends_sentence
from knowledge.parsing.formats import WEBVTT
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_text, join_lines

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"^[^\S\n]*{_TIME}[^\S\n]*-->[^\S\n]*(?:{_TIME})?[^\n]*$", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_TAG = re.compile(r"<(/?)(b|i|u|s|font|c|v|lang|ruby|rt)((?:[.\s][^<>\n]{0,200})?)>|<[\d:.]{5,15}>", re.IGNORECASE)
_POSITION = re.compile(r"\{\\[^}\n]{0,80}\}")
_CONTIGUOUS_S = 0.25  # a caption that rolls on follows the one before at once
_MAX_BLOCK_S = 60
_MAX_BLOCK_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class _Cue:
    begin: float
    end: float
    lines: list[str]


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read the cues in order, joined into sentences, without repeated lines."""
    blocks = tuple(
        Block(sentences, Locator(LocatorKind.SECOND, second, format_timestamp(second)))
        for second, sentences in _join_sentences(_without_repeats(_parse_cues(text)))
    )
    source.report(1, 1)
    return ParsedDocument(source.stem, source.media_type, blocks, 1)


def format_timestamp(second: int) -> str:
    """Return "00:12:40"."""
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _parse_cues(text: str) -> Iterator[_Cue]:
    """Yield the cues without markup. In SubRip an empty line may be part of a cue, in WebVTT it ends the cue."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    ends_at_blank = text.lstrip("\ufeff \t\n").startswith(WEBVTT.start)
    found = list(_TIMES.finditer(text))
    for number, times in enumerate(found):
        last = number + 1 == len(found)
        body = text[times.end() : len(text) if last else found[number + 1].start()]
        if ends_at_blank:
            body = _BLANK_LINE.split(body, maxsplit=1)[0]
        elif not last:
            body = _without_index(body)
        lines = [line for line in clean_text(html.unescape(_without_markup(body))).split("\n") if line]
        begin = _seconds(times.groups()[:4])
        yield _Cue(begin, _seconds(times.groups()[4:]) or begin, lines)


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    return 3600 * hours + 60 * minutes + seconds + float(f"0.{parts[3] or 0}")


def _without_index(body: str) -> str:
    """Return the text of a cue without the number of the next one."""
    lines = body.rstrip().split("\n")
    return "\n".join(lines[:-1] if lines[-1].strip().isdigit() else lines)


def _without_markup(text: str) -> str:
    """Return text without tags; "<" in "x < 3", in "List<int>" and in a lone "a<b>c" is no tag."""
    closed = {tag.group(2).lower() for tag in _TAG.finditer(text) if tag.group(1)}

    def replace(tag: re.Match[str]) -> str:
        name = (tag.group(2) or "").lower()
        inside_a_word = text[max(0, tag.start() - 1) : tag.start()].isalnum()
        return tag.group() if name and not tag.group(3) and inside_a_word and name not in closed else ""

    return _TAG.sub(replace, _POSITION.sub("", text))


def _without_repeats(cues: Iterator[_Cue]) -> Iterator[tuple[int, str]]:
    """Yield second and text of the cues, without the lines that a rolling caption shows again."""
    shown: list[str] = []
    end = float("-inf")
    for cue in cues:
        rolling = cue.begin - end <= _CONTIGUOUS_S
        fresh = [line for line in cue.lines if not (rolling and line in shown)]
        shown = cue.lines or (shown if rolling else [])
        end = cue.end
        if fresh:
            yield int(cue.begin), join_lines(fresh)


def _join_sentences(cues: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    begin, parts = 0, list[str]()
    for second, text in cues:
        if parts and second - begin > _MAX_BLOCK_S:
            yield begin, join_lines(parts)
            parts = []
        begin = begin if parts else second
        parts.append(text)
        if ends_sentence(text) or sum(map(len, parts)) > _MAX_BLOCK_CHARACTERS:
            yield begin, join_lines(parts)
            parts = []
    if parts:
        yield begin, join_lines(parts)
