"""Confirms statements that attribution found no source for, by the sentences that the model wrote them from. Pure.

Attribution compares with one or two sentences and takes a "not" anywhere in them for a contradiction. A statement may
draw on more of what was read, and repeats words of the question. One that no sentence says may still be put together
from the words of what was read: it is grounded, and is shown as the tutor's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from knowledge.documents import Hit, Quote
from knowledge.languages import either
from knowledge.lexical import tokenize
from tutor.answers.course_sentences import CourseSentence, plain_text, word_count
from tutor.answers.support_check import Fault, find_fault, new_numbers

MIN_SHARE = 0.65  # of the statement's own words that the sentences must have
MIN_SHARE_WITH_QUESTION = 0.5  # of all its words, those of the question included
MAX_RUN_WORDS = 90  # of neighbouring sentences that are cited together
MIN_SHARE_TO_DENY, MIN_SHARE_TO_AFFIRM = 0.5, 0.65  # of a claim's words, in a sentence next to an answer of yes or no
MIN_GROUNDED_SHARE = 0.4  # of the statement's own words, that what was read has anywhere
_NEGATION = re.compile(either("question_forms", "NEGATION"), re.IGNORECASE)


def confirm_quotes(
    answer: str, quotes: Sequence[Quote], evidence: Sequence[CourseSentence], hits: Sequence[Hit], question: str
) -> list[Quote]:
    """Return the quotes; one without a source, or with one that contradicts it, gets those that say what it says.

    Where none do it stays as it is.
    """
    places = {hit.passage.id: at for at, hit in enumerate(hits)}
    sources = [one for one in _sources(evidence) if one.hit.passage.id in places]
    context = " ".join([question, *(one.text for one in evidence)])
    return [
        quote
        if quote.hit_index is not None and find_fault(_claim(answer, quote), plain_text(quote.text), context) is None
        else _confirm(quote, answer, sources, places, question)
        for quote in quotes
    ]


def is_grounded(statement: str, sources: Sequence[CourseSentence], passages: Sequence[Hit], question: str) -> bool:
    """Return whether a statement is made of what was read, numbers included, and nothing there contradicts it."""
    terms, asked = set(tokenize(statement)), set(tokenize(question))
    text = " ".join([*(" ".join([*hit.passage.heading, hit.passage.text]) for hit in passages), *_texts(sources)])
    own = terms - asked
    is_known = len(own & set(tokenize(text))) >= MIN_GROUNDED_SHARE * len(own)
    if not is_known or new_numbers(statement, f"{text} {question}"):
        return False
    nearest = max(_texts(sources), key=lambda one: len(terms & set(tokenize(one))), default="")
    return find_fault(statement, nearest, f"{question} {text}") is None


def confirms(claim: str, question: str, sources: Sequence[CourseSentence]) -> bool:
    """Return whether a claim of an answer of yes or no may stand next to all sentences that were read.

    None about the same things may deny it, since another may seem to say what that one denies. A yes that only says the
    question again needs one that has most of its words: a model tends to say yes. A no is held to the first alone.
    """
    terms = set(tokenize(claim))
    shares = [(one.text, len(terms & set(tokenize(one.text))) / max(1, len(terms))) for one in sources]
    near = [text for text, share in shares if share >= MIN_SHARE_TO_DENY]
    if any(find_fault(claim, text, claim) in (Fault.NEGATION, Fault.OPPOSITE) for text in near):
        return False
    says_more = bool(terms - set(tokenize(question))) or _NEGATION.search(claim) is not None
    return says_more or any(share >= MIN_SHARE_TO_AFFIRM for _text, share in shares)


def _texts(sources: Sequence[CourseSentence]) -> list[str]:
    return [one.text for one in sources]


def _claim(answer: str, quote: Quote) -> str:
    return plain_text(answer[quote.sentence_start : quote.sentence_end])


def _confirm(
    quote: Quote, answer: str, sources: Sequence[CourseSentence], places: dict[str, int], question: str
) -> Quote:
    claim = _claim(answer, quote)
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
    """Yield the sentences, then each run of neighbouring ones as a whole, if it is short enough to be cited."""
    yield from evidence
    if not evidence:
        return
    run = evidence[0]
    for before, here in pairwise(evidence):
        gap = before.hit.passage.text[before.end : here.start] if here.hit == before.hit else "another passage"
        longer = CourseSentence(run.hit, run.start, here.end)
        if gap.strip() or word_count(longer.text) > MAX_RUN_WORDS:
            yield run
            run = here
        else:
            run = longer
    yield run
