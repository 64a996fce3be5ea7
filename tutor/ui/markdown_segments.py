"""Cuts Markdown into plain text, code and formulas, in one pass whose time grows with the length of the text.

`reads_alike` says whether the browser is sure to cut it in the same places. The browser's parser differs from the
standard: it takes formulas out first, even from code, and cells of tables, strikethrough and emphasis before code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

FORMULA_MARKS = (("$$", "$$"), (r"\[", r"\]"), (r"\(", r"\)"))  # in the order in which the browser looks for them
FORMULA_PLACEHOLDER = "%%%LATEX_BLOCK_"  # the browser writes it, and a number, in place of a formula
# What a component is told to look for; all that show cleaned Markdown must be told the same.
LATEX_DELIMITERS = [{"left": a, "right": b, "display": a != r"\("} for a, b in FORMULA_MARKS]
NONCHARACTERS = "\ufdd0-\ufdef"  # must not be in a text that is cut: two of them mark places
_CODE, _FORMULA = "\ufdd0", "\ufdd1"

_OPENING = re.compile(
    r"(?<![^\n])(?P<fence>`{3,}+|~{3,}+)(?P<language>[^\n`]*+)\n"
    r"|(?<![\\`])(?P<span>`{1,2}+)(?!`)"
    r"|(?P<formula>\$\$|\\\[|\\\()"
    r"|(?<![\\$\w])\$(?P<dollar>[^\s$](?:[^$\n]{0,200}?[^\s$\\])?)\$(?![\d$])"
)
_BLANK_LINE = re.compile(r"\n[ \t]*+\n")
_SPAN_END = {length: re.compile(rf"(?<!`)`{{{length}}}(?!`)") for length in (1, 2)}
_LIKE_FENCE = re.compile(r"^[ \t]*+(?:`{3}|~{3})", re.MULTILINE)
_SPLITTING = re.compile(r"[\n|~]")  # lines, cells and strikethrough end inside code
_EMPHASIS = re.compile(r"[*_]")
_BRACKETS = re.compile(r"\][(\[:]")


class SegmentKind(StrEnum):
    """What a stretch of Markdown is."""

    PLAIN = "plain"
    FENCE = "fence"
    SPAN = "span"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of Markdown: its content between an opening and a closing mark, which are "" in plain text."""

    kind: SegmentKind
    content: str
    opening: str = ""
    closing: str = ""
    language: str = ""  # of a fence
    is_dollar: bool = False  # a formula between single dollars

    @property
    def text(self) -> str:
        """The Markdown of this stretch."""
        if self.kind is SegmentKind.FENCE:
            return f"{self.opening}{self.language}\n{self.content}\n{self.closing}"
        return self.opening + self.content + self.closing


def split_markdown(text: str) -> Iterator[Segment]:
    """Yield the stretches of a Markdown text in order; a fence that is not closed ends with the text."""
    ends = _Ends(text)
    last = at = 0
    while opening := _OPENING.search(text, at):
        found = ends.find(opening)
        if found is None:  # a mark that nothing closes is plain text
            at = opening.end() if opening["formula"] or opening["span"] else opening.start() + 1
            continue
        segment, at = found
        if last < opening.start():
            yield Segment(SegmentKind.PLAIN, text[last : opening.start()])
        yield segment
        last = at
    if last < len(text):
        yield Segment(SegmentKind.PLAIN, text[last:])


@dataclass(slots=True)
class _Ends:
    """Finds where code and formulas end; what was searched in vain is not searched again."""

    text: str
    _unclosed: set[str] = field(default_factory=set)
    _blank_line: int = -1  # the next one from where spans were last looked for

    def find(self, opening: re.Match[str]) -> tuple[Segment, int] | None:
        """Return the segment that the match opens and the place behind it; None if it is not closed."""
        if opening["fence"]:
            return self._fence(opening)
        if opening["span"]:
            return self._span(opening["span"], opening.end())
        if opening["dollar"]:
            return Segment(SegmentKind.FORMULA, opening["dollar"], r"\(", r"\)", is_dollar=True), opening.end()
        return self._formula(opening["formula"], opening.end())

    def _fence(self, opening: re.Match[str]) -> tuple[Segment, int]:
        marks, start = opening["fence"], opening.end()
        closed = re.compile(rf"\n{marks}[`~]*+[ \t]*+(?=\n|\Z)").search(self.text, start - 1)
        end, behind = (closed.start(), closed.end()) if closed else (len(self.text), len(self.text))
        content = self.text[start : max(start, end)]
        return Segment(SegmentKind.FENCE, content, marks, marks, opening["language"].strip()), behind

    def _span(self, marks: str, start: int) -> tuple[Segment, int] | None:
        if self._blank_line < start:
            blank = _BLANK_LINE.search(self.text, start)
            self._blank_line = blank.start() if blank else len(self.text)
        closed = _SPAN_END[len(marks)].search(self.text, start, self._blank_line)
        if closed is None:
            return None
        return Segment(SegmentKind.SPAN, self.text[start : closed.start()], marks, marks), closed.end()

    def _formula(self, mark: str, start: int) -> tuple[Segment, int] | None:
        closing = dict(FORMULA_MARKS)[mark]
        end = -1 if mark in self._unclosed else self.text.find(closing, start + 1)
        if end < 0:
            self._unclosed.add(mark)
            return None
        return Segment(SegmentKind.FORMULA, self.text[start:end], mark, closing), end + len(closing)


def reads_alike(segments: Sequence[Segment]) -> bool:
    """Whether the browser is sure to find the same code and formulas; False if in doubt."""
    code = [s for s in segments if s.kind in (SegmentKind.SPAN, SegmentKind.FENCE)]
    if any(FORMULA_PLACEHOLDER in segment.content for segment in code):
        return False
    return _spans_read_alike(segments) and _fences_read_alike(segments) and _formulas_read_alike(segments)


def _spans_read_alike(segments: Sequence[Segment]) -> bool:
    outside = "".join(segment.content for segment in segments if segment.kind is SegmentKind.PLAIN)
    spans = [segment for segment in segments if segment.kind is SegmentKind.SPAN]
    if (
        "`" in outside
        or _begins_after_tilde(segments)
        or any(len(span.opening) > 1 or _SPLITTING.search(span.content) for span in spans)
    ):
        return False
    has_brackets = any(_BRACKETS.search(span.content) for span in spans)
    if has_brackets and "[" in outside:  # a link may begin before the code and end in it
        return False
    has_emphasis = any(_EMPHASIS.search(span.content) for span in spans)
    return not (has_emphasis and (has_brackets or "<" in outside))


def _begins_after_tilde(segments: Sequence[Segment]) -> bool:
    """Whether code begins right after a tilde, which the browser then reads together with the mark."""
    pairs = zip(segments, segments[1:], strict=False)
    return any(after.kind is SegmentKind.SPAN and before.text.endswith("~") for before, after in pairs)


def _fences_read_alike(segments: Sequence[Segment]) -> bool:
    """Whether no line of a fence looks like another fence."""
    return not any(_LIKE_FENCE.search(s.content) for s in segments if s.kind is SegmentKind.FENCE)


def _formulas_read_alike(segments: Sequence[Segment]) -> bool:
    """Whether all formulas, and no part of code, remain when the browser has taken formulas out."""
    marks = {SegmentKind.FENCE: _CODE, SegmentKind.SPAN: _CODE, SegmentKind.FORMULA: _FORMULA}
    marked = "".join(mark.join((s.opening, s.content, s.closing)) for s in segments for mark in [marks.get(s.kind, "")])
    left = _take_formulas_out(marked)
    return left.count(_CODE) == marked.count(_CODE) and _FORMULA not in left


def _take_formulas_out(text: str) -> str:
    for opening, closing in FORMULA_MARKS:
        kept, at = [], 0
        while (start := text.find(opening, at)) >= 0:
            end = text.find(closing, start + len(opening) + 1)
            if end < 0:
                break
            kept.append(text[at:start])
            at = end + len(closing)
        text = "".join([*kept, text[at:]])
    return text
