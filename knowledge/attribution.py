"""Attribution: for each sentence of an answer, the words of a passage that support it, or none.

A sentence is supported by a passage's sentence (or two neighbouring ones) when they share enough words, names and
meaning: a logistic model, fitted and described in `support.json`. A number that is not in the source, or a negation on
one side only, rules support out. An answer of a few words is supported by the sentence that contains them and fits the
question best. Quotes are cut from the passage, never written.
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
from knowledge.foreign_attribution import find_foreign_support
from knowledge.index import can_embed
from knowledge.languages import either, table
from knowledge.languages.sentences import Span, split_sentences
from knowledge.lexical import tokenize
from knowledge.qa_to_statement import contains_phrase, qa_to_statement

FEATURES = ("words", "pairs", "names", "cosine")  # shares of the claim's that the source has; cosine of both
_CITATION_MARK = re.compile(r"\s*\[\d{1,3}\]")
_NUMBER_WORDS: dict[str, str] = table("text", "NUMBER_WORDS")
_NUMBER = re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(map(re.escape, _NUMBER_WORDS))})\b", re.IGNORECASE)
_NEGATION = re.compile(either("text", "NEGATION"), re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,;:] )[A-Z]\w+|\b[A-Z]{2,}\b")  # not at the beginning, where every word has a capital
_SHORTLIST_SIZE = 3  # sources that are compared by meaning, for each sentence of the answer


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """One sentence of a passage, or two neighbouring ones, with their index terms."""

    hit_index: int
    text: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimSourcePair:
    """A sentence of the answer and a source that may support it; overlaps are shares in [0, 1]."""

    claim: str
    source: SourceSpan
    word_overlap: float
    bigram_overlap: float
    name_overlap: float
    is_consistent: bool  # no number or negation contradicts it

    def features(self, cosine: float) -> tuple[float, ...]:
        """Return the values of FEATURES."""
        return self.word_overlap, self.bigram_overlap, self.name_overlap, cosine


def attribute_answer(
    answer: str, hits: Sequence[Hit], embedder: Embedder, question: str = "", reader: Embedder | None = None
) -> list[Quote]:
    """Return one quote for each sentence of the answer, in order; `hit_index` is None where no passage supports it.

    `reader` is an embedder of several languages; with it, sentences of a passage in another script can be quoted.
    """
    sources = [source for number, hit in enumerate(hits) for source in source_spans(number, hit.passage.text)]
    claims = [(span, _CITATION_MARK.sub("", answer[slice(*span)])) for span in split_sentences(answer)]
    if question and len(claims) == 1 and (containing := _spans_containing(claims[0][1], sources)):
        return [_quote_short_answer(*claims[0], question, containing, embedder)]
    lists = [shortlist_sources(claim, sources) for _, claim in claims]
    cosine = cosine_similarities([pair for pairs in lists for pair in pairs if pair.is_consistent], embedder)
    quotes = [_best_quote(span, pairs, cosine) for (span, _), pairs in zip(claims, lists, strict=True)]
    if reader is None:
        return quotes
    return [
        quote if quote.hit_index is not None else _quote_foreign(quote, claim, sources, reader)
        for quote, (_, claim) in zip(quotes, claims, strict=True)
    ]


def _quote_foreign(quote: Quote, claim: str, sources: Sequence[SourceSpan], reader: Embedder) -> Quote:
    """Return the quote with the foreign sentence that supports its claim, or as it is."""
    found = find_foreign_support(claim, [source.text for source in sources], reader)
    if found is None or not _extract_numbers(claim) <= _extract_numbers(sources[found[0]].text):
        return quote
    number, score = found
    return replace(quote, hit_index=sources[number].hit_index, text=sources[number].text, score=round(score, 4))


def _spans_containing(words: str, sources: Sequence[SourceSpan]) -> list[SourceSpan]:
    """Return the sentences that contain the words of a short answer, of the first passage that has such sentences."""
    wanted = frozenset(tokenize(words))
    if not wanted:
        return []
    found = [source for source in sources if wanted.issubset(source.terms) and contains_phrase(source.text, words)]
    first = [source for source in found if source.hit_index == found[0].hit_index]
    return [source for source in first if not any(other.text in source.text for other in first if other is not source)]


def _quote_short_answer(
    span: Span, words: str, question: str, sources: Sequence[SourceSpan], embedder: Embedder
) -> Quote:
    """Return the quote for a short answer: of the sentences that contain it, the one that fits its question best."""
    claim = qa_to_statement(question, words) or f"{question} {words}"
    pairs = [
        replace(pair, is_consistent=True)
        for pair in shortlist_sources(claim, sources) or shortlist_sources(words, sources)
    ]
    cosine = cosine_similarities(pairs, embedder)
    score, pair = max(((support_score(pair, cosine), pair) for pair in pairs), key=lambda one: one[0])
    return Quote(*span, pair.source.hit_index, pair.source.text, round(score, 4))


def source_spans(number: int, text: str) -> list[SourceSpan]:
    """Return the sentences of hit `number`, then each two neighbours joined: a claim may draw on both."""
    spans = split_sentences(text)
    joined = [(a, d) for (a, _), (_, d) in zip(spans, spans[1:], strict=False)]
    return [SourceSpan(number, text[a:b], tuple(tokenize(text[a:b]))) for a, b in (*spans, *joined)]


def shortlist_sources(claim: str, sources: Sequence[SourceSpan]) -> list[ClaimSourcePair]:
    """Return the sources that share most words with a claim, best first; shorter ones before longer ones."""
    terms = tokenize(claim)
    if not terms:
        return []
    words = frozenset(terms)
    shares = [(len(words.intersection(source.terms)) / len(words), source) for source in sources]
    shares = sorted((s for s in shares if s[0] > 0), key=lambda s: (-s[0], len(s[1].terms)))
    return [_make_pair(claim, terms, source, share) for share, source in shares[:_SHORTLIST_SIZE]]


def _make_pair(claim: str, terms: Sequence[str], source: SourceSpan, share: float) -> ClaimSourcePair:
    bigrams = set(zip(terms, terms[1:], strict=False))
    source_bigrams = set(zip(source.terms, source.terms[1:], strict=False))
    names, text = set(_NAME.findall(claim)), source.text.casefold()
    same_numbers = _extract_numbers(claim) <= _extract_numbers(source.text)
    return ClaimSourcePair(
        claim,
        source,
        word_overlap=share,
        bigram_overlap=len(bigrams & source_bigrams) / len(bigrams) if bigrams else share,
        name_overlap=sum(name.casefold() in text for name in names) / len(names) if names else share,
        is_consistent=same_numbers and _is_negated(claim) == _is_negated(source.text),
    )


def cosine_similarities(pairs: Sequence[ClaimSourcePair], embedder: Embedder) -> dict[tuple[str, str], float]:
    """Return the cosine of each pair whose texts the embedder can read, by (claim, source text)."""
    keys = {
        (p.claim, p.source.text) for p in pairs if can_embed(embedder, p.claim) and can_embed(embedder, p.source.text)
    }
    texts = sorted({text for key in keys for text in key}, key=len)
    rows: dict[str, Vectors] = dict(zip(texts, embedder.embed_passages(texts), strict=True)) if texts else {}
    return {(a, b): float(np.dot(rows[a], rows[b])) for a, b in keys}


def support_score(pair: ClaimSourcePair, cosine: Mapping[tuple[str, str], float]) -> float:
    """Return how well the source supports the claim, in [0, 1]; not a calibrated probability."""
    if not pair.is_consistent:
        return 0.0
    # Where meaning cannot be compared, the share of words replaces it.
    values = pair.features(cosine.get((pair.claim, pair.source.text), pair.word_overlap))
    model = load_attribution_model()
    logit = model.bias + sum(model.weights[name] * value for name, value in zip(FEATURES, values, strict=True))
    return float(1 / (1 + np.exp(-logit)))


@dataclass(frozen=True, slots=True)
class AttributionModel:
    """A logistic model over FEATURES, and the lowest score at which a sentence counts as supported."""

    weights: Mapping[str, float]
    bias: float
    threshold: float


@functools.cache
def load_attribution_model() -> AttributionModel:
    """Return the model of `support.json`."""
    stored = json.loads(Path(__file__).with_name("support.json").read_text("utf-8"))
    weights = {str(name): float(value) for name, value in stored["weights"].items()}
    return AttributionModel(weights, float(stored["bias"]), float(stored["threshold"]))


def _best_quote(span: Span, pairs: Sequence[ClaimSourcePair], cosine: Mapping[tuple[str, str], float]) -> Quote:
    scored = [(support_score(pair, cosine), pair) for pair in pairs]
    score, pair = max(scored, key=lambda one: one[0], default=(0.0, None))
    if pair is None or score < load_attribution_model().threshold:
        return Quote(*span, None, "", round(score, 4))
    return Quote(*span, pair.source.hit_index, pair.source.text, round(score, 4))


def _extract_numbers(text: str) -> set[str]:
    found = (number.lower() for number in _NUMBER.findall(text))
    return {_NUMBER_WORDS.get(number, number.replace(",", "")) for number in found}


def _is_negated(text: str) -> bool:
    return len(_NEGATION.findall(text)) % 2 == 1
