"""Probabilities of simple events: one throw of a die, one ball from a bag."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from knowledge.languages import each
from tutor.maths.linear_equation import format_fraction
from tutor.maths.tasks.answers import NumberAnswer
from tutor.maths.tasks.forms import Form
from tutor.maths.tasks.sentences import readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, Wording, wording

FACES = range(1, 7)
MAX_COLOURS = 5
_EVENTS: Mapping[str, Callable[[int, int], bool]] = {
    "even": lambda face, n: face % 2 == 0,
    "odd": lambda face, n: face % 2 == 1,
    "prime": lambda face, n: face in (2, 3, 5),
    "more": lambda face, n: face > n,
    "less": lambda face, n: face < n,
    "at_least": lambda face, n: face >= n,
    "at_most": lambda face, n: face <= n,
    "exactly": lambda face, n: face == n,
}


def recognise(sentence: str) -> Task | None:
    for read in readings(sentence, "DIE"):
        for name, pattern in (pair for pairs in each("maths_tasks", "DIE_EVENTS").values() for pair in pairs):
            if match := re.fullmatch(pattern, read["a"], re.IGNORECASE):
                return die_task(name, int(match.groupdict().get("n") or 0))
    for read in readings(sentence, "BAG"):
        if (bag := _read_bag(read["a"])) and (made := _bag_of_reading(bag, read["b"])):
            return made
    return None


def _read_bag(text: str) -> dict[str, int]:
    for language, separator in each("maths_tasks", "BAG_SEPARATOR").items():
        part = re.compile(each("maths_tasks", "BAG_PART")[language], re.IGNORECASE)
        found = [part.fullmatch(one.strip()) for one in re.split(separator, text)]
        if 2 <= len(found) <= MAX_COLOURS and all(found):
            return {one["name"].lower(): int(one["count"]) for one in found if one}
    return {}


def _bag_of_reading(bag: dict[str, int], wanted: str) -> Task | None:
    name = next((one for one in bag if one == wanted.lower()), "")
    return bag_task(tuple(bag.items()), name) if name else None


def _task(variant: str, prompt: Wording, good: int, total: int, first: Step) -> Task:
    value = Fraction(good, total)
    steps = [
        Step(wording("step_count_all"), str(total)),
        first,
        Step(wording("step_good_over_all"), f"{good}/{total}"),
    ]
    if format_fraction(value) != f"{good}/{total}":
        steps.append(Step(wording("step_reduce"), format_fraction(value)))
    answer = NumberAnswer(format_fraction(value), value, must_be=Form.COMPUTED)
    return Task(TaskKind.PROBABILITY, variant, prompt, answer, tuple(steps))


def die_task(event: str, n: int) -> Task | None:
    """Return the task to find the probability of an event with one fair die; None for a sure or impossible one."""
    good = [face for face in FACES if _EVENTS[event](face, n)]
    if not 0 < len(good) < len(FACES):
        return None
    shown = ", ".join(map(str, good))
    count = Step(wording("step_list_good"), shown)
    return _task("die", wording(f"ask_die_{event}", n=str(n)), len(good), len(FACES), count)


def bag_task(bag: tuple[tuple[str, int], ...], wanted: str) -> Task | None:
    """Return the task to find the probability of one colour."""
    counts, total = dict(bag), sum(count for _, count in bag)
    if not 0 < counts[wanted] < total:
        return None
    names = {f"c{n}": name for n, (name, _) in enumerate(bag)}
    fields = {f"n{n}": str(count) for n, (_, count) in enumerate(bag)}
    if len(bag) == 2:
        prompt = wording("ask_bag", **names, **fields, wanted=wanted)
    else:
        listed = ", ".join(f"{count} {name}" for name, count in bag)
        prompt = wording("ask_bag_of_many", a=listed, wanted=wanted)
    return _task("bag", prompt, counts[wanted], total, Step(wording("step_count_good"), str(counts[wanted])))


def generate(chance: random.Random, variant: str) -> Task:
    event = chance.choice(("even", "odd", "prime", "more", "less", "at_least", "exactly"))
    made = die_task(event, chance.randint(2, 5))
    assert made is not None
    return made


KIND = Kind(TaskKind.PROBABILITY, ("die",), recognise, generate)
