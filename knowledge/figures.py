"""Figures: the number in "figure 2.1", however a question or a book writes it, and the passage with its caption.

A caption begins a line with the figure's name; "see Figure 2.1" in running text does not. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.documents import Passage
from knowledge.languages import characters, either
from knowledge.languages.scripts import HAN
from knowledge.languages.sentences import CLOSING_MARKS, END_MARKS

_POINTS = r".\-–" + characters("figures", "NUMBER_POINTS")  # between the parts of a number
_OPENING = r"(\[" + characters("figures", "OPENING_BRACKETS")
_CLOSING = r")\]" + characters("figures", "CLOSING_BRACKETS")
_TITLE_MARKS = characters("figures", "TITLE_MARKS")  # between the number and the title
_NUMBER = rf"(?:[A-Z]\.?)?\d{{1,3}}(?:[{_POINTS}]\d{{1,3}}){{0,2}}"
_FIGURE_NAME = re.compile(rf"(?:{either('figures', 'FIGURE_NAME')})\s*(?P<number>{_NUMBER})(?!\d)", re.IGNORECASE)
_LINE_START = re.compile(rf"(?:^|\n)[ \t>*_#|!{_OPENING}]*$")
_SENTENCE_END = re.compile(rf"[{END_MARKS}{_TITLE_MARKS}][{CLOSING_MARKS}*_]*\s*$")
_TITLE_START = re.compile(rf"[{_CLOSING}*_]*\s*(?:[{_TITLE_MARKS}|—–-]|[A-Z“\"{HAN}]|\n|$)")
_TITLE_MARK = re.compile(rf"[*_ ]*[{_TITLE_MARKS}]")


def find_figure_number(question: str) -> str:
    """Return the number of the figure that a question names ("2.1"), "" when it names none."""
    found = _FIGURE_NAME.search(question)
    return _normalize_number(found["number"]) if found else ""


def find_figure_passages(number: str, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passage with the caption, then those that mention the figure, then the caption's neighbours.

    Without a caption, returns only the mentions.
    """
    mentions = [one for one in passages if number in _mentioned_numbers(one.text)]
    at = next((n for n, one in enumerate(passages) if number in _caption_numbers(one.text)), None)
    if at is None:
        return mentions
    neighbours = [passages[n] for n in (at + 1, at - 1) if 0 <= n < len(passages)]
    found = [one for one in (*mentions, *neighbours) if one.document_id == passages[at].document_id]
    return list({one.id: one for one in (passages[at], *found)}.values())


def list_figure_numbers(passages: Iterable[Passage]) -> list[str]:
    """Return the numbers of all figures with a caption, in the order of the course."""
    return list(dict.fromkeys(number for one in passages for number in _caption_numbers(one.text)))


def _caption_numbers(text: str) -> list[str]:
    return [_normalize_number(match["number"]) for match in _FIGURE_NAME.finditer(text) if _is_caption(text, match)]


def _mentioned_numbers(text: str) -> list[str]:
    return [_normalize_number(match["number"]) for match in _FIGURE_NAME.finditer(text)]


def _is_caption(text: str, match: re.Match[str]) -> bool:
    """Whether the figure's name opens a line, or a new sentence, and a title follows it."""
    before, after = text[: match.start()], text[match.end() :]
    opens_line = bool(_LINE_START.search(before))
    opens_sentence = bool(_SENTENCE_END.search(before)) and bool(_TITLE_MARK.match(after))
    return bool(_TITLE_START.match(after)) and (opens_line or opens_sentence)


def _normalize_number(number: str) -> str:
    return re.sub(rf"[{_POINTS}]", ".", number).upper().rstrip(".")
