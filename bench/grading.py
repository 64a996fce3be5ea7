"""Bench: short answers graded by the shipped method, fitted on the training rows that are given.

    python -m bench.grading --train F... [--test F...] [--hold-out answers|questions|modules]
                            [--fit MODEL.json] [--cache F.npz]

Rows are of the SemEval-2013 task 7 form. Without --test a fifth of the training rows is held out: some answers of every
question, whole questions, or whole modules. Answers of the training rows to the same question count as graded by a
person; `by_k` grades every test row with 0, 5 and 20 graded answers of its question (for a new question they are drawn
from the other test rows). The embedder's vectors are kept in --cache.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

from knowledge.embedding import open_embedder
from tutor.assessment.logistic import Logistic
from tutor.assessment.pairs import Case, Reader, Text, Vectors, features, neighbours

KS = (0, 5, 20)
ALL = 10_000
SEED = 13
Named = dict[str, float]


class CachedEmbedder:
    """The bundled embedder with its vectors kept in a file between runs."""

    def __init__(self, cache: Path | None) -> None:
        self._embedder = open_embedder("bundled", Path("var/models"))
        self._cache = cache
        self._vectors: dict[str, Vectors] = {}
        if cache and cache.exists():
            with np.load(cache, allow_pickle=False) as stored:
                self._vectors = dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in texts if text not in self._vectors]
        for start in range(0, len(new), 512):
            part = new[start : start + 512]
            self._vectors |= zip(part, self._embedder.embed_passages(part), strict=True)
        return np.stack([self._vectors[text] for text in texts])

    def save(self) -> None:
        if self._cache:
            np.savez(self._cache, texts=np.array(list(self._vectors)), vectors=np.stack(list(self._vectors.values())))


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled answer."""

    group: str  # file and question
    module: str
    question: str
    references: tuple[str, ...]
    answer: str
    right: bool
    label: str  # of three


def load(paths: Sequence[Path]) -> list[Row]:
    rows = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            question, three = f"{item.get('dataset', '')}/{item['qid']}", item.get("label_3way", item["label_2way"])
            right = item["label_2way"] == "correct"
            rows.append(
                Row(
                    question,
                    item.get("module", ""),
                    item["question"],
                    tuple(item["references"]),
                    item["answer"],
                    right,
                    three,
                )
            )
    return rows


def hold_out(rows: Sequence[Row], by: str) -> tuple[list[Row], list[Row]]:
    """A fifth of the rows aside, by answer, question or module; the same fifth every time."""
    key = {
        "answers": lambda n, row: str(n),
        "questions": lambda n, row: row.group,
        "modules": lambda n, row: row.module,
    }[by]
    groups = sorted({key(n, row) for n, row in enumerate(rows)})
    aside = set(random.Random(SEED).sample(groups, max(1, len(groups) // 5)))
    split: tuple[list[Row], list[Row]] = ([], [])
    for n, row in enumerate(rows):
        split[key(n, row) in aside].append(row)
    return split


class Workbench:
    """Rows read once, and their features with so many graded answers of the same question."""

    def __init__(self, rows: Sequence[Row], reader: Reader, graded: Sequence[Row]) -> None:
        self.rows = rows
        self._answers = reader.read([row.answer for row in rows])
        self._base = [self._describe(row, text, reader) for row, text in zip(rows, self._answers, strict=True)]
        self._graded: dict[str, list[tuple[Row, Text, bool]]] = defaultdict(list)
        for row, text in zip(graded, reader.read([row.answer for row in graded]), strict=True):
            self._graded[row.group].append((row, text, row.right))

    @staticmethod
    def _describe(row: Row, answer: Text, reader: Reader) -> Named:
        question, *references = reader.read([row.question, *row.references])
        return features(Case(question, tuple(references), answer))

    def features(self, k: int) -> list[Named]:
        """Features of every row with `k` graded answers of its question, itself never among them."""
        rng, described = random.Random(SEED), []
        for row, answer, base in zip(self.rows, self._answers, self._base, strict=True):
            others = [(text, right) for other, text, right in self._graded[row.group] if other is not row]
            picked = rng.sample(others, k) if k < len(others) else others
            described.append(base | neighbours(answer, picked))
        return described


def fit_logistic(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], names: Sequence[str]) -> Logistic:
    """Fitted on standardised features; the scaling is folded into the weights."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    model = LogisticRegression(C=0.1, max_iter=2000).fit((x - mean) / spread, y)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - weights @ mean)
    return Logistic({name: float(weight) for name, weight in zip(names, weights, strict=True)}, bias)


def fit(bench: Workbench) -> dict[str, Logistic]:
    """Two models: is it right, and, if not, does it contradict. Every row with 0, 5, 20 and all graded answers."""
    described = [(row, named) for k in (*KS, ALL) for row, named in zip(bench.rows, bench.features(k), strict=True)]
    names = sorted(set().union(*(named for _, named in described)))
    x = np.array([[named.get(name, 0.0) for name in names] for _, named in described])
    right = np.array([row.right for row, _ in described])
    models = {"right": fit_logistic(x, right, names)}
    against = np.array([row.label == "contradictory" for row, _ in described])
    if against.any():
        keep = ~right
        models["contradicts"] = fit_logistic(x[keep], against[keep], names)
    return models


def evaluate(models: dict[str, Logistic], bench: Workbench, k: int) -> dict[str, float]:
    described = bench.features(k)
    p = np.array([models["right"].probability(named) for named in described])
    y = np.array([row.right for row in bench.rows])
    sure = np.argsort(-np.abs(p - 0.5))[: int(0.6 * len(p))]
    against = np.array([models["contradicts"].probability(n) if "contradicts" in models else 0.0 for n in described])
    three = np.where(p >= 0.5, "correct", np.where(against >= 0.4, "contradictory", "incorrect"))
    return {
        "accuracy": float(accuracy_score(y, p >= 0.5)),
        "macro_f1": float(f1_score(y, p >= 0.5, average="macro")),
        "macro_f1_3way": float(f1_score([row.label for row in bench.rows], three, average="macro")),
        "accuracy_surest_60": float(accuracy_score(y[sure], p[sure] >= 0.5)),
    }


def milliseconds(rows: Sequence[Row], cache_free: Reader) -> float:
    """One answer at a time, its vectors and words not known before, references already read."""
    for row in rows:
        cache_free.read([row.question, *row.references])
    began = time.perf_counter()
    for row in rows:
        question, answer, *references = cache_free.read([row.question, row.answer, *row.references])
        features(Case(question, tuple(references), answer))
    return 1000 * (time.perf_counter() - began) / len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--test", type=Path, nargs="+")
    parser.add_argument("--hold-out", choices=("answers", "questions", "modules"), default="questions")
    parser.add_argument("--fit", type=Path, help="also fit on all training rows and write the model here")
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    embedder = CachedEmbedder(arguments.cache)
    reader = Reader(embedder, limit=500_000)
    train, test = load(arguments.train), load(arguments.test or [])
    everything = train
    if not test:
        train, test = hold_out(train, arguments.hold_out)
    known = {row.group for row in train}
    models = fit(Workbench(train, reader, train))
    main_bench = Workbench(test, reader, train)
    by_k_bench = Workbench(test, reader, [*train, *(row for row in test if row.group not in known)])
    result = evaluate(models, main_bench, ALL)
    by_k = {str(k): evaluate(models, by_k_bench, k) for k in KS}
    embedder.save()
    report = {
        "bench": "grading",
        "workload": f"{'+'.join(p.stem for p in arguments.train)}: {len(train)} train, {len(test)} test"
        + (f" ({'+'.join(p.stem for p in arguments.test)})" if arguments.test else f" (held-out {arguments.hold_out})"),
        "hardware": f"{platform.machine()} CPU",
        "model": "MiniLM vectors, words, neighbours: logistic",
        "seen_questions": round(sum(row.group in known for row in test) / max(1, len(test)), 3),
        **{name: round(value, 4) for name, value in result.items()},
        "by_k": {k: {n: round(v, 4) for n, v in values.items()} for k, values in by_k.items()},
        "ms_per_answer": round(milliseconds(test[:40], Reader(open_embedder("bundled", Path("var/models")))), 1),
    }
    if arguments.fit:
        shipped = fit(Workbench(everything, reader, everything))
        stored = {name: {"bias": model.bias, "weights": dict(model.weights)} for name, model in shipped.items()}
        arguments.fit.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    for name, value in report.items():
        print(f"{name:20} {value}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
