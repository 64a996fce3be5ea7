"""Marks each statement of an answer with its citation, or as the tutor's own words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from knowledge.documents import Hit, Quote
from tutor.chat import fixed_replies
from tutor.domain import Citation

MIN_STATEMENT_LETTERS = 3
CLOSEST_QUOTE_CHARS = 300
OWN_WORDS_MARK = "°"  # in place of a number: no passage of the course supports this
_MARK = re.compile(rf"\s*\[(?:\d{{1,2}}|{OWN_WORDS_MARK})\]")
_LIST_NUMBER = re.compile(r"\d{1,2}[.)]")  # which a splitter takes for a sentence
_FENCE = re.compile(r"^(?:```|~~~)", re.MULTILINE)


def strip_citation_marks(answer: str) -> str:
    """Return an answer without the marks that the model wrote: only checked ones are shown."""
    return _MARK.sub("", answer).strip()


def add_citations(
    answer: str, quotes: Sequence[Quote], hits: Sequence[Hit], language: str
) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer with a mark after each statement, and its citations in the order of their numbers.

    A supported sentence gets the number of its quote, any other the mark for the tutor's own words; questions and code
    make no statement and get no mark. An answer without any support gets one note that cites the closest passage.
    """
    if not hits:
        return answer, ()
    supported = [quote for quote in quotes if quote.hit_index is not None]
    if not supported:
        closest = _cite_closest(hits)
        return f"{answer}\n\n{fixed_replies.own_words_note(language, '[1]')}", (closest,)
    return _add_marks(answer, quotes, hits)


def add_citations_to_verified(
    answer: str, quotes: Sequence[Quote], hits: Sequence[Hit]
) -> tuple[str, tuple[Citation, ...]]:
    """Return an answer that a person wrote, with the citations that support it or else one of the closest passage.

    Its other sentences get no mark: they are not the tutor's own words.
    """
    supported = [quote for quote in quotes if quote.hit_index is not None]
    if hits and not supported:
        return answer, (_cite_closest(hits),)
    return _add_marks(answer, supported, hits)


def _add_marks(answer: str, quotes: Sequence[Quote], hits: Sequence[Hit]) -> tuple[str, tuple[Citation, ...]]:
    numbers: dict[tuple[int, str], int] = {}
    citations: list[Citation] = []
    pieces: list[str] = []
    position = 0
    for quote in quotes:
        if _LIST_NUMBER.fullmatch(answer, quote.sentence_start, quote.sentence_end):
            continue
        if quote.hit_index is not None:
            key = (quote.hit_index, quote.text)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                citations.append(make_citation(numbers[key], hits[quote.hit_index], quote.text, quote.score))
            mark = str(numbers[key])
        elif is_statement(answer, quote):
            mark = OWN_WORDS_MARK
        else:
            continue
        pieces += [answer[position : quote.sentence_end].rstrip(), f" [{mark}]"]
        position = quote.sentence_end
    return "".join([*pieces, answer[position:]]).rstrip(), tuple(citations)


def is_statement(answer: str, quote: Quote) -> bool:
    """Whether a sentence makes a statement: it is no question, no code, no bare formula or number."""
    sentence = answer[quote.sentence_start : quote.sentence_end]
    ending = unicodedata.normalize("NFKC", sentence).rstrip("*_ \"'”’)")  # full-width marks are read as plain ones
    if touches_listing(answer, quote.sentence_start, quote.sentence_end) or ending.endswith(("?", ":")):
        return False
    return sum(letter.isalpha() for letter in sentence) >= MIN_STATEMENT_LETTERS


def touches_listing(answer: str, start: int, end: int) -> bool:
    """Whether a sentence is, or has in it, lines of a fenced listing, which states nothing."""
    before = len(_FENCE.findall(answer, 0, start))
    return before % 2 == 1 or _FENCE.search(answer, start, end) is not None


def make_citation(number: int, hit: Hit, quote: str, score: float) -> Citation:
    """Return the citation of a quote from a passage, under the number of its mark."""
    return Citation(
        number=number,
        passage_id=hit.passage.id,
        document_id=hit.document.id,
        document=hit.document.title,
        locator=hit.passage.locator.label,
        place=hit.passage.locator.kind.value,
        position=hit.passage.locator.number,
        quote=quote,
        score=round(score, 4),
    )


def _cite_closest(hits: Sequence[Hit]) -> Citation:
    return make_citation(1, hits[0], hits[0].passage.text[:CLOSEST_QUOTE_CHARS], hits[0].score)
