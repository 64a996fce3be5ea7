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
from knowledge.index import reads
from knowledge.lexical import terms
from knowledge.qa_to_statement import says, statement
from knowledge.sentences import Span, sentences

FEATURES = ("words", "pairs", "names", "cosine")  # shares of the claim's in the source; cosine of both
_MARK = re.compile(r"\s*\[\d{1,3}\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b", re.IGNORECASE)
_DIGITS = {word: str(n) for n, word in enumerate("two three four five six seven eight nine ten".split(), start=2)}
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|cannot|without)\b|n't\b|不|没有|无法|并非|未", re.IGNORECASE
)
_NAME = re.compile(r"(?<=[\w,;:] )[A-Z]\w+|\b[A-Z]{2,}\b")  # not at the beginning, where every word has a capital
_CANDIDATES = 3  # sources that are compared by meaning, for each sentence of the answer


@dataclass(frozen=True, slots=True)
class Source:
    """One or two sentences of a passage, with their terms."""

    hit: int
    text: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim beside the source that may carry it."""

    claim: str
    source: Source
    words: float
    pairs: float
    names: float
    agrees: bool  # no number or negation stands against it

    def features(self, cosine: float) -> tuple[float, ...]:
        return self.words, self.pairs, self.names, cosine


def quotes(answer: str, hits: Sequence[Hit], embedder: Embedder, question: str = "") -> list[Quote]:
    """Return one quote a sentence of the answer, in order; `hit` is None where no passage supports the sentence."""
    sources = [source for number, hit in enumerate(hits) for source in sources_of(number, hit.passage.text)]
    claims = [(span, _MARK.sub("", answer[slice(*span)])) for span in sentences(answer)]
    if question and len(claims) == 1 and (holding := _holding(claims[0][1], sources)):
        return [_of_bare(*claims[0], question, holding, embedder)]
    lists = [shortlist(claim, sources) for _, claim in claims]
    cosine = cosines([pair for pairs in lists for pair in pairs if pair.agrees], embedder)
    return [_best(span, pairs, cosine) for (span, _), pairs in zip(claims, lists, strict=True)]


def _holding(words: str, sources: Sequence[Source]) -> list[Source]:
    """Return the sentences of one passage, the best that has any, that hold the words of a bare answer."""
    wanted = frozenset(terms(words))
    if not wanted:
        return []
    holding = [source for source in sources if wanted.issubset(source.terms) and says(source.text, words)]
    first = [source for source in holding if source.hit == holding[0].hit]
    return [source for source in first if not any(other.text in source.text for other in first if other is not source)]


def _of_bare(span: Span, words: str, question: str, holding: Sequence[Source], embedder: Embedder) -> Quote:
    """Return the quote of a bare answer: of the sentences that hold it, the one that fits its question best."""
    claim = statement(question, words) or f"{question} {words}"
    pairs = [replace(pair, agrees=True) for pair in shortlist(claim, holding) or shortlist(words, holding)]
    cosine = cosines(pairs, embedder)
    chance, pair = max(((score(pair, cosine), pair) for pair in pairs), key=lambda one: one[0])
    return Quote(*span, pair.source.hit, pair.source.text, round(chance, 4))


def sources_of(number: int, text: str) -> list[Source]:
    """Return the sentences of a passage, and each two neighbours: a claim may draw on both."""
    spans = sentences(text)
    joined = [(a, d) for (a, _), (_, d) in zip(spans, spans[1:], strict=False)]
    return [Source(number, text[a:b], tuple(terms(text[a:b]))) for a, b in (*spans, *joined)]


def shortlist(claim: str, sources: Sequence[Source]) -> list[Pair]:
    """Return the sources that share most words with a claim, best first; shorter ones before longer ones."""
    spoken = terms(claim)
    if not spoken:
        return []
    words = frozenset(spoken)
    shares = [(len(words.intersection(source.terms)) / len(words), source) for source in sources]
    shares = sorted((s for s in shares if s[0] > 0), key=lambda s: (-s[0], len(s[1].terms)))
    return [_pair(claim, spoken, source, share) for share, source in shares[:_CANDIDATES]]


def _pair(claim: str, spoken: Sequence[str], source: Source, share: float) -> Pair:
    neighbours = set(zip(spoken, spoken[1:], strict=False))
    held = set(zip(source.terms, source.terms[1:], strict=False))
    names, text = set(_NAME.findall(claim)), source.text.casefold()
    agrees = _numbers(claim) <= _numbers(source.text) and _negated(claim) == _negated(source.text)
    return Pair(
        claim,
        source,
        words=share,
        pairs=len(neighbours & held) / len(neighbours) if neighbours else share,
        names=sum(name.casefold() in text for name in names) / len(names) if names else share,
        agrees=agrees,
    )


def cosines(pairs: Sequence[Pair], embedder: Embedder) -> dict[tuple[str, str], float]:
    """Return the cosine of claim and source of each pair that the embedder can read."""
    keys = {(p.claim, p.source.text) for p in pairs if reads(embedder, p.claim) and reads(embedder, p.source.text)}
    texts = sorted({text for key in keys for text in key}, key=len)
    rows: dict[str, Vectors] = dict(zip(texts, embedder.embed_passages(texts), strict=True)) if texts else {}
    return {(a, b): float(np.dot(rows[a], rows[b])) for a, b in keys}


def score(pair: Pair, cosine: Mapping[tuple[str, str], float]) -> float:
    """Return how well the source supports the claim, in [0, 1]; not a calibrated chance."""
    if not pair.agrees:
        return 0.0
    # Where meaning cannot be compared, the share of words stands in for it.
    values = pair.features(cosine.get((pair.claim, pair.source.text), pair.words))
    kept = model()
    logit = kept.bias + sum(kept.weights[name] * value for name, value in zip(FEATURES, values, strict=True))
    return float(1 / (1 + np.exp(-logit)))


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model over FEATURES, and the score from which on a sentence counts as supported."""

    weights: Mapping[str, float]
    bias: float
    threshold: float


@functools.cache
def model() -> Model:
    """Return the model of `support.json`."""
    kept = json.loads(Path(__file__).with_name("support.json").read_text("utf-8"))
    weights = {str(name): float(value) for name, value in kept["weights"].items()}
    return Model(weights, float(kept["bias"]), float(kept["threshold"]))


def _best(span: Span, pairs: Sequence[Pair], cosine: Mapping[tuple[str, str], float]) -> Quote:
    scored = [(score(pair, cosine), pair) for pair in pairs]
    chance, pair = max(scored, key=lambda one: one[0], default=(0.0, None))
    if pair is None or chance < model().threshold:
        return Quote(*span, None, "", round(chance, 4))
    return Quote(*span, pair.source.hit, pair.source.text, round(chance, 4))


def _numbers(text: str) -> set[str]:
    found = (number.lower() for number in _NUMBER.findall(text))
    return {_DIGITS.get(number, number.replace(",", "")) for number in found}


def _negated(text: str) -> bool:
    return len(_NEGATION.findall(text)) % 2 == 1
