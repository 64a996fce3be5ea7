"""Headings: which ones name what a section teaches, and which only say what the section does.

A name is a noun phrase about the subject. Not a name: a question or a clause ("Where it happens"), a phrase that begins
with a preposition ("From a story to an equation"), an activity ("Solving in one step"), words about the book itself
("Summary", "Frequent mistakes"). Decided by the word lists in `languages/<code>/headings.py`, without a model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from knowledge.languages import DEFAULT, characters, data, detect_language, each, either, language

MAX_WORDS, MAX_CHARACTERS = 5, 12  # a longer heading is a sentence, not a name; characters: in scripts without spaces

_NUMBERING = re.compile(rf"^(?:{either('headings', 'NUMBERING')})+", re.IGNORECASE)
_FILLER = re.compile(either("headings", "FILLER"), re.IGNORECASE)
_DECORATION = "*#: ." + "".join(each("headings", "DECORATION").values())
_NAME_EDGES = "()[]: ." + "".join(each("headings", "NAME_EDGES").values())
_OPENING, _CLOSING = (characters("headings", name) for name in ("OPENING_BRACKETS", "CLOSING_BRACKETS"))
_ASIDE = re.compile(rf"\s*[{_OPENING}][^{_OPENING}{_CLOSING}]+[{_CLOSING}]$")
_EXCLAMATION_MARKS = tuple(each("text", "EXCLAMATION_MARK").values())
_QUESTION_MARKS = tuple(each("text", "QUESTION_MARK").values())
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['-])*")


def heading_topic(heading: str) -> str:
    """Return the name of what a section teaches, without numbering and "introduction to"; "" where it names nothing."""
    name = _NUMBERING.sub("", " ".join(heading.split()).strip(_DECORATION))
    name = _ASIDE.sub("", name).strip(_NAME_EDGES)
    rules = _rules(detect_language(name, DEFAULT))
    if name.endswith(_EXCLAMATION_MARKS) or (name.endswith(_QUESTION_MARKS) and not rules.is_question_with_topic(name)):
        return ""
    name = _FILLER.sub("", _FILLER.sub("", name.rstrip("".join(_QUESTION_MARKS)))).strip()
    rules = _rules(detect_language(name, DEFAULT))
    return name if re.search(r"[^\W\d_]{2}", name) and not rules.is_too_long(name) and _is_topic(name, rules) else ""


def is_structural_heading(heading: str) -> bool:
    """Whether a heading names only a part of the book ("Introduction", "Chapter 3", "2.4 Summary", "")."""
    name = without_numbering(heading)
    rules = _rules(detect_language(name, DEFAULT))
    if not re.search(r"[^\W\d_]", name):
        return True
    return rules.is_structural(_WORD.findall(name.lower())) if rules.has_spaces else rules.matches_structure(name)


def is_opening_heading(heading: str) -> bool:
    """Whether a heading only opens a text ("Introduction", "Overview", "Chapter 3"), whatever the text is about.

    "Glossary" or "Exercises" say what the text is: they are structural, but do not open it.
    """
    name = without_numbering(heading)
    if not re.search(r"[^\W\d_]", name):
        return True
    rules = _rules(detect_language(name, DEFAULT))
    if not rules.has_spaces:
        return bool(rules.opening.fullmatch(name))
    words = _WORD.findall(name.lower())
    return bool(words) and words[-1] in rules.words("OPENING_NOUNS") and is_structural_heading(name)


def without_numbering(heading: str) -> str:
    """Return a heading without its number and marks around it, "" for "Chapter 3"."""
    return _NUMBERING.sub("", " ".join(heading.split()).strip(_DECORATION)).strip(_NAME_EDGES)


def _is_topic(name: str, rules: _HeadingRules) -> bool:
    if name.count("(") != name.count(")") or rules.matches_pattern(name):
        return False
    words = _WORD.findall(name.lower()) if rules.has_spaces else []
    return not (rules.is_clause(words) or rules.is_activity(words) or rules.is_structural(words))


@dataclass(frozen=True, slots=True)
class _HeadingRules:
    """The word lists and patterns of one language."""

    code: str
    structural: re.Pattern[str]  # whole headings about the book
    clause: re.Pattern[str]  # anywhere in a heading that is a clause
    opening: re.Pattern[str]  # whole headings that only open a text

    @property
    def has_spaces(self) -> bool:
        return language(self.code).has_spaces

    def words(self, name: str) -> frozenset[str]:
        return _word_list(self.code, name)

    def is_question_with_topic(self, name: str) -> bool:
        return name.startswith(data(self.code, "headings", "QUESTION_WITH_TOPIC", "\0"))

    def is_too_long(self, name: str) -> bool:
        return len(name.split()) > MAX_WORDS if self.has_spaces else len(name) > MAX_CHARACTERS

    def matches_structure(self, name: str) -> bool:
        return bool(self.structural.fullmatch(name))

    def matches_pattern(self, name: str) -> bool:
        return bool(self.structural.fullmatch(name) or self.clause.search(name))

    def is_clause(self, words: list[str]) -> bool:
        if not words:
            return False
        small = self.words("PREPOSITIONS") | self.words("CLAUSE_WORDS")
        begins_small = words[0] in small and not self.words("CONSTRUCTS") & set(words[1:])
        return (
            words[0] in self.words("QUESTION_WORDS")
            or begins_small
            or bool(self.words("CLAUSE_WORDS") & set(words[1:]))
        )

    def is_activity(self, words: list[str]) -> bool:
        """Whether it names an activity, not a topic: "Solving in one step", "Read on"."""
        if len(words) < 2:
            return False
        suffix = data(self.code, "headings", "ACTIVITY_SUFFIX", "\0")
        doing = (words[0].endswith(suffix) and len(words[0]) > 5) or words[0] in self.words("IMPERATIVES")
        prepositions = self.words("PREPOSITIONS") - self.words("COMPOUNDING_PREPOSITIONS")
        return (doing and words[1] in self.words("DETERMINERS") | prepositions) or words[0] in self.words(
            "ACTIVITY_WORDS"
        )

    def is_structural(self, words: list[str]) -> bool:
        """Whether all its words are about the book: the last names a part of it, the others only say which."""
        nouns = self.words("STRUCTURAL_NOUNS")
        if not words or words[-1] not in nouns:
            return False
        if len(words) == 1:
            return words[0] not in self.words("TOPICAL_NOUNS")
        return set(words[:-1]) <= nouns | self.words("STRUCTURAL_MODIFIERS")


@cache
def _rules(code: str) -> _HeadingRules:
    structural, clause, opening = (data(code, "headings", name, "(?!)") for name in ("STRUCTURAL", "CLAUSE", "OPENING"))
    return _HeadingRules(code, re.compile(structural, re.IGNORECASE), re.compile(clause), re.compile(opening))


@cache
def _word_list(code: str, name: str) -> frozenset[str]:
    return frozenset(data(code, "headings", name, "").split())
