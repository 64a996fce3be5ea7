"""Bench: is "this concept needs that one" told rightly in a domain that was never seen?

    python -m bench.prerequisites --train-domains F.pairs [F.pairs ...] --test-domain F.pairs

AL-CPL form: "A,B" says that B may be needed for A; the true ones stand in the .preqs file beside the .pairs file.
Only the names are used, with the bundled embedding of their meaning. `direction_accuracy` is on the related pairs
only: which of the two comes first?

A trapdoor that is not used: positives are listed in both directions, so a pair whose reverse is missing from the file
is always a negative (1,144 of 1,144 in the two domains at hand). A course has no such list, so no feature looks at
which pairs there are.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score

from knowledge.embedding import Embedder, open_embedder
from tutor.learner.logit import FloatArray
from tutor.learner.prerequisites import PHRASES, PrerequisiteModel, compare_skill_names

RIDGE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class PrerequisitePairs:
    """The labelled pairs of one domain as rows of features, and the rows of their reverses."""

    rows: FloatArray
    reverses: FloatArray
    needed: FloatArray


def read(path: Path, embedder: Embedder) -> PrerequisitePairs:
    pairs, true = _pairs(path), set(_pairs(path.with_suffix(".preqs")))
    concepts = sorted({concept for pair in pairs for concept in pair})
    names = [concept.replace("_", " ").replace(" (", ", ").replace(")", "") for concept in concepts]
    place = {concept: at for at, concept in enumerate(concepts)}
    course = compare_skill_names(names, _embed_names(embedder, names), _embed_names(embedder, PHRASES))
    return PrerequisitePairs(
        rows=np.array([course.feature_row(place[a], place[b]) for a, b in pairs]),
        reverses=np.array([course.feature_row(place[b], place[a]) for a, b in pairs]),
        needed=np.array([pair in true for pair in pairs], dtype=float),
    )


def _pairs(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[0], row[1]) for row in csv.reader(file) if len(row) == 2]


def _embed_names(embedder: Embedder, texts: Sequence[str]) -> FloatArray:
    return np.asarray(embedder.embed_passages(texts), dtype=np.float64)


def fit(domains: Sequence[PrerequisitePairs]) -> PrerequisiteModel:
    """Fit on all training domains; the threshold is the one with the best F1 there."""
    rows, needed = np.concatenate([d.rows for d in domains]), np.concatenate([d.needed for d in domains])
    model = LogisticRegression(C=RIDGE).fit(rows, needed)
    likely = model.predict_proba(rows)[:, 1]
    least = max(np.quantile(likely, np.linspace(0.05, 0.95, 91)), key=lambda t: f1_score(needed, likely >= t))
    return PrerequisiteModel("bench", tuple(model.coef_[0].tolist()), float(model.intercept_[0]), float(least))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.prerequisites", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--train-domains", type=Path, nargs="+", required=True)
    parser.add_argument("--test-domain", type=Path, required=True)
    options = parser.parse_args()
    embedder = open_embedder("bundled", Path("var"))
    weights = fit([read(path, embedder) for path in options.train_domains])
    test = read(options.test_domain, embedder)
    likely = np.array([weights.probability(row) for row in test.rows])
    backwards = np.array([weights.probability(row) for row in test.reverses])
    related = test.needed == 1
    print("weights " + ", ".join(f"{w:+.2f}" for w in weights.weights))
    figures = {
        "f1": round(float(f1_score(test.needed, likely >= weights.threshold)), 4),
        "auc": round(float(roc_auc_score(test.needed, likely)), 4),
        "direction_accuracy": round(float(np.mean(likely[related] > backwards[related])), 4),
        "f1_all_needed": round(float(2 * related.mean() / (1 + related.mean())), 4),
        "pairs": len(likely),
        "train": [path.stem for path in options.train_domains],
        "test": options.test_domain.stem,
        "hardware": f"{platform.machine()}, CPU",
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
