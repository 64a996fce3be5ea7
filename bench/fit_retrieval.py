"""Fit `knowledge/ranking.json`: the order of candidates, and the chance that the best one answers the question.

    python -m bench.fit_retrieval --english P.jsonl Q.jsonl --chinese P.jsonl Q.jsonl --work DIR

Order: a linear model over the evidence, by softmax over the candidates of each question. Chance: logistic regression
over the evidence of the best candidate, for questions about documents in the index against questions about documents
left out. Both over courses of several sizes cut from the sets, so that they fit small courses as well as large ones.
The printed figures are from folds by document: no document is in both parts. Some minutes, after the embedding.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from bench.retrieval_corpora import Corpus, build_index, cached_vectors, commit, rank_of, read_corpus, retrieval_scores
from knowledge.embedding import Embedder
from knowledge.ranking import find_candidates
from knowledge.retrieval_features import FUSED_FEATURES, LEXICAL_FEATURES
from knowledge.sentence_embedder import open_embedder

FOLDS = 4
SIZE_DEPENDENT = ("bm25", "length")  # on the size of course and passage: for the order, not for the coverage
RECALL = 0.95  # share of the covered questions at which false accepts are counted
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RetrievalCase:
    """One question in one course: its candidates, and the index of the gold one (None: not covered, or not found)."""

    evidence: Numbers
    gold: int | None
    covered: bool
    fold: int
    whole: bool  # in the course of all documents


def main() -> None:
    arguments = _arguments()
    embedder = open_embedder("minilm", arguments.work)
    english = _load_cases(read_corpus(*arguments.english), embedder, arguments.work / "english.npz", arguments.sample)
    chinese = _load_cases(read_corpus(*arguments.chinese), embedder, arguments.work / "chinese.npz", arguments.sample)
    card: dict[str, Any] = {
        "fitted_by": "bench/fit_retrieval.py",
        "fitted_on": "fused: SQuAD 1.1 (24 articles of the development set); lexical: CMRC 2018 (trial split)",
        "embedder": embedder.name,
        "commit": commit(),
    }
    fused, fused_figures = fit(english, FUSED_FEATURES)
    lexical, lexical_figures = fit(chinese, LEXICAL_FEATURES)
    card |= {"held_out": {"fused": fused_figures, "lexical": lexical_figures}}
    stored = json.loads(arguments.out.read_text("utf-8")) if arguments.out.is_file() else {"card": {}}
    stored |= {"card": stored["card"] | card, "fused": fused, "lexical": lexical}  # the multilingual part stays
    arguments.out.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(json.dumps(card["held_out"]))


def fit(asked: Sequence[RetrievalCase], names: Sequence[str]) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the models as they are stored, and figures on held-out documents."""
    ranks: list[int | None] = []
    chances, labels = [], []
    for fold in range(FOLDS):
        order, answers, bias = _fit([a for a in asked if a.fold != fold], names)
        for one in (a for a in asked if a.fold == fold):
            best = np.argsort(-(one.evidence @ order), kind="stable")
            if one.whole and one.covered:
                ranks.append(rank_of(best.tolist(), one.gold) if one.gold is not None else None)
            chances.append(float(one.evidence[best[0]] @ answers + bias))
            labels.append(one.covered)
    order, answers, bias = _fit(asked, names)
    models = {
        "order": dict(zip(names, _rounded(order), strict=True)),
        "answers": {**dict(zip(names, _rounded(answers), strict=True)), "bias": round(bias, 4)},
    }
    return models, {**retrieval_scores(ranks), **coverage_figures(np.asarray(chances), np.asarray(labels))}


def coverage_figures(chances: Numbers, labels: NDArray[np.bool_]) -> dict[str, float]:
    """Return how well the chances tell covered questions from the others."""
    cut = np.quantile(chances[labels], 1 - RECALL)
    return {
        "auc": round(float(roc_auc_score(labels, chances)), 4),
        "false_accepts": round(float((chances[~labels] > cut).mean()), 4),
        "accepted_covered": round(float((chances[labels] >= 0).mean()), 4),
        "accepted_uncovered": round(float((chances[~labels] >= 0).mean()), 4),
    }


def _fit(asked: Sequence[RetrievalCase], names: Sequence[str]) -> tuple[Numbers, Numbers, float]:
    order = fit_order([a for a in asked if a.gold is not None])
    best = np.stack([a.evidence[np.argmax(a.evidence @ order)] for a in asked])
    covered = np.asarray([a.covered for a in asked])
    free = np.asarray([name not in SIZE_DEPENDENT for name in names])
    weights = np.zeros(len(names))
    weights[free], bias = fit_chance(best[:, free], covered)
    return order, weights, bias


def fit_chance(
    best: Numbers, covered: NDArray[np.bool_], signed: NDArray[np.bool_] | None = None
) -> tuple[Numbers, float]:
    """Return weights and bias of the chance that a course covers a question, from equally many of both kinds.

    No weight is negative: more evidence never lowers the chance. `signed` excepts the columns where it is false.
    """
    lowest = [0.0] * best.shape[1] if signed is None else [0.0 if one else None for one in signed]
    scale = best.std(0) + 1e-6
    table = np.column_stack([(best - best.mean(0)) / scale, np.ones(len(best))])
    sign = np.where(covered, 1.0, -1.0)
    share = np.where(covered, 0.5 / covered.mean(), 0.5 / (1 - covered.mean()))

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        margin = sign * (table @ weights)
        pull = -sign * share * np.exp(-np.logaddexp(0, margin))
        value = (share * np.logaddexp(0, -margin)).mean() + 1e-3 * weights[:-1] @ weights[:-1]
        return float(value), table.T @ pull / len(table) + 2e-3 * np.append(weights[:-1], 0.0)

    bounds = [(low, None) for low in lowest] + [(None, None)]
    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = np.asarray(found.x[:-1] / scale)
    return weights, float(found.x[-1] - best.mean(0) @ weights)


def fit_order(asked: Sequence[RetrievalCase], ridge: float = 1e-3) -> Numbers:
    """Return weights under which the gold candidate of each question wins, by softmax over its candidates."""
    table = np.concatenate([a.evidence for a in asked])
    scale = table.std(0) + 1e-6
    table = (table - table.mean(0)) / scale
    counts = np.asarray([len(a.evidence) for a in asked])
    first = np.cumsum(counts) - counts
    gold = first + np.asarray([a.gold for a in asked])

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        logits = table @ weights
        logits -= np.repeat(np.maximum.reduceat(logits, first), counts)
        masses = np.exp(logits)
        totals = np.add.reduceat(masses, first)
        masses /= np.repeat(totals, counts)
        value = (np.log(totals) - logits[gold]).mean() + ridge * weights @ weights
        return float(value), (masses @ table - table[gold].sum(0)) / len(asked) + 2 * ridge * weights

    return np.asarray(minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x / scale)


def _rounded(weights: Numbers) -> list[float]:
    return [round(float(w), 5) for w in weights]


def _load_cases(corpus: Corpus, embedder: Embedder, cache: Path, sample: int) -> list[RetrievalCase]:
    vectors, asked_vectors = cached_vectors(corpus, embedder, cache)
    titles = sorted(set(corpus.titles))
    random = np.random.default_rng(7)
    folds = {title: int(f) for title, f in zip(titles, random.permutation(len(titles)) % FOLDS, strict=True)}
    found: list[RetrievalCase] = []
    for part in sub_courses(titles, random):
        course = corpus.subset(set(part))
        index = build_index(course, embedder, vectors)
        chosen = sample_questions(course, sample if len(part) < len(titles) else len(corpus.questions), random)
        for number in chosen:
            question, original = course.questions[number], corpus.questions[number]
            assert original.gold is not None
            candidates = find_candidates(index, question.text, asked_vectors[number])
            if len(candidates.rows) == 0:
                continue
            gold = rank_of(candidates.rows.tolist(), question.gold) if question.gold is not None else None
            fold = folds[corpus.titles[original.gold]]
            evidence = candidates.features.astype(np.float64)
            found.append(RetrievalCase(evidence, gold, question.gold is not None, fold, len(part) == len(titles)))
    return found


def sub_courses(titles: list[str], random: np.random.Generator) -> Iterator[list[str]]:
    """Yield all documents, then halves, sixths and smaller courses of them."""
    yield titles
    for share in (2, 2, 2, 2, 6, 6, 6, 24, 24, 24, 24, 24, 24):
        yield [titles[i] for i in random.permutation(len(titles))[: max(1, len(titles) // share)]]


def sample_questions(course: Corpus, sample: int, random: np.random.Generator) -> list[int]:
    """Return at most `sample` questions that the course covers, and as many that it does not."""
    covered = np.asarray([q.gold is not None for q in course.questions])
    groups = (random.permutation(np.flatnonzero(covered == side))[:sample] for side in (True, False))
    return [int(i) for group in groups for i in group]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit knowledge/ranking.json.")
    for name in ("--english", "--chinese"):
        parser.add_argument(name, nargs=2, type=Path, required=True, metavar=("PARAGRAPHS", "QUESTIONS"))
    parser.add_argument("--work", type=Path, required=True, help="folder that stores the vectors between runs")
    parser.add_argument("--sample", type=int, default=600, help="number of questions of each kind in a smaller course")
    parser.add_argument("--out", type=Path, default=Path("knowledge/ranking.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
