"""Support: which words of a passage carry each sentence of an answer, or none.

A sentence is supported by a passage's sentence (or two neighbours) when they share enough words, names and meaning:
a logistic model, fitted and described in `support.json`. A number that the source does not hold, or a negation on one
side only, rules support out. A few words that a passage holds as they are, as an answer, are quoted by the sentence
that fits the question best. Quotes are cut from the passage, never written.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from knowledge.documents import Hit, Quote
from knowledge.embedding import Embedder, Vectors
from knowledge.index import can_embed
from knowledge.lexical import tokenize
from knowledge.qa_to_statement import contains_phrase, qa_to_statement
from knowledge.sentences import Span, split_sentences

FEATURES = ("words", "pairs", "names", "cosine")  # shares of the claim's in the source; cosine of both
_CITATION_MARK = re.compile(r"\s*\[\d{1,3}\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b", re.IGNORECASE)
_DIGITS = {word: str(n) for n, word in enumerate("two three four five six seven eight nine ten".split(), start=2)}
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|cannot|without)\b|n't\b|不|没有|无法|并非|未", re.IGNORECASE
)
_NAME = re.compile(r"(?<=[\w,;:] )[A-Z]\w+|\b[A-Z]{2,}\b")  # not at the beginning, where every word has a capital
_SHORTLIST_SIZE = 3  # sources that are compared by meaning, for each sentence of the answer


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """One or two sentences of a passage, with their terms."""

    hit_index: int
    text: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimSourcePair:
    """A claim beside the source that may carry it."""

    claim: str
    source: SourceSpan
    word_overlap: float
    bigram_overlap: float
    name_overlap: float
    is_consistent: bool  # no number or negation stands against it

    def features(self, cosine: float) -> tuple[float, ...]:
        return self.word_overlap, self.bigram_overlap, self.name_overlap, cosine


def attribute_answer(answer: str, hits: Sequence[Hit], embedder: Embedder, question: str = "") -> list[Quote]:
    """Return one quote a sentence of the answer, in order; `hit` is None where no passage supports the sentence."""
    sources = [source for number, hit in enumerate(hits) for source in source_spans(number, hit.passage.text)]
    claims = [(span, _CITATION_MARK.sub("", answer[slice(*span)])) for span in split_sentences(answer)]
    if question and len(claims) == 1 and (holding := _spans_containing(claims[0][1], sources)):
        return [_quote_short_answer(*claims[0], question, holding, embedder)]
    lists = [shortlist_sources(claim, sources) for _, claim in claims]
    cosine = cosine_similarities([pair for pairs in lists for pair in pairs if pair.is_consistent], embedder)
    return [_best_quote(span, pairs, cosine) for (span, _), pairs in zip(claims, lists, strict=True)]


def _spans_containing(words: str, sources: Sequence[SourceSpan]) -> list[SourceSpan]:
    """Return the sentences of one passage, the best that has any, that hold the words of a bare answer."""
    wanted = frozenset(tokenize(words))
    if not wanted:
        return []
    holding = [source for source in sources if wanted.issubset(source.terms) and contains_phrase(source.text, words)]
    first = [source for source in holding if source.hit_index == holding[0].hit_index]
    return [source for source in first if not any(other.text in source.text for other in first if other is not source)]


def _quote_short_answer(
    span: Span, words: str, question: str, holding: Sequence[SourceSpan], embedder: Embedder
) -> Quote:
    """Return the quote of a bare answer: of the sentences that hold it, the one that fits its question best."""
    claim = qa_to_statement(question, words) or f"{question} {words}"
    pairs = [
        replace(pair, is_consistent=True)
        for pair in shortlist_sources(claim, holding) or shortlist_sources(words, holding)
    ]
    cosine = cosine_similarities(pairs, embedder)
    chance, pair = max(((support_score(pair, cosine), pair) for pair in pairs), key=lambda one: one[0])
    return Quote(*span, pair.source.hit_index, pair.source.text, round(chance, 4))


def source_spans(number: int, text: str) -> list[SourceSpan]:
    """Return the sentences of a passage, and each two neighbours: a claim may draw on both."""
    spans = split_sentences(text)
    joined = [(a, d) for (a, _), (_, d) in zip(spans, spans[1:], strict=False)]
    return [SourceSpan(number, text[a:b], tuple(tokenize(text[a:b]))) for a, b in (*spans, *joined)]


def shortlist_sources(claim: str, sources: Sequence[SourceSpan]) -> list[ClaimSourcePair]:
    """Return the sources that share most words with a claim, best first; shorter ones before longer ones."""
    spoken = tokenize(claim)
    if not spoken:
        return []
    words = frozenset(spoken)
    shares = [(len(words.intersection(source.terms)) / len(words), source) for source in sources]
    shares = sorted((s for s in shares if s[0] > 0), key=lambda s: (-s[0], len(s[1].terms)))
    return [_make_pair(claim, spoken, source, share) for share, source in shares[:_SHORTLIST_SIZE]]


def _make_pair(claim: str, spoken: Sequence[str], source: SourceSpan, share: float) -> ClaimSourcePair:
    neighbours = set(zip(spoken, spoken[1:], strict=False))
    held = set(zip(source.terms, source.terms[1:], strict=False))
    names, text = set(_NAME.findall(claim)), source.text.casefold()
    agrees = _extract_numbers(claim) <= _extract_numbers(source.text) and _is_negated(claim) == _is_negated(source.text)
    return ClaimSourcePair(
        claim,
        source,
        word_overlap=share,
        bigram_overlap=len(neighbours & held) / len(neighbours) if neighbours else share,
        name_overlap=sum(name.casefold() in text for name in names) / len(names) if names else share,
        is_consistent=agrees,
    )


def cosine_similarities(pairs: Sequence[ClaimSourcePair], embedder: Embedder) -> dict[tuple[str, str], float]:
    """Return the cosine of claim and source of each pair that the embedder can read."""
    keys = {
        (p.claim, p.source.text) for p in pairs if can_embed(embedder, p.claim) and can_embed(embedder, p.source.text)
    }
    texts = sorted({text for key in keys for text in key}, key=len)
    rows: dict[str, Vectors] = dict(zip(texts, embedder.embed_passages(texts), strict=True)) if texts else {}
    return {(a, b): float(np.dot(rows[a], rows[b])) for a, b in keys}


def support_score(pair: ClaimSourcePair, cosine: Mapping[tuple[str, str], float]) -> float:
    """Return how well the source supports the claim, in [0, 1]; not a calibrated chance."""
    if not pair.is_consistent:
        return 0.0
    # Where meaning cannot be compared, the share of words stands in for it.
    values = pair.features(cosine.get((pair.claim, pair.source.text), pair.word_overlap))
    kept = load_attribution_model()
    logit = kept.bias + sum(kept.weights[name] * value for name, value in zip(FEATURES, values, strict=True))
    return float(1 / (1 + np.exp(-logit)))


@dataclass(frozen=True, slots=True)
class AttributionModel:
    """A logistic model over FEATURES, and the score from which on a sentence counts as supported."""

    weights: Mapping[str, float]
    bias: float
    threshold: float


@functools.cache
def load_attribution_model() -> AttributionModel:
    """Return the model of `support.json`."""
    kept = json.loads(Path(__file__).with_name("support.json").read_text("utf-8"))
    weights = {str(name): float(value) for name, value in kept["weights"].items()}
    return AttributionModel(weights, float(kept["bias"]), float(kept["threshold"]))


def _best_quote(span: Span, pairs: Sequence[ClaimSourcePair], cosine: Mapping[tuple[str, str], float]) -> Quote:
    scored = [(support_score(pair, cosine), pair) for pair in pairs]
    chance, pair = max(scored, key=lambda one: one[0], default=(0.0, None))
    if pair is None or chance < load_attribution_model().threshold:
        return Quote(*span, None, "", round(chance, 4))
    return Quote(*span, pair.source.hit_index, pair.source.text, round(chance, 4))


def _extract_numbers(text: str) -> set[str]:
    found = (number.lower() for number in _NUMBER.findall(text))
    return {_DIGITS.get(number, number.replace(",", "")) for number in found}


def _is_negated(text: str) -> bool:
    return len(_NEGATION.findall(text)) % 2 == 1
