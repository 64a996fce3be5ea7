"""Running lines: headers, footers and page numbers, known by standing on page after page. Pure geometry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from knowledge.parsing.layout import Line


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the pages without headers, footers and page numbers: what stands in one place on page after page."""
    kept = []
    body = body_height(pages)
    keys = [{_running_key(line): line for line in _edge_lines(page)} for page in pages]
    for index, page in enumerate(pages):
        running = {
            id(line) for key, line in keys[index].items() if line.height < 1.25 * body and _chain(keys, key, index) >= 3
        }
        kept.append([line for line in page if id(line) not in running])
    return kept


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    """The three highest and the three lowest lines of a page."""
    ordered = sorted(page, key=lambda line: line.middle)
    return ordered[:3] + ordered[-3:]


def _running_key(line: Line) -> tuple[str, int]:
    """The text without its numbers; a bare number must also keep its place."""
    text = re.sub(r"\b[ivxlc]+\b|\d+", "#", line.text.lower())
    return text, 0 if len(re.sub(r"[\W\d_]", "", text)) >= 3 else round(line.middle / 12)


def _chain(keys: Sequence[dict[tuple[str, int], Line]], key: tuple[str, int], index: int) -> int:
    """On how many pages in a row (or of every second one) the key stands, this page included."""
    count = 1
    for step in (1, -1):
        at, missed = index + step, 0
        while 0 <= at < len(keys) and missed < 2 and count < 3:
            missed = 0 if key in keys[at] else missed + 1
            count += key in keys[at]
            at += step
    return count


def body_height(pages: Sequence[Sequence[Line]]) -> float:
    """The line height of most of the text."""
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page:
            weights[round(line.height * 2) / 2] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 1.0
