"""Finds the sentences that mention a term without reading all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.assessment.quiz_terms import Sentence, contains_term, normalized_words


@dataclass(frozen=True, slots=True)
class SentenceIndex:
    """The sentences of a course, and the places of each word in them."""

    sentences: Sequence[Sentence]
    places: dict[str, list[int]]

    @classmethod
    def build(cls, sentences: Sequence[Sentence]) -> SentenceIndex:
        places: dict[str, list[int]] = defaultdict(list)
        for at, sentence in enumerate(sentences):
            for word in set(normalized_words(sentence.text)):
                places[word].append(at)
        return cls(sentences, dict(places))

    def mentioning(self, term: str) -> list[Sentence]:
        """Return the sentences with a term, in any number and case, in their order."""
        words = normalized_words(term)
        if not words:
            return [one for one in self.sentences if contains_term(one.text, term)]
        rarest = min((self.places.get(word, []) for word in words), key=len)
        return [self.sentences[at] for at in rarest if contains_term(self.sentences[at].text, term)]
