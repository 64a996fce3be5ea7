"""An exercise as the learner typed it: its question, its numbers, and its solution where that can be computed. Pure.

The kinds of `tutor/maths/tasks` and plain arithmetic have a solution; word problems and tasks in words have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from knowledge.languages import either, words
from knowledge.languages.scripts import HAN
from knowledge.languages.sentences import END_MARKS
from tutor.maths.algebra import FUNCTIONS, NotAFormula, is_same_rational, parse, to_rational
from tutor.maths.linear_equation import Equation, format_fraction, solve_equation, strip_punctuation
from tutor.maths.numbers import read_numbers
from tutor.maths.tasks.catalog import recognise_task
from tutor.maths.tasks.task import Task, TaskKind

_OPERATORS = r"+\-−–*/×÷·^"
_CALCULATION = re.compile(rf"[\d\s.,(){_OPERATORS}]++")  # a run of characters in which one may stand
_FIRST_DIGIT = re.compile(r"(?<![\w.])[\d(]")
_LAST_DIGIT = re.compile(r"[\d)](?!\w|\.\d)")
_OPERATOR = re.compile(f"[{_OPERATORS}]")
_SENTENCE = re.compile(rf"[^{END_MARKS}\n]+[{END_MARKS}]?")
_ASKS = re.compile(either("exercises", "QUESTION_OR_COMMAND"), re.IGNORECASE)
_HOW_MANY = re.compile(rf"(?:{either('exercises', 'HOW_MANY')}) (?P<noun>[a-z]+(?: [a-z]+)?)", re.IGNORECASE)
_AFTER_NOUN = re.compile(either("exercises", "AFTER_COUNTED_NOUN"))
_SHORT_WORDS = words("exercises", "SHORT_WORDS")
_MAX_OTHER_WORDS = 8  # around plain arithmetic; with more of them it is a word problem
_MAX_FORMULA_WORDS = 16
_MAX_SIDE_CHARS = 400  # that are looked at on each side of "="
_MAX_EQUATIONS = 16  # signs "=", and calculations, that are looked at in one text


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise. At most one of `equation`, `task` and `value` is set; without them it has no answer key."""

    text: str
    equation: Equation | None = None
    value: Fraction | None = None  # of plain arithmetic
    formula: str = ""  # that arithmetic
    task: Task | None = None  # of another kind than a linear equation
    question: str = ""  # the sentence that asks, verbatim
    given_numbers: tuple[str, ...] = ()  # numbers as they were written

    @property
    def keys(self) -> tuple[str, ...]:
        """The answer to be found; () when it cannot be computed."""
        if self.task is not None:
            return self.task.answer.texts
        found = self.equation.solution if self.equation else self.value
        return () if found is None else (format_fraction(found),)

    @property
    def counted_noun(self) -> str:
        """The noun that is counted: "adults" in "how many adults are there?"."""
        match = _HOW_MANY.search(self.question)
        return _AFTER_NOUN.split(match["noun"])[0] if match else ""


def parse_exercise(text: str) -> Exercise:
    """Return the exercise in `text`; never fails, a text without a computable answer is an exercise without a key."""
    task = recognise_task(text)
    if task is not None and task.kind is not TaskKind.LINEAR:
        return Exercise(text, task=task, question=_question_sentence(text), given_numbers=_given_numbers(text))
    found = next((one for one in _find_equations(text) if one.steps), None)
    if found is not None:
        return Exercise(text, equation=found, question=_question_sentence(text), given_numbers=_given_numbers(text))
    formula, value = _find_arithmetic(text)
    return Exercise(
        text, value=value, formula=formula, question=_question_sentence(text), given_numbers=_given_numbers(text)
    )


def sets_task(text: str) -> bool:
    """Whether a text tells in words to solve a task of a known kind; a bare formula may as well be an answer."""
    has_words = any(len(word) > 2 and word.lower() not in FUNCTIONS for word in re.findall(r"[^\W\d_]+", text))
    return (has_words or re.search(rf"[{HAN}]", text) is not None) and recognise_task(text) is not None


def is_same_exercise(one: str, other: str) -> bool:
    """Whether `one` contains the exercise in `other`, perhaps with other spaces or with words around it.

    A line of an equation's working is the same exercise; another equation with the same solution is another one.
    """
    left, right = parse_exercise(one), parse_exercise(other)
    if left.equation and right.equation:
        lines = (right.equation.text, *(step.result for step in right.equation.steps))
        return any(_is_same_line(left.equation.text, line) for line in lines)
    if left.task or right.task:
        return left.task is not None and left.task == right.task
    a, b = set(_words(one)), set(_words(other))
    return bool(a and b) and len(a & b) >= 0.8 * min(len(a), len(b)) and min(len(a), len(b)) >= 3


def _is_same_line(one: str, other: str) -> bool:
    """Whether two equations have the same two sides, however each is written, and in either order."""
    left, right = [[parse(side) for side in line.split("=")] for line in (one, other)]
    pairs = (zip(left, right, strict=True), zip(left, reversed(right), strict=True))
    return any(all(is_same_rational(a, b) for a, b in pair) for pair in pairs)


def has_same_solution(text: str, equation: Equation) -> bool:
    """Whether a line of working contains an unsolved equation with the same solution: a right step, not the answer."""
    return any(
        one.unknown == equation.unknown and one.solution == equation.solution and bool(one.steps)
        for one in _find_equations(text)
    )


def _find_equations(text: str) -> Iterator[Equation]:
    """Yield every solvable equation in a text: on each side of "=" the longest run of words that is a formula."""
    plain = text.replace("$", " ").replace("\\(", " ").replace("\\)", " ")
    plain = re.sub(rf"([{HAN}])", r" \1 ", plain)
    for at in (match.start() for match in islice(re.finditer("=", plain), _MAX_EQUATIONS)):
        left = _longest_formula([*reversed(plain[max(0, at - _MAX_SIDE_CHARS) : at].split())], reverse=True)
        after = plain[at + 1 : at + 1 + _MAX_SIDE_CHARS].partition("=")[0]
        right = _longest_formula(after.split(), reverse=False)
        found = solve_equation(f"{left}={right}") if left and right else None
        if found is not None:
            yield found


def _longest_formula(tokens: list[str], *, reverse: bool) -> str:
    """Return the longest formula that the tokens begin with; tokens left of the "=" come in reverse order."""
    prose = next((n for n, token in enumerate(tokens) if _is_prose(token)), len(tokens))
    for count in range(min(prose, _MAX_FORMULA_WORDS), 0, -1):
        side = strip_punctuation(" ".join(reversed(tokens[:count]) if reverse else tokens[:count]))
        try:
            parse(side)
        except NotAFormula:
            continue
        return "" if reverse and side[0] in "+*/" else side
    return ""


def _is_prose(word: str) -> bool:
    letters = strip_punctuation(word)
    return (
        letters.isalpha() and (len(letters) > 2 or letters.lower() in _SHORT_WORDS) and letters.lower() not in FUNCTIONS
    )


def _find_arithmetic(text: str) -> tuple[str, Fraction | None]:
    """Return the longest arithmetic expression and its value; ("", None) where the text says much more than that."""
    for match in sorted(_calculations(text), key=len, reverse=True)[:_MAX_EQUATIONS]:
        try:
            fraction = to_rational(parse(strip_punctuation(match)))
        except NotAFormula:
            continue
        if fraction is not None and set(fraction[1]) == {()} and set(fraction[0]) <= {()}:
            others = len(re.findall(r"\w+", text.replace(match, " ")))
            if others <= _MAX_OTHER_WORDS:
                return strip_punctuation(match), fraction[0].get((), Fraction(0)) / fraction[1][()]
    return "", None


def _calculations(text: str) -> Iterator[str]:
    """Yield each stretch of numbers, brackets and at least one operator between its ends."""
    for run in _CALCULATION.finditer(text):
        first = _FIRST_DIGIT.search(text, *run.span())
        places = range(run.end() - 1, first.start() if first else run.end(), -1)
        last = next((at for at in places if _LAST_DIGIT.match(text, at)), None)
        if first and last is not None and _OPERATOR.search(text, first.end(), last):
            yield text[first.start() : last + 1]


def _question_sentence(text: str) -> str:
    """Return the last sentence that asks or tells to find something."""
    asking = [m.group() for m in _SENTENCE.finditer(text) if _ASKS.search(m.group())]
    return " ".join(asking[-1].split()) if asking else ""


def _given_numbers(text: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(text[m.start : m.end] for m in read_numbers(text) if not (m.spelled_out and m.value == 1))
    )


def _words(text: str) -> list[str]:
    return re.findall(rf"[a-z]{{2,}}|\d+|[{HAN}]", text.lower())
