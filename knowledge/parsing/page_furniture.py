"""Page furniture: headers, footers and page numbers, recognised because they recur on page after page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from knowledge.languages import either
from knowledge.parsing.layout import LayoutLine

_NUMBER = re.compile(r"\d{1,4}|\b[ivxl]{1,6}\b")
_PAGE_NUMBER_WORDS = re.compile(rf"{either('headings', 'PAGE_NUMBER_WORDS')}|seite|[\W\d_]")
_MIN_PAGE_LINES = 5  # a page with fewer keeps a line of words and a counting number ("Lesson 3")


def remove_headers_footers(pages: Sequence[Sequence[LayoutLine]]) -> list[list[LayoutLine]]:
    """Return the pages without headers, footers and page numbers; no page loses all its lines."""
    body = body_line_height(pages)
    keys = [_edge_lines(page, index) for index, page in enumerate(pages)]
    cleaned = []
    for index, page in enumerate(pages):
        running = {
            id(line)
            for key, line in keys[index].items()
            if line.height < 1.25 * body and _is_removable(key, page) and _count_repetitions(keys, key, index) >= 3
        }
        cleaned.append([line for line in page if id(line) not in running] or list(page))
    return cleaned


def _edge_lines(page: Sequence[LayoutLine], index: int) -> dict[str, LayoutLine]:
    """Return the three highest and the three lowest lines of a page by what would be the same on the next page."""
    ordered = sorted(page, key=lambda line: line.middle)
    return {key: line for line in ordered[:3] + ordered[-3:] for key in _repetition_keys(line.text.lower(), index)}


def _repetition_keys(text: str, index: int) -> Iterator[str]:
    """Yield the text itself, and with each number in it replaced by its difference to the page's index."""
    yield text
    for found in islice(_NUMBER.finditer(text), 3):
        number = int(found.group()) if found.group().isdigit() else _roman(found.group())
        yield f"{text[: found.start()]}#{number - index}#{text[found.end() :]}"


def _roman(text: str) -> int:
    values = ["ivxl".index(letter) for letter in text]
    numbers = [(1, 5, 10, 50)[value] for value in values]
    return sum(-one if one < after else one for one, after in zip(numbers, [*numbers[1:], 0], strict=True))


def _is_removable(key: str, page: Sequence[LayoutLine]) -> bool:
    """Whether a recurring line may be removed: not a counting headline on an almost empty page."""
    words = _PAGE_NUMBER_WORDS.sub("", key)
    return "#" not in key or not words or len(page) >= _MIN_PAGE_LINES


def _count_repetitions(keys: Sequence[dict[str, LayoutLine]], key: str, index: int) -> int:
    """Return on how many pages in a row (or on every second one) the key occurs, including this page; at most 3."""
    count = 1
    for step in (1, -1):
        at, missed = index + step, 0
        while 0 <= at < len(keys) and missed < 2 and count < 3:
            missed = 0 if key in keys[at] else missed + 1
            count += key in keys[at]
            at += step
    return count


def body_line_height(pages: Sequence[Sequence[LayoutLine]]) -> float:
    """Return the line height of most of the text."""
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page:
            weights[round(line.height * 2) / 2] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 1.0
