"""What items are generated from: the passages of a course with their sentences and definitions, and wrong options."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.documents import Passage
from knowledge.languages import DEFAULT, detect_language
from tutor.assessment.quiz_terms import (
    Definition,
    Sentence,
    contains_term,
    extract_definitions,
    extract_sentences,
    is_same_term,
)

OPTION_COUNT = 4  # of a choice, the key included


@dataclass(frozen=True, slots=True)
class CourseText:
    """The text of a course as generators read it."""

    passages: Sequence[Passage]
    sentences: Sequence[Sentence]
    definitions: Sequence[Definition]
    document_ids: Mapping[str, str]  # by passage id

    def options_for(self, definition: Definition) -> tuple[str, ...]:
        """Return the defined term and three others that its sentence does not contain, nearest in form first.

        The others come from the same document first, because a term of another subject would give the key away.
        Empty where the document has no other term or the course has too few.
        """
        term, sentence = definition.term, definition.sentence
        document_id = self.document_ids.get(sentence.passage_id)
        ranked = sorted(
            (
                self.document_ids.get(other.sentence.passage_id) != document_id,
                _form_distance(term, other.term),
                hashlib.sha256((term + other.term).encode()).hexdigest(),
                other.term,
            )
            for other in self.definitions
            if _may_stand_for(other.term, term, sentence)
        )
        if not ranked or ranked[0][0]:
            return ()
        chosen: list[str] = []
        for *_, other_term in ranked:
            if len(chosen) < OPTION_COUNT - 1 and not any(is_same_term(other_term, one) for one in chosen):
                chosen.append(other_term)
        if len(chosen) < OPTION_COUNT - 1:
            return ()
        return (term, *(_match_case(term, other) for other in chosen))


def read_course_text(passages: Sequence[Passage]) -> CourseText:
    sentences = extract_sentences(passages)
    document_ids = {passage.id: passage.document_id for passage in passages}
    return CourseText(passages, sentences, extract_definitions(sentences), document_ids)


def _may_stand_for(other: str, term: str, sentence: Sentence) -> bool:
    """Whether a term can be a wrong option for another: of the same language, and no answer to the question."""
    same_language = detect_language(other, DEFAULT) == detect_language(term, DEFAULT)
    return same_language and not is_same_term(other, term) and not contains_term(sentence.text, other)


def _form_distance(term: str, other: str) -> int:
    """Return how far two terms differ in number of words, plural and ending, so that form gives nothing away."""
    plural = term.endswith("s") != other.endswith("s")
    return 2 * abs(len(term.split()) - len(other.split())) + 2 * plural + (term[-3:] != other[-3:])


def _match_case(term: str, other: str) -> str:
    if other.isupper():
        return other
    return other[0].upper() + other[1:] if term[0].isupper() else other[0].lower() + other[1:]
