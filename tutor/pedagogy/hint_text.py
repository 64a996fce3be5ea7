"""Word a hint for a rung of the ladder, from the exercise and from the course, without a model. Pure.

An equation gets its own obstacle, its next operation and a worked similar equation; a word problem its numbers and its
question; a task in words the place in the course and a sentence with its point left out. No hint below the ANSWER rung
contains the answer. The sentences are in `tutor/locales`, module `hints`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, takewhile

from tutor.domain import BLANK
from tutor.locales import DEFAULT, find_message, t
from tutor.locales.formatting import join_list
from tutor.maths.linear_equation import Equation, SolutionStep, format_fraction
from tutor.pedagogy.exercise import Exercise
from tutor.pedagogy.ladder import Ladder, Rung
from tutor.pedagogy.similar_exercises import make_similar_equation
from tutor.pedagogy.task_hints import similar_task_example, task_hint


@dataclass(frozen=True, slots=True)
class HintContext:
    """What the course offers for a hint, verbatim; a field is empty when the course has nothing for it."""

    place: str = ""  # heading or locator of the passage [1]
    sentence: str = ""  # the sentence of that passage nearest to the exercise
    missing_words: tuple[str, ...] = ()  # words of the sentence that are not in the exercise: the point to be found
    topic: str = ""  # of the exercise, in its own words
    other_topic: str = ""  # another topic of the same course ...
    other_sentence: str = ""  # ... and the sentence that names it
    worked_example: str = ""  # of another exercise


def hint_for_rung(exercise: Exercise, ladder: Ladder, context: HintContext, language: str) -> str:
    """Return the hint of the ladder's rung; "" on the ANSWER rung when there is no answer key."""
    if exercise.equation is not None:
        fields = _equation_fields(exercise.equation, language)
        return _hint_sentence("equation", ladder, language, fields) + _place_sentence(context, ladder, language)
    if exercise.task is not None:
        return task_hint(exercise.task, ladder, language) + _place_sentence(context, ladder, language)
    if exercise.value is not None:
        fields = {"formula": exercise.formula, "value": format_fraction(exercise.value)}
        return _hint_sentence("arithmetic", ladder, language, fields)
    if ladder.rung is Rung.ANSWER:
        return ""
    if len(exercise.given_numbers) > 1:
        return _hint_sentence("word_problem", ladder, language, _word_problem_fields(exercise, context, language))
    return _hint_sentence("text_task", ladder, language, _text_task_fields(exercise, context, language))


def similar_example(exercise: Exercise, context: HintContext, language: str) -> str:
    """Return another exercise of the same kind with its solution."""
    if exercise.equation is not None:
        return _similar_equation_example(exercise.equation, language)
    if exercise.task is not None:
        return similar_task_example(exercise.task, language)
    if len(exercise.given_numbers) > 1:
        return context.worked_example or t(language, "hint_similar_word_problem")
    if context.other_sentence:
        return t(language, "hint_similar_course_question", other=context.other_topic, sentence=context.other_sentence)
    return context.worked_example or t(language, "hint_similar_general_question")


def worked_solution(equation: Equation, language: str) -> str:
    """Return the whole solution, one numbered step a line."""
    return "\n".join(
        f"{number}. {_step_sentence(step, equation.unknown, language)}"
        for number, step in enumerate(equation.steps, start=1)
    )


def blank_out(sentence: str, missing_words: Sequence[str]) -> str:
    """Return the sentence with a blank for each of the words; blanks in a row become one."""
    for word in sorted(missing_words, key=len, reverse=True):
        edge = r"\b" if word.isascii() else ""
        sentence = re.sub(rf"{edge}{re.escape(word)}{edge}", BLANK, sentence, flags=re.IGNORECASE)
    return re.sub(rf"{BLANK}(?:[\s,]+{BLANK})+", BLANK, sentence)


def _hint_sentence(kind: str, ladder: Ladder, language: str, fields: dict[str, str]) -> str:
    """Return the sentence of the rung; at the top of the ladder the sharper variants take turns."""
    variants = _variant_keys(f"hint_{kind}_{ladder.rung.name.lower()}", language)
    sharper = variants[1:] or variants
    key = variants[0] if ladder.sharpness == 0 else sharper[(ladder.sharpness - 1) % len(sharper)]
    return t(language, key, **fields, ended=t(language, "hint_ended")).strip()


def _variant_keys(stem: str, language: str) -> list[str]:
    """Return the keys of the numbered variants of a message, in the default language where `language` has none."""
    spoken = language if find_message(language, f"{stem}_1") is not None else DEFAULT
    keys = (f"{stem}_{number}" for number in count(1))
    return list(takewhile(lambda key: find_message(spoken, key) is not None, keys))


def _place_sentence(context: HintContext, ladder: Ladder, language: str) -> str:
    wanted = context.place and ladder.rung in (Rung.GAP, Rung.ANSWER)
    return " " + t(language, "hint_place", place=context.place) if wanted else ""


def _equation_fields(equation: Equation, language: str) -> dict[str, str]:
    first, *rest = equation.steps
    operations = [_operation_text(step, equation.unknown, language) for step in rest]
    return {
        "x": equation.unknown,
        "equation": equation.text,
        "gap": t(language, f"hint_obstacle_{first.operation}"),
        "first": _operation_text(first, equation.unknown, language),
        "rest": join_list(language, operations) if operations else t(language, "hint_check"),
        "similar": _similar_equation_example(equation, language),
        "worked": worked_solution(equation, language),
        "value": format_fraction(equation.solution),
    }


def _word_problem_fields(exercise: Exercise, context: HintContext, language: str) -> dict[str, str]:
    noun = exercise.counted_noun
    return {
        "asked": exercise.question or t(language, "hint_question"),
        "given": join_list(language, exercise.given_numbers),
        "thing": t(language, "hint_number_of", noun=noun) if noun else t(language, "hint_unknown"),
        "place": t(language, "hint_place", place=context.place) if context.place else "",
        "similar": similar_example(exercise, context, language),
    }


def _text_task_fields(exercise: Exercise, context: HintContext, language: str) -> dict[str, str]:
    return {
        "topic": context.topic or t(language, "hint_topic"),
        "place": t(language, "hint_place", place=context.place) if context.place else "",
        "gapped": blank_out(context.sentence, context.missing_words),
        "similar": similar_example(exercise, context, language),
    }


def _similar_equation_example(equation: Equation, language: str) -> str:
    other = make_similar_equation(equation, sum(map(ord, equation.text)))
    steps = " ".join(_step_sentence(step, other.unknown, language) for step in other.steps)
    return t(language, "hint_similar_equation", equation=other.text, steps=steps)


def _step_sentence(step: SolutionStep, unknown: str, language: str) -> str:
    operation = _operation_text(step, unknown, language)
    return t(language, "hint_step", first=operation[0].upper() + operation[1:], result=step.result)


def _operation_text(step: SolutionStep, unknown: str, language: str) -> str:
    return t(language, f"hint_operation_{step.operation}", n=step.operand, x=unknown)
