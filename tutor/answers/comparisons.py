"""Finds both sides of a comparison in a course: a table of both, their definitions, what contrasts them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.documents import Hit
from tutor.answers.course_sentences import CourseSentence, read_sentences
from tutor.answers.definitions import name_pattern, with_context

MAX_CONTRASTS = 2
_TABLE = re.compile(r"(?:^\|.*\|[ \t]*(?:\n|$)){3,}", re.MULTILINE)
_DELIMITER_ROW = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
_CELL_EDGE = re.compile(r"(?<!\\)\|")


def with_shared_head(one: str, other: str) -> str | None:
    """Return the first term with the words that it shares: "peripheral" and "central nervous system"; None if none."""
    words = other.split()
    return f"{one} {' '.join(words[1:])}" if len(one.split()) == 1 and len(words) > 1 else None


def find_contrasts(terms: Sequence[str], hits: Sequence[Hit], language: str) -> tuple[CourseSentence, ...]:
    """Return the sentences that have both terms, at most MAX_CONTRASTS; a short one with what continues it."""
    names = [re.compile(name_pattern(term), re.IGNORECASE) for term in terms]
    either = re.compile("|".join(name.pattern for name in names), re.IGNORECASE)
    found = (
        with_context(one, language, either)
        for one in read_sentences(hits)
        if all(name.search(one.text) for name in names)
    )
    return tuple(one for one, _ in zip(found, range(MAX_CONTRASTS), strict=False))


def find_table(terms: Sequence[str], hits: Sequence[Hit]) -> CourseSentence | None:
    """Return the table whose first row, or whose first column, names both terms."""
    names = [re.compile(name_pattern(term), re.IGNORECASE) for term in terms]
    for table in _tables(hits):
        lines = table.raw.splitlines()
        first_column = " | ".join(line.strip("| ").split("|")[0] for line in lines)
        if any(all(name.search(text) for name in names) for text in (lines[0], first_column)):
            return table
    return None


def with_delimiter_row(table: str) -> str:
    """Return the rows of a table with the row of dashes without which a browser shows none."""
    first, *rest = table.splitlines()
    if rest and _DELIMITER_ROW.fullmatch(rest[0].strip()):
        return table
    columns = len(_CELL_EDGE.findall(first.strip())) - 1
    return "\n".join([first, "|" + " --- |" * columns, *rest])


def _tables(hits: Sequence[Hit]) -> Iterator[CourseSentence]:
    for hit in hits:
        for match in _TABLE.finditer(hit.passage.text):
            yield CourseSentence(hit, match.start(), match.end() - (match.group().endswith("\n")))
