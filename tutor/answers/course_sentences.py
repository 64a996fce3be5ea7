"""The sentences of passages as an answer quotes them: verbatim spans, and the same without marks of Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.documents import Hit
from knowledge.languages import characters, either
from knowledge.languages.scripts import UNSPACED_CJK, has_han
from knowledge.languages.sentences import split_sentences
from knowledge.passage_roles import teaches

SENTENCE_WORDS = range(3, 91)
SENTENCE_CHARACTERS = range(6, 241)  # where words have no spaces
# Formulas and code, which lose no mark; then the marks of roles, links, emphasis, headings and quotations.
_KEPT = re.compile(r"(\$\$.+?\$\$|\$[^$\n]+\$|`[^`\n]+`)", re.DOTALL)
_ROLE = re.compile(r" ?:\w+:`[^`]*` ?")
_LINK = re.compile(r"(?<!\!)\[([^\]\n]+)\]\([^)\n]*\)")
_EMPHASIS = re.compile(r"\*\*|(?<![\w*])[*_](?=[^\s*_])|(?<=[^\s*_])[*_](?![\w*])|(?<=\W)\*(?=\w)|(?<=\w)\*(?=\W|$)")
_LINE_MARK = re.compile(r"^\s*(?:>\s?|#+\s+)", re.MULTILINE)
_ITEM_MARK = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_SPACE_BETWEEN_CJK = re.compile(rf"(?<=[{UNSPACED_CJK}]) (?=[{UNSPACED_CJK}])")
_NOT_PROSE = re.compile(r"^\s*(?:\||```|~~~|>>>|#|\[\w+:|@|:\w+:)")
_TASK = re.compile(
    rf"[{characters('extracts', 'QUESTION_MARK')}]\W*$"
    rf"|^\W*(?:\d{{1,2}}[.)]\s+)?(?:{either('extracts', 'TASK_START')})",
    re.IGNORECASE,
)
_GAP = re.compile(r"_{3,}")
_ANNOUNCES = re.compile(either("extracts", "ANNOUNCES"), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CourseSentence:
    """Characters start:end of a hit's passage: one sentence, or neighbouring ones."""

    hit: Hit
    start: int
    end: int

    @property
    def raw(self) -> str:
        """The words as they stand in the passage."""
        return self.hit.passage.text[self.start : self.end]

    @property
    def text(self) -> str:
        """The words on one line, without marks of Markdown."""
        return plain_text(self.raw)


def read_sentences(hits: Sequence[Hit]) -> Iterator[CourseSentence]:
    """Yield the sentences of teaching passages that can be quoted, in order: no headings, tables, listings or tasks."""
    for hit in hits:
        if not teaches(hit.passage.heading, hit.passage.text):
            continue
        for start, end in split_sentences(hit.passage.text):
            sentence = CourseSentence(hit, start, end)
            if is_prose(sentence.raw) and is_quotable(sentence.text):
                yield sentence


def is_prose(raw: str) -> bool:
    return _NOT_PROSE.search(raw) is None and "\n|" not in raw


def is_quotable(text: str) -> bool:
    """Return whether a sentence has a fit length and sets no task."""
    is_fit = len(text) in SENTENCE_CHARACTERS if has_han(text) else len(text.split()) in SENTENCE_WORDS
    return is_fit and not sets_task(text) and states_something(text)


def states_something(text: str) -> bool:
    """Return whether a sentence neither only announces nor has gaps to be filled in ("S = _____")."""
    return not only_announces(text) and _GAP.search(text) is None


def only_announces(sentence: str) -> bool:
    """Return whether a sentence says what will be told, and does not tell it: "You will learn why in chapter 8"."""
    return _ANNOUNCES.search(sentence) is not None


def sets_task(sentence: str) -> bool:
    """Return whether a sentence asks something or begins with the verb of a task."""
    return _TASK.search(sentence) is not None


def word_count(text: str) -> float:
    """Return the length of a text in words; a Chinese character counts half a word."""
    return len(text) / 2 if has_han(text) else len(text.split())


def plain_text(raw: str) -> str:
    """Return text on one line without marks for emphasis, headings, quotations, links and roles.

    Formulas and code in backticks stay as they are.
    """
    pieces = _KEPT.split(_ROLE.sub(" ", raw))
    plain = "".join(piece if at % 2 else _strip_marks(piece) for at, piece in enumerate(pieces))
    return _SPACE_BETWEEN_CJK.sub("", " ".join(_ITEM_MARK.sub("", plain).split()))


def _strip_marks(text: str) -> str:
    return _EMPHASIS.sub("", _LINE_MARK.sub("", _LINK.sub(r"\1", text)))
