"""The text of a rung: a hint built in code from the exercise and from what the course says. Pure.

An equation gets its own obstacle, operation and a worked neighbour; a story its numbers and its question; a task in
words the place in the course and the sentence with its point left out. No text below the ANSWER rung holds the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from tutor.pedagogy import hint_templates as templates
from tutor.pedagogy.exercise import (
    Equation,
    EquationOperation,
    Exercise,
    SolutionStep,
    format_fraction,
    parse_exercise,
    solve_equation,
)
from tutor.pedagogy.ladder import Ladder, Rung

BLANK = "_____"
_RUNG_KEYS = {
    Rung.GAP: "gap",
    Rung.QUESTION: "question",
    Rung.SIMILAR: "similar",
    Rung.STEP: "step",
    Rung.ANSWER: "answer",
}
_INTEGER = re.compile(r"(?<![\d.^])\d+(?![\d.])")  # no power, no part of a decimal
_SMALL_NUMBERS = (2, 3, 4, 5, 6, 7, 8, 9)


@dataclass(frozen=True, slots=True)
class HintContext:
    """What the course offers for a hint, verbatim; empty strings where it offers nothing."""

    place: str = ""  # heading or locator of the passage [1]
    sentence: str = ""  # the sentence of it that comes nearest to the exercise
    missing_words: tuple[
        str, ...
    ] = ()  # the words of that sentence that the exercise does not have: what is to be found
    topic: str = ""  # what the exercise is about, in its own words
    other_topic: str = ""  # another topic of the same course ...
    other_sentence: str = ""  # ... and the sentence that names it
    worked_example: str = ""  # a worked example of another exercise


def message(language: str, key: str, **values: object) -> str:
    return (templates.MESSAGES_ZH if language == "zh" else templates.MESSAGES_EN)[key].format(**values)


def hint_for_rung(exercise: Exercise, ladder: Ladder, context: HintContext, language: str) -> str:
    """The hint of this rung; "" where only the course's own answer would do (the top of a high-help course)."""
    spoken = "zh" if language == "zh" else "en"
    if exercise.equation is not None:
        return _pick_variant(templates.EQUATION_HINTS[spoken], ladder).format(
            **_equation_fields(exercise.equation, spoken)
        ) + _place_sentence(context, ladder, spoken)
    if exercise.value is not None:
        return _pick_variant(templates.ARITHMETIC_HINTS[spoken], ladder).format(
            formula=exercise.formula, value=format_fraction(exercise.value), ended=message(spoken, "ended")
        )
    if len(exercise.given_numbers) > 1:
        return (
            _pick_variant(templates.WORD_PROBLEM_HINTS[spoken], ladder)
            .format(**_word_problem_fields(exercise, context, spoken))
            .strip()
        )
    return (
        _pick_variant(templates.TEXT_TASK_HINTS[spoken], ladder)
        .format(**_text_task_fields(exercise, context, spoken))
        .strip()
    )


def similar_example(exercise: Exercise, context: HintContext, language: str) -> str:
    """A worked example of another exercise of the same kind."""
    spoken = "zh" if language == "zh" else "en"
    if exercise.equation is not None:
        return _similar_equation_example(exercise.equation, spoken)
    if len(exercise.given_numbers) > 1:
        return context.worked_example or templates.SIMILAR_WORD_PROBLEM[spoken]
    if context.other_sentence:
        return templates.SIMILAR_COURSE_QUESTION[spoken].format(
            other=context.other_topic, sentence=context.other_sentence
        )
    return context.worked_example or templates.SIMILAR_GENERAL_QUESTION[spoken]


def worked_solution(equation: Equation, language: str) -> str:
    """The whole solution, step by step."""
    lines = [
        f"{number}. {_step_sentence(step, equation.unknown, language)}"
        for number, step in enumerate(equation.steps, start=1)
    ]
    return "\n".join(lines)


def make_similar_equation(equation: Equation, seed: int, *, easier: bool = False, harder: bool = False) -> Equation:
    """A fresh equation of the same kind with another solution: one step for easier, both sides for harder."""
    x = equation.unknown
    value = next(Fraction(n) for n in _rotate(_SMALL_NUMBERS, seed) if Fraction(n) != equation.solution)
    a, b, c = _rotate(_SMALL_NUMBERS, seed + 3)[:3]
    first = equation.steps[0].operation
    if easier or (len(equation.steps) == 1 and first in (EquationOperation.ADD, EquationOperation.SUBTRACT)):
        text = f"{x} + {b} = {value + b}"
    elif harder:
        text = f"{a}({x} + {b}) = {c}{x} + {a * (value + b) - c * value}"
    elif first is EquationOperation.MULTIPLY:
        text = f"{x}/{a} = {value}"
    elif first is EquationOperation.EXPAND:
        text = f"{a}({x} + {b}) = {a * (value + b)}"
    elif first is EquationOperation.COLLECT:
        text = f"{a + c}{x} - {b} = {c}{x} + {a * value - b}"
    elif len(equation.steps) == 1:
        text = f"{a}{x} = {a * value}"
    else:
        text = (
            f"{a}{x} - {b} = {a * value - b}" if first is EquationOperation.ADD else f"{a}{x} + {b} = {a * value + b}"
        )
    made = solve_equation(text.replace("+ -", "- "))
    assert made is not None
    return (
        made
        if made.solution != equation.solution
        else make_similar_equation(equation, seed + 1, easier=easier, harder=harder)
    )


def make_similar_arithmetic(formula: str) -> str:
    """A fresh piece of arithmetic of the same form with another value; "" where none is found."""
    old = parse_exercise(formula).value
    for seed in range(1, 5):
        made = _INTEGER.sub(partial(_shift_number, seed), formula)
        value = parse_exercise(made).value
        if value is not None and value != old:
            return made
    return ""


def _shift_number(by: int, number: re.Match[str]) -> str:
    return str(int(number[0]) + 1 + (number.start() + by) % 3)


def blank_out(sentence: str, missing_words: Sequence[str]) -> str:
    """The sentence with its point left out."""
    for word in sorted(missing_words, key=len, reverse=True):
        edge = r"\b" if word.isascii() else ""
        sentence = re.sub(rf"{edge}{re.escape(word)}{edge}", BLANK, sentence, flags=re.IGNORECASE)
    return re.sub(rf"{BLANK}(?:[\s,]+{BLANK})+", BLANK, sentence)


def _pick_variant(texts: Mapping[str, Sequence[str]], ladder: Ladder) -> str:
    """The sentence of the rung; at the top the later ones are sharper, and then they take turns."""
    variants = texts[_RUNG_KEYS[ladder.rung]]
    sharp = variants[1:] or variants
    return variants[0] if ladder.sharpness == 0 else sharp[(ladder.sharpness - 1) % len(sharp)]


def _place_sentence(context: HintContext, ladder: Ladder, language: str) -> str:
    wanted = context.place and ladder.rung in (Rung.GAP, Rung.ANSWER)
    return " " + message(language, "place", place=context.place) if wanted else ""


def _equation_fields(equation: Equation, language: str) -> dict[str, str]:
    first, *rest = equation.steps
    return {
        "x": equation.unknown,
        "equation": f"{equation.text}",
        "gap": message(language, f"gap_{first.operation}"),
        "first": _operation_text(first, equation.unknown, language),
        "rest": _join_list([_operation_text(step, equation.unknown, language) for step in rest], language)
        or ("检验" if language == "zh" else "the check"),
        "similar": _similar_equation_example(equation, language),
        "worked": worked_solution(equation, language),
        "value": format_fraction(equation.solution),
        "ended": message(language, "ended"),
    }


def _word_problem_fields(exercise: Exercise, context: HintContext, language: str) -> dict[str, str]:
    thing = exercise.counted_noun
    unknown = f"the number of {thing}" if thing and language == "en" else ""
    return {
        "asked": exercise.question or ("所求的量。" if language == "zh" else "the last sentence of your exercise."),
        "given": _join_list(list(exercise.given_numbers), language),
        "thing": unknown or ("要求的量" if language == "zh" else "what is asked for"),
        "place": message(language, "place", place=context.place) if context.place else "",
        "similar": similar_example(exercise, context, language),
        "ended": message(language, "ended"),
    }


def _text_task_fields(exercise: Exercise, context: HintContext, language: str) -> dict[str, str]:
    return {
        "topic": context.topic or ("这个问题" if language == "zh" else "this"),
        "place": message(language, "place", place=context.place) if context.place else "",
        "gapped": blank_out(context.sentence, context.missing_words),
        "similar": similar_example(exercise, context, language),
        "ended": message(language, "ended"),
    }


def _similar_equation_example(equation: Equation, language: str) -> str:
    other = make_similar_equation(equation, _seed(equation))
    steps = " ".join(_step_sentence(step, other.unknown, language) for step in other.steps)
    return templates.SIMILAR_EQUATION[language].format(equation=other.text, steps=steps)


def _step_sentence(step: SolutionStep, unknown: str, language: str) -> str:
    operation = _operation_text(step, unknown, language)
    return templates.STEP_SENTENCE[language].format(first=operation[0].upper() + operation[1:], leaves=step.result)


def _operation_text(step: SolutionStep, unknown: str, language: str) -> str:
    return message(language, step.operation.value, n=step.operand, x=unknown)


def _seed(equation: Equation) -> int:
    return sum(map(ord, equation.text))


def _rotate(values: Sequence[int], offset: int) -> tuple[int, ...]:
    offset %= len(values)
    return (*values[offset:], *values[:offset])


def _join_list(parts: Sequence[str], language: str) -> str:
    if language == "zh":
        return "、".join(parts)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
