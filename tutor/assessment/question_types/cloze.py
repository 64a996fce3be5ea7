"""Gap: a term is missing from a sentence."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge import languages
from knowledge.languages import DEFAULT, characters, detect_language
from knowledge.languages.sentences import COMMAS
from tutor.assessment.abbreviations import printed_abbreviations
from tutor.assessment.choice_grading import grade_cloze
from tutor.assessment.course_text import CourseText
from tutor.assessment.gift_syntax import GiftQuestion
from tutor.assessment.item_prompts import item_prompt
from tutor.assessment.items import Grade, Item, ItemFault, ItemKind
from tutor.assessment.question_types.base import GradingContext, QuestionType
from tutor.assessment.question_types.gaps import solve_gap
from tutor.assessment.question_types.typed_answers import format_keys, typed_item
from tutor.assessment.quiz_terms import contains_term, is_same_term
from tutor.domain import BLANK
from tutor.locales import t

ITEMS_PER_TERM = 2
MIN_MENTIONS = 2  # of a term in the course
MIN_WORDS = 8  # of the sentence with its gap, in a language with spaces
MIN_CONTEXT_CHARS = 20  # around the gap, from which an answer can be recognised as the whole sentence
_COLONS, _STOPS = characters("items", "COLON"), characters("text", "FULL_STOP")
_LEAD_IN = re.compile(rf"^[^{_COLONS}]{{2,20}}[{_COLONS}]\s*")
_TRAILING = re.compile(rf"[ {_STOPS}]+$")
_BRACKET = re.compile("[(\uff08]")
_FILLER = re.compile(rf"[ {COMMAS}{_STOPS}]*")


class Cloze(QuestionType):
    kind = ItemKind.CLOZE
    authoring_place = 3
    difficulty = 0.6
    keys_are_alternatives = True
    may_be_message = True
    learns_from_decisions = True

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        printed = " ".join((item.prompt.replace(BLANK, item.keys[0]), item.source.quote if item.source else ""))
        short = (form for key in item.keys for form in printed_abbreviations(key, printed))
        return grade_cloze(_extract_gap_text(item.prompt, answer), (*item.keys, *short))

    def generate(self, text: CourseText, rng: random.Random) -> Iterator[Item]:
        """Leave a key term out of sentences about it, other than the one that defines it."""
        defining = {definition.sentence.text for definition in text.definitions}
        for term in dict.fromkeys(definition.term.lower() for definition in text.definitions):
            mentions = text.index.mentioning(term)
            if len(mentions) < MIN_MENTIONS:
                continue
            spaced = languages.language(detect_language(term, DEFAULT)).has_spaces
            edge = r"\b" if spaced else ""
            for sentence in [one for one in mentions if one.text not in defining][:ITEMS_PER_TERM]:
                gapped, count = re.subn(f"{edge}{re.escape(term)}{edge}", BLANK, sentence.text, flags=re.IGNORECASE)
                if count == 1 and (not spaced or len(gapped.split()) >= MIN_WORDS):
                    yield self.make_item(item_prompt("gap", term, body=gapped), (term,), sentence, skill=term)

    def add_alternatives(self, item: Item, text: CourseText) -> Item:
        """Add the abbreviations that any sentence of the course prints beside the term."""
        bracketed = (sentence.text for sentence in text.sentences if _BRACKET.search(sentence.text))
        about = (one for one in bracketed if contains_term(one, item.keys[0]))
        found = (form for one in about for form in printed_abbreviations(item.keys[0], one))
        return replace(item, keys=tuple(dict.fromkeys((*item.keys, *found))))

    def solve(self, item: Item, quote: str, terms: Sequence[str]) -> tuple[str, ...]:
        return solve_gap("gap", item.prompt, quote, terms)

    def find_fault(self, item: Item) -> ItemFault | None:
        if contains_term(item.prompt, item.keys[0]):
            return ItemFault.GAP_IN_PROMPT
        if any(is_same_term(item.keys[0], word) for word in re.findall(r"[\w-]{4,}", item.prompt)):
            return ItemFault.GAP_FORM_IN_PROMPT
        return None

    def hint(self, item: Item, number: int, language: str) -> str:
        """Point to the words around the gap, then give the length of the term."""
        if number == 2:
            return t(language, "quiz_hint_around")
        letters, count = sum(char.isalnum() for char in item.keys[0]), len(item.keys[0].split())
        if not languages.language(language).has_spaces:
            return t(language, "quiz_hint_characters", letters=letters)
        words = t(language, "quiz_hint_one_word") if count == 1 else t(language, "quiz_hint_words", count=count)
        return t(language, "quiz_hint_length", words=words, letters=letters)

    def to_gift(self, item: Item) -> str:
        return format_keys(item.keys)

    def from_gift(self, question: GiftQuestion) -> Item | None:
        """Read typed answers to a prompt with a gap."""
        return typed_item(question, self.kind) if question.has_gap else None


def _extract_gap_text(prompt: str, answer: str) -> str:
    """Return what fills the gap when the answer is the whole sentence, otherwise the answer itself."""
    before, gap, after = " ".join(prompt.split()).lower().partition(BLANK)
    if not gap or _FILLER.fullmatch(before + after):
        return answer
    end, sentence = _TRAILING.sub("", after), _TRAILING.sub("", " ".join(answer.split()))
    for start in (before, _LEAD_IN.sub("", before)):
        is_whole = sentence.lower().startswith(start) and sentence.lower().endswith(end)
        if len(start + end) > MIN_CONTEXT_CHARS and is_whole:
            return sentence[len(start) : len(sentence) - len(end)].strip() or answer
    return answer
