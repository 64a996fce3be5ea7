"""Measures the exercises of books: how many are recognised, solved and checked, and whether hints give them away.

Rows are the printed exercises of the chapters (Markdown) in each folder. For those of the solver's kinds the printed
answer is compared with the solver's, perturbed answers must be refused, and no hint below the last rung may contain the
answer. Fresh exercises of every kind are measured in the same way, `--fresh` of each. One JSON line at the end.

    python -m bench.exercises --course DIR [DIR …] [--fresh 20]
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.retrieval_corpora import commit, hardware
from knowledge.exercises import PrintedExercise, printed_exercises
from tutor.domain import HelpLevel
from tutor.locales import CATALOGS
from tutor.maths.tasks.catalog import KINDS, generate_task, recognise_task, similar_tasks
from tutor.maths.tasks.task import Check, Task
from tutor.pedagogy.ladder import Ladder, Rung
from tutor.pedagogy.task_hints import say, shows_answer, task_hint

MEASURES = ("seen", "recognised", "solved", "right_accepted", "wrong_refused", "wrong_accepted", "leaks", "hints")
Scores = dict[str, Counter[str]]
WRONG_PER_TASK = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--course", type=Path, nargs="*", default=[], metavar="DIR", help="folders of chapters")
    parser.add_argument("--fresh", type=int, default=20, help="fresh exercises of each variant of a kind")
    options = parser.parse_args()
    books = {folder.name: [*_exercises(folder)] for folder in options.course}
    by_kind: Scores = {}
    for rows in books.values():
        for row in rows:
            measure_printed(row, by_kind)
    fresh: Scores = {}
    for kind in KINDS:
        for variant in kind.variants:
            for seed in range(options.fresh):
                measure_fresh(generate_task(kind.name, seed, variant), fresh)
    run = {"bench": "exercises", "hardware": hardware(), "commit": commit()}
    measured = {"books": {name: _book(rows) for name, rows in books.items()}, "printed": by_kind, "fresh": fresh}
    print(json.dumps({**run, "fresh_total": _total(fresh), **measured}))


def _total(scores: Scores) -> dict[str, int]:
    return {measure: sum(score[measure] for score in scores.values()) for measure in MEASURES}


def _exercises(folder: Path) -> Iterator[PrintedExercise]:
    for chapter in sorted(folder.glob("*.md")):
        yield from printed_exercises(chapter.read_text("utf-8"))


def _book(rows: Iterable[PrintedExercise]) -> dict[str, int]:
    rows = [*rows]
    return {
        "recognised": len(rows),
        "with_key": sum(row.has_key for row in rows),
        "multiple_choice": sum(bool(row.options and row.key) for row in rows),
        "solvers_kinds": sum(recognise_task(row.prompt) is not None for row in rows),
    }


def measure_printed(row: PrintedExercise, scores: Scores) -> None:
    """Measure a printed exercise of one of the solver's kinds against the book's own answer."""
    task = recognise_task(row.prompt)
    if task is None or not row.has_key:
        return
    score = scores.setdefault(task.kind.value, Counter(dict.fromkeys(MEASURES, 0)))
    score["seen"] += 1
    score["recognised"] += 1
    lines = (row.key or row.solution).splitlines()
    found = {task.answer.check(line) for line in lines}
    score["solved"] += Check.RIGHT in found
    score["right_accepted"] += Check.RIGHT in found
    _measure_answers_and_hints(task, score)


def measure_fresh(task: Task, scores: Scores) -> None:
    """Measure a generated exercise: read back in every language, own solution, other answers, hints."""
    score = scores.setdefault(task.kind.value, Counter(dict.fromkeys(MEASURES, 0)))
    score["seen"] += 1
    again = [recognise_task(say(task.prompt, language)) for language in CATALOGS]
    score["recognised"] += all(again)
    score["solved"] += all(one is not None and one.answer.texts == task.answer.texts for one in again)
    score["right_accepted"] += task.answer.check(task.answer.texts[0]) is Check.RIGHT
    _measure_answers_and_hints(task, score)


def _measure_answers_and_hints(task: Task, score: Counter[str]) -> None:
    for _, other in zip(range(WRONG_PER_TASK), similar_tasks(task, 7), strict=False):
        right = task.answer.check(other.answer.texts[0]) is Check.RIGHT
        score["wrong_accepted" if right else "wrong_refused"] += 1
    for language in CATALOGS:
        for sharpness in range(len(task.steps) + 1):
            hint = task_hint(task, Ladder(HelpLevel.MODERATE, Rung.STEP, sharpness), language)
            score["hints"] += 1
            score["leaks"] += shows_answer(hint, task, language)


if __name__ == "__main__":
    main()
