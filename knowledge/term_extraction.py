"""Term extraction: the names that a course gives to its ideas, each with the sentence or heading that introduces it.

By the phrases of textbooks in each language (`languages/<code>/terms.py`): "An object is a ...", "... is called
recursion", glossary lines, a name with its translation in brackets. No model. Prerequisites are in `concepts.py`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from knowledge.documents import Passage
from knowledge.headings import heading_topic
from knowledge.languages import DEFAULT, characters, data, detect_language, either, language
from knowledge.languages.sentences import split_sentences
from knowledge.passage_roles import teaches


class TermSource(StrEnum):
    """How a course names an idea, the clearest first."""

    GLOSSARY = "glossary"
    DEFINITION = "definition"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """Words of a passage: `text` is its characters start:end, empty for a heading, which is not in the passage."""

    passage_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A name as the course writes it, and where it is introduced."""

    name: str
    source: TermSource
    passage_index: int  # into the passages given
    evidence: PassageSpan


_COLON = ":" + characters("terms", "GLOSSARY_COLON")
_GLOSSARY_LINE = re.compile(
    rf"^\W*(?P<name>{either('terms', 'GLOSSARY_NAME')})\s*(?:[{_COLON}]|\s[-–—]\s|——)\s*(?P<body>\S.{{12,}})$",
    re.MULTILINE,
)
_GLOSSARY_HEADING = re.compile(either("terms", "GLOSSARY_HEADING"), re.IGNORECASE)
_TASK_START = re.compile(rf"\W*(?:{either('terms', 'TASK_START')})")
_IN_CODE = re.compile(r"\b(?:class|def) (\w+)|^[ \t]*(\w+) = ", re.MULTILINE)
_NUMERAL = re.compile(r"[-+±]?\d+(?:[.,]\d+)*%?")
_INSIDE_WORD = re.compile(r"[A-Za-z]{2}")


def extract_terms(passages: Sequence[Passage]) -> list[Term]:
    """Return every naming in the passages that teach, in their order; a term may be named more than once.

    Exercises, solutions, objectives and lists of sources name what they are about, not what the course introduces.
    """
    course = _CourseText.from_text("\n".join(passage.text for passage in passages))
    teaching = [(at, one) for at, one in enumerate(passages) if teaches(one.heading, one.text)]
    places = {at for at, _ in teaching}
    headings = (term for term in _heading_terms(passages) if term.passage_index in places)
    return [*headings, *(term for at, passage in teaching for term in _passage_terms(at, passage, course))]


@dataclass(frozen=True, slots=True)
class _CourseText:
    """The whole text of a course, and the identifiers of its programs, which name examples, not ideas."""

    text: str
    in_code: frozenset[str]

    @classmethod
    def from_text(cls, text: str) -> _CourseText:
        return cls(text, frozenset(name for names in _IN_CODE.findall(text) for name in names if name))


def _heading_terms(passages: Sequence[Passage]) -> Iterator[Term]:
    """Yield the names of sections, except a name that recurs under three different sections: a habit of the book."""
    seen: dict[tuple[str, ...], int] = {}
    for at, passage in enumerate(passages):
        for depth in range(1, min(len(passage.heading), 3) + 1):
            seen.setdefault((passage.document_id, *passage.heading[:depth]), at)
    times = Counter(path[-1] for path in seen)
    for path, at in seen.items():
        name = heading_topic(path[-1])
        own = len(path) == 1 + len(passages[at].heading)
        if name and times[path[-1]] < 3 and not (own and _is_task_or_table(passages[at], path[-1])):
            yield Term(name, TermSource.HEADING, at, PassageSpan(passages[at].id, 0, 0, ""))


def _is_task_or_table(passage: Passage, heading: str) -> bool:
    """Whether a section begins with a task, or its heading is really the header row of a table."""
    text = passage.text.strip().removeprefix(heading).strip()
    words = text.split()[:20]
    return bool(_TASK_START.match(text)) or sum(bool(_NUMERAL.fullmatch(word)) for word in words) * 4 > len(words) > 0


def _passage_terms(at: int, passage: Passage, course: _CourseText) -> Iterator[Term]:
    if any(_GLOSSARY_HEADING.search(heading) for heading in passage.heading):
        for line in _GLOSSARY_LINE.finditer(passage.text):
            if _is_name(line["name"]):
                yield Term(line["name"], TermSource.GLOSSARY, at, PassageSpan(passage.id, *line.span(), line.group()))
    for start, end in split_sentences(passage.text):
        text = passage.text[start:end]
        patterns = _patterns(detect_language(text, DEFAULT))
        find = _spaced_names if language(patterns.code).has_spaces else _unspaced_names
        for name in dict.fromkeys(find(text, patterns, course)):
            yield Term(name, TermSource.DEFINITION, at, PassageSpan(passage.id, start, end, text))


def _is_name(entry: str) -> bool:
    """Whether what stands before a colon is a name, and not the start of a sentence ("The data are either")."""
    code = detect_language(entry, DEFAULT)
    later_words = set(entry.lower().split()[1:])
    return not language(code).has_spaces or not later_words & set(data(code, "headings", "CLAUSE_WORDS", "").split())


@dataclass(frozen=True, slots=True)
class _TermPatterns:
    """How one language defines terms; a constant that it lacks matches nothing."""

    code: str
    definitions: tuple[re.Pattern[str], ...]
    acronym: re.Pattern[str]
    translated_name: re.Pattern[str]
    name_boundary: re.Pattern[str]

    def words(self, name: str) -> frozenset[str]:
        return frozenset(data(self.code, "terms", name, "").split())

    def suffix(self, name: str) -> str:
        return str(data(self.code, "terms", name, "\0"))


@cache
def _patterns(code: str) -> _TermPatterns:
    definitions = tuple(re.compile(pattern) for pattern in data(code, "terms", "DEFINITIONS", ()))
    names = ("ACRONYM", "TRANSLATED_NAME", "NAME_BOUNDARY")
    return _TermPatterns(code, definitions, *(re.compile(data(code, "terms", name, "(?!)")) for name in names))


def _spaced_names(sentence: str, patterns: _TermPatterns, course: _CourseText) -> Iterator[str]:
    """Yield the terms that a sentence of a language with spaces between words defines."""
    text = " ".join(sentence.lstrip("-•* ").split())
    if text.startswith(("|", "```")) or _TASK_START.match(text):
        return
    for pattern in patterns.definitions:
        for match in pattern.finditer(text):
            name = _clean_name(match["name"], patterns)
            if name and not match["name"].isupper() and not _is_example_name(match, course.in_code):
                yield name
    for match in patterns.acronym.finditer(text):
        words = match["name"].split()[-len(match["short"].rstrip("s")) :]
        if "".join(word[0] for word in words).lower() == match["short"].rstrip("s").lower():
            yield " ".join(words)


def _is_example_name(match: re.Match[str], in_code: frozenset[str]) -> bool:
    """Whether it names a thing of an example: "quantity is an integer", "The variable data is ...", "A car's speed"."""
    words = match["name"].split()
    first, last = words[0], words[-1]
    bare = match.start("name") == 0  # without "a" or "the"
    variable = len(words) > 1 and first == "variable" and last in in_code
    return (bare and len(words) == 1 and first in in_code) or variable or (first.islower() and first.endswith("'s"))


def _clean_name(name: str, patterns: _TermPatterns) -> str:
    """Return a name as it is written in the middle of a sentence; "" for what names nothing."""
    words = name.split()
    lower = [word.lower() for word in words]
    pointing = patterns.words("POINTING_WORDS")
    if lower[0] in pointing or lower[-1] in pointing or patterns.words("FUNCTION_WORDS") & set(lower):
        return ""
    if len(name) < 3 or "_" in name or (len(words) == 1 and lower[0] in patterns.words("GENERIC_NOUNS")):
        return ""
    doing = lower[0].endswith(patterns.suffix("ACTIVITY_SUFFIX")) and words[0][0].isupper()
    if lower[-1].endswith(patterns.suffix("ADVERB_SUFFIX")) or len(words[-1]) == 1 or doing:
        return ""  # an adverb, "variable x", "Making mistakes is ..."
    proper = words[0][1:] != words[0][1:].lower() or any(word[0].isupper() for word in words[1:])
    return " ".join((words[0] if proper else lower[0], *words[1:]))


def _unspaced_names(sentence: str, patterns: _TermPatterns, course: _CourseText) -> Iterator[str]:
    """Yield the terms that a sentence of a language without spaces between words defines."""
    boundary = patterns.name_boundary
    for pattern in patterns.definitions:
        for match in pattern.finditer(sentence):
            if (name := boundary.split(match["name"])[-1]) and len(name) > 1 and not boundary.fullmatch(name):
                yield name
    for match in patterns.translated_name.finditer(sentence):
        if name := _trim_translated_name(match["left"], match["english"], boundary, course.text):
            yield name


def _trim_translated_name(left: str, english: str, boundary: re.Pattern[str], course: str) -> str:
    """Return the name at the end of the characters before its English translation.

    It begins after the last word that joins, or where its length fits best: an English word is about two characters.
    Of 317 such names of one Chinese book, 86 % are cut as the book has them.
    """
    piece = boundary.split(left)[-1]
    words = len(re.findall(r"[A-Za-z]+", english))

    def fit(name: str) -> float:
        whole = 2.0 if len(name) == len(piece) else 0.0
        return whole + 0.25 * math.log(course.count(name)) - 0.5 * abs(len(name) - 2 * words)

    starts = [at for at in range(len(piece) - 1) if not _INSIDE_WORD.match(piece, max(0, at - 1))]
    return max((piece[at:] for at in starts), key=fit, default="")
