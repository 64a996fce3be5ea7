"""Generates items from passages by every question type; only those that are sound and worth asking are returned.

An item is sound where its own quote solves it. Whether it is worth asking is judged by a fitted model (`item_judge`).
Deterministic for a seed.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence

from knowledge.documents import Passage
from tutor.assessment.course_text import CourseText, read_course_text
from tutor.assessment.item_checks import find_fault, solve_from_quote
from tutor.assessment.item_judge.judge import load_item_judge
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.question_types.registry import question_types


def generate_items(passages: Sequence[Passage], *, seed: int = 0, limit: int | None = None) -> list[Item]:
    """Return the items that are worth asking, of mixed kinds, each with its quality; few, where the text has few."""
    text = read_course_text(passages)
    kept = list(load_item_judge().kept(candidate_items(text, seed=seed), text))
    return _mix_kinds(_ask_once(kept))[:limit]


def candidate_items(text: CourseText, *, seed: int = 0) -> list[Item]:
    """Return the sound items of a course before they are judged, at most one a sentence and kind."""
    terms = [definition.term for definition in text.definitions]
    texts = {passage.id: " ".join(passage.text.split()) for passage in text.passages}
    return [
        each.add_alternatives(item, text)
        for each in question_types()
        for item in each.generate(text, random.Random(seed))
        if _is_sound(item, texts, terms)
    ]


def _is_sound(item: Item, texts: Mapping[str, str], terms: Sequence[str]) -> bool:
    """Whether an item is solved by its own passage alone and gives nothing away."""
    assert item.source is not None
    quoted = " ".join(item.source.quote.split()) in texts[item.source.passage_id]
    return quoted and not find_fault(item) and solve_from_quote(item, terms) == item.keys


def _ask_once(items: Sequence[Item]) -> list[Item]:
    """Return the items without two on one description: in two of three cases the choice is kept, else true or false."""
    kinds: dict[str, set[ItemKind]] = {}
    for item in items:
        kinds.setdefault(item.skill, set()).add(item.kind)
    picked = {ItemKind.CHOICE, ItemKind.TRUE_FALSE}
    dropped = {
        skill: ItemKind.CHOICE if zlib.crc32(skill.encode()) % 3 == 0 else ItemKind.TRUE_FALSE
        for skill, found in kinds.items()
        if picked <= found
    }
    return [item for item in items if dropped.get(item.skill) is not item.kind]


def _mix_kinds(items: Sequence[Item]) -> list[Item]:
    """Return the items in turn by kind, in their order."""
    by_kind: dict[str, list[Item]] = {}
    for item in items:
        by_kind.setdefault(item.kind, []).append(item)
    longest = max(map(len, by_kind.values()), default=0)
    return [some[n] for n in range(longest) for some in by_kind.values() if n < len(some)]
