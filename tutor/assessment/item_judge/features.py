"""What a judge of questions looks at: numbers about an item, its sentence, its term and its options.

No feature decides alone; `model.json` weighs them. All are computed from the course's text, without a model.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.headings import heading_topic
from knowledge.languages import DEFAULT, data, detect_language, language
from knowledge.lexical import tokenize
from tutor.assessment.course_text import CourseText
from tutor.assessment.item_judge.associations import TermAssociations
from tutor.assessment.item_prompts import parse_item_prompt
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.quiz_terms import Definition
from tutor.domain import BLANK

Features = dict[str, float]
MAX_CUES = 2  # of one sort that are counted
MAX_MENTIONS = 20  # of a term that are looked at
# Features that mean something else in a gap than in a description.
BY_GROUP = (
    *("knows_first", "knows_margin", "knows_support", "term_in_one_place", "term_rarity", "term_words", "words"),
    *("cue_pronoun", "cue_vague", "cue_evaluation", "cue_relative", "cue_essence", "first_mention", "subject_the"),
)
_SYMBOL = re.compile(r"[=<>\u2264\u2265\u00b1\u221a^~|\u0391-\u03c9]")
_SINGLE_LETTER = re.compile(r"(?<![\w'\u2019])[B-HJ-Zb-z](?![\w'\u2019])")
_PROMPTS = ("term", "truth", "gap", "number")
_CAPITALISED = re.compile(r"(?<=[\w,;)] )[A-Z][a-z]+")
_ACRONYM = re.compile(r"\b[A-Z]{2,}s?\b")
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
_LISTED = re.compile(rf"(?:,|\band|\bor) {re.escape(BLANK)}|{re.escape(BLANK)}(?:,| and\b| or\b)", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    rf"{re.escape(BLANK)}\s?(?:%|percent|°|[a-zA-Z]{{1,3}}\b(?<!of)(?<!the)(?<!to)(?<!and)(?<!in))"
)


@dataclass(frozen=True, slots=True)
class JudgedCourse:
    """A course as the judge sees it: its text, its terms, and which words go together."""

    text: CourseText
    definitions: Mapping[str, Definition]  # by term in small letters
    associations: TermAssociations
    topics: frozenset[str]  # of headings, in small letters

    @classmethod
    def read(cls, text: CourseText) -> JudgedCourse:
        definitions = {one.term.lower(): one for one in text.definitions}
        lines = [*(one.text for one in text.sentences), *(d.sentence.text for d in text.definitions if d.in_glossary)]
        topics = {heading_topic(title).lower() for heading in text.headings.values() for title in heading}
        return cls(text, definitions, TermAssociations.of_course(lines, list(definitions)), frozenset(topics))


def item_features(item: Item, course: JudgedCourse) -> Features:
    """Return the features of a generated item by name."""
    assert item.source is not None
    asked, quote = asked_words(item), item.source.quote
    found: Features = {f"kind_{item.kind.value}": 1.0}
    for part in (_wording(asked, quote), _cues(asked, quote), _term(item, course), _options(item, course)):
        found.update(part)
    found["course_size"] = math.log(1 + course.associations.sentences) / 8
    if item.kind is ItemKind.ORDERING:
        found.update(_steps(item.keys))
    if item.kind in (ItemKind.CLOZE, ItemKind.NUMBER):
        found.update((f"{item.kind.value}_{name}", value) for name, value in _gap(asked))
    sort = "described" if found.get("glossary") else "defined" if "definition_words" in found else "plain"
    group = item.kind.value if item.kind in (ItemKind.CLOZE, ItemKind.NUMBER, ItemKind.ORDERING) else sort
    for name in BY_GROUP:
        found[f"{group}_{name}"] = found.get(name, 0.0)
    return found


def asked_words(item: Item) -> str:
    """Return what an item asks, without the words that every item of its kind has."""
    if item.kind is ItemKind.SHORT_TEXT:
        return item.keys[0]
    asked = (parse_item_prompt(name, item.prompt) for name in _PROMPTS)
    return next((fields["body"] for fields in asked if fields), item.prompt)


def _wording(asked: str, quote: str) -> Iterator[tuple[str, float]]:
    words = tokenize(asked)
    spaced = language(detect_language(quote, DEFAULT)).has_spaces
    yield "unspaced", float(not spaced)
    yield "words", math.log(1 + len(words))
    yield "short", float(len(words) < (4 if spaced else 8))
    yield "long", float(len(words) > (18 if spaced else 40))
    yield "names", min(len(_CAPITALISED.findall(quote)), 4) / 2
    yield "acronyms", min(len(_ACRONYM.findall(quote)), 2)
    yield "numerals", min(len(_NUMERAL.findall(quote)), 3)
    yield "symbols", min(len(_SYMBOL.findall(quote)), 3) / 3
    yield "letters", min(len(_SINGLE_LETTER.findall(quote)), 3) / 3
    yield "quotes", float(any(mark in quote for mark in "\"“”'‘"))
    yield "brackets", float("(" in quote)
    yield "clauses", min(quote.count(",") + quote.count(";"), 5) / 2


@cache
def _cue_patterns(code: str) -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(cue, 0 if name == "story" else re.IGNORECASE)
        for name, cue in data(code, "item_cues", "CUES", {}).items()
    }


def _cues(asked: str, quote: str) -> Iterator[tuple[str, float]]:
    for name, pattern in _cue_patterns(detect_language(quote, DEFAULT)).items():
        yield f"cue_{name}", float(min(len(pattern.findall(quote)), MAX_CUES))
        yield f"asked_{name}", float(bool(pattern.search(asked)))


def _term(item: Item, course: JudgedCourse) -> Iterator[tuple[str, float]]:
    """Yield what the course says of the term that an item is about; nothing where it is about none."""
    term = item.skill.lower()
    definition = course.definitions.get(term)
    if definition is None or item.source is None:
        return
    terms = [option.lower() for option in item.options] or list(course.definitions)
    standing = course.associations.standing(term, terms, asked_words(item), item.source.quote)
    yield "knows_first", float(standing.rank == 1)
    yield "knows_rank", 1 / standing.rank
    yield "knows_margin", standing.margin
    yield "knows_support", min(standing.support, 5.0)
    yield "glossary", float(definition.in_glossary)
    yield "term_words", float(min(len(term.split()), 3))
    yield "term_mentions", math.log(1 + course.associations.mentions(term))
    yield "term_once", float(course.associations.mentions(term) < 2)
    yield "term_everywhere", course.associations.mentions(term) / max(1, course.associations.sentences)
    yield "term_topic", float(any(term == topic or term + "s" == topic for topic in course.topics))
    yield "term_in_topic", float(any(term in topic for topic in course.topics))
    yield "term_capital", float(definition.term[:1].isupper() and definition.sentence.text.find(definition.term) > 0)
    yield "term_rarity", max((course.associations.rarity(word) for word in tokenize(term)), default=0.0) / 5
    yield "definition_words", math.log(1 + len(tokenize(definition.body)))
    key = frozenset(tokenize(term))
    yield "term_given_away", float(bool(key & frozenset(tokenize(asked_words(item)))))
    yield (
        "term_last",
        float(not definition.in_glossary and definition.sentence.text.rstrip(".").endswith(definition.term)),
    )
    yield from _use_of_term(definition, course)
    yield "opens_with_article", float(bool(re.match(r"(?:an?|the)\b", definition.body)))


def _use_of_term(definition: Definition, course: JudgedCourse) -> Iterator[tuple[str, float]]:
    """Yield how the course uses a term: as a name, where first, and whether all over or in one place."""
    mentions = course.text.index.mentioning(definition.term)
    plain = definition.term.lower()
    opening = definition.sentence.text.lower().partition(plain)[0].strip()
    yield "subject_the", float(not definition.in_glossary and opening == "the")
    yield "subject_a", float(not definition.in_glossary and opening in ("a", "an"))
    if not mentions:
        return
    yield "first_mention", float(not definition.in_glossary and mentions[0].text == definition.sentence.text)
    inside = [at for one in mentions[:MAX_MENTIONS] if (at := one.text.lower().find(plain)) > 0]
    texts = [one.text for one in mentions[:MAX_MENTIONS] if one.text.lower().find(plain) > 0]
    named = sum(text[at].isupper() for text, at in zip(texts, inside, strict=True))
    yield "term_is_a_name", named / len(inside) if inside else 0.0
    sections = Counter(course.text.headings.get(one.passage_id, ())[:2] for one in mentions)
    documents = {course.text.document_ids.get(one.passage_id, "") for one in mentions}
    yield "term_in_one_place", max(sections.values()) / len(mentions)
    yield "term_documents", min(len(documents), 5) / 5


def _options(item: Item, course: JudgedCourse) -> Iterator[tuple[str, float]]:
    key = course.definitions.get(item.skill.lower())
    others = [course.definitions.get(option.lower()) for option in item.options if option not in item.keys]
    known = [other for other in others if other is not None]
    if key is None or not known:
        return
    yield "options_glossary", sum(other.in_glossary is key.in_glossary for other in known) / len(known)
    yield "options_place", sum(_place(other, course) == _place(key, course) for other in known) / len(known)
    yield "options_ending", sum(other.term[-2:] == key.term[-2:] for other in known) / len(known)
    yield "options_length", sum(len(other.term.split()) == len(key.term.split()) for other in known) / len(known)
    mentioned = [course.associations.mentions(other.term.lower()) for other in known]
    yield "options_known", sum(count > 1 for count in mentioned) / len(known)


def _steps(steps: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yield what tells the steps of a procedure from a list of statements."""
    cues = _cue_patterns(detect_language(steps[0], DEFAULT))
    for name in ("finite", "subject", "sequence", "figure"):
        yield (
            f"steps_{name}",
            sum(bool(cues[name].search(step)) for step in steps) / len(steps) if name in cues else 0.0,
        )
    yield "steps_long", sum(len(tokenize(step)) > 9 for step in steps) / len(steps)


def _place(definition: Definition, course: JudgedCourse) -> tuple[str, ...] | None:
    return course.text.headings.get(definition.sentence.passage_id)


def _gap(asked: str) -> Iterator[tuple[str, float]]:
    before, _, after = asked.partition(BLANK)
    yield "gap_early", float(len(before.split()) < 3)
    yield "gap_late", float(len(after.split()) < 2)
    yield "gap_listed", float(bool(_LISTED.search(asked)))
    yield "gap_unit", float(bool(_UNIT_AFTER.search(asked)))
    yield "gap_first", float(not before.strip())
    yield "gap_inside", float(bool(re.search(rf"\w\s{re.escape(BLANK)}\s\w", asked)))
