"""Marks each sentence of an answer: with its quote's number, or as the tutor's own words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.documents import Hit, Quote
from tutor.chat import fixed_replies
from tutor.domain import Citation

OWN_WORDS_MARK = "°"  # in the place of a number: no passage of the course says this
_MARK = re.compile(rf"\s*\[(?:\d{{1,2}}|{OWN_WORDS_MARK})\]")
_FENCE = re.compile(r"^(?:```|~~~)", re.MULTILINE)


def strip_citation_marks(answer: str) -> str:
    """Drop marks that the model wrote itself: only checked ones are shown."""
    return _MARK.sub("", answer).strip()


def add_citations(
    answer: str, quotes: Sequence[Quote], hits: Sequence[Hit], language: str
) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer with a mark behind each statement, and the citations in the order of their numbers.

    A supported sentence gets its quote's number, another one the mark of the tutor's own words; questions and code
    state nothing and get none. An answer without any support says so once, and names the closest passage.
    """
    if not hits:
        return answer, ()
    supported = [quote for quote in quotes if quote.hit_index is not None]
    if not supported:
        closest = make_citation(1, hits[0], hits[0].passage.text[:300], hits[0].score)
        return f"{answer}\n\n{fixed_replies.own_words_note(language, '[1]')}", (closest,)
    numbers: dict[tuple[int, str], int] = {}
    citations: list[Citation] = []
    pieces: list[str] = []
    position = 0
    for quote in quotes:
        if quote.hit_index is not None:
            key = (quote.hit_index, quote.text)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                citations.append(make_citation(numbers[key], hits[quote.hit_index], quote.text, quote.score))
            mark = str(numbers[key])
        elif _is_statement(answer, quote):
            mark = OWN_WORDS_MARK
        else:
            continue
        pieces += [answer[position : quote.sentence_end].rstrip(), f" [{mark}]"]
        position = quote.sentence_end
    return "".join([*pieces, answer[position:]]).rstrip(), tuple(citations)


def add_citations_to_verified(
    answer: str, quotes: Sequence[Quote], hits: Sequence[Hit]
) -> tuple[str, tuple[Citation, ...]]:
    """Return a person's answer with marks where passages support it; else the closest passage stands below it."""
    if any(quote.hit_index is not None for quote in quotes) or not hits:
        return add_citations(answer, [quote for quote in quotes if quote.hit_index is not None], hits, "en")
    return answer, (make_citation(1, hits[0], hits[0].passage.text[:300], hits[0].score),)


def _is_statement(answer: str, quote: Quote) -> bool:
    """Whether a sentence says something that a course could hold: no question, no code, no bare formula or number."""
    sentence = answer[quote.sentence_start : quote.sentence_end].rstrip("*_ \"'”’)）")
    if len(_FENCE.findall(answer, 0, quote.sentence_end)) % 2 or sentence.endswith(("?", "？", ":", "：", "```")):
        return False
    return sum(letter.isalpha() for letter in sentence) >= 3


def make_citation(number: int, hit: Hit, quote: str, score: float) -> Citation:
    """Return where a quote of a passage stands, under the number of its mark."""
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
