"""Sentence selection: what of a passage answers a question, so that a small model need not read past it. Pure.

Of running text those sentences are kept that hold the question's words, each word counting by its rarity among the
passages found, until they have most of the weight of a softmax over all sentences of the passage. A question that fits
them all alike keeps nearly all; one of a single word ("Explain osmosis") is about the whole, and lists, tables and code
say what they say as a whole. Fitted and measured by `bench/sentence_selection.py`: a model of 135 M parameters
answers as well
from a third of the words (docs/LOG.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from knowledge.documents import Hit
from knowledge.lexical import tokenize
from knowledge.query_rewriting import content_terms
from knowledge.sentences import split_sentences

SHARPNESS = 8.6  # log-odds between a sentence with all of the question's words and one with none
TOP_P = 0.8  # of the weight
_LIST_OR_CODE = re.compile(r"^(?:\s*(?:[-*•|]\s|\d{1,3}[.)]\s|```|\$\$|>>>)|\t| {4})", re.MULTILINE)


def select_sentences(question: str, hits: Sequence[Hit]) -> str:
    """Return of the first passage the sentences that most likely answer, in its order; at times all of it.

    The other hits tell which words are rare.
    """
    text = hits[0].passage.text
    spans = split_sentences(text)
    shares = query_term_coverage(question, hits)[: len(spans)]
    if len(content_terms(question)) < 2 or _LIST_OR_CODE.search(text) or max(shares, default=0.0) == 0:
        return text
    kept = select_top_p(shares)
    return text if len(kept) == len(spans) else " ".join(text[slice(*spans[at])] for at in kept)


def query_term_coverage(question: str, hits: Sequence[Hit]) -> list[float]:
    """Return for each sentence of the hits, in order, which share of the question's words it holds, by rarity."""
    held = [set(tokenize(hit.passage.text[a:b])) for hit in hits for a, b in split_sentences(hit.passage.text)]
    rarity = {term: _idf(sum(term in one for one in held), len(held)) for term in content_terms(question)}
    whole = sum(rarity.values()) or 1.0
    return [sum(worth for term, worth in rarity.items() if term in one) / whole for one in held]


def select_top_p(shares: Sequence[float], sharpness: float = SHARPNESS, top_p: float = TOP_P) -> list[int]:
    """Return which sentences together have the share `kept` of the weight, the best first taken, in order."""
    weights = [math.exp(sharpness * (share - max(shares))) for share in shares]
    missing, chosen = top_p * sum(weights), list[int]()
    for at in sorted(range(len(weights)), key=lambda at: -weights[at]):
        if missing <= 0:
            break
        missing -= weights[at]
        chosen.append(at)
    return sorted(chosen)


def _idf(holding: int, of: int) -> float:
    return math.log((of + 1) / (holding + 0.5))
