"""Figures: what "figure 2.1" or "图 2-1" in a question names, and the passage that holds its caption.

A caption begins a line with the figure's name; "see Figure 2.1" in running text does not. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.documents import Passage

_NAME = r"(?:(?<![a-z])(?:figure|fig)\b\.?|图)\s*(?P<number>(?:[A-Z]\.?)?\d{1,3}(?:[.\-–－．]\d{1,3}){0,2})(?![\d])"
_FIGURE_NAME = re.compile(_NAME, re.IGNORECASE)
_BEFORE = re.compile(r"(?:^|\n)[ \t>*_#|!\[(（【]*$")  # what may stand before a caption on its line
_FINISHED = re.compile(r"[.!?。！？:：][)\]”’\"*_]*\s*$")
_AFTER = re.compile(r"^[)\]）】*_]*\s*(?:[.:：。．|—–-]|[A-Z“\"\u3400-\u9fff]|\n|$)")


def find_figure_number(question: str) -> str:
    """Return the number of the figure that a question names ("2.1"), "" when it names none."""
    found = _FIGURE_NAME.search(question)
    return _normalize_number(found["number"]) if found else ""


def find_figure_passages(number: str, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passage with the caption, those that speak of the figure, and those that stand beside it; or none.

    Where no caption was read, what speaks of the figure is all there is.
    """
    speaking = [one for one in passages if number in _mentioned_numbers(one.text)]
    at = next((n for n, one in enumerate(passages) if number in _caption_numbers(one.text)), None)
    if at is None:
        return speaking
    beside = [passages[n] for n in (at + 1, at - 1) if 0 <= n < len(passages)]
    near = [one for one in beside if one.document_id == passages[at].document_id]
    ours = [one for one in speaking if one.document_id == passages[at].document_id]
    return list({one.id: one for one in (passages[at], *ours, *near)}.values())


def list_figure_numbers(passages: Iterable[Passage]) -> list[str]:
    """Return the numbers of all figures that have a caption, in the order of the course."""
    return list(dict.fromkeys(number for one in passages for number in _caption_numbers(one.text)))


def _caption_numbers(text: str) -> list[str]:
    return [_normalize_number(match["number"]) for match in _FIGURE_NAME.finditer(text) if _is_caption(text, match)]


def _mentioned_numbers(text: str) -> list[str]:
    return [_normalize_number(match["number"]) for match in _FIGURE_NAME.finditer(text)]


def _is_caption(text: str, match: re.Match[str]) -> bool:
    """Whether the figure's name opens a line, or a sentence of its own, and a title follows it."""
    before, after = text[: match.start()], text[match.end() :]
    opens_line = bool(_BEFORE.search(before))
    dotted = bool(_FINISHED.search(before)) and after.lstrip("*_ ")[:1] in tuple(":：.．。")
    return bool(_AFTER.match(after)) and (opens_line or dotted)


def _normalize_number(number: str) -> str:
    return re.sub(r"[\-–－．]", ".", number).upper().rstrip(".")
