"""Support: which words of a passage carry each sentence of an answer, or none.

A sentence is supported by a passage's sentence when they say the same words or mean the same, and no number, negation
or opposite stands against it. Quotes are cut from the passage, never written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.documents import Hit, Quote
from knowledge.embedding import Embedder, Vectors
from knowledge.index import reads
from knowledge.lexical import terms
from knowledge.sentences import Span, sentences

_MARK = re.compile(r"\s*\[\d{1,3}\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(r"\b(?:not|no|never|none|neither|nor|cannot|without)\b|n't\b|不|没|无|非|未", re.IGNORECASE)
_CANDIDATES = 3  # passage sentences that are compared by meaning, for each sentence of the answer
_SUPPORTED = 0.5


@dataclass(frozen=True, slots=True)
class _Source:
    hit: int
    text: str
    words: frozenset[str]


def quotes(answer: str, hits: Sequence[Hit], embedder: Embedder) -> list[Quote]:
    """Return one quote a sentence of the answer, in order; `hit` is None where no passage supports the sentence."""
    sources = [_Source(n, text, frozenset(terms(text))) for n, hit in enumerate(hits) for text in _units(hit)]
    claims = [(span, _MARK.sub("", answer[slice(*span)])) for span in sentences(answer)]
    shortlists = [_shortlist(frozenset(terms(claim)), sources) for _, claim in claims]
    meaning = _cosines([claim for _, claim in claims], shortlists, embedder)
    return [_best(span, claim, shortlist, meaning) for (span, claim), shortlist in zip(claims, shortlists, strict=True)]


def _units(hit: Hit) -> list[str]:
    """Return the sentences of a passage, and each pair of neighbours: a claim may draw on two."""
    text = hit.passage.text
    spans = sentences(text)
    return [text[a:b] for a, b in spans] + [text[a:d] for (a, _), (_, d) in zip(spans, spans[1:], strict=False)]


def _shortlist(words: frozenset[str], sources: Sequence[_Source]) -> list[tuple[_Source, float]]:
    """Return the sources that share most with a claim, with the share of its words that they hold."""
    if not words:
        return []
    shared = [(source, len(words & source.words) / len(words)) for source in sources]
    shared.sort(key=lambda pair: (-pair[1], len(pair[0].words)))
    return [pair for pair in shared[:_CANDIDATES] if pair[1] > 0]


def _cosines(
    claims: Sequence[str], shortlists: Sequence[list[tuple[_Source, float]]], embedder: Embedder
) -> dict[tuple[str, str], float]:
    """Return the cosine of every claim and shortlisted source that the embedder can read."""
    pairs = [
        (claim, source.text) for claim, shortlist in zip(claims, shortlists, strict=True) for source, _ in shortlist
    ]
    texts = sorted({text for pair in pairs if reads(embedder, pair[0]) for text in pair})
    rows: dict[str, Vectors] = dict(zip(texts, embedder.embed_passages(texts), strict=True)) if texts else {}
    return {(a, b): float(np.dot(rows[a], rows[b])) for a, b in pairs if a in rows and b in rows}


def _best(
    span: Span, claim: str, shortlist: list[tuple[_Source, float]], meaning: dict[tuple[str, str], float]
) -> Quote:
    scored = [(_score(claim, source.text, share, meaning), source) for source, share in shortlist]
    score, source = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if source is None or score < _SUPPORTED:
        return Quote(*span, None, "", round(score, 4))
    return Quote(*span, source.hit, source.text, round(score, 4))


def _score(claim: str, source: str, share: float, meaning: dict[tuple[str, str], float]) -> float:
    if not set(_NUMBER.findall(claim)) <= set(_NUMBER.findall(source)):
        return 0.0
    if len(_NEGATION.findall(claim)) % 2 != len(_NEGATION.findall(source)) % 2:
        return 0.0
    cosine = meaning.get((claim, source), share)
    return float(np.clip(0.5 * share + 0.5 * cosine, 0, 1))
