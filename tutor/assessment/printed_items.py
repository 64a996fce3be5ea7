"""Items from the exercises that a book prints, with the book's own key: multiple choice, numbers, short answers.

The passages of a document are read as one text, because a question and its solution may lie in different passages.
Only what can be answered where it is asked becomes an item: nothing that points at a figure, a table or the text above.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from knowledge.documents import Passage
from knowledge.exercises import PrintedExercise, printed_exercises
from knowledge.languages import either
from knowledge.languages.scripts import HAN
from tutor.assessment.items import Item, ItemKind, ItemSource
from tutor.maths.numbers import parse_number
from tutor.maths.tasks.catalog import recognise_task

MIN_PROMPT_WORDS, MAX_KEY_WORDS, MIN_KEY_WORDS = 4, 60, 3
_HAN_OR_WORD = re.compile(rf"[{HAN}]|[A-Za-z0-9]+")
_POINTS_ELSEWHERE = re.compile(
    rf"\[\[?link|\[Figure|\]\(|\]\[|{either('exercise_marks', 'POINTS_ELSEWHERE')}", re.IGNORECASE
)
_PART = re.compile(r"^\(?(?:[a-h]|\d{1,2})[.)]\s")
_ASKS = re.compile(either("exercise_marks", "ASKS"), re.IGNORECASE)


def printed_items(passages: Sequence[Passage]) -> Iterator[Item]:
    """Yield an item for each printed exercise with a key that stands alone."""
    ordered = sorted(passages, key=lambda one: (one.document_id, one.ordinal))
    for _, group in groupby(ordered, key=lambda one: one.document_id):
        yield from _document_items([*group])


def _document_items(passages: Sequence[Passage]) -> Iterator[Item]:
    lines: list[tuple[str, Passage]] = []
    heading: tuple[str, ...] = ()
    for passage in passages:
        if passage.heading != heading:
            heading = passage.heading
            lines += [(f"{'#' * min(n, 6)} {title}", passage) for n, title in enumerate(heading, start=1)]
        lines += [(line, passage) for line in passage.text.splitlines()]
    for exercise in printed_exercises("\n".join(line for line, _ in lines)):
        line, passage = lines[exercise.line]
        if stands_alone(exercise) and (item := _to_item(exercise, line.strip(), passage)) is not None:
            yield item


def stands_alone(exercise: PrintedExercise) -> bool:
    """Whether an exercise has a key and can be answered without what stands around it."""
    long_enough = len(_HAN_OR_WORD.findall(exercise.prompt)) >= MIN_PROMPT_WORDS
    return (
        exercise.has_key
        and not exercise.shares_context
        and long_enough
        and not _POINTS_ELSEWHERE.search(exercise.prompt)
        and not _PART.match(exercise.prompt)
    )


def _to_item(exercise: PrintedExercise, quote: str, passage: Passage) -> Item | None:
    source = ItemSource(passage.id, quote)
    identity = hashlib.sha256(f"printed\x1f{exercise.prompt}\x1f{passage.document_id}".encode()).hexdigest()[:16]
    if exercise.options:
        if not exercise.key or len(set(exercise.options)) < len(exercise.options):
            return None
        return Item(identity, ItemKind.CHOICE, exercise.prompt, (exercise.key,), exercise.options, source=source)
    key = exercise.solution.strip()
    number = parse_number(key) if "\n" not in key else None
    if number is not None and not number.spelled_out:
        return Item(identity, ItemKind.NUMBER, exercise.prompt, (key,), source=source)
    task = recognise_task(exercise.prompt)
    if task is not None or "[Figure" in key or _POINTS_ELSEWHERE.search(key):
        return None
    if _PART.match(key) or not _ASKS.search(exercise.prompt):
        return None
    if not MIN_KEY_WORDS <= len(_HAN_OR_WORD.findall(key)) <= MAX_KEY_WORDS or "\n" in key:
        return None
    return Item(identity, ItemKind.SHORT_TEXT, exercise.prompt, (key,), source=source)
