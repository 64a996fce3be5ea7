"""Measure, and fit, the judge of generated questions against labels that a person gave.

    python -m bench.items --labels bench/item_labels.jsonl [--books DIR ...] [--fit]

A label belongs to the question with its fingerprint (`item_books.py`) and says who would answer it (`learnt`: a student
who learnt the passage, `reader`: only somebody with the sentence before them, `nobody`) and what is wrong with it. A
question is worth asking where a student would answer it and nothing is wrong. Rows hold the features of their questions
and no text; `--books` computes them anew from the folders of Markdown chapters, which are named like the books of the
rows. Printed are the shares worth asking of the held-out questions before the judge and of those that it keeps.
Seconds; a minute a book.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bench.item_books import BookItem, book_items
from bench.retrieval_corpora import commit, hardware, read_jsonl
from tutor.assessment.item_judge.features import Features
from tutor.assessment.item_judge.judge import MODEL_FILE, ItemJudge, load_item_judge
from tutor.assessment.logistic import LogisticModel

TUNING, HELD_OUT = "tuning", "held_out"
PENALTY = 0.01  # C of the logistic model on standardised features
AIM = 0.825  # share worth asking of the kept questions, in cross-validation; fixes the threshold
FEATURES_FILE = "item_features.json.gz"
_NO_FEATURES: dict[str, Features] = {"features": {}, "section_features": {}}


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of one question. `sample`: drawn from all candidates, or from those that a judge kept."""

    book: str
    document: str
    item: str
    kind: str
    split: str
    sample: str
    who: str
    faults: tuple[str, ...]
    features: Features  # in the course of the whole book
    section_features: Features  # in a course of its section alone

    @property
    def worth(self) -> bool:
        return self.who == "learnt" and not self.faults


def read_labels(path: Path) -> list[Label]:
    """Return the labels of a file with the features that are stored beside it."""
    features = json.loads(gzip.decompress(path.with_name(FEATURES_FILE).read_bytes()))
    rows = [
        row | {"faults": tuple(row["faults"])} | features.get(row["item"], _NO_FEATURES) for row in read_jsonl(path)
    ]
    return [Label(**row) for row in rows]


def write_labels(path: Path, labels: Sequence[Label]) -> None:
    """Write the labels as JSON lines, and their features, which are made from the books, to a file beside it."""
    rows = [{name: value for name, value in asdict(one).items() if name not in _NO_FEATURES} for one in labels]
    path.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows), "utf-8")
    features = {one.item: {name: getattr(one, name) for name in _NO_FEATURES} for one in labels}
    packed = gzip.compress(json.dumps(features, separators=(",", ":"), sort_keys=True).encode(), mtime=0)
    path.with_name(FEATURES_FILE).write_bytes(packed)


def with_features(labels: Sequence[Label], folders: Sequence[Path]) -> list[Label]:
    """Return the labels with the features of today's code; those whose question is no longer made are left out."""
    made = {one.fingerprint: one for folder in folders for one in book_items(folder)}
    read = {folder.name for folder in folders}
    return [_refreshed(one, made.get(one.item)) for one in labels if one.book not in read or one.item in made]


def _refreshed(label: Label, made: BookItem | None) -> Label:
    if made is None:
        return label
    features, section_features = rounded(made.features), rounded(made.section_features)
    return replace(label, document=made.document, features=features, section_features=section_features)


def rounded(features: Mapping[str, float]) -> Features:
    return {name: round(value, 3) for name, value in sorted(features.items()) if value}


def fit_model(labels: Sequence[Label]) -> LogisticModel:
    """Return the model over all features of the labels, in their own scale."""
    rows = [(some, one.worth) for one in labels for some in (one.features, one.section_features)]
    names = sorted({name for some, _ in rows for name in some})
    x = np.array([[some.get(name, 0.0) for name in names] for some, _ in rows])
    scaler = StandardScaler().fit(x)
    fitted = LogisticRegression(C=PENALTY, max_iter=2_000)
    fitted.fit(scaler.transform(x), [worth for _, worth in rows])
    weights = fitted.coef_[0] / scaler.scale_
    bias = float(fitted.intercept_[0] - (weights * scaler.mean_).sum())
    return LogisticModel(dict(zip(names, map(float, weights), strict=True)), bias)


def out_of_fold(labels: Sequence[Label]) -> list[float]:
    """Return the probability of each label by a model that was fitted without its document."""
    found = [0.0] * len(labels)
    for place in sorted({(one.book, one.document) for one in labels}):
        model = fit_model([one for one in labels if (one.book, one.document) != place])
        for at, one in enumerate(labels):
            if (one.book, one.document) == place:
                found[at] = model.probability(one.features)
    return found


def choose_threshold(labels: Sequence[Label], probabilities: Sequence[float]) -> float:
    """Return the lowest threshold from which on the kept questions are worth asking as often as aimed at."""
    best = 0.95
    for threshold in np.arange(0.94, 0.3, -0.01):
        kept = [one.worth for one, p in zip(labels, probabilities, strict=True) if p >= threshold]
        if kept and sum(kept) / len(kept) < AIM:
            break
        best = float(threshold)
    return round(best, 2)


def measure(labels: Sequence[Label], judge: ItemJudge) -> dict[str, Any]:
    """Return the shares worth asking, of candidates and of what the judge keeps, in all, by glossary, kind and book."""
    kept = [judge.model.probability(one.features) >= judge.threshold for one in labels]
    described = [bool(one.features.get("glossary")) for one in labels]
    groups = {"all": [True] * len(labels), "glossary": described, "no_glossary": [not one for one in described]}
    groups |= {kind: [one.kind == kind for one in labels] for kind in sorted({one.kind for one in labels})}
    groups |= {book: [one.book == book for one in labels] for book in sorted({one.book for one in labels})}
    return {name: _shares(labels, kept, chosen) for name, chosen in groups.items()}


def _shares(labels: Sequence[Label], kept: Sequence[bool], chosen: Sequence[bool]) -> dict[str, float | int | None]:
    here = [(one, is_kept) for one, is_kept, is_here in zip(labels, kept, chosen, strict=True) if is_here]
    candidates = [one.worth for one, _ in here if one.sample == "candidates"]
    after = [one.worth for one, is_kept in here if is_kept]
    found = [is_kept for one, is_kept in here if one.worth]
    return {
        "labels": len(here),
        "worth_before": _share(candidates),
        "kept": len(after),
        "worth_after": _share(after),
        "good_kept": _share(found),
    }


def _share(flags: Sequence[bool]) -> float | None:
    return round(sum(flags) / len(flags), 3) if flags else None


def fit(labels: Sequence[Label]) -> ItemJudge:
    """Fit the judge on the tuning labels and write it to the product."""
    tuning = [one for one in labels if one.split == TUNING]
    threshold = choose_threshold(tuning, out_of_fold(tuning))
    model = fit_model(tuning)
    weights = {name: float(f"{weight:.5g}") for name, weight in sorted(model.weights.items())}
    version = hashlib.sha256(json.dumps([weights, threshold]).encode()).hexdigest()[:8]
    stored = {
        "worth_asking": {"bias": float(f"{model.bias:.5g}"), "weights": weights},
        "keep": {"threshold": threshold, "version": version},
    }
    MODEL_FILE.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", "utf-8")
    return ItemJudge(LogisticModel(weights, model.bias), threshold, version)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True, metavar="FILE")
    parser.add_argument("--books", type=Path, nargs="*", default=[], metavar="DIR", help="compute the features anew")
    parser.add_argument("--fit", action="store_true", help="fit the judge on the tuning labels and write it")
    options = parser.parse_args()
    labels = read_labels(options.labels)
    if options.books:
        labels = with_features(labels, options.books)
        write_labels(options.labels, labels)
    judge = fit(labels) if options.fit else load_item_judge()
    held_out = [one for one in labels if one.split == HELD_OUT]
    run = {"bench": "items", "hardware": hardware(), "commit": commit(), "labels": len(labels)}
    print(json.dumps({**run, "threshold": judge.threshold, "held_out": measure(held_out, judge)}))


if __name__ == "__main__":
    main()
