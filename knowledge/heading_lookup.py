"""Heading lookup: sections that a question asks for by their own name.

An entry of a glossary, a question of a FAQ or a code has a few words of text, often none of the question's: search by
meaning and by words does not find it. Its heading is what the question says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.documents import Passage
from knowledge.languages import each, either
from knowledge.lexical import tokenize
from knowledge.passage_roles import teaches

MAX_TEXT_CHARS = 400  # of a section that is found by its name alone; a longer one has words of its own
_JOINED_WORDS = re.compile(r"\w++(?:[-./]\w++)*+")
_MIN_CODE_DIGITS = 2
_WORD = re.compile(r"\w+")
_DEFINITION = re.compile(either("extracts", "DEFINITION_REQUEST"), re.IGNORECASE)
_DEFINITION_END = re.compile(either("extracts", "DEFINITION_REQUEST_END"), re.IGNORECASE)
_SENTENCE_MARKS = " ." + "".join(each("text", "QUESTION_MARK").values())
_ARTICLES = frozenset(either("starters", "ARTICLE").split("|"))
_MAX_OTHER_TERMS = 1  # of a question about a code, besides the code and the words of its section

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeadingLookup:
    """The short sections of a course by their headings."""

    _by_name: dict[Key, str] = field(default_factory=dict)
    _by_code: dict[str, list[tuple[str, frozenset[str]]]] = field(default_factory=dict)

    @classmethod
    def from_passages(cls, passages: Sequence[Passage]) -> HeadingLookup:
        """Return the lookup of a course; a heading with subsections, or that two sections have, is not in it."""
        sections = Counter(
            (p.document_id, *p.heading[:depth]) for p in passages for depth in range(1, len(p.heading) + 1)
        )
        short = [p for p in passages if p.heading and len(p.text) <= MAX_TEXT_CHARS and teaches(p.heading, p.text)]
        whole = [p for p in short if sections[(p.document_id, *p.heading)] == 1]
        times = Counter(_key(passage.heading[-1]) for passage in whole)
        lookup = cls()
        for passage in whole:
            name = passage.heading[-1]
            if times[_key(name)] == 1:
                lookup._by_name[_key(name)] = passage.id
            for code in _codes(name):
                known = frozenset(tokenize(f"{' '.join(passage.heading)} {passage.text}"))
                lookup._by_code.setdefault(code, []).append((passage.id, known))
        return lookup

    def find(self, query: str) -> str | None:
        """Return the id of the passage whose heading the query is, asks to be defined, or contains as a code."""
        for name in _names_asked_for(query):
            if (found := self._by_name.get(_key(name))) is not None:
                return found
        asked = [code for code in _codes(query) if code in self._by_code]
        if len(asked) != 1 or len(self._by_code[asked[0]]) != 1:
            return None
        terms = set(tokenize(query))
        passage_id, known = self._by_code[asked[0]][0]
        return passage_id if len(terms - known) <= _MAX_OTHER_TERMS else None


def _names_asked_for(query: str) -> Sequence[str]:
    asked = _DEFINITION_END.sub("", _DEFINITION.sub("", query.strip().rstrip(_SENTENCE_MARKS)))
    return (query, asked) if _key(asked) else (query,)


def _key(text: str) -> Key:
    """Return the words of a name as they are compared: without case, marks and a leading article."""
    found = [word.casefold() for word in _WORD.findall(text)]
    return tuple(found[1:] if len(found) > 1 and found[0] in _ARTICLES else found)


def _codes(text: str) -> list[str]:
    """Return the words with letters and several digits, which name one thing ("FD-1178-B")."""
    found = dict.fromkeys(match.group().casefold() for match in _JOINED_WORDS.finditer(text))
    return [one for one in found if sum(map(str.isdigit, one)) >= _MIN_CODE_DIGITS and any(map(str.isalpha, one))]
