"""The file of runs of `bench.adaptation`: one cell for each learner, number of corrections and arm; it only grows.

A cell keeps the answers, not the verdicts, so that a better rule judges old runs again. The file is written after each
cell, and a run that was stopped, or cut by its options, goes on where it was.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.adaptation_arms import AdapterKey, uses_count
from bench.adaptation_banks import Question
from bench.adaptation_learners import LEARNERS, Learner, learner_of
from bench.adaptation_statistics import Met, summarize

ABOUT = ("model", "kernel", "isa", "hardware", "commit")


@dataclass(frozen=True, slots=True)
class Cell:
    """The answers of one learner's held-out questions in one arm."""

    kind: str
    count: int  # 0 where the number of corrections makes no difference
    arm: str
    answers: dict[str, str]  # by the question's id
    prompt_tokens: float  # mean
    first_token_s: float  # of one question asked alone
    seconds: float  # of all answers
    memory_mb: float  # of the process that answers


@dataclass(frozen=True, slots=True)
class Training:
    """What it took to train one adapter, and what that changed elsewhere."""

    kind: str
    count: int
    shuffled: bool
    seconds: float
    memory_mb: float
    megabytes: float  # of the adapter's files
    forgetting: float  # share by which the loss on general text rose
    promoted: bool  # by the product's gate
    reasons: tuple[str, ...]


class Runs:
    """All cells and trainings of a file."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.about: dict[str, Any] = {}  # the machine, the model and the sizes of the runs
        self.cells: dict[tuple[str, int, str], Cell] = {}
        self.trainings: dict[str, Training] = {}
        if file and file.is_file():
            self._read(json.loads(file.read_text("utf-8")))

    def find(self, learner: Learner, count: int, arm: str, asked: Sequence[Question]) -> Cell | None:
        """Return the cell if it has an answer to each of these questions."""
        cell = self.cells.get((learner.kind, count if uses_count(arm) else 0, arm))
        return cell if cell and all(question.id in cell.answers for question in asked) else None

    def add(self, cell: Cell) -> None:
        self.cells[cell.kind, cell.count, cell.arm] = cell
        self.save()

    def add_training(self, key: AdapterKey, training: Training) -> None:
        self.trainings[key.name] = training
        self.save()

    def save(self) -> None:
        """Write the file in one step, so that a killed run leaves the old one."""
        if not self.file:
            return
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n"
        temporary = self.file.with_suffix(".tmp")
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, self.file)

    def counts(self) -> list[int]:
        return sorted({cell.count for cell in self.cells.values() if cell.count})

    def met(self, learner: Learner, count: int) -> Met:
        """Return the learner's verdicts by arm, on the questions that every arm has answered."""
        cells = [cell for (kind, k, _), cell in self.cells.items() if kind == learner.kind and k in (0, count)]
        shared = [q for q in learner.bank.held_out if cells and all(q.id in cell.answers for cell in cells)]
        return {cell.arm: [int(learner.is_met(q, cell.answers[q.id])) for q in shared] for cell in cells if shared}

    def summary(self) -> dict[str, Any]:
        """Return the figures at each number of corrections."""
        return {f"at_{count}": self._summary_at(count) for count in self.counts()}

    def to_json(self) -> dict[str, Any]:
        result = {"benchmark": "adaptation", **self.about, **self.summary()}
        result["trainings"] = [asdict(training) for training in self.trainings.values()]
        result["cells"] = [asdict(cell) for cell in self.cells.values()]
        return result

    def _summary_at(self, count: int) -> dict[str, Any]:
        done = {kind for kind, k, _ in self.cells if k == count}
        learners = {one.kind: self.met(one, count) for one in LEARNERS if one.kind in done}
        own = [t for t in self.trainings.values() if t.count == count and not t.shuffled and t.kind in done]
        result = summarize(learners, [asdict(training) for training in own])
        result["by_kind"] = {
            kind: {arm: round(sum(values) / len(values), 3) for arm, values in met.items()}
            for kind, met in learners.items()
        }
        return result | {"costs": self._costs(count)}

    def _costs(self, count: int) -> dict[str, dict[str, float]]:
        """Return the mean cost of a question in each arm."""

        def mean(cells: list[Cell], value: Callable[[Cell], float], digits: int) -> float:
            return round(sum(map(value, cells)) / len(cells), digits)

        found: dict[str, list[Cell]] = {}
        for cell in self.cells.values():
            if cell.count in (0, count):
                found.setdefault(cell.arm, []).append(cell)
        return {
            arm: {
                "prompt_tokens": mean(cells, lambda cell: cell.prompt_tokens, 0),
                "first_token_s": mean(cells, lambda cell: cell.first_token_s, 2),
                "memory_mb": mean(cells, lambda cell: cell.memory_mb, 0),
            }
            for arm, cells in found.items()
        }

    def _read(self, stored: dict[str, Any]) -> None:
        self.about = {name: stored[name] for name in ABOUT if name in stored}
        for value in stored["cells"]:
            cell = Cell(**value)
            learner_of(cell.kind)
            self.cells[cell.kind, cell.count, cell.arm] = cell
        for value in stored["trainings"]:
            training = Training(**{**value, "reasons": tuple(value["reasons"])})
            key = AdapterKey(training.kind, training.count, training.shuffled)
            self.trainings[key.name] = training
