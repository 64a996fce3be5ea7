"""Gradient-boosted trees as plain numbers: read from JSON, added up, turned into a calibrated probability.

What a fitted grader ships as; no pickle, no library that could run code when a model is read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Node = tuple[int, float, int, int, float]  # feature (-1: a leaf), threshold, left, right, value


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees over named features; `scale` and `shift` calibrate the sum of their leaves (Platt)."""

    names: tuple[str, ...]
    trees: tuple[tuple[Node, ...], ...]
    bias: float
    scale: float = 1.0
    shift: float = 0.0

    def probability(self, row: Mapping[str, float]) -> float:
        values = [row.get(name, 0.0) for name in self.names]
        total = self.bias + sum(_leaf(tree, values) for tree in self.trees)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.scale * total + self.shift))))


def _leaf(tree: Sequence[Node], values: Sequence[float]) -> float:
    at = 0
    while tree[at][0] >= 0:
        feature, threshold, left, right, _ = tree[at]
        at = left if values[feature] <= threshold else right
    return tree[at][4]


def read_forest(path: Path) -> dict[str, Forest]:
    """Read the forests of a model file by name."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {name: _from_json(one) for name, one in stored["forests"].items()}


def _from_json(stored: Mapping[str, Any]) -> Forest:
    trees = tuple(
        tuple((int(f), float(t), int(left), int(right), float(v)) for f, t, left, right, v in tree)
        for tree in stored["trees"]
    )
    return Forest(tuple(stored["names"]), trees, float(stored["bias"]), float(stored["scale"]), float(stored["shift"]))


def as_json(forest: Forest) -> dict[str, Any]:
    trees = [[[f, round(t, 5), left, right, round(v, 5)] for f, t, left, right, v in tree] for tree in forest.trees]
    return {
        "names": list(forest.names),
        "trees": trees,
        "bias": forest.bias,
        "scale": forest.scale,
        "shift": forest.shift,
    }
