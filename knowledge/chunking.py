"""Chunking: a parsed document cut into passages that can be found, read alone and cited.

A passage is a stretch of the document's full text, so its offsets are exact by construction. It stays on one page or
slide and in one section, except where a sentence runs on or a neighbour is too small to stand alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.documents import Block, Locator, ParsedDocument, Passage, Place

BREAK = "\n\n"  # between blocks in the full text

# Sizes in words; a Chinese or Japanese character counts half a word.
AIM = 170
MOST = 220
MOST_TABLE = 400
TINY = 15  # a section below this is joined with its neighbour under the same heading
SMALL = 50  # a group below this is joined with its neighbour where that makes sense

_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_WORD = re.compile("[^\\s\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_SENTENCE = re.compile(r"(?:[.!?]+[\"'”’)\]]*(?=\s)|[。！？；]+[”’」』）]*|\n)\s*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|al|Fig|Figs|Eq|Eqs|Dr|Mr|Mrs|Ms|Prof|St|No|Nos|pp?|vol|ed|eds|Sec|Ch|approx|ca)"
    r"|\b[A-Za-z]|^\s*\d{1,2})\.$"
)
_FINISHED = re.compile(r"[.!?:;。！？：；…\"”’)\]}$|`]\s*$")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut further: a sentence, a table, a listing."""

    start: int
    end: int
    size: float
    opens: bool  # begins a block


@dataclass(frozen=True, slots=True)
class _Group:
    """Units that may share passages."""

    locator: Locator
    heading: tuple[str, ...]
    units: tuple[_Unit, ...]

    @property
    def size(self) -> float:
        return sum(unit.size for unit in self.units)


def full_text(parsed: ParsedDocument) -> str:
    """Return the text that the offsets of passages count in."""
    return BREAK.join(block.text for block in parsed.blocks)


def split(parsed: ParsedDocument, document_id: str, course_id: str) -> list[Passage]:
    """Return the passages of a document in order; together they hold all its text, none of it twice.

    The same document under the same id always gives the same passages with the same ids.
    """
    text = full_text(parsed)
    groups = _joined(_sentences_completed(text, list(_groups(parsed.blocks))))
    pieces = [(group, units) for group in groups for units in _packed(group.units)]
    passages = []
    for ordinal, (group, units) in enumerate(pieces):
        start, end = units[0].start, units[-1].end
        while end > start and text[end - 1].isspace():
            end -= 1
        passage = Passage(
            "", document_id, course_id, ordinal, text[start:end], group.locator, group.heading, start, end
        )
        passages.append(replace(passage, id=_identify(passage)))
    return passages


def size(text: str) -> float:
    """Return how much there is to read, in words."""
    return len(_WORD.findall(text)) + 0.5 * len(_CJK.findall(text))


def _identify(passage: Passage) -> str:
    key = f"{passage.document_id}\x1f{passage.ordinal}\x1f{passage.text}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _groups(blocks: Sequence[Block]) -> Iterator[_Group]:
    """Gather neighbouring blocks of one place and heading, with their offsets."""
    start = 0
    units: list[_Unit] = []
    first: Block | None = None
    for block in blocks:
        if first is not None and _place(first) != _place(block):
            yield _Group(first.locator, first.heading, tuple(units))
            first, units = None, []
        first = first or block
        units += _units(block.text, start)
        start += len(block.text) + len(BREAK)
    if first is not None:
        yield _Group(first.locator, first.heading, tuple(units))


def _place(block: Block) -> tuple[object, ...]:
    """What blocks must share to share a passage: cells, rows and seconds are too small to stand alone."""
    if block.locator.place in (Place.CELL, Place.ROW, Place.SECOND):
        return (block.locator.place, block.heading)
    return (block.locator.place, block.locator.number, block.heading)


def _units(text: str, offset: int) -> list[_Unit]:
    """Cut a block into sentences; a table or a listing stays whole as long as that is bearable."""
    if not text.strip():
        return []
    if text.startswith(("|", "```")) and size(text) <= MOST_TABLE:
        return [_Unit(offset, offset + len(text), size(text), True)]
    lines = text.startswith(("|", "```", "- "))
    pieces = text.splitlines(keepends=True) if lines else _sentences(text)
    units: list[_Unit] = []
    for piece in (part for whole in pieces for part in _bearable(whole)):
        units.append(_Unit(offset, offset + len(piece), size(piece), not units))
        offset += len(piece)
    return units


def _sentences(text: str) -> list[str]:
    """Return the sentences with the space after them, so that they add up to the text."""
    sentences, start = [], 0
    for found in _SENTENCE.finditer(text):
        before = text[start : found.start() + 1]
        if found.group()[0] == "." and _ABBREVIATION.search(before):
            continue
        sentences.append(text[start : found.end()])
        start = found.end()
    return [*sentences, text[start:]] if start < len(text) else sentences


def _bearable(sentence: str) -> list[str]:
    """Cut a sentence that is longer than a passage: at clauses, then at words, then anywhere."""
    if size(sentence) <= MOST and len(sentence) <= 8 * MOST:
        return [sentence]
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # a second to import, and rarely needed

    splitter = RecursiveCharacterTextSplitter(
        separators=["\n", r"(?<=[;:；：])", r"(?<=[,，、])", r"(?<=\s)", ""],
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=5 * AIM if size(sentence) * 3 > len(sentence) else 6 * AIM,
        chunk_overlap=0,
    )
    pieces = splitter.split_text(sentence)
    return pieces if "".join(pieces) == sentence else [sentence[i : i + 1000] for i in range(0, len(sentence), 1000)]


def _sentences_completed(text: str, groups: list[_Group]) -> list[_Group]:
    """Give the end of a sentence that runs over to the next page to the page it began on."""
    for here, there in zip(range(len(groups)), range(1, len(groups)), strict=False):
        one, other = groups[here], groups[there]
        if one.locator.place is not Place.PAGE or not one.units or len(other.units) < 2:
            continue
        last, first = one.units[-1], other.units[0]
        head, tail = text[last.start : last.end], text[first.start : first.end]
        if _runs_on(head, tail) and first.size <= 60:
            groups[here] = replace(one, units=(*one.units, first))
            groups[there] = replace(other, units=other.units[1:])
    return groups


def _runs_on(head: str, tail: str) -> bool:
    """Whether two pieces look like the halves of one sentence. Chinese has no small letters: the head must be long."""
    if _FINISHED.search(head):
        return False
    return tail[:1].islower() or (_CJK.match(tail) is not None and len(_CJK.findall(head)) >= 20)


def _joined(groups: Sequence[_Group]) -> list[_Group]:
    """Join a group too small to stand alone with the next one it belongs to."""
    joined: list[_Group] = []
    for group in groups:
        if not group.units:
            continue
        if joined and _belong(joined[-1], group):
            joined[-1] = _together(joined[-1], group)
        else:
            joined.append(group)
    return joined


def _together(one: _Group, other: _Group) -> _Group:
    """Join two groups: under the deeper heading of a section and its part, else under that of the larger."""
    if other.heading[: len(one.heading)] == one.heading:
        return _Group(one.locator, other.heading, one.units + other.units)
    larger = max(one, other, key=lambda group: group.size)
    locator = larger.locator if one.locator.place is Place.SECTION else one.locator
    return _Group(locator, larger.heading, one.units + other.units)


def _belong(one: _Group, other: _Group) -> bool:
    """Whether a small group goes with the next: on the same page, a section's opening with its first part, a scrap."""
    if min(one.size, other.size) >= SMALL or one.size + other.size > MOST:
        return False
    if one.locator.place is not other.locator.place:
        return False
    if one.locator.place in (Place.PAGE, Place.SLIDE):
        return one.locator.number == other.locator.number
    if one.size < SMALL and other.heading[: len(one.heading)] == one.heading:
        return True
    return min(one.size, other.size) < TINY and one.heading[:-1] == other.heading[:-1] != ()


def _packed(units: Sequence[_Unit]) -> Iterator[Sequence[_Unit]]:
    """Cut units into passages of about equal size; an even cut moves to the beginning of a block near it."""
    total = sum(unit.size for unit in units)
    count = max(1, round(total / AIM + 0.2))
    aim = total / count
    start, filled, left = 0, 0.0, count
    for at, unit in enumerate(units):
        over = filled + unit.size > MOST
        full = left > 1 and (filled >= aim or (unit.opens and filled >= 0.75 * aim))
        if at > start and (over or full):
            yield units[start:at]
            start, filled, left = at, 0.0, left - 1
        filled += unit.size
    yield units[start:]
