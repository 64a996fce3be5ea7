"""Measure the calibration of the support check on claims; with `--fit`, fit `knowledge/support.json`.

    python -m bench.attribution --paragraphs P.jsonl --questions Q.jsonl [--scifact CORPUS CLAIMS] [--fit]

Claims are built from questions and answers (`bench.attribution_claims`). Printed for the shipped weights, and for a
logistic regression in folds by article: the share of supported claims that get a quote, the share of unsupported
claims that get one, by kind, and the calibration error (`ece`). SciFact is never used for fitting. Some ten minutes.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from bench.attribution_claims import Claim, build_claims
from bench.fit_retrieval import fit_chance
from bench.retrieval_corpora import commit, hardware, read_jsonl
from knowledge import attribution
from knowledge.embedding import Embedder
from knowledge.sentence_embedder import open_embedder

FOLDS = 4
MOST_LET_THROUGH = 0.05  # of the unsupported claims; it sets the threshold
Numbers = NDArray[np.float64]
Rows = list[Numbers]


def main() -> None:
    arguments = _arguments()
    embedder = open_embedder("bundled", arguments.cache)
    claims = build_claims(arguments.paragraphs, arguments.questions, embedder, arguments.vectors, arguments.sample)
    rows = evidence(claims, embedder)
    result: dict[str, Any] = {"benchmark": "support", "claims": len(claims), "shipped": shipped_metrics(claims, rows)}
    if arguments.fit:
        stored, held_out = fit(claims, rows)
        support_file = Path(attribution.__file__).with_name("support.json")
        support_file.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
        attribution.load_attribution_model.cache_clear()
        result["fitted"] = held_out
    if arguments.scifact:
        abstracts = scifact(*arguments.scifact)
        result["scifact"] = shipped_metrics(abstracts, evidence(abstracts, embedder))
    print(json.dumps(result | {"hardware": hardware(), "commit": commit()}))


def evidence(claims: Sequence[Claim], embedder: Embedder) -> Rows:
    """Return for each claim a row of features for each source that may support it; none if the rules exclude all."""
    found: Rows = []
    for start in range(0, len(claims), 200):
        part = claims[start : start + 200]
        lists = [[pair for pair in _claim_passage_pairs(claim) if pair.is_consistent] for claim in part]
        cosine = attribution.cosine_similarities([pair for pairs in lists for pair in pairs], embedder)
        for pairs in lists:
            rows = [pair.features(cosine.get((pair.claim, pair.source.text), pair.word_overlap)) for pair in pairs]
            found.append(np.asarray(rows, np.float64).reshape(-1, len(attribution.FEATURES)))
    return found


def _claim_passage_pairs(claim: Claim) -> list[attribution.ClaimSourcePair]:
    sources = [source for at, text in enumerate(claim.passages) for source in attribution.source_spans(at, text)]
    return attribution.shortlist_sources(claim.text, sources)


def shipped_metrics(claims: Sequence[Claim], rows: Rows) -> dict[str, Any]:
    stored = attribution.load_attribution_model()
    weights = np.asarray([stored.weights[name] for name in attribution.FEATURES])
    return attribution_metrics(
        claims, np.asarray([_best_probability(row, weights, stored.bias) for row in rows]), stored.threshold
    )


def _best_probability(rows: Numbers, weights: Numbers, bias: float) -> float:
    return float(1 / (1 + np.exp(-(rows @ weights + bias).max()))) if len(rows) else 0.0


def attribution_metrics(claims: Sequence[Claim], chances: Numbers, threshold: float) -> dict[str, Any]:
    true = np.asarray([claim.supported for claim in claims])
    kinds = sorted({claim.kind for claim in claims if not claim.supported})
    of_kind = {kind: np.asarray([claim.kind == kind for claim in claims]) for kind in kinds}
    return {
        "auc": round(float(roc_auc_score(true, chances)), 4),
        "quoted_supported": _share_true(chances[true] >= threshold),
        "quoted_unsupported": _share_true(chances[~true] >= threshold),
        "by_kind": {kind: _share_true(chances[rows] >= threshold) for kind, rows in of_kind.items()},
        "ece": _ece(chances, true),
        "threshold": round(threshold, 3),
    }


def _share_true(these: NDArray[np.bool_]) -> float:
    return round(float(these.mean()), 4)


def _ece(chances: Numbers, true: NDArray[np.bool_]) -> float:
    """Return the mean distance of score and truth over ten bins; supported and unsupported claims weigh the same."""
    mass = np.where(true, 0.5 / true.sum(), 0.5 / (~true).sum())
    bins = np.minimum((chances * 10).astype(int), 9)
    gaps = [abs((mass * (chances - true))[bins == b].sum()) for b in range(10)]
    return round(float(np.sum(gaps)), 4)


def fit(claims: Sequence[Claim], rows: Rows) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the weights as they are stored, and figures in folds by article."""
    articles = sorted({claim.article for claim in claims})
    fold = {a: i % FOLDS for i, a in enumerate(np.random.default_rng(3).permutation(articles).tolist())}
    of = np.asarray([fold[claim.article] for claim in claims])
    chances = np.zeros(len(claims))
    for number in range(FOLDS):
        weights, bias = _fit(
            [c for c, f in zip(claims, of, strict=True) if f != number],
            [r for r, f in zip(rows, of, strict=True) if f != number],
        )
        for at in np.flatnonzero(of == number):
            chances[at] = _best_probability(rows[at], weights, bias)
    threshold = _threshold(claims, chances)
    held_out = attribution_metrics(claims, chances, threshold)
    weights, bias = _fit(claims, rows)
    card = {
        "fitted_by": "bench/attribution.py",
        "fitted_on": f"{len(claims)} claims made of SQuAD 1.1 questions and answers (24 articles)",
        "threshold": f"at most {MOST_LET_THROUGH} of the unsupported of the held-out articles get a quote",
        "held_out": held_out,
        "commit": commit(),
    }
    named = dict(zip(attribution.FEATURES, (round(float(w), 4) for w in weights), strict=True))
    return {"card": card, "weights": named, "bias": round(bias, 4), "threshold": round(threshold, 3)}, held_out


def _threshold(claims: Sequence[Claim], chances: Numbers) -> float:
    untrue = np.asarray([not claim.supported for claim in claims])
    return float(np.quantile(chances[untrue], 1 - MOST_LET_THROUGH))


def _fit(claims: Sequence[Claim], rows: Rows) -> tuple[Numbers, float]:
    """Fit on the best source of each claim; the best one depends on the weights, so the fit is repeated three times."""
    known = [(claim.supported, row) for claim, row in zip(claims, rows, strict=True) if len(row)]
    labels = np.asarray([supported for supported, _ in known])
    weights, bias = np.ones(len(attribution.FEATURES)), 0.0
    for _ in range(3):
        best = np.stack([row[int(np.argmax(row @ weights))] for _, row in known])
        weights, bias = fit_chance(best, labels)
    return weights, bias


def scifact(corpus: Path, claims: Path) -> list[Claim]:
    """Return the claims of SciFact with a cited abstract: supported by it, or contradicted, or neither."""
    texts = {str(row["doc_id"]): row["text"] for row in read_jsonl(corpus)}
    found = []
    for row in read_jsonl(claims):
        for document in re.findall(r"\d+", str(row["cited"])):
            verdict = row["evidence"].get(document, "NEITHER")
            if document in texts:
                found.append(Claim(row["claim"], (texts[document],), verdict == "SUPPORT", verdict.lower(), row["id"]))
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure and fit the support check.")
    parser.add_argument("--paragraphs", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--scifact", nargs=2, type=Path, metavar=("CORPUS", "CLAIMS"))
    parser.add_argument("--sample", type=int, default=1500)
    parser.add_argument("--fit", action="store_true", help="write knowledge/support.json")
    parser.add_argument("--vectors", type=Path, help="file that stores the vectors between runs")
    parser.add_argument("--cache", type=Path, default=Path("var/models"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
