"""What somebody who learnt a course knows of its terms: which words go with which term, in all its sentences.

An item is answered from these counts without the sentence that it was made from. Where they lead to its key, what it
asks was taught and not merely printed once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from knowledge.lexical import tokenize

SMOOTHING = 2.0  # sentences that mention a term without any of the words


@dataclass(frozen=True, slots=True)
class Standing:
    """How an item's key compares with other terms: `rank` from 1, `margin` in [-1, 1], `support` in words."""

    rank: int
    margin: float
    support: float


@dataclass(frozen=True, slots=True)
class TermAssociations:
    """Counts over sentences: of terms, of words, and of the two together."""

    of_term: dict[str, int]
    of_word: Counter[str]
    together: dict[str, Counter[str]]  # by word, the terms whose sentences contain it
    term_words: dict[str, frozenset[str]]
    sentences: int

    @classmethod
    def of_course(cls, sentences: Iterable[str], terms: Collection[str]) -> TermAssociations:
        """Count the sentences of a course that mention its terms."""
        term_words = {term: frozenset(tokenize(term)) for term in terms}
        by_word: dict[str, list[str]] = defaultdict(list)
        for term, words in term_words.items():
            if words:
                by_word[max(words, key=len)].append(term)
        of_term, of_word, total = Counter[str](), Counter[str](), 0
        together: dict[str, Counter[str]] = defaultdict(Counter)
        for sentence in sentences:
            words = frozenset(tokenize(sentence))
            of_word.update(words)
            total += 1
            mentioned = [term for word in words for term in by_word.get(word, ()) if term_words[term] <= words]
            of_term.update(mentioned)
            for word in words if mentioned else ():
                together[word].update(mentioned)
        return cls(dict(of_term), of_word, dict(together), term_words, total)

    def mentions(self, term: str) -> int:
        return self.of_term.get(term, 0)

    def rarity(self, word: str) -> float:
        """Return how much a word tells: the logarithm of the share of sentences that lack it, from 0."""
        return math.log((1 + self.sentences) / (1 + self.of_word.get(word, 0)))

    def standing(self, key: str, others: Sequence[str], asked: str, own: str) -> Standing:
        """Compare a key with other terms by the words that are asked about, without the item's own sentence."""
        words = frozenset(tokenize(asked)) - self.term_words.get(key, frozenset())
        scores: defaultdict[str, float] = defaultdict(float)
        own_words = frozenset(tokenize(own))
        for word in words:
            weight = self.rarity(word)
            for term, count in self.together.get(word, {}).items():
                mine = self.term_words[term] <= own_words
                left = count - (mine and word in own_words)
                if left > 0:
                    scores[term] += weight * left / (self.of_term[term] - mine + SMOOTHING)
        best_other = max((scores[other] for other in others if other != key), default=0.0)
        rank = 1 + sum(scores[other] >= scores[key] for other in others if other != key)
        total = scores[key] + best_other
        return Standing(rank, (scores[key] - best_other) / total if total else 0.0, scores[key])
