"""Terms that passages define or dwell on, each with the sentence that says what it is.

Plain-text patterns of textbooks ("A loop is a ...", "... is called recursion", "X refers to ..."); no model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.documents import Passage
from tutor.assessment.words import FUNCTION_WORDS, singular

_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=[\w)])[^.!?\n]*)*[.!?]+(?=\s|$)")
_NAME = r"(?P<term>[A-Za-z][\w-]*(?: [a-z][\w-]*){0,3}?)"
_DEFINITIONS = (
    re.compile(rf"^(?:An?|The) {_NAME} (?:is|are) (?P<body>(?:an?|the|one|any) .{{15,}})$"),
    re.compile(
        rf"^{_NAME} (?:is|are) "
        rf"(?P<body>(?:an?|the (?:process|ability|study|act|amount|number)) .{{12,}})$"
    ),
    re.compile(rf"^(?:(?:An?|The) )?{_NAME} (?:refers to|describes|denotes|means|consists of) (?P<body>.{{15,}})$"),
    re.compile(rf"^(?P<body>.{{20,}}?),? (?:is|are) (?:called|known as|termed|referred to as) (?:an? |the )?{_NAME}$"),
)
_DEICTIC = frozenset(
    "this that these those it they he she we you i there here such one another other both each some many most its "
    "their example examples figure table code program answer question following above below goal purpose result output "
    "first second last next reason problem idea way thing".split()
)
_ABOUT_BOOK = re.compile(
    r"\b(?:chapter|section|figure|table|this|these|book|above|below|following|example)\b", re.IGNORECASE
)
_CLOSED = frozenset("is are was were be has have can will may must does do not and or but if when while".split())


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that can be understood without the ones before it."""

    passage_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what its sentence says of it; `body` is that part of the sentence."""

    term: str
    body: str
    sentence: Sentence


def sentences(passages: Sequence[Passage]) -> list[Sentence]:
    """Sentences fit to ask about: of middle length, finished, without code, not leaning on the one before."""
    found: dict[str, Sentence] = {}
    for passage in passages:
        for match in _SENTENCE.finditer(passage.text):
            text = " ".join(match.group().split())
            if _stands_alone(text) and text in " ".join(passage.text.split()):
                found.setdefault(text.lower(), Sentence(passage.id, text))
    return list(found.values())


def _stands_alone(text: str) -> bool:
    words = text.split()
    if (
        not 7 <= len(words) <= 40
        or not text[0].isupper()
        or not text.endswith(".")
        or re.search(r"[`{}<>|\\=\[\]]|Ex:", text)
    ):
        return False
    first = re.sub(r"\W", "", words[0].lower())
    return first not in _DEICTIC and not re.match(
        r"(?:however|therefore|thus|also|then|but|so|and|or|in this|as a result)\b", text, re.I
    )


def definitions(found: Sequence[Sentence]) -> list[Definition]:
    """One definition a term, the first that the course gives."""
    by_term: dict[str, Definition] = {}
    for sentence in found:
        for definition in _defined(sentence):
            by_term.setdefault(_norm(definition.term), definition)
    return list(by_term.values())


def _defined(sentence: Sentence) -> Iterator[Definition]:
    plain = sentence.text.rstrip(".")
    if plain.split()[0].endswith("ing"):
        return
    for pattern in _DEFINITIONS:
        match = pattern.match(plain)
        if (
            match
            and _is_term(match["term"])
            and not _ABOUT_BOOK.search(match["body"])
            and _norm(match["term"]) not in _norm(match["body"])
        ):
            yield Definition(match["term"], match["body"].strip(" ,"), sentence)
            return


def _is_term(term: str) -> bool:
    words = term.lower().split()
    inside = not _CLOSED & set(words) and not any(w in FUNCTION_WORDS for w in (words[0], words[-1]))
    return inside and words[0] not in _DEICTIC and len(term) >= 3 and not words[-1].endswith("ly")


def key_terms(found: Sequence[Sentence], defined: Sequence[Definition], least: int = 2) -> list[str]:
    """The defined terms that recur, most frequent first: candidates for gaps and for each other's distractors."""
    texts = [f" {_norm(sentence.text)} " for sentence in found]
    counts = Counter({d.term.lower(): sum(f" {_norm(d.term)} " in text for text in texts) for d in defined})
    return [term for term, count in counts.most_common() if count >= least]


def _norm(text: str) -> str:
    return " ".join(singular(word) for word in re.findall(r"[\w-]+", text.lower()))


def same_term(left: str, right: str) -> bool:
    """Whether two terms are the same but for number and case, or one holds the other ("loop", "while loop")."""
    one, two = _norm(left).split(), _norm(right).split()
    return set(one) <= set(two) or set(two) <= set(one)


def holds(sentence: str, term: str) -> bool:
    return f" {_norm(term)} " in f" {_norm(sentence)} "
