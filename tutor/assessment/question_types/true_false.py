"""True or false: a statement is judged."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from knowledge.languages import DEFAULT, detect_language
from tutor.assessment.choice_grading import grade_true_false, parse_true_false
from tutor.assessment.course_text import CourseText
from tutor.assessment.gift_syntax import GiftQuestion, make_gift_item
from tutor.assessment.glossary_entries import read_definition
from tutor.assessment.item_prompts import item_prompt, parse_item_prompt
from tutor.assessment.items import Grade, Item, ItemKind
from tutor.assessment.question_types.base import AnswerControl, GradingContext, QuestionType, QuestionView, ViewOption
from tutor.locales import t

TRUE, FALSE = "true", "false"  # the keys
_OPTIONS = (
    ViewOption(TRUE, label="practice_true", wording="quiz_true"),
    ViewOption(FALSE, label="practice_false", wording="quiz_false"),
)


class TrueFalse(QuestionType):
    kind = ItemKind.TRUE_FALSE
    control = AnswerControl.PICK
    instruction = "quiz_answer_truth"
    authoring_place = 1
    difficulty = 0.3
    keys_are_alternatives = True
    qti_interaction = "choiceInteraction"

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return grade_true_false(answer, item.keys[0])

    def has_answer_form(self, item: Item, answer: str) -> bool:
        return parse_true_false(answer) is not None

    def generate(self, text: CourseText, rng: random.Random) -> Iterator[Item]:
        """Pair a definition with its own term or with another one, as often true as false in each language."""
        balance = Counter[str]()  # true items minus false ones, by language
        for definition in text.definitions:
            code = detect_language(definition.term, DEFAULT)
            is_true = balance[code] < 0 or (balance[code] == 0 and rng.random() < 0.5)
            options = text.options_for(definition)
            if not options:
                continue
            balance[code] += 1 if is_true else -1
            term = definition.term if is_true else options[1]
            prompt = item_prompt("truth", term, body=definition.body.rstrip("."), term=term)
            key = TRUE if is_true else FALSE
            yield self.make_item(prompt, (key,), definition.sentence, skill=definition.term)

    def solve(self, item: Item, quote: str, terms: Sequence[str]) -> tuple[str, ...]:
        """Read the definition off the quote again and compare its term with the one in the prompt."""
        asked = parse_item_prompt("truth", item.prompt)
        read = read_definition(quote)
        if asked is None or read is None:
            return ()
        return (TRUE,) if read.term.lower() == asked["term"].lower() else (FALSE,)

    def view(self, item: Item) -> QuestionView:
        return QuestionView(item.prompt, self.control, _OPTIONS)

    def hint(self, item: Item, number: int, language: str) -> str:
        return t(language, "quiz_hint_compare" if number == 2 else "quiz_hint_other_term")

    def to_gift(self, item: Item) -> str:
        return item.keys[0].upper()

    def from_gift(self, question: GiftQuestion) -> Item | None:
        body = question.body.upper()
        body = body.strip()
        if body not in ("T", "TRUE", "F", "FALSE"):
            return None
        return make_gift_item(question, self.kind, (TRUE if body[0] == "T" else FALSE,))

    def qti_choices(self, item: Item) -> tuple[str, ...]:
        return (TRUE, FALSE)

    def reads_qti(self, interaction: str, choices: tuple[str, ...]) -> bool:
        return interaction == self.qti_interaction and is_true_false(choices)

    def options_from_qti(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        return ()


def is_true_false(choices: Sequence[str]) -> bool:
    return tuple(choice.lower() for choice in choices) == (TRUE, FALSE)
