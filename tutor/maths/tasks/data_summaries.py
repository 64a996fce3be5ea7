"""Descriptive statistics of a list of numbers: mean, median, mode, range, quartiles, deviation, percentiles, z.

Quartiles are the medians of the two halves, without the median itself where it is one of the numbers.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from knowledge.languages import either
from tutor.maths.numbers import parse_number
from tutor.maths.tasks import printing
from tutor.maths.tasks.answers import NumberAnswer, SolutionsAnswer
from tutor.maths.tasks.forms import Form
from tutor.maths.tasks.sentences import readings
from tutor.maths.tasks.task import Answer, Kind, Step, Task, TaskKind, wording

Data = tuple[Fraction, ...]

MIN_VALUES, MAX_VALUES = 2, 40
_SEPARATOR = re.compile(rf"\s*[,;、]\s*(?:and\s+)?|(?:{either('maths_tasks', 'LIST_SEPARATOR')})|\s+")
_PATTERNS = {
    "SAMPLE_DEVIATION": "sample_deviation",
    "POPULATION_DEVIATION": "population_deviation",
    "DEVIATION": "deviation",
    "QUARTILE_RANGE": "quartile_range",
    "FIRST_QUARTILE": "first_quartile",
    "THIRD_QUARTILE": "third_quartile",
    "MEAN": "mean",
    "MEDIAN": "median",
    "MODE": "mode",
    "RANGE": "range",
}


def recognise(sentence: str) -> Task | None:
    for name, variant in _PATTERNS.items():
        for read in readings(sentence, name):
            if data := read_data(read["a"]):
                return summary_task(variant, data)
    for read in readings(sentence, "PERCENTILE"):
        if (data := read_data(read["a"])) and len(data) > MIN_VALUES:
            return percentile_task(int(read["b"]), data)
    for read in readings(sentence, "Z_SCORE"):
        numbers = [parse_number(read[hole]) for hole in "abc"]
        if all(one is not None and not one.is_percent for one in numbers):
            x, mean, deviation = (one.value for one in numbers if one is not None)
            return z_task(x, mean, deviation) if deviation > 0 else None
    return None


def read_data(text: str) -> Data:
    """Return the numbers of a list; () for anything else."""
    parts = [part for part in _SEPARATOR.split(text.strip("{}[]() ")) if part]
    numbers = [parse_number(part) for part in parts]
    if not MIN_VALUES <= len(parts) <= MAX_VALUES or any(one is None or one.spelled_out for one in numbers):
        return ()
    return tuple(one.value for one in numbers if one is not None)


def _show(data: Sequence[Fraction]) -> str:
    return ", ".join(map(printing.decimal, data))


def summary_task(variant: str, data: Data) -> Task | None:
    """Return the task to summarise a list by one number (the mode: by one or more)."""
    made = _SUMMARIES[variant](data)
    if made is None:
        return None
    answer, steps = made
    last = Step(steps[-1].instruction, answer.texts[0])
    prompt = wording(f"ask_{variant}", a=_show(data))
    return Task(TaskKind.STATISTICS, variant, prompt, answer, (*steps[:-1], last))


def _number(value: Fraction) -> NumberAnswer:
    return NumberAnswer(printing.decimal(value), value, must_be=Form.COMPUTED)


def _mean(data: Data) -> tuple[Answer, list[Step]]:
    total, count = sum(data, Fraction(0)), len(data)
    steps = [
        Step(wording("step_add_values"), printing.decimal(total)),
        Step(wording("step_divide_by_count"), ""),
    ]
    return _number(total / count), steps


def median_of(data: Sequence[Fraction]) -> Fraction:
    ordered, middle = sorted(data), len(data) // 2
    return ordered[middle] if len(data) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _sorted_step(data: Data) -> Step:
    return Step(wording("step_sort"), _show(sorted(data)))


def _median(data: Data) -> tuple[Answer, list[Step]]:
    key = "step_middle_value" if len(data) % 2 else "step_middle_pair"
    return _number(median_of(data)), [_sorted_step(data), Step(wording(key), "")]


def _mode(data: Data) -> tuple[Answer, list[Step]] | None:
    most = max(data.count(one) for one in data)
    modes = tuple(sorted({one for one in data if data.count(one) == most}))
    if most == 1 or len(modes) == len(set(data)):
        return None  # no value is more frequent than the others: books differ on what to say
    answer = SolutionsAnswer("", _show(modes), modes)
    return answer, [_sorted_step(data), Step(wording("step_most_frequent"), "")]


def _range(data: Data) -> tuple[Answer, list[Step]]:
    return _number(max(data) - min(data)), [
        Step(wording("step_extremes"), f"{printing.decimal(min(data))}, {printing.decimal(max(data))}"),
        Step(wording("step_largest_minus_smallest"), ""),
    ]


def _halves(data: Data) -> tuple[Data, Data]:
    ordered, half = tuple(sorted(data)), len(data) // 2
    return ordered[:half], ordered[-half:]


def _other_quartiles(data: Data) -> tuple[Fraction, Fraction]:
    """Return the quartiles by the rule that counts the median in both halves."""
    ordered, half = tuple(sorted(data)), (len(data) + 1) // 2
    return median_of(ordered[:half]), median_of(ordered[-half:])


def _quartile(data: Data, which: int) -> tuple[Answer, list[Step]] | None:
    if len(data) < 4:
        return None
    half = _halves(data)[which]
    value, others = median_of(half), (*_other_quartiles(data)[which : which + 1], *_interpolated(data, (25, 75)[which]))
    answer = NumberAnswer(
        printing.decimal(value), value, others=tuple(one for one in others if one != value), must_be=Form.COMPUTED
    )
    key = "step_upper_half" if which else "step_lower_half"
    return answer, [_sorted_step(data), Step(wording(key), _show(half)), Step(wording("step_median_of_half"), "")]


def _interpolated(data: Data, percent: int) -> tuple[Fraction, ...]:
    """Return the percentile by the rules of calculators and spreadsheets, which schools use too."""
    ordered, n = sorted(data), len(data)
    found = []
    for place in (Fraction(percent * (n - 1), 100), Fraction(percent * (n + 1), 100) - 1):
        low = min(max(math.floor(place), 0), n - 1)
        high = min(low + 1, n - 1)
        found.append(ordered[low] + (place - low) * (ordered[high] - ordered[low]))
    found.append(ordered[min(n, max(1, math.ceil(Fraction(percent * n, 100)))) - 1])
    return tuple(found)


def _quartile_range(data: Data) -> tuple[Answer, list[Step]] | None:
    if len(data) < 4:
        return None
    low, high = _halves(data)
    first, third, other = median_of(low), median_of(high), _other_quartiles(data)
    value = third - first
    others = [other[1] - other[0]]
    others += [b - a for a, b in zip(_interpolated(data, 25), _interpolated(data, 75), strict=True)]
    answer = NumberAnswer(
        printing.decimal(value), value, others=tuple(one for one in others if one != value), must_be=Form.COMPUTED
    )
    return answer, [
        _sorted_step(data),
        Step(wording("step_lower_half_median"), f"Q₁ = {printing.decimal(first)}"),
        Step(wording("step_upper_half_median"), f"Q₃ = {printing.decimal(third)}"),
        Step(wording("step_third_minus_first"), ""),
    ]


def _deviation(kind: str) -> Callable[[Data], tuple[Answer, list[Step]]]:
    def summarise(data: Data) -> tuple[Answer, list[Step]]:
        count = len(data)
        mean = sum(data, Fraction(0)) / count
        squares = sum(((one - mean) ** 2 for one in data), Fraction(0))
        divisor = count if kind == "population" else count - 1
        variance, other = squares / divisor, squares / count
        value = Fraction(math.sqrt(variance))
        also = (Fraction(math.sqrt(other)),) if kind == "either" else ()
        root = _exact_root(variance)
        printed = printing.decimal(root) if root is not None else printing.rounded(float(value))
        answer = NumberAnswer(printed, root if root is not None else value, root is not None and not also, (), also)
        key = f"step_divide_{'population' if kind == 'population' else 'sample'}"
        return answer, [
            Step(wording("step_mean_first"), printing.decimal(mean)),
            Step(wording("step_squared_distances"), printing.decimal(squares)),
            Step(wording(key), printing.decimal(variance)),
            Step(wording("step_root_of_variance"), ""),
        ]

    return summarise


def _exact_root(number: Fraction) -> Fraction | None:
    top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
    root = Fraction(top, bottom)
    return root if root * root == number else None


_SUMMARIES: Mapping[str, Callable[[Data], tuple[Answer, list[Step]] | None]] = {
    "mean": _mean,
    "median": _median,
    "mode": _mode,
    "range": _range,
    "first_quartile": lambda data: _quartile(data, 0),
    "third_quartile": lambda data: _quartile(data, 1),
    "quartile_range": _quartile_range,
    "deviation": _deviation("either"),
    "sample_deviation": _deviation("sample"),
    "population_deviation": _deviation("population"),
}


def percentile_task(percent: int, data: Data) -> Task | None:
    """Return the task to find a percentile by the place k/100·(n + 1); the values of other rules are left open."""
    ordered, place = sorted(data), Fraction(percent * (len(data) + 1), 100)
    if not 1 <= place <= len(data):
        return None
    low = math.floor(place)
    value = ordered[low - 1] if place == low else (ordered[low - 1] + ordered[low]) / 2
    others = tuple(one for one in _interpolated(data, percent) if one != value)
    answer = NumberAnswer(printing.decimal(value), value, others=others, must_be=Form.COMPUTED)
    key = "step_value_at_place" if place == low else "step_between_places"
    steps = (
        _sorted_step(data),
        Step(wording("step_place", k=str(percent)), printing.decimal(place)),
        Step(wording(key), printing.decimal(value)),
    )
    prompt = wording("ask_percentile", k=str(percent), a=_show(data))
    return Task(TaskKind.STATISTICS, "percentile", prompt, answer, steps)


def z_task(x: Fraction, mean: Fraction, deviation: Fraction) -> Task:
    shown = {"x": printing.decimal(x), "m": printing.decimal(mean), "s": printing.decimal(deviation)}
    steps = (
        Step(wording("step_minus_mean", **shown), printing.decimal(x - mean)),
        Step(wording("step_over_deviation", **shown), printing.decimal((x - mean) / deviation)),
    )
    return Task(TaskKind.STATISTICS, "z", wording("ask_z", **shown), _number((x - mean) / deviation), steps)


def generate(chance: random.Random, variant: str) -> Task:
    if variant == "z":
        mean, deviation = chance.choice((50, 60, 70, 100)), chance.choice((4, 5, 8, 10))
        return z_task(
            Fraction(mean + deviation * chance.choice((-2, -1, 1, 2, 3))), Fraction(mean), Fraction(deviation)
        )
    if variant == "percentile":
        data = tuple(map(Fraction, chance.sample(range(10, 60), 9)))
        made = percentile_task(chance.choice((20, 30, 40, 60, 70, 80)), data)
        assert made is not None
        return made
    made = summary_task(variant, tuple(map(Fraction, _friendly_data(chance, variant))))
    return made if made is not None else generate(chance, variant)


def _friendly_data(chance: random.Random, variant: str) -> list[int]:
    """Return numbers whose summary is one that a teacher would choose."""
    if variant.endswith("deviation"):
        shape = chance.choice(([-2, -1, 0, 1, 2, 0], [-3, -1, 1, 3], [-4, -2, 0, 2, 4], [-2, -2, 2, 2]))
        centre = chance.randint(6, 20)
        return [centre + one for one in shape]
    if variant == "mean":
        while True:
            data = [chance.randint(2, 15) for _ in range(5)]
            if sum(data) % 5 == 0 and sum(data) // 5 not in data:
                return data
    data = chance.sample(range(1, 30), chance.choice((7, 8, 9)))
    return [*data, chance.choice(data)] if variant == "mode" else data


KIND = Kind(TaskKind.STATISTICS, (*_SUMMARIES, "percentile", "z"), recognise, generate)
