"""Confirms statements that attribution found no source for, by the sentences that the model wrote them from. Pure.

Attribution compares with one or two sentences and takes a "not" anywhere in them for a contradiction. A statement may
draw on more of what was read, and repeats words of the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from knowledge.documents import Hit, Quote
from knowledge.lexical import tokenize
from tutor.answers.course_sentences import CourseSentence
from tutor.answers.support_check import find_fault

MIN_SHARE = 0.65  # of the statement's own words that the sentences must have
MIN_SHARE_WITH_QUESTION = 0.5  # of all its words, those of the question included


def confirm_quotes(
    answer: str, quotes: Sequence[Quote], evidence: Sequence[CourseSentence], hits: Sequence[Hit], question: str
) -> list[Quote]:
    """Return the quotes; one without a source gets the sentences of the evidence that say what it says, if any do."""
    places = {hit.passage.id: at for at, hit in enumerate(hits)}
    sources = [one for one in _sources(evidence) if one.hit.passage.id in places]
    return [
        quote if quote.hit_index is not None else _confirm(quote, answer, sources, places, question) for quote in quotes
    ]


def _confirm(
    quote: Quote, answer: str, sources: Sequence[CourseSentence], places: dict[str, int], question: str
) -> Quote:
    claim = answer[quote.sentence_start : quote.sentence_end]
    terms, asked = set(tokenize(claim)), set(tokenize(question))
    own = terms - asked
    if not own:
        return quote
    for source in sources:
        there = set(tokenize(source.text))
        share = len(own & there) / len(own)
        is_near = share >= MIN_SHARE and len(terms & there) >= MIN_SHARE_WITH_QUESTION * len(terms)
        if is_near and find_fault(claim, source.text, question) is None:
            return replace(quote, hit_index=places[source.hit.passage.id], text=source.raw, score=round(share, 4))
    return quote


def _sources(evidence: Sequence[CourseSentence]) -> Iterator[CourseSentence]:
    """Yield the sentences, then each run of neighbouring ones as a whole."""
    yield from evidence
    if not evidence:
        return
    run = evidence[0]
    for before, here in pairwise(evidence):
        gap = before.hit.passage.text[before.end : here.start] if here.hit == before.hit else "another passage"
        if gap.strip():
            yield run
            run = here
        else:
            run = CourseSentence(run.hit, run.start, here.end)
    yield run
