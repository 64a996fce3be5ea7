"""Choice: one of several options is right."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Sequence

from tutor.assessment.choice_grading import grade_choice, match_options
from tutor.assessment.course_text import CourseText
from tutor.assessment.gift_syntax import GiftQuestion, format_answer, make_gift_item
from tutor.assessment.item_prompts import item_prompt
from tutor.assessment.items import Grade, Item, ItemFault, ItemKind
from tutor.assessment.question_types.base import AnswerControl, GradingContext, QuestionType
from tutor.assessment.question_types.true_false import is_true_false
from tutor.assessment.quiz_terms import contains_term, is_same_term
from tutor.locales import t

MIN_OPTIONS = 3
MAX_LENGTH_RATIO = 2.5  # of the key and the longest wrong option


class Choice(QuestionType):
    kind = ItemKind.CHOICE
    control = AnswerControl.PICK
    instruction = "quiz_answer_letter"
    authoring_place = 0
    difficulty = 0.4
    keys_are_alternatives = True
    qti_interaction = "choiceInteraction"

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return grade_choice(answer, item.options, item.keys)

    def has_answer_form(self, item: Item, answer: str) -> bool:
        return bool(match_options(answer, item.options))

    def generate(self, text: CourseText, rng: random.Random) -> Iterator[Item]:
        """Ask which term is described; the wrong options are other terms of the course, nearest in form."""
        for definition in text.definitions:
            options = list(text.options_for(definition))
            rng.shuffle(options)
            if options:
                prompt = item_prompt("term", definition.body, body=definition.body.rstrip("."))
                yield self.make_item(
                    prompt, (definition.term,), definition.sentence, tuple(options), skill=definition.term
                )

    def solve(self, item: Item, quote: str, terms: Sequence[str]) -> tuple[str, ...]:
        held = [option for option in item.options if contains_term(quote, option)]
        return tuple(held) if len(held) == 1 else ()

    def find_fault(self, item: Item) -> ItemFault | None:
        key, options = item.keys[0], [option.strip().lower() for option in item.options]
        if len(options) < MIN_OPTIONS:
            return ItemFault.FEW_OPTIONS
        if any(is_same_term(a, b) for n, a in enumerate(options) for b in options[n + 1 :]):
            return ItemFault.OPTION_IN_OPTION
        if any(contains_term(item.prompt, option) for option in item.options):
            return ItemFault.OPTION_IN_PROMPT
        if any(word in item.prompt.lower() for word in re.findall(r"[a-z]{4,}", key.lower())):
            return ItemFault.KEY_WORD_IN_PROMPT
        longest = sorted((len(option) for option in options), reverse=True)
        if len(key) == longest[0] > MAX_LENGTH_RATIO * longest[1]:
            return ItemFault.KEY_LONGEST
        return None

    def hint(self, item: Item, number: int, language: str) -> str:
        """Rule out one wrong option, then a second one where two options are left: always the same ones."""
        wrong = sorted(
            (option for option in item.options if option not in item.keys),
            key=lambda option: hashlib.sha256((item.id + option).encode()).digest(),
        )
        if number < 3 or len(wrong) < 3:
            return t(language, "quiz_hint_not", option=wrong[0])
        return t(language, "quiz_hint_neither", option=wrong[0], other=wrong[1])

    def to_gift(self, item: Item) -> str:
        return " ".join(format_answer("=" if option in item.keys else "~", option) for option in item.options)

    def from_gift(self, question: GiftQuestion) -> Item | None:
        """Read answers of which some earn full credit alone, and others do not."""
        keys = tuple(answer.text for answer in question.answers if answer.is_right)
        if not keys or all(answer.sign == "=" for answer in question.answers):
            return None
        return make_gift_item(question, self.kind, keys, tuple(answer.text for answer in question.answers))

    def qti_choices(self, item: Item) -> tuple[str, ...]:
        return item.options

    def reads_qti(self, interaction: str, choices: tuple[str, ...]) -> bool:
        return interaction == self.qti_interaction and not is_true_false(choices)
