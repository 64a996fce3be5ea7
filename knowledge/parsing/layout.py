"""Page layout: turns lines with positions into paragraphs in reading order. Pure geometry, independent of PDF.

Positions are in points from the lower left corner of the page.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from knowledge.languages import either
from knowledge.languages.sentences import CLAUSE_MARKS, CLOSING_MARKS, END_MARKS
from knowledge.parsing.runs import Run, join_runs
from knowledge.parsing.text_cleaning import is_cjk

_SENTENCE_END = re.compile(rf"[{END_MARKS}{CLAUSE_MARKS}{CLOSING_MARKS}]$")
BULLET = re.compile(r"^(?:[•●○◦▪■–·∙‣\u2022\uf0b7*-]\s?\S|\(?\d{1,2}[.)]\s|\(?[a-z][.)]\s)")
_CAPTION = re.compile(rf"^(?:{either('figures', 'CAPTION_NAME')})\s*\d", re.IGNORECASE)
_LOOK_AHEAD = 16  # paragraphs that a figure may consist of
_FOOTNOTE_MARK = re.compile(r"^[\d⁰¹²³⁴-⁹*∗†‡§¶]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_MIN_COLUMN_LINES = 5  # lines
_LEADING = 0.75  # largest extra gap between lines of one paragraph, in line heights


@dataclass(frozen=True, slots=True)
class LayoutLine:
    """A run of text on one baseline. `height` is that of its font; `hyphen`: it ends in a typesetter's hyphen."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    height: float
    bold: bool = False
    hyphen: bool = False
    table: bool = False  # a whole table, as rows of text

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, in order; never empty."""

    lines: tuple[LayoutLine, ...]

    @property
    def height(self) -> float:
        return max(self.lines, key=lambda line: len(line.text)).height

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)


def group_paragraphs(lines: Sequence[LayoutLine], body: float) -> list[Paragraph]:
    """Return the paragraphs of one page, left column before right column, footnotes last.

    `body` is the line height of most of the document.
    """
    found: list[Paragraph] = []
    notes: list[Paragraph] = []
    for region in _regions(lines, 0):
        inside = _region_paragraphs(_join_rows(region))
        cut = _first_footnote(inside, body)
        found += inside[:cut]
        notes += inside[cut:]
    return _join_across_columns(found) + notes


def _first_footnote(found: Sequence[Paragraph], body: float) -> int:
    """Return the index of the first footnote: small print at the foot of a column with larger print above it."""
    cut = len(found)
    while cut > 0 and found[cut - 1].height < 0.92 * body:
        cut -= 1
    if cut == 0 or not all(
        _FOOTNOTE_MARK.match(found[at].lines[0].text) for at in range(cut, min(cut + 1, len(found)))
    ):
        return len(found)
    return cut


def _regions(lines: Sequence[LayoutLine], depth: int) -> list[list[LayoutLine]]:
    """Cut a page at the lines that span it, and each band between them into columns."""
    gutter = _find_gutter(lines) if depth < 3 else None
    if gutter is None:
        return [_top_to_bottom(lines)]
    across = sorted((line for line in lines if line.left < gutter < line.right), key=lambda line: -line.middle)
    bands: list[list[LayoutLine]] = [[] for _ in range(len(across) + 1)]
    heights = [-line.middle for line in across]
    for line in lines:
        if not line.left < gutter < line.right:
            bands[bisect(heights, -line.middle)].append(line)
    regions: list[list[LayoutLine]] = []
    spanning: list[LayoutLine] = []
    for number, band in enumerate(bands):
        if band:
            regions += [spanning, *_columns(band, gutter, depth)]
            spanning = []
        spanning = [*spanning, *across[number : number + 1]]
    return [region for region in [*regions, spanning] if region]


def _columns(band: Sequence[LayoutLine], gutter: float, depth: int) -> list[list[LayoutLine]]:
    """Return the left column of a band, then the right one; a band of few lines (authors' names) is not cut."""
    left = [line for line in band if line.right <= gutter]
    right = [line for line in band if line.left >= gutter]
    if 0 < min(len(left), len(right)) < _MIN_COLUMN_LINES and max(len(left), len(right)) < 2 * _MIN_COLUMN_LINES:
        return [_top_to_bottom(band)]
    return [*_regions(left, depth + 1), *_regions(right, depth + 1)]


def _top_to_bottom(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """Sort stretches of lines that a file has in another order (its footer first) from top to bottom.

    Stretches next to each other stay in the order of the file.
    """
    stretches: list[list[LayoutLine]] = []
    for line in lines:
        if stretches and line.middle < stretches[-1][-1].middle + 0.9 * max(line.height, stretches[-1][-1].height):
            stretches[-1].append(line)
        else:
            stretches.append([line])
    groups: list[_Stretch] = []
    for stretch in stretches:
        new = _Stretch(stretch, max(x.top - 0.1 * x.height for x in stretch), min(x.bottom for x in stretch))
        level = [group for group in groups if group.low < new.high and new.low < group.high]
        groups = [group for group in groups if group not in level] + [_Stretch.of([*level, new])]
    return [line for group in sorted(groups, key=lambda group: -group.high) for line in group.lines]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Lines in the order of the file, and the heights between which they lie."""

    lines: list[LayoutLine]
    high: float
    low: float

    @classmethod
    def of(cls, parts: Sequence[_Stretch]) -> _Stretch:
        lines = [line for part in parts for line in part.lines]
        return cls(lines, max(part.high for part in parts), min(part.low for part in parts))


def _same_row(one: LayoutLine, other: LayoutLine) -> bool:
    return min(one.top, other.top) - max(one.bottom, other.bottom) > 0.5 * min(one.height, other.height)


def _find_gutter(lines: Sequence[LayoutLine]) -> float | None:
    """Return the middle of the white strip between two columns of prose, None where there is none."""
    if len(lines) < 12:
        return None
    start, end = min(line.left for line in lines), max(line.right for line in lines)
    width = int(end - start) + 1
    if not 100 < width < 5_000:
        return None
    change = [0] * (width + 2)
    for line in lines:
        change[max(0, int(line.left - start))] += 1
        change[min(width, int(line.right - start)) + 1] -= 1
    strip = _widest_strip(change, width, 0.25 * len(lines))
    least = 0.5 * median(line.height for line in lines)
    if strip is None or strip[1] - strip[0] < least:
        return None
    middle = start + (strip[0] + strip[1]) / 2
    return middle if _two_columns(lines, middle) else None


def _widest_strip(change: Sequence[int], width: int, most: float) -> tuple[int, int] | None:
    """Return the widest range of x in the middle half that the fewest lines cross, None if more than `most` do."""
    cover, covers = 0, []
    for step in change[: width + 1]:
        cover += step
        covers.append(cover)
    inner = range(width // 4, 3 * width // 4)
    fewest = min(covers[x] for x in inner)
    if fewest > most:
        return None
    best: tuple[int, int] | None = None
    begin: int | None = None
    for x in [*inner, -1]:
        if x >= 0 and covers[x] <= fewest + 1:
            begin = x if begin is None else begin
            continue
        if begin is not None and (best is None or x - begin > best[1] - best[0]):
            best = (begin, x if x >= 0 else inner.stop)
        begin = None
    return best


def _two_columns(lines: Sequence[LayoutLine], middle: float) -> bool:
    """Whether both sides are prose: many lines, nearly as wide as their column, at the same heights."""
    sides = [[x for x in lines if x.right <= middle], [x for x in lines if x.left >= middle]]
    if min(map(len, sides)) < 6:
        return False
    spans = [(min(x.bottom for x in side), max(x.top for x in side)) for side in sides]
    shared = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
    if shared < 0.3 * min(top - bottom for bottom, top in spans):
        return False
    return all(_is_prose(side) for side in sides)


def _is_prose(side: Sequence[LayoutLine]) -> bool:
    width = max(line.right for line in side) - min(line.left for line in side)
    fill = median(line.width for line in side) / max(width, 1.0)
    return fill > 0.5 and median(len(line.text) for line in side) >= 14


def _join_rows(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """Join neighbours on one baseline that have a gap between them."""
    rows: list[LayoutLine] = []
    for line in lines:
        if not rows or line.table or rows[-1].table or not _same_row(rows[-1], line):
            rows.append(line)
        elif _is_footnote_mark(line, rows[-1]):
            continue
        elif line.left >= rows[-1].right - line.height and not rows[-1].hyphen:
            rows[-1] = _join_lines(rows[-1], line)
        else:
            rows.append(line)
    return rows


def _is_footnote_mark(line: LayoutLine, before: LayoutLine) -> bool:
    """Whether a line is the raised number of a footnote within the line before it."""
    small = line.height < 0.8 * before.height and len(line.text) <= 3
    return small and before.left - before.height < line.left < before.right - line.width


def _join_lines(one: LayoutLine, other: LayoutLine) -> LayoutLine:
    """Join two lines; a small mark next to a word is joined without a space and does not change the line's height."""
    shift = _shift(other, one)
    glue = "" if shift else " " if other.left - one.right > 0.12 * max(one.height, other.height) else ""
    longer = max(one, other, key=lambda line: len(line.text))
    return replace(
        one,
        text=join_runs((Run(one.text + glue), Run(other.text, shift))),
        right=max(one.right, other.right),
        bottom=longer.bottom,
        top=longer.top,
        height=longer.height,
        bold=one.bold and other.bold,
        hyphen=other.hyphen,
    )


def _shift(line: LayoutLine, before: LayoutLine) -> int:
    """Return 1 for a small line that is raised beside the one before it, -1 for a lowered one, 0 for others."""
    if line.height > 0.8 * before.height or line.left - before.right > 0.3 * before.height:
        return 0
    rise = (line.bottom - before.bottom) / before.height
    return 1 if rise > 0.3 else -1 if line.top < before.top - 0.3 * before.height and rise < 0.05 else 0


def _region_paragraphs(lines: Sequence[LayoutLine]) -> list[Paragraph]:
    if not lines:
        return []
    usual = _usual_gap(lines)
    edge = sorted(line.right for line in lines)[int(0.9 * (len(lines) - 1))]
    groups: list[list[LayoutLine]] = [[lines[0]]]
    for before, line in zip(lines, lines[1:], strict=False):
        if _starts_paragraph(before, line, usual, edge):
            groups.append([line])
        else:
            groups[-1].append(line)
    return [Paragraph(tuple(group)) for group in groups]


def _usual_gap(lines: Sequence[LayoutLine]) -> float:
    """Return the median gap between consecutive lines, in line heights."""
    pairs = zip(lines, lines[1:], strict=False)
    gaps = [(a.bottom - b.top) / b.height for a, b in pairs if -0.8 < (a.bottom - b.top) / b.height < 1.5]
    return median(gaps) if gaps else 0.0


def _starts_paragraph(before: LayoutLine, line: LayoutLine, usual: float, edge: float) -> bool:
    """Whether a line begins a new paragraph."""
    gap = (before.bottom - line.top) / line.height
    if before.table or line.table:
        return True
    if not -0.9 < gap - usual < _LEADING or abs(before.height - line.height) > 0.12 * line.height:
        return True
    if before.bold != line.bold and not before.hyphen and _SENTENCE_END.search(before.text + ".") is None:
        return True
    if before.bold != line.bold and before.right < edge - 0.15 * line.height * 10:
        return True
    if BULLET.match(line.text):
        return True
    ended = _SENTENCE_END.search(before.text) is not None and not before.hyphen
    short = before.right < edge - 3 * line.height
    indented = line.left - before.left > 0.7 * line.height
    return ended and (short or indented)


def _join_across_columns(found: list[Paragraph]) -> list[Paragraph]:
    """Join a paragraph that the end of a column or a figure cuts in the middle of a sentence."""
    joined = list(found)
    at = 0
    while at < len(joined):
        rest = _continuation_index(joined, at)
        if rest is None:
            at += 1
        else:
            joined[at] = Paragraph(joined[at].lines + joined.pop(rest).lines)
    return joined


def _continuation_index(found: Sequence[Paragraph], at: int) -> int | None:
    """Return the index at which an unfinished paragraph continues, None if it does not; only figures are skipped."""
    last = found[at].lines[-1]
    if last.table or (len(found[at].lines) == 1 and not last.hyphen):
        return None
    for other in range(at + 1, min(at + _LOOK_AHEAD, len(found))):
        first = found[other].lines[0]
        if _continues(last, first):
            jumps = first.middle > last.middle + 3 * last.height
            return other if jumps or other > at + 1 else None
        if not _is_float(found[other], last.height):
            return None
    return None


def _is_float(paragraph: Paragraph, height: float) -> bool:
    """Whether a paragraph belongs to a figure or a table: a caption, a label, or another print size."""
    text = paragraph.lines[0].text
    if paragraph.lines[0].table:
        return True
    fragment = len(paragraph.lines) == 1 and len(text) < 40 and BULLET.match(text) is None
    return fragment or _CAPTION.match(text) is not None or abs(paragraph.height - height) > 0.05 * height


def _continues(last: LayoutLine, first: LayoutLine) -> bool:
    """Whether a sentence continues from the last line of a column to the first of the next."""
    if first.table or abs(last.height - first.height) > 0.05 * last.height or last.bold != first.bold:
        return False
    if last.hyphen:
        return True
    small = first.text[:1].islower() or is_cjk(first.text[:1] or " ")
    return small and _SENTENCE_END.search(last.text) is None


class Dehyphenator:
    """Decides by the other words of a document whether a hyphen at the end of a line belongs to the word."""

    def __init__(self, lines: Iterable[LayoutLine]) -> None:
        self._count: Counter[str] = Counter()
        for line in lines:
            self._count.update(word.lower() for word in _WORD.findall(line.text))

    def join_lines(self, lines: Sequence[LayoutLine]) -> str:
        """Return the lines as one text without the typesetter's hyphens."""
        text = ""
        for number, line in enumerate(lines):
            if number and not lines[number - 1].hyphen and text and not (is_cjk(text[-1]) and is_cjk(line.text[0])):
                text += " "
            following = lines[number + 1].text if number + 1 < len(lines) else ""
            text += line.text + (self._hyphen_or_nothing(line.text, following) if line.hyphen else "")
        return text

    def _hyphen_or_nothing(self, before: str, after: str) -> str:
        """Return "" or "-", whichever is between the halves of the word in the rest of the document."""
        head, tail = re.search(r"[^\W\d_]+(?:-[^\W\d_]+)*$", before), re.match(r"[^\W\d_]+", after)
        if head is None or tail is None or not tail.group()[0].islower():
            return "-"
        one, other = head.group().lower(), tail.group().lower()
        whole, parted = self._count[one + other], self._count[f"{one}-{other}"]
        if whole or parted:
            return "" if whole >= parted else "-"
        return "-" if "-" in one or (self._count[one] > 2 and self._count[other] > 2) else ""
