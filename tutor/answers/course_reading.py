"""Reads a course for a question in the form that its answer has: what can be quoted, what a model writes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.documents import Hit, Passage, SearchResult
from knowledge.languages import DEFAULT, detect_language
from knowledge.library import Library
from knowledge.query_rewriting import content_terms
from tutor.answers import comparisons
from tutor.answers.comparisons import with_delimiter_row
from tutor.answers.course_lists import CourseList, find_list, list_subsections
from tutor.answers.course_sentences import CourseSentence, read_sentences
from tutor.answers.definitions import FoundDefinition, find_definition
from tutor.answers.evidence import best_sentence, select_evidence, select_passages
from tutor.answers.named_sections import find_named_sections
from tutor.answers.question_form import AnswerForm, AskedQuestion, purpose_query, read_question, shorter_terms
from tutor.answers.unknown_words import unknown_runs

SENTENCE_PASSAGES = 6  # passages in which the sentences that hold an answer are looked for
READ_PASSAGES = 10  # passages in which a definition, a list or a side of a comparison is looked for
TRUSTED_HITS = 2  # of the search, before sections that a question names
NEAR_HITS = 4  # before what only goes on in their sections
COVERING_WEIGHT = 0.95  # a definition of that weight means that the course covers the question
NAME_LETTERS = 7  # of an index term: shorter ones are mostly everyday words, which a course need not have
CONTINUED = "   "  # mark of a line that belongs to the item above it


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line of an answer in the course's own words, behind a mark such as "- " or "1. "."""

    source: CourseSentence
    mark: str = ""
    name: str = ""  # of what the line is about, where its words do not say it
    is_verbatim: bool = False  # a table, shown with its marks

    @property
    def text(self) -> str:
        words = with_delimiter_row(self.source.raw) if self.is_verbatim else self.source.text
        return f"{self.mark}**{self.name}**: {words}" if self.name else f"{self.mark}{words}"


@dataclass(frozen=True, slots=True)
class CourseReading:
    """What a course says about a question.

    `quote` answers as it stands and is empty where a model should write; `closest` is quoted in place of a draft that
    fails its check. A model is given `passages` whole, with lists, tables and listings; `evidence` are the sentences
    that hold the answer. `hits` are the passages of all, those of the evidence first.
    """

    asked: AskedQuestion
    hits: tuple[Hit, ...]
    evidence: tuple[CourseSentence, ...] = ()
    passages: tuple[Hit, ...] = ()
    quote: tuple[QuotedLine, ...] = ()
    closest: tuple[QuotedLine, ...] = ()
    is_sure: bool = False  # that the course covers the question, whatever the search thinks
    unknown: frozenset[str] = frozenset()  # terms of the question that the course has nowhere

    @property
    def sources(self) -> tuple[CourseSentence, ...]:
        """The sentences that a statement of the model may rest on: the evidence, then all of the passages."""
        known = {(one.hit.passage.id, one.start) for one in self.evidence}
        more = (one for one in read_sentences(self.passages) if (one.hit.passage.id, one.start) not in known)
        return (*self.evidence, *more)


@dataclass(frozen=True, slots=True)
class CourseReader:
    """Reads the courses of a library."""

    library: Library

    def read(
        self, course_id: str, question: str, found: SearchResult, language: str, *, about: str = ""
    ) -> CourseReading:
        """Return what the course says about a question; `found` are the passages of its search.

        Only sentences in the language of the answer are quoted. `about` is the question that it follows up on.
        """
        asked = replace(read_question(question), about=about)
        reading = self._read_form(course_id, asked, self._with_named_sections(course_id, question, found.hits))
        reading = replace(
            reading, quote=_in_language(reading.quote, language), closest=_in_language(reading.closest, language)
        )
        used = [line.source.hit for line in (*reading.quote, *reading.closest)]
        hits = _distinct([*(one.hit for one in reading.evidence), *used, *reading.passages, *found.hits])
        return replace(reading, hits=tuple(hits), unknown=self._unknown_terms(course_id, question, hits))

    def _unknown_terms(self, course_id: str, question: str, hits: Sequence[Hit]) -> frozenset[str]:
        """Return the words of a question that a course in its language has nowhere, as index terms."""
        language = detect_language(question, DEFAULT)
        spoken = [detect_language(hit.passage.text, DEFAULT) for hit in hits]
        if 2 * spoken.count(language) <= len(spoken):  # a listing may look like another language
            return frozenset()
        words = (term for term in content_terms(question) if term.isascii() and len(term) >= NAME_LETTERS)
        unspaced = unknown_runs(question, lambda pairs: self.library.unknown_terms(course_id, pairs))
        return self.library.unknown_terms(course_id, words) | unspaced

    def _read_form(self, course_id: str, asked: AskedQuestion, hits: Sequence[Hit]) -> CourseReading:
        match asked.form:
            case AnswerForm.DEFINITION:
                return self._read_definition(course_id, asked, hits)
            case AnswerForm.COMPARISON:
                return self._read_comparison(course_id, asked, hits)
            case AnswerForm.LIST | AnswerForm.STEPS:
                return self._read_list(course_id, asked, hits)
        return self._read_sentences(course_id, asked, hits)

    def _with_named_sections(self, course_id: str, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits, behind the first two those of sections that the question names."""
        documents = {one.id: one for one in self.library.documents(course_id)}
        named = find_named_sections(question, self.library.passages(course_id))
        score = hits[0].score if hits else 0.0
        more = [Hit(one, documents[one.document_id], score) for one in named if one.document_id in documents]
        return _distinct([*hits[:TRUSTED_HITS], *more, *hits[TRUSTED_HITS:]])

    def _read_sentences(
        self, course_id: str, asked: AskedQuestion, hits: Sequence[Hit], first: Sequence[CourseSentence] = ()
    ) -> CourseReading:
        """Return the sentences that hold the answer, behind those that were found already."""
        query = purpose_query(asked)
        hits = _distinct([*hits, *self.library.search(course_id, query, SENTENCE_PASSAGES).hits])
        hits = self._with_following(course_id, hits)
        near = self.library.sentence_similarities(course_id, query, [hit.passage for hit in hits])
        evidence = select_evidence(query, asked.form, hits, near)
        best = best_sentence(query, asked.form, hits, near)
        nearest = [*first[:1], *([best.sentence] if best else [])]
        closest = tuple(QuotedLine(one) for one in nearest[:1])
        quote = closest if best and best.is_sure and not first else ()
        known = [one for one in evidence if not any(_overlap(one, other) for other in first)]
        passages = select_passages(query, asked.form, hits, near, first)
        return CourseReading(asked, tuple(hits), (*first, *known), passages, quote, closest)

    def _with_following(self, course_id: str, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits, behind the first four the passages that go on in the sections of the first two."""
        passages = self.library.passages(course_id)
        after = {one.id: other for one, other in pairwise(passages) if _continues(one, other)}
        following = [
            replace(hit, passage=after[hit.passage.id]) for hit in hits[:TRUSTED_HITS] if hit.passage.id in after
        ]
        return _distinct([*hits[:NEAR_HITS], *following, *hits[NEAR_HITS:]])

    def _read_definition(self, course_id: str, asked: AskedQuestion, hits: Sequence[Hit]) -> CourseReading:
        each = (self._find_definition(course_id, term, asked.language, hits) for term in asked.terms)
        found = max((one for one in each if one), key=lambda one: one.weight, default=None)
        if found is None:
            return self._read_sentences(course_id, asked, hits)
        if not found.is_sure:
            return self._read_sentences(course_id, asked, hits, [found.sentence])
        line = QuotedLine(found.sentence)
        is_covered = found.weight >= COVERING_WEIGHT
        passages = (found.sentence.hit,)
        return CourseReading(asked, tuple(hits), (found.sentence,), passages, (line,), (line,), is_covered)

    def _find_definition(self, course_id: str, term: str, language: str, hits: Sequence[Hit]) -> FoundDefinition | None:
        """Return the definition of a term; the passages of a search for the term alone are read too."""
        best = None
        for name in shorter_terms(term, language):
            more = self.library.search(course_id, name, READ_PASSAGES).hits
            found = find_definition(name, _distinct([*hits, *more]), language)
            if found and (best is None or found.weight > best.weight):
                best = found
            if best and best.is_sure:
                break
        return best

    def _read_comparison(self, course_id: str, asked: AskedQuestion, hits: Sequence[Hit]) -> CourseReading:
        more = self.library.search(course_id, asked.text, READ_PASSAGES).hits
        read = _distinct([*hits, *more])
        one, other = asked.terms
        first = self._find_definition(course_id, one, asked.language, read)
        if first is None and (longer := comparisons.with_shared_head(one, other)) is not None:
            one, first = longer, self._find_definition(course_id, longer, asked.language, read)
        sides = (first, self._find_definition(course_id, other, asked.language, read))
        contrasts, table = (
            comparisons.find_contrasts((one, other), read, asked.language),
            comparisons.find_table((one, other), read),
        )
        lines = tuple(QuotedLine(side.sentence, "- ") for side in sides if side is not None and side.is_sure)
        extra = [side.sentence for side in sides if side] + list(contrasts)
        reading = self._read_sentences(course_id, asked, hits, _without_overlap(extra))
        if table is not None:
            line = QuotedLine(table, is_verbatim=True)
            return replace(reading, quote=(line,), closest=(line,))
        if len(lines) < 2:
            return reading
        if _overlap(lines[0].source, lines[1].source):  # one sentence defines both
            return replace(reading, quote=(QuotedLine(lines[0].source),))
        contrast = [QuotedLine(one, "- ") for one in contrasts if not any(_overlap(one, line.source) for line in lines)]
        closest = (*lines, *contrast[:1])
        is_contrasted = bool(contrast) or lines[0].source.hit.passage.id == lines[1].source.hit.passage.id
        return replace(reading, quote=closest if is_contrasted else (), closest=closest)

    def _read_list(self, course_id: str, asked: AskedQuestion, hits: Sequence[Hit]) -> CourseReading:
        more = self.library.search(course_id, asked.text, READ_PASSAGES).hits
        read = _distinct([*hits, *more])
        documents = self._documents(course_id, read)
        lists = [find_list(asked.text, list(_sections(read, documents)))]
        if asked.form is AnswerForm.LIST:  # subsections follow each other as a text does, which need not be steps
            lists.append(list_subsections(asked.text, documents))
        found = max((one for one in lists if one), key=lambda one: one.fit, default=None)
        reading = self._read_sentences(course_id, asked, read)
        if found is None:
            return reading
        lines = tuple(_list_lines(found))
        return replace(reading, quote=lines, closest=lines)

    def _documents(self, course_id: str, hits: Sequence[Hit]) -> list[tuple[Hit, list[Passage]]]:
        """Return each document of the hits, by its first hit, with all its passages in order."""
        passages: dict[str, list[Passage]] = {hit.document.id: [] for hit in hits}
        for one in self.library.passages(course_id):
            if one.document_id in passages:
                passages[one.document_id].append(one)
        firsts = {hit.document.id: hit for hit in reversed(hits)}
        return [(firsts[document], found) for document, found in passages.items()]


def _continues(one: Passage, other: Passage) -> bool:
    return one.document_id == other.document_id and one.heading == other.heading


def _sections(hits: Sequence[Hit], documents: Sequence[tuple[Hit, Sequence[Passage]]]) -> Iterator[list[Hit]]:
    """Yield for each section that a hit is in all its passages in order."""
    passages = {hit.document.id: found for hit, found in documents}
    seen = set()
    for hit in hits:
        key = (hit.document.id, hit.passage.heading)
        if key not in seen:
            seen.add(key)
            section = [one for one in passages[hit.document.id] if one.heading == hit.passage.heading]
            yield [replace(hit, passage=one) for one in section]


def _list_lines(found: CourseList) -> Iterator[QuotedLine]:
    if found.lead is not None and found.lead.raw.rstrip().endswith((":", "：")):
        yield QuotedLine(found.lead)
    number = 0
    for at, item in enumerate(found.items):
        if at in found.rests:
            yield QuotedLine(item, CONTINUED)
            continue
        number += 1
        yield QuotedLine(item, f"{number}. " if found.numbered else "- ", found.names[at] if found.names else "")


def _in_language(lines: tuple[QuotedLine, ...], language: str) -> tuple[QuotedLine, ...]:
    return lines if all(detect_language(line.source.raw, language) == language for line in lines) else ()


def _distinct(hits: Sequence[Hit]) -> list[Hit]:
    return list({hit.passage.id: hit for hit in reversed(hits)}.values())[::-1]


def _overlap(one: CourseSentence, other: CourseSentence) -> bool:
    return one.hit.passage.id == other.hit.passage.id and one.start < other.end and other.start < one.end


def _without_overlap(sentences: Sequence[CourseSentence]) -> list[CourseSentence]:
    kept: list[CourseSentence] = []
    for one in sentences:
        if not any(_overlap(one, other) for other in kept):
            kept.append(one)
    return kept
