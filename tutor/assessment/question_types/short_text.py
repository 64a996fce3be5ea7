"""Short answer: one or two sentences in the learner's own words, graded against reference answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from knowledge.languages import DEFAULT, data, detect_language
from tutor.assessment.choice_grading import grade_cloze
from tutor.assessment.course_text import CourseText
from tutor.assessment.gift_syntax import GiftQuestion
from tutor.assessment.glossary_entries import read_definition
from tutor.assessment.item_prompts import item_prompt
from tutor.assessment.items import Grade, Item, ItemKind, unsure_grade
from tutor.assessment.question_types.base import GradingContext, QuestionType
from tutor.assessment.question_types.typed_answers import format_keys, typed_item
from tutor.assessment.quiz_terms import Definition, contains_term
from tutor.domain import Outcome
from tutor.locales import t
from tutor.pedagogy.hint_text import blank_out


class ShortText(QuestionType):
    kind = ItemKind.SHORT_TEXT
    authoring_place = 4
    difficulty = 0.8
    keys_are_alternatives = True
    may_be_message = True
    learns_from_decisions = True

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        if context.free_text is not None:
            return context.free_text.grade(item.prompt, item.keys, answer, context.examples)
        verbatim = grade_cloze(answer, item.keys)
        is_key = verbatim.outcome is Outcome.RIGHT and verbatim.confidence == 1.0
        return verbatim if is_key else unsure_grade("no_model_loaded")

    def generate(self, text: CourseText, rng: random.Random) -> Iterator[Item]:
        """Ask what a term means; the reference is the sentence that defines it, or the glossary's description."""
        for definition in text.definitions:
            if data(detect_language(definition.term, DEFAULT), "answers", "FREE_TEXT_IS_GRADED", False):
                prompt = item_prompt("meaning", definition.term, term=definition.term)
                yield self.make_item(prompt, (_reference(definition),), definition.sentence, skill=definition.term)

    def solve(self, item: Item, quote: str, terms: Sequence[str]) -> tuple[str, ...]:
        read = read_definition(quote)
        return (_reference(read),) if read and contains_term(item.prompt, read.term) else ()

    def hint(self, item: Item, number: int, language: str) -> str:
        """Suggest how to begin, then show the reference without its longest words."""
        if number == 2:
            term = item.prompt.rstrip("?.").split(" ")[-1] if item.prompt.isascii() else "…"
            return t(language, "quiz_hint_begin", term=term)
        words = item.keys[0]
        longest = sorted(dict.fromkeys(words.strip(".").split()), key=len, reverse=True)[
            : max(2, len(words.split()) // 3)
        ]
        return t(language, "quiz_hint_answer", quote=blank_out(words, longest))

    def to_gift(self, item: Item) -> str:
        return format_keys(item.keys)

    def from_gift(self, question: GiftQuestion) -> Item | None:
        """Read answers that are all typed; those with part of the credit are no keys."""
        return None if question.has_gap else typed_item(question, self.kind)


def _reference(definition: Definition) -> str:
    return definition.body if definition.in_glossary else definition.sentence.text
