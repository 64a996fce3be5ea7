"""The judge: how likely a generated item is worth asking, by a logistic model that was fitted on labelled items.

Worth asking is what a student who learnt the passage can answer and others cannot: one answer, specific, without the
figure, nothing of an exercise or a story. The model and its card are `model.json` and `model.md`; `bench/items.py` fits
and measures it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tutor.assessment.course_text import CourseText
from tutor.assessment.item_judge.features import JudgedCourse, item_features
from tutor.assessment.items import Item
from tutor.assessment.logistic import LogisticModel, load_models

MODEL_FILE = Path(__file__).with_name("model.json")


@dataclass(frozen=True, slots=True)
class ItemJudge:
    """A fitted judge; `threshold` is the least probability of an item that is kept, `version` names the fit."""

    model: LogisticModel
    threshold: float
    version: str

    def kept(self, items: Iterable[Item], text: CourseText) -> Iterator[Item]:
        """Yield the items of a course that are worth asking, each with its quality in [0, 1]."""
        course = JudgedCourse.read(text)
        for item in items:
            quality = self.model.probability(item_features(item, course))
            if quality >= self.threshold:
                yield replace(item, quality=round(quality, 3))


@cache
def load_item_judge() -> ItemJudge:
    """Return the shipped judge."""
    card = json.loads(MODEL_FILE.read_text(encoding="utf-8"))["keep"]
    return ItemJudge(load_models(MODEL_FILE)["worth_asking"], float(card["threshold"]), str(card["version"]))
