"""Terms that passages define, each with the sentence that defines it.

Plain-text patterns of textbooks ("A loop is a ...", "... is called recursion", "X refers to ..."); no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from knowledge.documents import Passage
from knowledge.languages import DEFAULT, data, detect_language, each, either, language, words
from tutor.assessment.word_diff import FUNCTION_WORDS, singularize

EXERCISE_HEADING = re.compile(either("items", "EXERCISE_HEADING"), re.IGNORECASE)
SENTENCE_WORDS = range(7, 41)  # of a sentence to ask about, in a language with spaces
_SENTENCES = tuple(re.compile(pattern) for pattern in each("items", "SENTENCE").values())
_NEVER = r"(?!)"  # matches nothing
_EDGES = " " + "".join(each("items", "COMMA").values())
_FULL_STOPS = "".join(each("text", "FULL_STOP").values())
_DEICTIC = words("items", "DEICTIC")
_POINTING_WORDS = words("items", "POINTING_WORDS")
_PREPOSITIONS = words("items", "PREPOSITIONS")
_VERBS_AND_CONJUNCTIONS = words("items", "VERBS_AND_CONJUNCTIONS")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that can be understood without the ones before it."""

    passage_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and the part of its sentence that defines it, `body`."""

    term: str
    body: str
    sentence: Sentence
    in_glossary: bool = False


@dataclass(frozen=True, slots=True)
class _Patterns:
    """How one language writes sentences and definitions."""

    full_stop: str
    not_plain: re.Pattern[str]
    dependent_start: re.Pattern[str]
    definitions: tuple[re.Pattern[str], ...]
    not_a_subject: re.Pattern[str]
    not_a_term: re.Pattern[str]
    not_a_body: re.Pattern[str]


@cache
def _patterns(code: str) -> _Patterns:
    def compiled(name: str) -> re.Pattern[str]:
        return re.compile(data(code, "items", name, _NEVER))

    definitions = tuple(re.compile(pattern) for pattern in data(code, "items", "DEFINITIONS", ()))
    return _Patterns(
        data(code, "text", "FULL_STOP", "."),
        compiled("NOT_PLAIN"),
        compiled("DEPENDENT_START"),
        definitions,
        compiled("NOT_A_SUBJECT"),
        compiled("NOT_A_TERM"),
        compiled("NOT_A_BODY"),
    )


def extract_sentences(passages: Sequence[Passage]) -> list[Sentence]:
    """Return sentences fit to ask about: of middle length, complete, without code, independent of the one before."""
    found: dict[str, Sentence] = {}
    for passage in passages:
        if EXERCISE_HEADING.search(" ".join(passage.heading[-1:])):
            continue
        for match in (one for pattern in _SENTENCES for one in pattern.finditer(passage.text)):
            text = " ".join(match.group().split())
            if _stands_alone(text) and text in " ".join(passage.text.split()):
                found.setdefault(text.lower(), Sentence(passage.id, text))
    return list(found.values())


def _stands_alone(text: str) -> bool:
    code = detect_language(text, DEFAULT)
    patterns = _patterns(code)
    if not text.endswith(patterns.full_stop) or patterns.not_plain.search(text) or patterns.dependent_start.match(text):
        return False
    if not language(code).has_spaces:
        return True
    tokens = text.split()
    starts_plainly = text[0].isupper() and re.sub(r"\W", "", tokens[0].lower()) not in _DEICTIC
    return len(tokens) in SENTENCE_WORDS and starts_plainly


def is_plain(text: str) -> bool:
    """Whether a text is without code, formulas and markup."""
    return not _patterns(detect_language(text, DEFAULT)).not_plain.search(text)


def extract_definitions(sentences: Sequence[Sentence]) -> list[Definition]:
    """Return one definition a term, the first that the course gives."""
    return unique_definitions(one for sentence in sentences for one in _match_definition(sentence))


def unique_definitions(definitions: Iterable[Definition]) -> list[Definition]:
    """Return the first definition of each term."""
    by_term: dict[str, Definition] = {}
    for definition in definitions:
        by_term.setdefault(_normalize(definition.term), definition)
    return list(by_term.values())


def _match_definition(sentence: Sentence) -> Iterator[Definition]:
    plain = sentence.text.rstrip(_FULL_STOPS)
    code = detect_language(plain, DEFAULT)
    patterns = _patterns(code)
    if patterns.not_a_subject.match(plain):
        return
    for pattern in patterns.definitions:
        match = pattern.match(plain)
        if match and is_term(match["term"], code) and _defines(match["body"], match["term"], code):
            yield Definition(match["term"], match["body"].strip(_EDGES), sentence)
            return


def _defines(body: str, term: str, code: str) -> bool:
    return not _patterns(code).not_a_body.search(body) and _normalize(term) not in _normalize(body)


def is_term(term: str, code: str | None = None) -> bool:
    """Whether words name something, and do not merely mention or point to it."""
    code = code or detect_language(term, DEFAULT)
    if _patterns(code).not_a_term.search(term):
        return False
    if not language(code).has_spaces:
        return True
    tokens = term.lower().split()
    if (_PREPOSITIONS | _VERBS_AND_CONJUNCTIONS) & set(tokens):
        return False
    is_named = not {tokens[0], tokens[-1]} & FUNCTION_WORDS and tokens[0] not in _DEICTIC
    adverb = data(code, "items", "ADVERB_ENDING")
    is_noun = tokens[-1] not in _POINTING_WORDS and not (adverb and tokens[-1].endswith(adverb))
    return is_named and is_noun and len(term) >= 3


def normalized_words(text: str) -> list[str]:
    """Return the words of a text in the form in which terms are compared; none in a language without spaces."""
    return _normalize(text).split() if _has_spaces(text) else []


@lru_cache(16_384)
def _normalize(text: str) -> str:
    return " ".join(singularize(word) for word in re.findall(r"[\w-]+", text.lower()))


def is_same_term(left: str, right: str) -> bool:
    """Whether two terms differ only in number and case, or one contains the other ("loop", "while loop")."""
    if not _has_spaces(left + right):
        return left in right or right in left
    one, two = set(_normalize(left).split()), set(_normalize(right).split())
    return one <= two or two <= one


def contains_term(sentence: str, term: str) -> bool:
    if not _has_spaces(term):
        return term in sentence
    return f" {_normalize(term)} " in f" {_normalize(sentence)} "


def _has_spaces(text: str) -> bool:
    return language(detect_language(text, DEFAULT)).has_spaces
