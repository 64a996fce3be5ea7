"""What a message says about a mathematical task: its answer, a right step, a line that does not hold. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.maths.tasks.answers import NumberAnswer
from tutor.maths.tasks.task import Check, Task
from tutor.maths.tasks.values import compare, plain_answer, read_value
from tutor.maths.tasks.working import first_wrong_line, line_holds


class Progress(StrEnum):
    """How far a message is."""

    SOLVED = "solved"
    UNFINISHED = "unfinished"  # the right value, in another form, or some of several solutions
    RIGHT_STEP = "right_step"  # a line of working that holds
    WRONG = "wrong"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class TaskVerdict:
    """The progress, and the first line that does not hold where the learner wrote several."""

    progress: Progress
    wrong_line: str = ""


def judge_message(task: Task, text: str) -> TaskVerdict:
    """Judge a message by its last line, and its other lines by whether they hold."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return TaskVerdict(Progress.UNREADABLE)
    last, whole = task.answer.check(lines[-1]), task.answer.check(text)
    wrong_line = first_wrong_line(task, text)
    if Check.RIGHT in (last, whole):
        return TaskVerdict(Progress.SOLVED)
    if wrong_line:
        return TaskVerdict(Progress.WRONG, wrong_line)
    found = whole if last is Check.UNREADABLE else last
    if found is Check.UNFINISHED:
        return TaskVerdict(Progress.UNFINISHED)
    if found is Check.WRONG:
        return TaskVerdict(Progress.RIGHT_STEP if _is_result_of_step(task, lines[-1]) else Progress.WRONG)
    holds = line_holds(task, lines[-1])
    if holds is None:
        return TaskVerdict(Progress.UNREADABLE)
    return TaskVerdict(Progress.RIGHT_STEP if holds else Progress.WRONG)


def _is_result_of_step(task: Task, line: str) -> bool:
    """Whether a true line of numbers, "3 + 5 + 7 = 15", ends in the result of a step."""
    left, equals, right = line.rpartition("=")
    value = read_value(plain_answer(right)) if equals and any(map(str.isdigit, left)) else None
    if value is None or not isinstance(task.answer, NumberAnswer) or line_holds(task, line) is not True:
        return False
    results = [read_value(step.result.rpartition("=")[2]) for step in task.steps[:-1]]
    return any(one is not None and compare(value, one.number) is Check.RIGHT for one in results)
