"""Compare the leak guard with people's labels of tutor replies that reveal the answer.

    python -m bench.leak_guard --conversations mrbench_v2.json [--fit tutor/pedagogy/leak_model.json]

A reply whose label begins with "Yes (and" reveals the answer. `f1` is that of the shipped model, which was fitted on
these rows and is therefore too optimistic. Quote `f1_cross_validated` instead: it is from models fitted in ten folds
of whole conversations (its threshold is chosen on the same probabilities, which adds about one point). Half a minute.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from sklearn.linear_model import LogisticRegression

from tutor.maths.numbers import read_numbers
from tutor.pedagogy.leak_features import Utterance, extract_leak_features
from tutor.pedagogy.leak_guard import check_leak

FOLDS, C = 10, 1.0
_TURN = re.compile(r"(?:^|\n)\s*(?=(?:Tutor|Student|Teacher)\s*:)")
_SPEAKER = re.compile(r"\s*(Tutor|Student|Teacher)\s*:\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LabelledReply:
    """One reply with its label."""

    conversation: str
    draft: str
    lines: tuple[Utterance, ...]
    keys: tuple[str, ...]
    reveals: bool


def load_replies(path: Path) -> list[LabelledReply]:
    rows = []
    for item in json.loads(path.read_text(encoding="utf-8")):
        solution = item.get("Ground_Truth_Solution", "Not Available").strip()
        keys = () if solution in ("", "Not Available") else (solution.splitlines()[-1].strip(),)
        lines = tuple(_lines(item["conversation_history"]))
        group = " ".join(item["conversation_history"].split())[:200]
        for reply in item["anno_llm_responses"].values():
            label = reply["annotation"]["Revealing_of_the_Answer"]
            rows.append(LabelledReply(group, reply["response"], lines, keys, label.startswith("Yes (and")))
    return rows


def _lines(history: str) -> list[Utterance]:
    parts = [_SPEAKER.match(part) for part in _TURN.split(re.sub(r"\s*\n\s*", "\n", history.replace("\xa0", "\n")))]
    return [Utterance("learner" if m[1] == "Student" else "tutor", " ".join(m[2].split())) for m in parts if m]


def f1_scores(truth: Sequence[bool], predicted: Sequence[bool]) -> dict[str, float]:
    hits = sum(t and s for t, s in zip(truth, predicted, strict=True))
    precision, recall = hits / max(1, sum(predicted)), hits / max(1, sum(truth))
    return {"f1": 2 * hits / max(1, sum(predicted) + sum(truth)), "precision": precision, "recall": recall}


def design_matrix(rows: Sequence[LabelledReply]) -> tuple[list[str], np.ndarray[Any, Any]]:
    described = [extract_leak_features(row.draft, row.lines, row.keys) for row in rows]
    names = sorted(set().union(*described))
    return names, np.array([[one.get(name, 0.0) for name in names] for one in described])


def cross_validate(
    rows: Sequence[LabelledReply], x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Return a probability for every row from models that were not fitted on its conversation; mean of three splits."""
    groups = sorted({row.conversation for row in rows})
    total = np.zeros(len(rows))
    for seed in range(3):
        fold_of = dict(zip(groups, np.random.default_rng(seed).permutation(len(groups)) % FOLDS, strict=True))
        folds = np.array([fold_of[row.conversation] for row in rows])
        for fold in range(FOLDS):
            model = LogisticRegression(C=C, max_iter=5000).fit(x[folds != fold], y[folds != fold])
            total[folds == fold] += model.predict_proba(x[folds == fold])[:, 1] / 3
    return total


def best_threshold(probabilities: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> float:
    """Return the middle of the thresholds whose F1 is within .01 of the best: more stable than the best one."""
    grid = np.linspace(0.2, 0.8, 61)
    f1 = np.array([f1_scores(list(y), list(probabilities >= t))["f1"] for t in grid])
    return float(np.median(grid[f1 >= f1.max() - 0.01]))


def fit(rows: Sequence[LabelledReply], out: Path, threshold: float) -> None:
    names, x = design_matrix(rows)
    model = LogisticRegression(C=C, max_iter=5000).fit(x, [row.reveals for row in rows])
    weights = {name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True) if abs(w) >= 5e-4}
    stored = {"bias": round(float(model.intercept_[0]), 4), "threshold": round(threshold, 3), "weights": weights}
    out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def has_numeric_match(row: LabelledReply) -> bool:
    """Whether the reply contains the number of the key: the plain baseline."""
    wanted = {abs(m.value) for key in row.keys for m in read_numbers(key)[-1:]}
    return bool(wanted & {abs(m.value) for m in read_numbers(row.draft)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=Path, required=True)
    parser.add_argument("--fit", type=Path, help="fit on these rows and write the model to this file")
    arguments = parser.parse_args()
    rows = load_replies(arguments.conversations)
    y = np.array([row.reveals for row in rows])
    _, x = design_matrix(rows)
    held_out = cross_validate(rows, x, y)
    threshold = best_threshold(held_out, y)
    if arguments.fit:
        fit(rows, arguments.fit, threshold)
    started = time.perf_counter()
    predicted = [check_leak(row.draft, row.lines, row.keys).leaks for row in rows]
    took = time.perf_counter() - started
    baseline = f1_scores(list(y), [has_numeric_match(row) for row in rows])
    result = {
        "bench": "leak",
        "workload": arguments.conversations.name,
        "hardware": f"{platform.machine()} CPU",
        "model": "logistic signs + rules",
        "replies": len(rows),
        "reveals": int(y.sum()),
        **{name: round(value, 4) for name, value in f1_scores(list(y), predicted).items()},
        "f1_cross_validated": round(f1_scores(list(y), cast("list[bool]", list(held_out >= threshold)))["f1"], 4),
        "f1_numeric_match": round(baseline["f1"], 4),
        "ms_per_reply": round(1000 * took / len(rows), 2),
    }
    for name, value in result.items():
        print(f"{name:22} {value}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
