"""Chunking: a parsed document cut into passages that can be found, read alone and cited.

A passage is a stretch of the document's full text, so its offsets are exact by construction. It stays on one page or
slide and in one section, unless a sentence runs over or a part has too little text to be read alone. A short section
(an entry of a glossary, a question of a FAQ) is a passage under its own heading. Exercises share no passage with what
teaches.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument, Passage
from knowledge.languages.scripts import CJK, count_cjk, has_cjk
from knowledge.languages.sentences import CLAUSE_MARKS, COMMAS, is_complete, split_sentences
from knowledge.passage_roles import PassageRole, is_list, passage_role

BLOCK_SEPARATOR = "\n\n"  # between blocks in the full text

# Sizes in words; a Chinese, Japanese or Korean character counts half a word.
TARGET_WORDS = 170
MAX_WORDS = 220
MAX_TABLE_WORDS = 400
LEAD_IN_WORDS = 15  # shorter text above the first subsection is merged with it
SMALL_GROUP_WORDS = 50  # a smaller group is merged with a suitable neighbour
_MIN_SPLIT_HEAD = 20  # CJK characters before a page break that can be the first half of a sentence

_WORD = re.compile(rf"[^\s{CJK}]+")
_WORD_OR_CHARACTER = re.compile(rf"[{CJK}]|[^\W\d_{CJK}]{{2,}}")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece that is not cut further: a sentence, a table, a listing; offsets into the document's text."""

    start: int
    end: int
    size: float
    starts_block: bool
    key_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    """Units that may share passages."""

    locator: Locator
    heading: tuple[str, ...]
    units: tuple[_Unit, ...]
    role: PassageRole = PassageRole.TEACHING

    @property
    def size(self) -> float:
        return sum(unit.size for unit in self.units)


def document_text(parsed: ParsedDocument) -> str:
    """Return the text that the offsets of passages count in."""
    return BLOCK_SEPARATOR.join(block.text for block in parsed.blocks)


def chunk_document(parsed: ParsedDocument, document_id: str, course_id: str) -> list[Passage]:
    """Return the passages of a document in order; together they contain all its text, none of it twice.

    The same document under the same id always gives the same passages with the same ids.
    """
    text = document_text(parsed)
    groups = _merge_small_groups(text, _complete_sentences(text, list(_group_blocks(parsed.blocks))))
    pieces = [(group, units) for group in groups for units in _pack(group.units)]
    passages = []
    for ordinal, (group, units) in enumerate(pieces):
        start, end = units[0].start, units[-1].end
        while end > start and text[end - 1].isspace():
            end -= 1
        passage = Passage(
            "",
            document_id,
            course_id,
            ordinal,
            text[start:end],
            group.locator,
            group.heading,
            start,
            end,
            _terms(units),
        )
        passages.append(replace(passage, id=_passage_id(passage)))
    return passages


def count_words(text: str) -> float:
    """Return the length of text in words."""
    return len(_WORD.findall(text)) + 0.5 * count_cjk(text)


def _passage_id(passage: Passage) -> str:
    key = f"{passage.document_id}\x1f{passage.ordinal}\x1f{passage.text}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _group_blocks(blocks: Sequence[Block]) -> Iterator[_Group]:
    """Group consecutive blocks of one place, heading and role."""
    start = 0
    units: list[_Unit] = []
    first: Block | None = None
    role = PassageRole.TEACHING
    before: Block | None = None
    for block in blocks:
        block_role = passage_role(block.heading, block.text)
        if before is not None and role is PassageRole.OBJECTIVES and _lists_what_is_announced(before, block):
            block_role = role
        before = block
        if first is not None and (_group_key(first) != _group_key(block) or role is not block_role):
            yield _Group(first.locator, first.heading, tuple(units), role)
            first, units = None, []
        if first is None:
            first, role = block, block_role
        units += (_with_terms(unit, block, start) for unit in _split_units(block.text, start))
        start += len(block.text) + len(BLOCK_SEPARATOR)
    if first is not None:
        yield _Group(first.locator, first.heading, tuple(units), role)


def _lists_what_is_announced(before: Block, block: Block) -> bool:
    """Whether a list follows a paragraph that ends with a colon, in the same section."""
    return _group_key(before) == _group_key(block) and before.text.endswith((":", "：")) and is_list(block.text)


def _with_terms(unit: _Unit, block: Block, block_start: int) -> _Unit:
    if not block.key_terms:
        return unit
    text = block.text[unit.start - block_start : unit.end - block_start]
    return replace(unit, key_terms=tuple(term for term in block.key_terms if term in text))


def _terms(units: Sequence[_Unit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for unit in units for term in unit.key_terms))


def _group_key(block: Block) -> tuple[object, ...]:
    """Return what blocks of one passage have in common; cells, rows and seconds are too small to be separated."""
    if block.locator.kind in (LocatorKind.CELL, LocatorKind.ROW, LocatorKind.SECOND):
        return (block.locator.kind, block.heading)
    return (block.locator.kind, block.locator.number, block.heading)


def _split_units(text: str, offset: int) -> list[_Unit]:
    """Cut a block into sentences; a table or a listing stays whole up to MAX_TABLE_WORDS."""
    if not text.strip():
        return []
    if text.startswith(("|", "```")) and count_words(text) <= MAX_TABLE_WORDS:
        return [_Unit(offset, offset + len(text), count_words(text), True)]
    lines = text.startswith(("|", "```", "- "))
    pieces = text.splitlines(keepends=True) if lines else _sentence_pieces(text)
    units: list[_Unit] = []
    for piece in (part for whole in pieces for part in _split_long_sentence(whole)):
        units.append(_Unit(offset, offset + len(piece), count_words(piece), not units))
        offset += len(piece)
    return units


def _sentence_pieces(text: str) -> list[str]:
    """Return the sentences with the space after them, so that they add up to the text."""
    starts = [0, *(start for start, _ in split_sentences(text, by_line=True)[1:])]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _split_long_sentence(sentence: str) -> list[str]:
    """Cut a sentence that is longer than a passage: at clauses, or at words, or anywhere."""
    if count_words(sentence) <= MAX_WORDS and len(sentence) <= 8 * MAX_WORDS:
        return [sentence]
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # takes a second to import, rarely needed

    splitter = RecursiveCharacterTextSplitter(
        separators=["\n", rf"(?<=[{CLAUSE_MARKS}])", rf"(?<=[{COMMAS}])", r"(?<=\s)", ""],
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=5 * TARGET_WORDS if count_words(sentence) * 3 > len(sentence) else 6 * TARGET_WORDS,
        chunk_overlap=0,
    )
    pieces = splitter.split_text(sentence)
    return pieces if "".join(pieces) == sentence else [sentence[i : i + 1000] for i in range(0, len(sentence), 1000)]


def _complete_sentences(text: str, groups: list[_Group]) -> list[_Group]:
    """Move the end of a sentence that runs over to the next page back to the page where it begins."""
    for here, there in zip(range(len(groups)), range(1, len(groups)), strict=False):
        one, other = groups[here], groups[there]
        if one.locator.kind is not LocatorKind.PAGE or not one.units or len(other.units) < 2:
            continue
        last, first = one.units[-1], other.units[0]
        head, tail = text[last.start : last.end], text[first.start : first.end]
        if _is_split_sentence(head, tail) and first.size <= 60:
            groups[here] = replace(one, units=(*one.units, first))
            groups[there] = replace(other, units=other.units[1:])
    return groups


def _is_split_sentence(head: str, tail: str) -> bool:
    """Whether two pieces look like the halves of one sentence. CJK has no small letters, so there the head is long."""
    if is_complete(head):
        return False
    return tail[:1].islower() or (has_cjk(tail[:1]) and count_cjk(head) >= _MIN_SPLIT_HEAD)


def _merge_small_groups(text: str, groups: Sequence[_Group]) -> list[_Group]:
    """Merge a group that is too small for a passage with the next one, where they belong together."""
    merged: list[_Group] = []
    for group in groups:
        if not group.units:
            continue
        joined = _join(text, merged[-1], group) if merged else None
        if joined is None:
            merged.append(group)
        else:
            merged[-1] = joined
    return merged


def _join(text: str, one: _Group, other: _Group) -> _Group | None:
    """Return two neighbours as one group, None where each stays a passage of its own."""
    if one.locator.kind is not other.locator.kind:
        return None
    units = one.units + other.units
    if _is_same_place(one, other):
        if not _has_text(text, other):
            return replace(one, units=units)
        if not _has_text(text, one):
            return replace(other, units=units)
    if not _should_merge(one, other):
        return None
    is_section = one.locator.kind is LocatorKind.SECTION
    return replace(other, units=units, locator=other.locator if is_section else one.locator)


def _should_merge(one: _Group, other: _Group) -> bool:
    """Whether two groups are one passage: a small part and its first subsection, or a lead-in and what it leads to."""
    if min(one.size, other.size) >= SMALL_GROUP_WORDS or one.size + other.size > MAX_WORDS:
        return False
    if one.role is not other.role or not _is_above(one, other):
        return False
    if one.locator.kind in (LocatorKind.PAGE, LocatorKind.SLIDE):
        return one.locator.number == other.locator.number
    return one.size < LEAD_IN_WORDS


def _is_same_place(one: _Group, other: _Group) -> bool:
    """Whether two groups are on one page or slide, or in sections of which one contains or follows the other."""
    if one.locator.kind in (LocatorKind.PAGE, LocatorKind.SLIDE):
        return one.locator.number == other.locator.number
    return _is_above(one, other) or one.heading[:-1] == other.heading[:-1] != ()


def _is_above(one: _Group, other: _Group) -> bool:
    """Whether the second group is in the first one's section, or in a subsection of it."""
    return other.heading[: len(one.heading)] == one.heading


def _has_text(text: str, group: _Group) -> bool:
    """Whether a group has something to read besides its heading: a word, or more than the word for a task."""
    body = text[group.units[0].start : group.units[-1].end].strip()
    if group.heading and body == group.heading[-1]:
        return False  # formats with pages keep headings in their text
    found = {word.casefold() for word in _WORD_OR_CHARACTER.findall(body)}
    return len(found) > (1 if group.role is PassageRole.EXERCISES else 0)


def _pack(units: Sequence[_Unit]) -> Iterator[Sequence[_Unit]]:
    """Cut units into passages of about equal size; a cut moves to the start of a block near it."""
    total = sum(unit.size for unit in units)
    count = max(1, round(total / TARGET_WORDS + 0.2))
    aim = total / count
    start, filled, remaining = 0, 0.0, count
    for at, unit in enumerate(units):
        over = filled + unit.size > MAX_WORDS
        full = remaining > 1 and (filled >= aim or (unit.starts_block and filled >= 0.75 * aim))
        if at > start and (over or full):
            yield units[start:at]
            start, filled, remaining = at, 0.0, remaining - 1
        filled += unit.size
    yield units[start:]
