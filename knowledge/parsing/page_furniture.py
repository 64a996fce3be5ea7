"""Running lines: headers, footers and page numbers, known by standing on page after page. Pure geometry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from knowledge.parsing.layout import LayoutLine

_NUMBER = re.compile(r"\d{1,4}|\b[ivxl]{1,6}\b")
_MIN_PAGE_LINES = 5  # of a page from which a line may go that is words and a counting number ("Lesson 3")


def remove_headers_footers(pages: Sequence[Sequence[LayoutLine]]) -> list[list[LayoutLine]]:
    """Return the pages without headers, footers and page numbers; no page loses all its lines."""
    body = body_line_height(pages)
    keys = [_edge_lines(page, index) for index, page in enumerate(pages)]
    kept = []
    for index, page in enumerate(pages):
        running = {
            id(line)
            for key, line in keys[index].items()
            if line.height < 1.25 * body and _is_removable(key, page) and _count_repetitions(keys, key, index) >= 3
        }
        kept.append([line for line in page if id(line) not in running] or list(page))
    return kept


def _edge_lines(page: Sequence[LayoutLine], index: int) -> dict[str, LayoutLine]:
    """The three highest and the three lowest lines of a page by what would be the same on the next page."""
    ordered = sorted(page, key=lambda line: line.middle)
    return {key: line for line in ordered[:3] + ordered[-3:] for key in _repetition_keys(line.text.lower(), index)}


def _repetition_keys(text: str, index: int) -> Iterator[str]:
    """The text itself, and with a number in it as its distance to the page's own number."""
    yield text
    for found in islice(_NUMBER.finditer(text), 3):
        number = int(found.group()) if found.group().isdigit() else _roman(found.group())
        yield f"{text[: found.start()]}#{number - index}#{text[found.end() :]}"


def _roman(text: str) -> int:
    values = ["ivxl".index(letter) for letter in text]
    worth = [(1, 5, 10, 50)[value] for value in values]
    return sum(-one if one < after else one for one, after in zip(worth, [*worth[1:], 0], strict=True))


def _is_removable(key: str, page: Sequence[LayoutLine]) -> bool:
    """Whether a line may be taken for a running one: a counting headline on an almost empty page may not."""
    words = re.sub(r"page|seite|of|[\W\d_]", "", key)
    return "#" not in key or not words or len(page) >= _MIN_PAGE_LINES


def _count_repetitions(keys: Sequence[dict[str, LayoutLine]], key: str, index: int) -> int:
    """On how many pages in a row (or of every second one) the key stands, this page included."""
    count = 1
    for step in (1, -1):
        at, missed = index + step, 0
        while 0 <= at < len(keys) and missed < 2 and count < 3:
            missed = 0 if key in keys[at] else missed + 1
            count += key in keys[at]
            at += step
    return count


def body_line_height(pages: Sequence[Sequence[LayoutLine]]) -> float:
    """The line height of most of the text."""
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page:
            weights[round(line.height * 2) / 2] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 1.0
