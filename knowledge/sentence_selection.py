"""Sentence selection: the sentences of a passage that answer a question, so that a small model reads less. Pure.

Sentences are scored by the question's words that they contain, weighted by rarity among the passages found, and the
most likely ones are kept (top-p over a softmax). A question of one word ("Explain osmosis") is about the whole passage,
and lists, tables and code are never shortened. Fitted and measured by `bench/sentence_selection.py`: a model of
135 M parameters answers as well from a third of the words (docs/LOG.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from knowledge.documents import Hit
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize
from knowledge.query_rewriting import content_terms

SHARPNESS = 8.6  # log-odds between a sentence with all of the question's words and one with none
TOP_P = 0.8  # share of the probability that the selected sentences have together
_LIST_OR_CODE = re.compile(r"^(?:\s*(?:[-*•|]\s|\d{1,3}[.)]\s|```|\$\$|>>>)|\t| {4})", re.MULTILINE)


def select_sentences(question: str, hits: Sequence[Hit]) -> str:
    """Return the sentences of the first passage that most likely answer, in its order, or the whole passage.

    The other hits are only used to tell which words are rare.
    """
    text = hits[0].passage.text
    spans = split_sentences(text)
    shares = query_term_coverage(question, hits)[: len(spans)]
    if len(content_terms(question)) < 2 or _LIST_OR_CODE.search(text) or max(shares, default=0.0) == 0:
        return text
    selected = select_top_p(shares)
    return text if len(selected) == len(spans) else " ".join(text[slice(*spans[at])] for at in selected)


def query_term_coverage(question: str, hits: Sequence[Hit]) -> list[float]:
    """Return for each sentence of the hits, in order, the share of the question's terms in it, weighted by rarity."""
    sentences = [set(tokenize(hit.passage.text[a:b])) for hit in hits for a, b in split_sentences(hit.passage.text)]
    idf = {term: _idf(sum(term in one for one in sentences), len(sentences)) for term in content_terms(question)}
    total = sum(idf.values()) or 1.0
    return [sum(weight for term, weight in idf.items() if term in one) / total for one in sentences]


def select_top_p(shares: Sequence[float], sharpness: float = SHARPNESS) -> list[int]:
    """Return the indices of the fewest sentences that together have TOP_P of the softmax weight, in order."""
    weights = [math.exp(sharpness * (share - max(shares))) for share in shares]
    missing, chosen = TOP_P * sum(weights), list[int]()
    for at in sorted(range(len(weights)), key=lambda at: -shares[at]):
        if missing <= 0:
            break
        missing -= weights[at]
        chosen.append(at)
    return sorted(chosen)


def _idf(count: int, total: int) -> float:
    return math.log((total + 1) / (count + 0.5))
