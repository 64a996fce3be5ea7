"""Finds the sentence in which a course defines a term, and not one that defines what the term is contrasted with. Pure.

Each way of defining has a weight (`knowledge/languages/<code>/answer_forms.py`); the heaviest sentence is taken, an
earlier hit before a later one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.documents import Hit
from knowledge.languages import data
from knowledge.languages.scripts import has_han
from tutor.answers.course_sentences import CourseSentence, plain_text, read_sentences, word_count
from tutor.assessment.word_diff import singularize

QUOTABLE_WEIGHT = 0.72  # from which a sentence is surely a definition
LEAST_WEIGHT = 0.5
BOLD_WEIGHT = 0.85  # textbooks print a term in bold where they define it
GLOSSARY_BONUS, HEADING_BONUS, LEANING_LOSS, CONTRAST_LOSS, LATER_HIT_LOSS = 0.3, 0.05, 0.1, 0.5, 0.005
SHORT_DEFINITION_WORDS = 14  # a shorter definition is quoted with the next sentence that names the term
MAX_WORDS = 70


@dataclass(frozen=True, slots=True)
class FoundDefinition:
    """The sentence that defines a term, with the one that continues it; `weight` says how surely it defines."""

    sentence: CourseSentence
    weight: float

    @property
    def is_sure(self) -> bool:
        return self.weight >= QUOTABLE_WEIGHT


def find_definition(term: str, hits: Sequence[Hit], language: str) -> FoundDefinition | None:
    """Return the sentence that defines a term best; None where no sentence does."""
    rules = _rules(term, language)
    best: FoundDefinition | None = None
    places = {hit.passage.id: place for place, hit in enumerate(hits)}
    for sentence in read_sentences(hits):
        if not rules.mentions.search(sentence.text):
            continue
        weight = rules.weigh(sentence) - LATER_HIT_LOSS * min(4, places[sentence.hit.passage.id])
        if weight >= LEAST_WEIGHT and (best is None or weight > best.weight):
            best = FoundDefinition(sentence, weight)
    return FoundDefinition(with_continuation(best.sentence, language, rules.mentions), best.weight) if best else None


@dataclass(frozen=True, slots=True)
class _DefinitionRules:
    """The patterns of one language for one term."""

    mentions: re.Pattern[str]
    bold: re.Pattern[str]
    whole: re.Pattern[str]
    defining: tuple[tuple[float, re.Pattern[str]], ...]
    contrasting: re.Pattern[str]
    leans: re.Pattern[str]
    glossary: re.Pattern[str]

    def weigh(self, sentence: CourseSentence) -> float:
        """Return how surely the sentence defines the term, about 0 to 1.2."""
        text, headings = sentence.text, sentence.hit.passage.heading
        weight = max((weight for weight, pattern in self.defining if pattern.search(text)), default=0.0)
        if self.bold.search(sentence.raw):
            weight = max(weight + 0.1, BOLD_WEIGHT)
        if not weight:
            return 0.0
        weight += GLOSSARY_BONUS * any(self.glossary.search(heading) for heading in headings)
        weight += HEADING_BONUS * any(self.whole.fullmatch(plain_text(heading)) for heading in headings)
        weight -= CONTRAST_LOSS * bool(self.contrasting.search(text)) + LEANING_LOSS * bool(self.leans.search(text))
        return weight


@lru_cache(maxsize=256)
def _rules(term: str, language: str) -> _DefinitionRules:
    name = name_pattern(term)

    def pattern(key: str, default: str = r"(?!)") -> re.Pattern[str]:
        return re.compile(data(language, "answer_forms", key, default).replace("{name}", name), re.IGNORECASE)

    defining = data(language, "answer_forms", "DEFINING", ())
    return _DefinitionRules(
        mentions=re.compile(name, re.IGNORECASE),
        bold=re.compile(rf"(?:\*\*|(?<!\*)\*|__)`?{name}`?(?:\*\*|\*|__)", re.IGNORECASE),
        whole=re.compile(rf"(?:[\d.]+\s+)?(?:an?|the)?\s*{name}(?:\s*[(（].*)?", re.IGNORECASE),
        defining=tuple((weight, re.compile(text.replace("{name}", name), re.IGNORECASE)) for weight, text in defining),
        contrasting=pattern("CONTRASTING"),
        leans=pattern("LEANS_ON_BEFORE"),
        glossary=pattern("GLOSSARY_HEADING"),
    )


def name_pattern(term: str) -> str:
    """Return a pattern for a term in singular and plural, with hyphens or spaces, in quotation marks or backticks."""
    if has_han(term):
        return re.escape(term)
    words = re.findall(r"[^\s-]+", term)
    last = singularize(words[-1].lower())
    ending = rf"{re.escape(last[:-1])}(?:y|ies)" if last.endswith("y") else rf"{re.escape(last)}(?:s|es)?"
    if not last.isalpha():
        ending = re.escape(words[-1])
    whole = r"[\s-]+".join([*map(re.escape, words[:-1]), ending])
    return rf"[`\"“']?(?<![\w-]){whole}(?![\w-])(?:\(\))?[`\"”']?"


def with_continuation(sentence: CourseSentence, language: str, names: re.Pattern[str]) -> CourseSentence:
    """Return the sentence with the one after it, where that goes on about the same thing."""
    following = _next_sentence(sentence)
    if following is None or "\n" in sentence.hit.passage.text[sentence.end : following.start].rstrip(" "):
        return sentence
    continues = re.compile(data(language, "answer_forms", "CONTINUES", r"(?!)"), re.IGNORECASE)
    if re.search(data(language, "answer_forms", "EXAMPLE_START", r"(?!)"), following.text, re.IGNORECASE):
        return sentence
    is_short = word_count(sentence.text) <= SHORT_DEFINITION_WORDS
    says_more = continues.search(following.text) or (is_short and names.search(following.text))
    if not says_more:
        return sentence
    joined = CourseSentence(sentence.hit, sentence.start, following.end)
    return joined if word_count(joined.text) <= MAX_WORDS else sentence


def _next_sentence(sentence: CourseSentence) -> CourseSentence | None:
    return next((one for one in read_sentences([sentence.hit]) if one.start >= sentence.end), None)
