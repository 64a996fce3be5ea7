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
from knowledge.lexical import tokenize
from tutor.answers.course_sentences import CourseSentence, plain_text, read_sentences, word_count
from tutor.assessment.word_diff import singularize

QUOTABLE_WEIGHT = 0.72  # from which a sentence is surely a definition
LEAST_WEIGHT = 0.5
BOLD_WEIGHT = 0.85  # textbooks print a term in bold where they define it
IN_BRACKETS_WEIGHT = 0.75  # Chinese ones give its English name there
GLOSSARY_BONUS, HEADING_BONUS, LEANING_LOSS, CONTRAST_LOSS, LATER_HIT_LOSS = 0.3, 0.05, 0.1, 0.5, 0.005
SHORT_DEFINITION_WORDS = 14  # a shorter definition is quoted with the next sentence that names the term
MIN_SHARED_TERMS = 2
MAX_WORDS = 70
_PARAGRAPH_END = re.compile(r"\n\s*(?:\n|[-*•–]\s|\d{1,2}[.)]\s)")


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
    mentioning = [one for one in read_sentences(hits) if rules.mentions.search(one.text)]
    property_of = [one for one in mentioning if rules.run_in.match(one.text) and not rules.is_in_glossary(one)]
    for sentence in mentioning:
        if len(property_of) > 1 and sentence in property_of:
            continue  # "Stable sort: equal elements stay in order" is said of several things
        weight = rules.weigh(sentence) - LATER_HIT_LOSS * min(4, places[sentence.hit.passage.id])
        if weight >= LEAST_WEIGHT and (best is None or weight > best.weight):
            best = FoundDefinition(sentence, weight)
    return FoundDefinition(with_context(best.sentence, language, rules.mentions), best.weight) if best else None


@dataclass(frozen=True, slots=True)
class _DefinitionRules:
    """The patterns of one language for one term."""

    mentions: re.Pattern[str]
    bold: re.Pattern[str]
    whole: re.Pattern[str]
    run_in: re.Pattern[str]  # "Name: what is said of it"
    in_brackets: re.Pattern[str]
    other_name: re.Pattern[str]  # in brackets behind the first, as Chinese texts give the English one
    defining: tuple[tuple[float, re.Pattern[str]], ...]
    contrasting: re.Pattern[str]
    leans: re.Pattern[str]
    glossary: re.Pattern[str]

    def weigh(self, sentence: CourseSentence) -> float:
        """Return how surely the sentence defines the term, about 0 to 1.2."""
        text, headings = sentence.text, sentence.hit.passage.heading
        weight = max((weight for weight, pattern in self.defining if pattern.search(text)), default=0.0)
        if self.bold.search(sentence.raw) or self._is_emphasised(sentence):
            weight = max(weight + 0.1, BOLD_WEIGHT)
        if has_han(text) and self.in_brackets.search(text):
            weight = max(weight, IN_BRACKETS_WEIGHT)
        if not weight:
            return 0.0
        weight += GLOSSARY_BONUS * self.is_in_glossary(sentence)
        weight += HEADING_BONUS * any(self.whole.fullmatch(plain_text(heading)) for heading in headings)
        weight -= CONTRAST_LOSS * bool(self.contrasting.search(text)) + LEANING_LOSS * bool(self.leans.search(text))
        return weight

    def is_in_glossary(self, sentence: CourseSentence) -> bool:
        return any(self.glossary.search(heading) for heading in sentence.hit.passage.heading)

    def _is_emphasised(self, sentence: CourseSentence) -> bool:
        """Whether the author printed the term in bold or the like where the passage first has it, in this sentence."""
        passage = sentence.hit.passage
        terms = (term for term in passage.key_terms if self.whole.fullmatch(term) or self.other_name.fullmatch(term))
        return any(sentence.start <= passage.text.find(term) < sentence.end for term in terms)


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
        run_in=re.compile(rf"{name}\s*[:：]", re.IGNORECASE),
        in_brackets=re.compile(rf"[(（]{name}[)）]", re.IGNORECASE),
        other_name=re.compile(rf"[^(（]{{1,40}}[(（]{name}[)）]", re.IGNORECASE),
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


def with_context(sentence: CourseSentence, language: str, names: re.Pattern[str]) -> CourseSentence:
    """Return the sentence with its neighbours that belong to the definition.

    Those are the one before it, where that says what this one names ("This is called weathering."), and the one after
    it, where that goes on about the same thing.
    """
    before, after = _neighbours(sentence)
    if before is not None and _matches(sentence.text, language, "NAMES_WHAT_WAS_SAID"):
        return _joined(before, sentence) or sentence
    if after is None or _matches(after.text, language, "EXAMPLE_START"):
        return sentence
    is_short = word_count(sentence.text) <= SHORT_DEFINITION_WORDS
    names_another = _matches(after.text, language, "NAMES_ANOTHER")
    goes_on = not names_another and (names.search(after.text) or _goes_on_in_chinese(sentence, after))
    if _matches(after.text, language, "CONTINUES") or (is_short and goes_on):
        return _joined(sentence, after) or sentence
    return sentence


def _matches(text: str, language: str, key: str) -> bool:
    return re.search(data(language, "answer_forms", key, r"(?!)"), text, re.IGNORECASE) is not None


def _goes_on_in_chinese(one: CourseSentence, other: CourseSentence) -> bool:
    """Whether a sentence is about what the one before it names; subjects may be dropped."""
    shared = set(tokenize(one.text)) & set(tokenize(other.text))
    return has_han(other.text) and len(shared) >= MIN_SHARED_TERMS


def _joined(first: CourseSentence, second: CourseSentence) -> CourseSentence | None:
    """Return both sentences as one; None where that is too long."""
    joined = CourseSentence(first.hit, first.start, second.end)
    return joined if word_count(joined.text) <= MAX_WORDS else None


def _neighbours(sentence: CourseSentence) -> tuple[CourseSentence | None, CourseSentence | None]:
    """Return the sentences before and after in the same paragraph; None where there is none."""
    text = sentence.hit.passage.text
    before = after = None
    for one in read_sentences([sentence.hit]):
        if one.end <= sentence.start and not _PARAGRAPH_END.search(text, one.end, sentence.start):
            before = one
        elif after is None and one.start >= sentence.end and not _PARAGRAPH_END.search(text, sentence.end, one.start):
            after = one
    return before, after
