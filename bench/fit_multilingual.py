"""Fit the part `multilingual` of `knowledge/ranking.json`: for the embedder that reads several languages.

    python -m bench.fit_multilingual --english P.jsonl Q.jsonl --chinese P.jsonl Q.jsonl
        --parallel P.en.jsonl Q.en.jsonl P.zh.jsonl Q.zh.jsonl --work DIR

As `bench/fit_retrieval.py`, with one more kind of course: questions of a parallel set (XQuAD) about its passages in the
other language, and courses whose documents are in both. Candidates of each kind of `knowledge.ranking.KINDS` have
weights of their own, fitted together, so that their scores can be compared.
The printed figures are from folds by document. Ten minutes, after the embedding.

    python -m bench.fit_multilingual --english P.jsonl Q.jsonl --spaced-order --every 3 --work DIR

fits the order of passages in a script with spaces alone, on every third question, and keeps all other weights. The new
scores get the mean and the lead of the old ones, so that they can still be compared with those of other passages.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.fit_retrieval import (
    FOLDS,
    SIZE_DEPENDENT,
    Numbers,
    RetrievalCase,
    coverage_figures,
    fit_chance,
    fit_order,
    sample_questions,
    sub_courses,
)
from bench.retrieval_corpora import (
    Corpus,
    build_index,
    cached_vectors,
    commit,
    rank_of,
    read_corpus,
    retrieval_scores,
)
from knowledge.embedding import Embedder
from knowledge.index import PassageVectors
from knowledge.ranking import KINDS, CandidateFeatures, find_candidates
from knowledge.retrieval_features import FUSED_FEATURES, QueryVectors
from knowledge.sentence_embedder import open_embedder

COUNT = len(FUSED_FEATURES)
WIDTH = len(KINDS) * (COUNT + 1)  # the features of each kind, then which kind it is
FREE = np.asarray([name not in SIZE_DEPENDENT for name in FUSED_FEATURES] * len(KINDS) + [True] * len(KINDS))
SIGNED = np.arange(WIDTH) < len(KINDS) * COUNT  # more evidence never lowers the chance; the kind may


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A corpus with the vectors of its passages and questions."""

    name: str
    corpus: Corpus
    passages: dict[str, PassageVectors]
    asked: list[QueryVectors | None]


def main() -> None:
    arguments = _arguments()
    embedder = open_embedder("multilingual", arguments.work)
    if arguments.spaced_order:
        _refit_spaced_order(arguments, embedder)
        return
    cases = {
        part.name: list(load_cases(part, embedder, arguments.sample)) for part in question_sets(arguments, embedder)
    }
    print({name: len(found) for name, found in cases.items()})
    everything = [case for found in cases.values() for case in found]
    figures = held_out(cases)
    stored = json.loads(arguments.out.read_text("utf-8"))
    stored["multilingual"] = as_stored(*fit(everything))
    stored["card"]["multilingual"] = {
        "fitted_by": "bench/fit_multilingual.py",
        "fitted_on": "SQuAD 1.1 (24 articles, development), CMRC 2018 (trial), XQuAD (English, Chinese)",
        "embedder": embedder.name,
        "commit": commit(),
        "held_out": figures,
    }
    arguments.out.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(json.dumps(figures))


def _refit_spaced_order(arguments: argparse.Namespace, embedder: Embedder) -> None:
    english = _read_set("english", arguments.english, embedder, arguments.work)
    cases = list(whole_course_cases(english, embedder, arguments.every))
    stored = json.loads(arguments.out.read_text("utf-8"))
    spaced, card = stored["multilingual"]["spaced"], stored["card"]["multilingual"]
    before = np.asarray([spaced["order"].get(name, 0.0) for name in FUSED_FEATURES])
    found = [case for case in cases if case.gold is not None]
    order, bias = matched(found, fit_order(found), before, spaced["order"]["bias"])
    spaced["order"] = {**_named(order), "bias": round(bias, 5)}
    card["spaced_order"] = {
        "fitted_by": f"bench/fit_multilingual.py --spaced-order --every {arguments.every}",
        "fitted_on": "SQuAD 1.1 (24 articles, development)",
        "commit": commit(),
        "held_out": held_out_order(cases),
    }
    arguments.out.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(json.dumps(card["spaced_order"]["held_out"]))


def whole_course_cases(part: QuestionSet, embedder: Embedder, every: int) -> Iterator[RetrievalCase]:
    """Yield every `every`-th question in the course of all documents, with the features of one kind of passage."""
    folds = folds_of(part.corpus)
    index = build_index(part.corpus, embedder, part.passages)
    for number in range(0, len(part.corpus.questions), every):
        question = part.corpus.questions[number]
        assert question.gold is not None
        candidates = find_candidates(index, question.text, part.asked[number])
        gold = rank_of(candidates.rows.tolist(), question.gold)
        fold = folds[part.corpus.titles[question.gold]]
        yield RetrievalCase(candidates.features.astype(np.float64), gold, True, fold, True)


def matched(cases: Sequence[RetrievalCase], order: Numbers, before: Numbers, bias: float) -> tuple[Numbers, float]:
    """Return the order and bias under which gold passages have the mean score and lead that they had before."""

    def leads(weights: Numbers) -> tuple[float, float]:
        scores = [case.evidence @ weights for case in cases]
        gold = np.asarray([one[case.gold] for one, case in zip(scores, cases, strict=True)])
        return float(gold.mean()), float(np.mean(gold - [one.mean() for one in scores]))

    (old_gold, old_lead), (new_gold, new_lead) = leads(before), leads(order)
    scale = old_lead / new_lead
    return scale * order, bias + old_gold - scale * new_gold


def held_out_order(cases: Sequence[RetrievalCase]) -> dict[str, float]:
    """Return the scores of orders fitted on other documents."""
    ranks: list[int | None] = []
    for fold in range(FOLDS):
        order = fit_order([case for case in cases if case.fold != fold and case.gold is not None])
        for case in (one for one in cases if one.fold == fold):
            best = np.argsort(-(case.evidence @ order), kind="stable").tolist()
            ranks.append(rank_of(best, case.gold) if case.gold is not None else None)
    return retrieval_scores(ranks)


def folds_of(corpus: Corpus) -> dict[str, int]:
    """Return the fold of each document."""
    titles = sorted(set(corpus.titles))
    places = np.random.default_rng(7).permutation(len(titles)) % FOLDS
    return {title: int(fold) for title, fold in zip(titles, places, strict=True)}


def question_sets(arguments: argparse.Namespace, embedder: Embedder) -> Iterator[QuestionSet]:
    """Yield the sets in one language, then those made of the parallel set."""
    files = arguments.parallel
    english, chinese, one, other = (
        _read_set(name, pair, embedder, arguments.work)
        for name, pair in (
            ("english", arguments.english),
            ("chinese", arguments.chinese),
            ("parallel_en", files[:2]),
            ("parallel_zh", files[2:]),
        )
    )
    both = {**one.passages, **other.passages}
    yield from (english, chinese)
    yield QuestionSet("zh_en", Corpus(one.corpus.entries, one.corpus.titles, other.corpus.questions), both, other.asked)
    yield QuestionSet("en_zh", Corpus(other.corpus.entries, one.corpus.titles, one.corpus.questions), both, one.asked)
    yield QuestionSet("mixed", mix(one.corpus, other.corpus), both, [*one.asked, *other.asked])


def mix(one: Corpus, other: Corpus) -> Corpus:
    """Return a course with every other document in the other language, and the questions in both."""
    number = {title: place for place, title in enumerate(sorted(set(one.titles)))}
    entries = tuple(
        (first, second)[number[title] % 2]
        for first, second, title in zip(one.entries, other.entries, one.titles, strict=True)
    )
    return Corpus(entries, one.titles, (*one.questions, *other.questions))


def held_out(cases: dict[str, list[RetrievalCase]]) -> dict[str, dict[str, float]]:
    """Return figures for each set, on documents that the models were not fitted on."""
    ranks: dict[str, list[int | None]] = {name: [] for name in cases}
    chances: dict[str, list[float]] = {name: [] for name in cases}
    for fold in range(FOLDS):
        order, answers, bias = fit([c for found in cases.values() for c in found if c.fold != fold])
        for name, found in cases.items():
            for case in (c for c in found if c.fold == fold):
                best = np.argsort(-(case.evidence @ order), kind="stable")
                if case.whole and case.covered:
                    ranks[name].append(rank_of(best.tolist(), case.gold) if case.gold is not None else None)
                chances[name].append(float(case.evidence[best[0]] @ answers + bias))
    labels = {
        name: [c.covered for fold in range(FOLDS) for c in found if c.fold == fold] for name, found in cases.items()
    }
    return {
        name: {
            **retrieval_scores(ranks[name]),
            **coverage_figures(np.asarray(chances[name]), np.asarray(labels[name])),
        }
        for name in cases
    }


def fit(cases: Sequence[RetrievalCase]) -> tuple[Numbers, Numbers, float]:
    """Return order weights, answer weights and bias over the joint evidence."""
    order = fit_order([c for c in cases if c.gold is not None])
    best = np.stack([c.evidence[np.argmax(c.evidence @ order)] for c in cases])
    weights = np.zeros(len(FREE))
    weights[FREE], bias = fit_chance(best[:, FREE], np.asarray([c.covered for c in cases]), SIGNED[FREE])
    return order, weights, bias


def as_stored(order: Numbers, answers: Numbers, bias: float) -> dict[str, Any]:
    """Return the weights as `ranking.json` has them."""
    first = len(KINDS) * COUNT
    parts = {kind: slice(n * COUNT, (n + 1) * COUNT) for n, kind in enumerate(KINDS)}
    return {
        kind: {
            "order": {**_named(order[place]), "bias": round(float(order[first + n]), 5)},
            "answers": {**_named(answers[place]), "bias": round(bias + float(answers[first + n]), 4)},
        }
        for n, (kind, place) in enumerate(parts.items())
    }


def joint_evidence(found: CandidateFeatures) -> Numbers:
    """Return the features of each candidate in the columns of its kind, and the kind."""
    kinds = np.eye(len(KINDS))[found.kinds]
    return np.concatenate([*(found.features * kinds[:, n : n + 1] for n in range(len(KINDS))), kinds], axis=1)


def load_cases(part: QuestionSet, embedder: Embedder, sample: int) -> Iterator[RetrievalCase]:
    """Yield the questions of a set in courses of several sizes."""
    corpus = part.corpus
    titles = sorted(set(corpus.titles))
    random = np.random.default_rng(7)
    folds = {title: int(f) for title, f in zip(titles, random.permutation(len(titles)) % FOLDS, strict=True)}
    for chosen in sub_courses(titles, random):
        course = corpus.subset(set(chosen))
        index = build_index(course, embedder, part.passages)
        whole = len(chosen) == len(titles)
        for number in sample_questions(course, len(corpus.questions) if whole else sample, random):
            question, original = course.questions[number], corpus.questions[number]
            found = find_candidates(index, question.text, part.asked[number])
            if len(found.rows) == 0 or original.gold is None:
                continue
            gold = rank_of(found.rows.tolist(), question.gold) if question.gold is not None else None
            fold = folds[corpus.titles[original.gold]]
            yield RetrievalCase(joint_evidence(found), gold, question.gold is not None, fold, whole)


def _read_set(name: str, files: Sequence[Path], embedder: Embedder, work: Path) -> QuestionSet:
    corpus = read_corpus(*files)
    return QuestionSet(name, corpus, *cached_vectors(corpus, embedder, work / f"{name}.npz"))


def _named(weights: Numbers) -> dict[str, float]:
    return {name: round(float(weight), 5) for name, weight in zip(FUSED_FEATURES, weights, strict=True)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit the multilingual part of knowledge/ranking.json.")
    parser.add_argument("--english", nargs=2, type=Path, required=True, metavar=("PARAGRAPHS", "QUESTIONS"))
    parser.add_argument("--chinese", nargs=2, type=Path, metavar=("PARAGRAPHS", "QUESTIONS"))
    parser.add_argument("--parallel", nargs=4, type=Path, metavar=("P_EN", "Q_EN", "P_ZH", "Q_ZH"))
    parser.add_argument("--spaced-order", action="store_true", help="fit only the order of passages with spaces")
    parser.add_argument("--every", type=int, default=1, help="with --spaced-order: which questions are used")
    parser.add_argument("--work", type=Path, required=True, help="folder of vectors and converted models")
    parser.add_argument("--sample", type=int, default=200, help="number of questions of each kind in a smaller course")
    parser.add_argument("--out", type=Path, default=Path("knowledge/ranking.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
