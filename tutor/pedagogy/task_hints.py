"""Words the hints for a mathematical task: for its own kind, with a parallel example, one step at a time. Pure.

No hint below the ANSWER rung contains the answer: an example with the same answer is not taken, and what was found so
far is not told where it names a part of the answer.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from itertools import islice

from knowledge.languages import each
from knowledge.languages import language as language_of
from knowledge.languages.sentences import END_MARKS
from tutor.locales import find_message, t
from tutor.maths.numbers import read_numbers
from tutor.maths.tasks.catalog import similar_tasks
from tutor.maths.tasks.task import Task, Wording
from tutor.pedagogy.ladder import Ladder, Rung

_SENTENCE_END = END_MARKS
_MAX_EXAMPLES = 12
_NEUTRAL_NUMBERS = frozenset({100})  # of "divide by 100"
_LIST_NUMBER = re.compile(r"^\d+\. ", re.MULTILINE)
_RAISED_DIGITS = re.compile("[⁰¹²³⁴-⁹]+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
FULL_STOPS = each("text", "FULL_STOP")


def say(wording: Wording, language: str) -> str:
    """Return a wording as text."""
    return t(language, wording.key, **dict(wording.fields))


def task_hint(task: Task, ladder: Ladder, language: str) -> str:
    """Return the hint of the ladder's rung; at the STEP rung the steps come one by one."""
    asked = _sentence(task, language)
    match ladder.rung:
        case Rung.GAP:
            return t(language, "hint_task_gap_1", asked=asked, gap=_kind_text("gap", task, language))
        case Rung.QUESTION:
            return _question(task, ladder, language)
        case Rung.SIMILAR:
            return t(language, "hint_task_similar_1", similar=similar_task_example(task, language), asked=asked)
        case Rung.ANSWER:
            return t(language, "hint_task_answer_1", worked=worked_task(task, language))
    return _step_hint(task, ladder.sharpness, language)


def _question(task: Task, ladder: Ladder, language: str) -> str:
    """Return the question of the kind; where the ladder ends there, the kind's gap and question take turns."""
    role = "question" if ladder.sharpness % 2 == 0 else "gap"
    return t(language, "hint_task_question_1", question=_kind_text(role, task, language))


def _kind_text(role: str, task: Task, language: str) -> str:
    """Return the text for the task's variant, or for its kind."""
    key = f"task_{role}_{task.kind.value}"
    own = f"{key}_{task.variant}"
    return t(language, own if find_message(language, own) else key)


def _sentence(task: Task, language: str) -> str:
    """Return the task as a sentence with its end mark."""
    asked = say(task.prompt, language)
    return asked if asked.endswith(tuple(_SENTENCE_END)) else asked + FULL_STOPS[language_of(language).code]


def _step_hint(task: Task, number: int, language: str) -> str:
    if number >= len(task.steps):
        return t(
            language,
            "hint_task_step_last",
            ended=t(language, "hint_ended"),
            step=say(task.steps[-1].instruction, language),
        )
    step = say(task.steps[number].instruction, language)
    if number == 0:
        return t(language, "hint_task_step_first", step=step)
    before = task.steps[number - 1].result
    if not before or shows_answer(before, task, language):
        return t(language, "hint_task_step_later", step=step)
    return t(language, "hint_task_step_after", before=before, step=step)


def similar_task_example(task: Task, language: str) -> str:
    """Return another task of the same kind, with its steps and other numbers."""
    seed = sum(map(ord, task.answer.texts[0] + task.subject))
    first = ""
    for other in islice(similar_tasks(task, seed), _MAX_EXAMPLES):
        example = _example(other, language)
        if not shows_answer(example, task, language):
            return example
        first = first or example
    return first


def _example(task: Task, language: str) -> str:
    return t(language, "hint_task_similar", asked=_sentence(task, language), worked=worked_task(task, language))


def worked_task(task: Task, language: str) -> str:
    """Return the whole solution, one numbered step a line."""
    lines = []
    for number, step in enumerate(task.steps, start=1):
        told = say(step.instruction, language)
        if step.result:
            told = t(language, "hint_task_worked_step", step=told, result=step.result)
        lines.append(f"{number}. {told}")
    return "\n".join(lines)


def shows_answer(text: str, task: Task, language: str) -> bool:
    """Whether a text contains the answer: one of its forms, or its number where the task does not name that too."""
    asked = say(task.prompt, language)
    for form in task.answer.texts:
        numbers = read_numbers(form)
        if len(numbers) == 1 and re.fullmatch(r"[-\d./ %]+", form):
            if _mentions_number(text, abs(numbers[0].value), asked):
                return True
        elif _contains(text, form) and not _contains(asked, form):
            return True
    return False


def _mentions_number(text: str, value: Fraction, asked: str) -> bool:
    exponents = [unicodedata.normalize("NFKC", run) for run in _RAISED_DIGITS.findall(asked)]
    given = {abs(one.value) for one in read_numbers(asked)} | set(map(Fraction, [*_DIGITS.findall(asked), *exponents]))
    if value in given | _NEUTRAL_NUMBERS:
        return False
    plain = _LIST_NUMBER.sub("", text)
    return value in {abs(one.value) for one in read_numbers(plain) if not one.spelled_out}


def _contains(text: str, form: str) -> bool:
    before = r"\w.^+\-−/" if "=" in form else r"\w.^"  # "x - z = 2" does not say that z = 2
    return re.search(rf"(?<![{before}]){re.escape(_squeezed(form))}(?![\w.])", _squeezed(text)) is not None


def _squeezed(text: str) -> str:
    return re.sub(r"[\s*·]+", "", text)


def unfinished_text(task: Task, language: str) -> str:
    """Return what is still to be done with a right but unfinished answer."""
    key = f"task_unfinished_{task.kind.value}"
    return t(language, key if find_message(language, key) else "task_unfinished_other")
