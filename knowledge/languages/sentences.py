"""Sentences: where they begin and end in text of any language, by its end marks and abbreviations.

Rules and data, no model. Spans count code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.languages import characters, codes, data, language, words

Span = tuple[int, int]

# Characters for the brackets of a pattern.
END_MARKS = characters("text", "SENTENCE_ENDS")
CLAUSE_MARKS = characters("text", "CLAUSE_ENDS")
COMMAS = characters("text", "COMMAS")
CLOSING_MARKS = characters("text", "CLOSING_MARKS")

_LONGEST_ABBREVIATION = 8
_ABBREVIATION = re.compile(rf"(?:\b(?:{'|'.join(map(re.escape, sorted(words('text', 'ABBREVIATIONS'))))})|\b[A-Z])\.$")
_LIST_NUMBER = re.compile(r"\s*\d{1,2}\.")
_ENDS_SENTENCE = re.compile(rf"[{END_MARKS}…][{CLOSING_MARKS}]*$")
_COMPLETE = re.compile(rf"[{END_MARKS}{CLAUSE_MARKS}{CLOSING_MARKS}…}}$|`][\s*_]*$")


def _breaks(*, spaced: bool) -> list[str]:
    """Return the marks at which text is cut, of languages with or without spaces between words."""
    found = (
        data(code, "text", "SENTENCE_BREAKS") or data(code, "text", "SENTENCE_ENDS", "")
        for code in codes()
        if language(code).has_spaces is spaced
    )
    return list(dict.fromkeys("".join(found)))


def _break_pattern(*alternatives: str, cut_at_half_width: bool) -> re.Pattern[str]:
    closing = {spaced: characters("text", "CLOSING_MARKS", spaced=spaced) for spaced in (True, False)}
    spaced, unspaced = _breaks(spaced=True), _breaks(spaced=False)
    if not cut_at_half_width:
        unspaced = [mark for mark in unspaced if mark not in spaced]
    inside = _in_brackets(mark for mark in spaced if mark not in unspaced)  # a run is not tried again from its middle
    marks = (  # the first with a space behind them, unlike the point in 3.14
        rf"(?<![{inside}])[{_in_brackets(spaced)}]++[{closing[True]}]*+(?=\s)",
        rf"[{_in_brackets(unspaced)}]+[{closing[False]}]*",
    )
    return re.compile("|".join((*marks, *alternatives)))


def _in_brackets(marks: Iterable[str]) -> str:
    return "".join(map(re.escape, marks))


_BREAK = _break_pattern(r"\n\s*\n", r"\n(?=\s*(?:[-*•]|\d+[.)])\s)", cut_at_half_width=True)
_BREAK_BY_LINE = _break_pattern(r"\n", cut_at_half_width=False)  # a passage does not end inside "n!/k!"
_NEXT_CHARACTER = re.compile(r"\s*(\S?)")


def split_sentences(text: str, *, by_line: bool = False) -> list[Span]:
    """Return the spans of the sentences of `text`, in order, without the white space around them.

    A blank line and the start of a list item end a sentence. With `by_line`, every line break does, a number that opens
    a line ("1. Heat the water.") belongs to the sentence after it, and a half-width mark needs a space behind it.
    """
    spans: list[Span] = []
    start = 0
    for mark in (_BREAK_BY_LINE if by_line else _BREAK).finditer(text):
        if not _is_end(text, start, mark) or (by_line and _LIST_NUMBER.fullmatch(text, start, mark.end())):
            continue
        _append_trimmed(spans, text, start, mark.end())
        start = mark.end()
    _append_trimmed(spans, text, start, len(text))
    return spans


def ends_sentence(text: str) -> bool:
    """Whether text ends with the end mark of a sentence, closing quotes and brackets allowed."""
    return _ENDS_SENTENCE.search(text) is not None


def is_complete(text: str) -> bool:
    """Whether text breaks off nowhere: it ends with an end mark, a colon, a closing bracket, a formula or a table."""
    return _COMPLETE.search(text) is not None


def _is_end(text: str, start: int, mark: re.Match[str]) -> bool:
    if mark.group()[0] != ".":
        return True
    if _ABBREVIATION.search(text, max(start, mark.start() - _LONGEST_ABBREVIATION), mark.start() + 1):
        return False
    following = _NEXT_CHARACTER.match(text, mark.end())  # no slice: it would copy the rest of the text at every mark
    return following is None or not following[1].islower()


def _append_trimmed(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = end - (len(piece) - len(piece.rstrip()))
    if left < right:
        spans.append((left, right))
