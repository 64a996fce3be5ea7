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
from tutor.pedagogy.exercise import Equation, Exercise, Step, Undo, read_exercise, shown, solve
from tutor.pedagogy.ladder import Ladder, Rung

GAP = "_____"
_NAMES = {
    Rung.GAP: "gap",
    Rung.QUESTION: "question",
    Rung.SIMILAR: "similar",
    Rung.STEP: "step",
    Rung.ANSWER: "answer",
}
_INTEGER = re.compile(r"(?<![\d.^])\d+(?![\d.])")  # no power, no part of a decimal
_SPARE = (2, 3, 4, 5, 6, 7, 8, 9)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the course offers for a hint, verbatim; empty strings where it offers nothing."""

    place: str = ""  # heading or locator of the passage [1]
    sentence: str = ""  # the sentence of it that comes nearest to the exercise
    point: tuple[str, ...] = ()  # the words of that sentence that the exercise does not have: what is to be found
    topic: str = ""  # what the exercise is about, in its own words
    other: str = ""  # another topic of the same course ...
    other_sentence: str = ""  # ... and the sentence that names it
    example: str = ""  # a worked example of another exercise


def tell(language: str, key: str, **values: object) -> str:
    return (templates.CHINESE if language == "zh" else templates.ENGLISH)[key].format(**values)


def rung_text(exercise: Exercise, ladder: Ladder, ground: Ground, language: str) -> str:
    """The hint of this rung; "" where only the course's own answer would do (the top of a high-help course)."""
    spoken = "zh" if language == "zh" else "en"
    if exercise.equation is not None:
        return _pick(templates.EQUATION[spoken], ladder).format(**_of_equation(exercise.equation, spoken)) + _place(
            ground, ladder, spoken
        )
    if exercise.value is not None:
        return _pick(templates.ARITHMETIC[spoken], ladder).format(
            formula=exercise.formula, value=shown(exercise.value), ended=tell(spoken, "ended")
        )
    if len(exercise.given) > 1:
        return _pick(templates.STORY[spoken], ladder).format(**_of_story(exercise, ground, spoken)).strip()
    return _pick(templates.TASK[spoken], ladder).format(**_of_task(exercise, ground, spoken)).strip()


def similar_text(exercise: Exercise, ground: Ground, language: str) -> str:
    """A worked example of another exercise of the same kind."""
    spoken = "zh" if language == "zh" else "en"
    if exercise.equation is not None:
        return _similar(exercise.equation, spoken)
    if len(exercise.given) > 1:
        return ground.example or templates.SIMILAR_STORY[spoken]
    if ground.other_sentence:
        return templates.SIMILAR_TASK[spoken].format(other=ground.other, sentence=ground.other_sentence)
    return ground.example or templates.SIMILAR_WORDS[spoken]


def worked(equation: Equation, language: str) -> str:
    """The whole solution, step by step."""
    lines = [
        f"{number}. {_then(step, equation.unknown, language)}" for number, step in enumerate(equation.steps, start=1)
    ]
    return "\n".join(lines)


def another(equation: Equation, seed: int, *, easier: bool = False, harder: bool = False) -> Equation:
    """A fresh equation of the same kind with another solution: one step for easier, both sides for harder."""
    x = equation.unknown
    value = next(Fraction(n) for n in _turned(_SPARE, seed) if Fraction(n) != equation.solution)
    a, b, c = _turned(_SPARE, seed + 3)[:3]
    first = equation.steps[0].undo
    if easier or (len(equation.steps) == 1 and first in (Undo.ADD, Undo.SUBTRACT)):
        text = f"{x} + {b} = {value + b}"
    elif harder:
        text = f"{a}({x} + {b}) = {c}{x} + {a * (value + b) - c * value}"
    elif first is Undo.MULTIPLY:
        text = f"{x}/{a} = {value}"
    elif first is Undo.EXPAND:
        text = f"{a}({x} + {b}) = {a * (value + b)}"
    elif first is Undo.COLLECT:
        text = f"{a + c}{x} - {b} = {c}{x} + {a * value - b}"
    elif len(equation.steps) == 1:
        text = f"{a}{x} = {a * value}"
    else:
        text = f"{a}{x} - {b} = {a * value - b}" if first is Undo.ADD else f"{a}{x} + {b} = {a * value + b}"
    made = solve(text.replace("+ -", "- "))
    assert made is not None
    return made if made.solution != equation.solution else another(equation, seed + 1, easier=easier, harder=harder)


def another_sum(formula: str) -> str:
    """A fresh piece of arithmetic of the same form with another value; "" where none is found."""
    old = read_exercise(formula).value
    for seed in range(1, 5):
        made = _INTEGER.sub(partial(_moved, seed), formula)
        value = read_exercise(made).value
        if value is not None and value != old:
            return made
    return ""


def _moved(by: int, number: re.Match[str]) -> str:
    return str(int(number[0]) + 1 + (number.start() + by) % 3)


def gapped(sentence: str, point: Sequence[str]) -> str:
    """The sentence with its point left out."""
    for word in sorted(point, key=len, reverse=True):
        edge = r"\b" if word.isascii() else ""
        sentence = re.sub(rf"{edge}{re.escape(word)}{edge}", GAP, sentence, flags=re.IGNORECASE)
    return re.sub(rf"{GAP}(?:[\s,]+{GAP})+", GAP, sentence)


def _pick(texts: Mapping[str, Sequence[str]], ladder: Ladder) -> str:
    """The sentence of the rung; at the top the later ones are sharper, and then they take turns."""
    variants = texts[_NAMES[ladder.rung]]
    sharp = variants[1:] or variants
    return variants[0] if ladder.sharpness == 0 else sharp[(ladder.sharpness - 1) % len(sharp)]


def _place(ground: Ground, ladder: Ladder, language: str) -> str:
    wanted = ground.place and ladder.rung in (Rung.GAP, Rung.ANSWER)
    return " " + tell(language, "place", place=ground.place) if wanted else ""


def _of_equation(equation: Equation, language: str) -> dict[str, str]:
    first, *rest = equation.steps
    return {
        "x": equation.unknown,
        "equation": f"{equation.text}",
        "gap": tell(language, f"gap_{first.undo}"),
        "first": _operation(first, equation.unknown, language),
        "rest": _joined([_operation(step, equation.unknown, language) for step in rest], language)
        or ("检验" if language == "zh" else "the check"),
        "similar": _similar(equation, language),
        "worked": worked(equation, language),
        "value": shown(equation.solution),
        "ended": tell(language, "ended"),
    }


def _of_story(exercise: Exercise, ground: Ground, language: str) -> dict[str, str]:
    thing = exercise.thing
    unknown = f"the number of {thing}" if thing and language == "en" else ""
    return {
        "asked": exercise.asked or ("所求的量。" if language == "zh" else "the last sentence of your exercise."),
        "given": _joined(list(exercise.given), language),
        "thing": unknown or ("要求的量" if language == "zh" else "what is asked for"),
        "place": tell(language, "place", place=ground.place) if ground.place else "",
        "similar": similar_text(exercise, ground, language),
        "ended": tell(language, "ended"),
    }


def _of_task(exercise: Exercise, ground: Ground, language: str) -> dict[str, str]:
    return {
        "topic": ground.topic or ("这个问题" if language == "zh" else "this"),
        "place": tell(language, "place", place=ground.place) if ground.place else "",
        "gapped": gapped(ground.sentence, ground.point),
        "similar": similar_text(exercise, ground, language),
        "ended": tell(language, "ended"),
    }


def _similar(equation: Equation, language: str) -> str:
    other = another(equation, _seed(equation))
    steps = " ".join(_then(step, other.unknown, language) for step in other.steps)
    return templates.SIMILAR_EQUATION[language].format(equation=other.text, steps=steps)


def _then(step: Step, unknown: str, language: str) -> str:
    operation = _operation(step, unknown, language)
    return templates.THEN[language].format(first=operation[0].upper() + operation[1:], leaves=step.leaves)


def _operation(step: Step, unknown: str, language: str) -> str:
    return tell(language, step.undo.value, n=step.operand, x=unknown)


def _seed(equation: Equation) -> int:
    return sum(map(ord, equation.text))


def _turned(values: Sequence[int], by: int) -> tuple[int, ...]:
    by %= len(values)
    return (*values[by:], *values[:by])


def _joined(parts: Sequence[str], language: str) -> str:
    if language == "zh":
        return "、".join(parts)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
