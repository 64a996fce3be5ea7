"""Puts numbered citation marks into an answer, from the quotes that support its sentences. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.documents import Hit, Quote
from tutor import phrases
from tutor.domain import Citation

_MARK = re.compile(r"\s*\[\d{1,2}\]")


def without_marks(answer: str) -> str:
    """Drop marks that the model wrote itself: only checked ones are shown."""
    return _MARK.sub("", answer).strip()


def cite(answer: str, quotes: Sequence[Quote], hits: Sequence[Hit], language: str) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer with a mark behind each supported sentence, and the citations in the order of their numbers.

    An answer without any supported sentence says that it is the tutor's own words, and names the closest passage.
    """
    if not hits:
        return answer, ()
    supported = [quote for quote in quotes if quote.hit is not None]
    if not supported:
        closest = _citation(1, hits[0], hits[0].passage.text[:300], hits[0].score)
        return f"{answer}\n\n{phrases.own_words(language, '[1]')}", (closest,)
    numbers: dict[tuple[int, str], int] = {}
    citations: list[Citation] = []
    pieces: list[str] = []
    position = 0
    for quote in supported:
        assert quote.hit is not None
        key = (quote.hit, quote.text)
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            citations.append(_citation(numbers[key], hits[quote.hit], quote.text, quote.score))
        pieces += [answer[position : quote.sentence_end].rstrip(), f" [{numbers[key]}]"]
        position = quote.sentence_end
    return "".join([*pieces, answer[position:]]).rstrip(), tuple(citations)


def cite_verified(answer: str, quotes: Sequence[Quote], hits: Sequence[Hit]) -> tuple[str, tuple[Citation, ...]]:
    """Return a person's answer with marks where passages support it; else the closest passage stands below it."""
    if any(quote.hit is not None for quote in quotes) or not hits:
        return cite(answer, quotes, hits, "en")
    return answer, (_citation(1, hits[0], hits[0].passage.text[:300], hits[0].score),)


def _citation(number: int, hit: Hit, quote: str, score: float) -> Citation:
    return Citation(
        number=number,
        passage_id=hit.passage.id,
        document_id=hit.document.id,
        document=hit.document.title,
        locator=hit.passage.locator.label,
        place=hit.passage.locator.place.value,
        position=hit.passage.locator.number,
        quote=quote,
        score=round(score, 4),
    )
