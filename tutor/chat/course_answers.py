"""Words an answer that is quoted from the course as it stands, with a citation behind each line. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.answers.course_reading import QuotedLine
from tutor.chat.citations import make_citation
from tutor.chat.plan_replies import Reply
from tutor.domain import Citation


def quote_lines(lines: Sequence[QuotedLine]) -> Reply:
    """Return lines of the course as a reply; the lines of a list stand below each other, a table above its mark."""
    citations: list[Citation] = []
    numbers: dict[tuple[str, str], int] = {}
    pieces = []
    for line in lines:
        key = (line.source.hit.passage.id, line.source.raw)
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            citations.append(make_citation(numbers[key], line.source.hit, line.source.raw, line.source.hit.score))
        pieces.append(f"{line.text}{gap_before_mark(line)}[{numbers[key]}]")
    text = "\n".join(pieces)
    if len(lines) > 1 and not lines[0].mark:  # Markdown wants an empty line between a paragraph and a list
        text = text.replace("\n", "\n\n", 1)
    return Reply(text, tuple(citations))


def gap_before_mark(line: QuotedLine) -> str:
    """Return what stands between a line and the mark that cites it: the mark of a table stands below it."""
    return "\n\n" if line.is_verbatim else " "
