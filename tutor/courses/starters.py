"""Starter questions of a course: what a learner might ask first, about what its documents define.

A starter asks about a term that the course explains in a sentence of its own, preferably one that a section is named
after; or it is a question that the course itself asks in a heading. Exercises are no source. Without a model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from knowledge.documents import Passage
from knowledge.headings import heading_topic
from knowledge.languages import DEFAULT, data, detect_language, each, either, language, words
from knowledge.library import Library
from knowledge.passage_roles import teaches
from tutor.accounts.permissions import Action
from tutor.assessment.quiz_terms import contains_term, extract_definitions, extract_sentences, is_same_term
from tutor.assessment.word_diff import singularize
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.locales import t

STARTERS = 4
MAX_TERM_CHARS = 40
MAX_QUESTION_CHARS = 70
_MAX_DOCUMENTS, _MAX_PASSAGES = 24, 30  # documents that are read, spread over the course, and passages of each
_QUESTION_END = tuple(each("text", "QUESTION_MARK").values())
_MIN_QUESTION_WORDS, _MIN_QUESTION_CHARS = 3, 6
_POINTING = words("starters", "POINTING_WORDS")
_GLOSSARY = re.compile(either("answer_forms", "GLOSSARY_HEADING"), re.IGNORECASE)
_EXAMPLE = re.compile(either("starters", "EXAMPLE_MARKERS"), re.IGNORECASE)
_NAMED_SECTION, _DEFINED, _SKILL, _EXAMPLE_GIVEN = 3, 1, 4, 1  # what speaks for asking about a term
_GOOD = 3  # weight from which on a term is asked about where there are any
_HEADING_LEVELS = 3
_ARTICLE_SHARE = 0.25  # of a term's mentions that have an article, from which a question has it
_MAX_ACRONYM = 6  # letters; what is longer and in capitals is a heading
_TABLE_LINE = re.compile(r"^\s*\|.*$", re.MULTILINE)
_MENTIONS = 3  # of a section's topic in its document


@dataclass(frozen=True, slots=True)
class _Name:
    """A term, the passage that explains it, and the sentence that defines it, "" where a heading names it."""

    term: str
    passage_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A term to ask about: `phrase` as a question says it, with its article."""

    term: str
    phrase: str
    is_plural: bool
    has_example: bool
    is_defined: bool  # in a sentence, not only a section's name
    weight: int
    document: int  # place of its document


@dataclass(frozen=True, slots=True)
class StarterQuestions:
    """Chooses the starters of a course; they are computed once for each state of its documents."""

    library: Library
    courses: Courses
    _known: dict[tuple[str, str], tuple[object, tuple[str, ...]]] = field(default_factory=dict, repr=False)

    def suggest(self, actor: Person, course_id: str, reader: str) -> list[str]:
        """Return up to STARTERS questions in the language `reader`, none where the course defines no term."""
        self.courses.authorize(actor, course_id, Action.STUDY)
        skills = tuple(skill.name for skill in self.courses.skills(actor, course_id))
        state = (self.library.catalog.generation(course_id), skills)
        known = self._known.get((course_id, reader))
        if known is None or known[0] != state:
            found = choose_starters(self.library.catalog.passages(course_id), reader, skills)
            known = self._known[course_id, reader] = (state, tuple(found))
        return list(known[1])


def choose_starters(passages: Sequence[Passage], reader: str, skills: Sequence[str] = ()) -> list[str]:
    """Return up to STARTERS questions about different parts of a course, in the language `reader`.

    Only text in that language is asked about where the course has any. `skills` are preferred.
    """
    readable = [passage for passage in _spread(passages) if teaches(passage.heading, passage.text)]
    spoken = [passage for passage in readable if detect_language(passage.text, reader) == reader]
    candidates = _candidates(spoken or readable, skills, reader)
    asked = _questions_of_headings(spoken, [candidate.term for candidate in candidates])
    pair = _contrasting_pair(candidates)
    rest = [each for each in _spread_candidates(candidates) if each not in (pair or ())]
    questions = [_define(each, reader) for each in rest[:1]]
    if pair:
        questions.append(t(reader, "starter_compare", one=pair[0].phrase, other=pair[1].phrase))
    questions += asked[:1]
    if example := next((each for each in rest[1:STARTERS] if each.has_example and not each.is_plural), None):
        rest.remove(example)
        questions.append(t(reader, "starter_example", term=example.phrase))
    return list(dict.fromkeys([*questions, *(_define(each, reader) for each in rest[1:]), *asked]))[:STARTERS]


def _define(candidate: _Candidate, reader: str) -> str:
    return t(reader, "starter_define_many" if candidate.is_plural else "starter_define", term=candidate.phrase)


def _spread(passages: Sequence[Passage]) -> list[Passage]:
    """Return the first passages of documents from all over the course."""
    by_document: dict[str, list[Passage]] = {}
    for passage in passages:
        by_document.setdefault(passage.document_id, []).append(passage)
    documents = list(by_document.values())
    step = max(1, -(-len(documents) // _MAX_DOCUMENTS))
    return [passage for document in documents[::step] for passage in document[:_MAX_PASSAGES]]


def _candidates(passages: Sequence[Passage], skills: Sequence[str], reader: str) -> list[_Candidate]:
    """Return the terms that the passages explain, the best first and then in their order."""
    by_id = {passage.id: passage for passage in passages}
    documents = {name: number for number, name in enumerate(dict.fromkeys(p.document_id for p in passages))}
    texts = _texts_by_document(passages)
    found: dict[str, _Candidate] = {}
    for name in (*_defined_names(passages), *_section_names(passages, texts)):
        passage = by_id[name.passage_id]
        if len(name.term) <= MAX_TERM_CHARS:
            phrase, is_plural = _phrase(name, texts[passage.document_id])
            if not language(reader).has_spaces:
                phrase, is_plural = name.term, False
            candidate = _Candidate(
                term=name.term,
                phrase=phrase,
                is_plural=is_plural,
                has_example=bool(_EXAMPLE.search(passage.text)),
                is_defined=bool(name.sentence),
                weight=_weight(name, passage, skills),
                document=documents[passage.document_id],
            )
            found.setdefault(name.term.casefold(), candidate)
    ordered = sorted(found.values(), key=lambda candidate: -candidate.weight)
    return [each for each in ordered if each.weight >= _GOOD] or ordered


def _weight(name: _Name, passage: Passage, skills: Sequence[str]) -> int:
    topics = [topic for title in passage.heading if (topic := heading_topic(title))]
    weight = _EXAMPLE_GIVEN * bool(_EXAMPLE.search(passage.text)) + _DEFINED * bool(name.sentence)
    weight += _NAMED_SECTION * any(is_same_term(name.term, topic) for topic in topics)
    return weight + _SKILL * any(is_same_term(name.term, skill) for skill in skills)


def _texts_by_document(passages: Sequence[Passage]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for passage in passages:
        texts.setdefault(passage.document_id, []).append(passage.text)
    return {document: "\n".join(parts) for document, parts in texts.items()}


def _defined_names(passages: Sequence[Passage]) -> Iterator[_Name]:
    for definition in extract_definitions(extract_sentences(passages)):
        yield _Name(definition.term, definition.sentence.passage_id, definition.sentence.text)


def _section_names(passages: Sequence[Passage], texts: Mapping[str, str]) -> Iterator[_Name]:
    """Yield the topics of headings that their document speaks of again and again."""
    seen: set[tuple[str, str]] = set()
    for passage in passages:
        for title in passage.heading[:_HEADING_LEVELS]:
            topic = "" if (passage.document_id, title) in seen else heading_topic(title)
            seen.add((passage.document_id, title))
            if (
                topic
                and not _GLOSSARY.fullmatch(topic)
                and texts[passage.document_id].lower().count(topic.lower()) >= _MENTIONS
            ):
                yield _Name(topic, passage.id, "")


def _phrase(name: _Name, text: str) -> tuple[str, bool]:
    """Return a term with the article that it has in its document, in small letters, and whether it is many."""
    code = detect_language(name.sentence or name.term, DEFAULT)
    if not language(code).has_spaces:
        return name.term, False
    definite = data(code, "starters", "DEFINITE_ARTICLE", "")
    article = _article(name.term, name.sentence, code)
    in_text = _article(name.term, text, code, least_share=_ARTICLE_SHARE)
    if not article and (not name.sentence or in_text == definite):  # "psychology is …" needs none
        article = in_text
    term = _in_small_letters(name.term, text)
    is_plural = article in ("", definite) and _is_plural(term.split()[-1], name, code)
    return f"{article} {term}".strip(), is_plural


def _article(term: str, text: str, code: str, least_share: float = 0.0) -> str:
    """Return the article that a term mostly has in a text; "" where fewer mentions than a share have it.

    Tables are left out, as their cells have no articles. "The" before one word belongs to something else: "the bool
    data type" is about another thing than bool.
    """
    definite = data(code, "starters", "DEFINITE_ARTICLE", "")
    pattern = rf"(?:\b(?P<article>{data(code, 'starters', 'ARTICLE', '(?!)')})\s+[*_]{{0,3}})?\b{re.escape(term)}\b"
    prose = _TABLE_LINE.sub("", text)
    found = Counter((match["article"] or "").lower() for match in re.finditer(pattern, prose, re.IGNORECASE))
    total = found.total()
    if least_share and (" " not in term or 2 * found[definite] < total):
        found.pop(definite, None)
    article = max((one for one in found if one), key=lambda one: found[one], default="")
    return article if article and found[article] >= least_share * total else ""


def _in_small_letters(term: str, text: str) -> str:
    """Return a term in small letters where its document writes it so; capitals may be those of a heading."""
    if len(term) > _MAX_ACRONYM and term == term.upper():
        return term.lower()
    capitals = len(re.findall(rf"[a-z,] [*_]{{0,3}}{re.escape(term)}\b", text))
    if term != term.lower() and text.count(f" {term.lower()}") >= max(1, capitals):
        return term.lower()
    small = term[0].lower() + term[1:]
    return small if term[1:] == term[1:].lower() and text.count(f" {small}") >= capitals else term


def _is_plural(word: str, name: _Name, code: str) -> bool:
    """Whether a word is many: by its form, in a definition also by its verb ("loops are", "are called loops")."""
    if singularize(word.lower()) == word.lower():
        return False
    after, before = (data(code, "starters", constant, "(?!)") for constant in ("MANY_AFTER", "MANY_BEFORE"))
    pattern = rf"\b{re.escape(word)}\s+{after}|{before}\s+{re.escape(word)}\b"
    return not name.sentence or re.search(pattern, name.sentence, re.IGNORECASE) is not None


def _spread_candidates(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Return one candidate a document, those of all over the course first, then the others."""
    best: dict[int, _Candidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.document, candidate)
    strong = [best[number] for number in sorted(best)]
    step = max(1, len(strong) // STARTERS)
    first = strong[::step][:STARTERS]
    rest = [each for each in (*strong, *candidates) if each not in first]
    return [*first, *dict.fromkeys(rest)]


def _contrasting_pair(candidates: Sequence[_Candidate]) -> tuple[_Candidate, _Candidate] | None:
    """Return two terms of one document that name two sorts of one thing ("while loop", "for loop")."""
    by_head: dict[tuple[int, str], list[_Candidate]] = {}
    for candidate in candidates:
        if head := _head(candidate.term):
            by_head.setdefault((candidate.document, head), []).append(candidate)
    pairs = (pair for same in by_head.values() for pair in combinations(same[:4], 2))
    return next((pair for pair in pairs if _is_contrast(*pair)), None)


def _head(term: str) -> str:
    """Return what a term of two words is a sort of, "" for another term; in Chinese its last two characters."""
    if not language(detect_language(term, DEFAULT)).has_spaces:
        return term[-2:] if len(term) in range(4, 7) else ""
    tokens = term.lower().split()
    return tokens[-1] if len(tokens) == 2 else ""


def _is_contrast(one: _Candidate, other: _Candidate) -> bool:
    alike = one.is_plural == other.is_plural and one.is_defined == other.is_defined
    return alike and not is_same_term(one.term, other.term)


def _questions_of_headings(passages: Sequence[Passage], terms: Sequence[str]) -> list[str]:
    """Return headings that are questions: those of a list of questions and answers, and those about a term."""
    by_document: dict[str, dict[str, None]] = {}
    for passage in passages:
        by_document.setdefault(passage.document_id, {}).update(dict.fromkeys(passage.heading[-1:]))
    found = []
    for headings in by_document.values():
        questions = [title for title in headings if title.endswith(_QUESTION_END)]
        is_list = len(questions) * 2 >= len(headings)
        found += [
            q for q in questions if _is_plain_question(q) and (is_list or any(contains_term(q, t) for t in terms))
        ]
    return found


def _is_plain_question(title: str) -> bool:
    if not title.endswith(_QUESTION_END) or len(title) > MAX_QUESTION_CHARS:
        return False
    tokens = list(_lower_words(title))
    if not language(detect_language(title, DEFAULT)).has_spaces:
        return len(title) >= _MIN_QUESTION_CHARS
    return len(tokens) >= _MIN_QUESTION_WORDS and not _POINTING & set(tokens)


def _lower_words(text: str) -> Iterator[str]:
    return (match.group().lower() for match in re.finditer(r"[^\W\d_]+", text))
