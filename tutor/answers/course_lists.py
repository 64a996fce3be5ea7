"""Finds the whole list or sequence of steps that a course gives under a heading or a leading sentence. Pure.

A list is a run of bulleted or numbered lines, of paragraphs that begin with an emphasised name, or of subsections. It
may run over several passages: the passages of one section are read as one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from knowledge.documents import Hit, Passage
from knowledge.headings import is_opening_heading
from knowledge.languages import characters
from knowledge.languages.scripts import has_han
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize
from knowledge.passage_roles import announces_objectives, teaches
from knowledge.query_rewriting import content_terms
from tutor.answers.course_sentences import CourseSentence, plain_text, read_sentences, word_count

MIN_ITEMS, MAX_ITEMS = 2, 12
MIN_TITLES = 3  # paragraphs that begin with a title, in a row; of one or two it may be a short sentence
MIN_FIT = 0.6  # share of the question's words that heading and leading sentence must have
ITEM_WORDS = 45  # a longer item is cut after a sentence
TITLE_WEIGHT = 0.5  # of a word that only the document's title has
_ITEM = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>[-*•–‣]|\d{1,2}[.)]|[（(]\d{1,2}[)）])\s+(?=\S)")
_RUN_IN = re.compile(r"^\*\*(?P<name>[^*\n]{2,60})\*\*")
_AFTER_NAME = re.compile(r"\s?(?:[(（][^)）\n]{1,40}[)）])?\s?[.:。：—–]")
_RUN_IN_TITLE = re.compile(
    r"^(?:[A-Z][\w'’-]*(?: [\w'’-]+){0,3}\.\s+[A-Z]|[^\s。，；：、]{2,10}。(?=\S))"
)  # "Water. A shortage …"
_ENDED = re.compile(rf"[{characters('text', 'SENTENCE_ENDS')}][\"')\]*_]*$")  # with a whole sentence
_INDENTED = re.compile(r"(?:[ \t]{2,}|\t)[^\s\d*•–‣-]")
_NUMBER = re.compile(r"\W*(\d{1,2})\W")
_BLANK_LINE = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class CourseList:
    """The items of a list in order, and the sentence that leads to it; `fit` is the share of the question it has."""

    items: tuple[CourseSentence, ...]
    lead: CourseSentence | None
    numbered: bool
    fit: float
    names: tuple[str, ...] = ()  # of the items, where they are subsections
    rests: frozenset[int] = frozenset()  # the places of items that only continue the one before them


def find_list(question: str, sections: Sequence[Sequence[Hit]]) -> CourseList | None:
    """Return the list that fits a question best; None where none has MIN_FIT of its words.

    `sections` are the passages of each section in order. Of equal lists, that of the earlier section is taken.
    """
    terms = _terms(question)
    found = [one for section in sections for one in _lists_of(section, terms)]
    fitting = [one for one in found if one.fit >= MIN_FIT]
    return max(fitting, key=lambda one: one.fit, default=None)


def list_subsections(question: str, documents: Sequence[tuple[Hit, Sequence[Passage]]]) -> CourseList | None:
    """Return the subsections of the section whose heading fits a question best, each with its first sentence.

    `documents` are a hit and all passages of its document. None where no heading has MIN_FIT of the question's words.
    """
    terms = _terms(question)
    found: list[CourseList] = []
    for hit, passages in documents:
        for path in dict.fromkeys(one.heading[:depth] for one in passages for depth in range(1, len(one.heading))):
            near, far = set(tokenize(path[-1])), set(tokenize(" ".join([hit.document.title, *path])))
            fit = (len(terms & near) + TITLE_WEIGHT * len(terms & far - near)) / max(1, len(terms))
            firsts: dict[str, Passage] = {}
            for one in passages:
                if one.heading[: len(path)] == path and len(one.heading) > len(path):
                    firsts.setdefault(one.heading[len(path)], one)
            told = {name: _first_sentence(replace(hit, passage=first)) for name, first in firsts.items()}
            items = [sentence for sentence in told.values() if sentence is not None]
            names = [name for name, sentence in told.items() if sentence is not None]
            if any(is_opening_heading(plain_text(name)) for name in firsts):
                continue  # the outline of a chapter, which lists nothing
            if fit >= MIN_FIT and MIN_ITEMS <= len(items) <= MAX_ITEMS:
                plain = tuple(plain_text(name) for name in names)
                found.append(CourseList(tuple(items), None, False, fit, plain))
    return max(found, key=lambda one: one.fit, default=None)


def _terms(question: str) -> set[str]:
    """Return the terms of a question; of Chinese those of two characters, which mean more than single ones."""
    terms = set(content_terms(question))
    return {term for term in terms if len(term) > 1 or not has_han(term)} or terms


def _first_sentence(hit: Hit) -> CourseSentence | None:
    """Return the first sentence of a passage; None of one that does not teach or has none to be quoted."""
    return next(iter(read_sentences([hit])), None)


def _lists_of(section: Sequence[Hit], terms: set[str]) -> Iterator[CourseList]:
    section = [hit for hit in section if teaches(hit.passage.heading, hit.passage.text)]
    if not section:
        return
    lines = [line for hit in section for line in _paragraphs(hit)]
    for at in range(1, len(lines)):  # an item that runs over to the next passage
        before, here = lines[at - 1], lines[at]
        is_next_passage = here.sentence.start == 0 and before.sentence.hit != here.sentence.hit
        goes_on = not _ENDED.search(before.sentence.raw) or _numbers_go_on(before, lines[at + 1 : at + 2])
        if before.kind and not here.kind and is_next_passage and goes_on:
            lines[at] = replace(here, kind=before.kind, is_rest=True)
    for numbered, run in _runs(lines):
        items = tuple(_shorten(line.sentence) for line in run)
        rests = frozenset(at for at, line in enumerate(run) if line.is_rest)
        least = MIN_TITLES if run[0].kind == "title" else MIN_ITEMS
        if least <= len(items) - len(rests) <= MAX_ITEMS:
            lead = _lead(lines, run[0])
            if lead is not None and announces_objectives(lead.raw):
                continue
            yield CourseList(items, lead, numbered, _fit(terms, section[0], lead, items), rests=rests)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """An item with what belongs to it, or a paragraph between lists."""

    sentence: CourseSentence
    kind: str  # "number", "bullet", "name" or "" for a paragraph that is no item
    is_rest: bool = False  # of the item before it, in the next passage


def _paragraphs(hit: Hit) -> Iterator[_Paragraph]:
    """Yield the paragraphs and items of a passage; indented lines belong to the item before them."""
    text, start, kind = hit.passage.text, 0, ""
    for at, line in _lines(text):
        new_kind = _kind(line, hit.passage.key_terms)
        begins = bool(new_kind) or (not line.strip() and not _is_indented_next(text, at + len(line)))
        if begins and text[start:at].strip():
            yield _Paragraph(_trimmed(hit, start, at), kind)
        if begins or kind == "" and not text[start:at].strip():
            start, kind = at, new_kind
    if text[start:].strip():
        yield _Paragraph(_trimmed(hit, start, len(text)), kind)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, line
        at += len(line)


def _numbers_go_on(item: _Paragraph, following: Sequence[_Paragraph]) -> bool:
    """Whether what follows has the number after that of an item."""
    numbers = [_NUMBER.match(one.sentence.raw) for one in (item, *following)]
    return len(numbers) == 2 and all(numbers) and int(numbers[1][1]) == int(numbers[0][1]) + 1  # type: ignore[index]


def _is_indented_next(text: str, at: int) -> bool:
    return _INDENTED.match(text, at) is not None


def _kind(line: str, key_terms: Sequence[str]) -> str:
    if (match := _ITEM.match(line)) and len(match["indent"]) < 2:
        return "number" if match["mark"].strip("(（").startswith(tuple("0123456789")) else "bullet"
    if _RUN_IN.match(line):
        return "name"
    emphasised = next((term for term in key_terms if line.startswith(term)), "")
    if emphasised and _AFTER_NAME.match(line, len(emphasised)):
        return "name"
    return "title" if emphasised or _RUN_IN_TITLE.match(line) else ""


def _trimmed(hit: Hit, start: int, end: int) -> CourseSentence:
    piece = hit.passage.text[start:end]
    return CourseSentence(hit, start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))


def _runs(lines: Sequence[_Paragraph]) -> Iterator[tuple[bool, list[_Paragraph]]]:
    for kind, group in groupby(lines, key=lambda line: line.kind):
        if kind:
            yield kind == "number", list(group)


def _lead(lines: Sequence[_Paragraph], first: _Paragraph) -> CourseSentence | None:
    """Return the last sentence before a list."""
    at = lines.index(first)
    if at == 0:
        return None
    before = lines[at - 1].sentence
    spans = split_sentences(before.raw)
    return CourseSentence(before.hit, before.start + spans[-1][0], before.end) if spans else None


def _fit(terms: set[str], hit: Hit, lead: CourseSentence | None, items: Sequence[CourseSentence]) -> float:
    """Return the share of the question's words in headings and leading sentence; those of a title count less."""
    if not terms:
        return 0.0
    near = set(tokenize(" ".join([*hit.passage.heading[-1:], lead.text if lead else ""])))
    far = set(tokenize(" ".join([hit.document.title, *hit.passage.heading, *(item.text for item in items)])))
    return (len(terms & near) + TITLE_WEIGHT * len((terms & far) - near)) / len(terms)


def _shorten(item: CourseSentence) -> CourseSentence:
    """Return an item; a long one is cut after the sentence with which it is long enough."""
    spans = split_sentences(item.raw)
    end = item.end
    for _start, stop in spans:
        end = item.start + stop
        if word_count(plain_text(item.raw[:stop])) >= ITEM_WORDS / 2 or "\n\n" in item.raw[: stop + 2]:
            break
    first_break = _BLANK_LINE.search(item.raw)
    if first_break:
        end = min(end, item.start + first_break.start())
    return CourseSentence(item.hit, item.start, end)
