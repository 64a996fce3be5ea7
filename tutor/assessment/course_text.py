"""What items are generated from: the passages of a course with their sentences and definitions, and wrong options."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.documents import Passage
from knowledge.languages import DEFAULT, detect_language, either
from knowledge.lexical import tokenize
from knowledge.passage_roles import teaches
from tutor.assessment.glossary_entries import glossary_definitions, is_glossary
from tutor.assessment.quiz_terms import (
    Definition,
    Sentence,
    contains_term,
    extract_definitions,
    extract_sentences,
    is_same_term,
    unique_definitions,
)
from tutor.assessment.sentence_index import SentenceIndex

_QUALITY = re.compile(rf"(?:{either('items', 'DESCRIBES_A_QUALITY')})", re.IGNORECASE)
OPENING_WORDS = 3  # of a description
OPTION_COUNT = 4  # of a choice, the key included
MAX_SHARED_WORDS = 0.75  # of two descriptions; more, and both terms could be the answer


@dataclass(frozen=True, slots=True)
class CourseText:
    """The text of a course as generators read it."""

    passages: Sequence[Passage]
    sentences: Sequence[Sentence]
    definitions: Sequence[Definition]
    document_ids: Mapping[str, str]  # by passage id
    headings: Mapping[str, tuple[str, ...]]  # by passage id
    index: SentenceIndex

    def options_for(self, definition: Definition) -> tuple[str, ...]:
        """Return the defined term and three others that its sentence does not contain, of the nearest sort first.

        The others come from the same document first, because a term of another subject would give the key away, then
        from descriptions that begin alike ("protein that …") and from the same section. Empty where the document has
        no other term or the course has too few.
        """
        here = self.document_ids.get(definition.sentence.passage_id)
        near = [one for one in self.definitions if self.document_ids.get(one.sentence.passage_id) == here]
        chosen = self._choose_options(definition, near, [])
        if chosen and len(chosen) < OPTION_COUNT - 1:
            chosen = self._choose_options(definition, self.definitions, chosen)
        if len(chosen) < OPTION_COUNT - 1:
            return ()
        return (definition.term, *(_match_case(definition.term, other) for other in chosen))

    def _choose_options(self, definition: Definition, others: Sequence[Definition], chosen: list[str]) -> list[str]:
        """Return the terms chosen so far and, up to three, those of `others` that are nearest in sort and form."""
        term = definition.term
        ranked = sorted(
            (
                self._sort_distance(definition, other),
                _form_distance(term, other.term),
                hashlib.sha256((term + other.term).encode()).hexdigest(),
                other.term,
            )
            for other in others
            if _may_stand_for(other, definition)
        )
        found = list(chosen)
        for *_, other_term in ranked:
            if len(found) == OPTION_COUNT - 1:
                break
            if not any(is_same_term(other_term, one) for one in found):
                found.append(other_term)
        return found

    def _sort_distance(self, one: Definition, other: Definition) -> float:
        """Return how far two terms differ in what they are, by the words and the places of their descriptions."""
        shared = len(_words(one.body) & _words(other.body)) + 2 * len(
            _opening_words(one.body) & _opening_words(other.body)
        )
        one_place, other_place = (self.headings.get(each.sentence.passage_id) for each in (one, other))
        return (one.in_glossary is not other.in_glossary) + (one_place != other_place) - min(shared, 4)


def read_course_text(passages: Sequence[Passage]) -> CourseText:
    """Read the passages that teach; a glossary's description of a term goes before a sentence that defines it."""
    teaching = [passage for passage in passages if teaches(passage.heading, passage.text)]
    sentences = extract_sentences([passage for passage in teaching if not is_glossary(passage)])
    definitions = unique_definitions([*glossary_definitions(teaching), *extract_definitions(sentences)])
    document_ids = {passage.id: passage.document_id for passage in teaching}
    headings = {passage.id: passage.heading for passage in teaching}
    return CourseText(teaching, sentences, definitions, document_ids, headings, SentenceIndex.build(sentences))


@lru_cache(4096)
def _words(body: str) -> frozenset[str]:
    return frozenset(tokenize(body))


@lru_cache(4096)
def _opening_words(body: str) -> frozenset[str]:
    """Return the words that say what sort of thing a description is about."""
    return frozenset(tokenize(" ".join(body.split()[:OPENING_WORDS])))


def _describe_alike(one: Definition, other: Definition) -> bool:
    """Whether two descriptions say nearly the same, so that either term would be a right answer."""
    left, right = _words(one.body), _words(other.body)
    return len(left & right) > MAX_SHARED_WORDS * min(len(left), len(right))


def _may_stand_for(other: Definition, one: Definition) -> bool:
    """Whether a term can be a wrong option for another: of the same language, and no answer to the question."""
    same_language = detect_language(other.term, DEFAULT) == detect_language(one.term, DEFAULT)
    same_sort = _is_quality(other.body) is _is_quality(one.body)
    left, right = _words(one.term), _words(other.term)
    is_other = (
        same_language and same_sort and not (is_same_term(other.term, one.term) or left <= right or right <= left)
    )
    named = contains_term(one.sentence.text, other.term) or contains_term(other.sentence.text, one.term)
    return is_other and not named and not _describe_alike(one, other)


@lru_cache(4096)
def _is_quality(body: str) -> bool:
    """Whether a description is of a quality ("describes a solution that …") and not of a thing."""
    return _QUALITY.match(body) is not None


def _form_distance(term: str, other: str) -> int:
    """Return how far two terms differ in number of words, plural and ending, so that form gives nothing away."""
    plural = term.endswith("s") != other.endswith("s")
    return 2 * abs(len(term.split()) - len(other.split())) + 2 * plural + (term[-3:] != other[-3:])


def _match_case(term: str, other: str) -> str:
    """Return an option with the first letter of the key's case; names in capitals (RNA, T cell) stay as they are."""
    if other[:2] != other[:2].capitalize() and other[:2] != other[:2].lower():
        return other
    if term[:1].isupper() and term[:2] == term[:2].capitalize():
        return other[0].upper() + other[1:]
    return other[0].lower() + other[1:]
