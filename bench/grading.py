"""Measure the shipped grading of short answers, fitted on given training rows.

    python -m bench.grading --train F... [--test F...] [--hold-out answers|questions|modules]
                            [--folds 1..5] [--fit MODEL.json] [--fit-network MODEL.npz] [--cache F.npz]

Rows have the form of SemEval-2013 task 7. Without --test a fifth of the training rows is held out, or each fifth in
turn (--folds 5): some answers of every question, whole questions, or whole modules. Training rows of the same question
count as answers that a person has graded; `by_k` grades every test row with k such answers (for a new question they
are drawn from the other test rows). --cache keeps the embedder's vectors. Several minutes a fold.
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

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, log_loss

from bench.fit_grading import FittedGrader, LabelledAnswer, fit, label_answer
from knowledge.embedding import TextEncoding
from knowledge.sentence_embedder import open_embedder
from tutor.assessment.answer_features import GradingCase, TextEncoder, Vectors
from tutor.assessment.gaussian_process_grader import predict_probability
from tutor.assessment.short_text import ShortTextGrader

EXAMPLE_COUNTS = (0, 1, 2, 5, 10, 20)
ALL = 10_000
FOLDS = 5
CONTRADICTION_THRESHOLD = 0.4  # minimum chance that a wrong answer contradicts the reference
SEED = 13


class CachedEmbedder:
    """The bundled embedder, with its vectors stored in a file between runs."""

    def __init__(self, cache: Path | None) -> None:
        self._embedder = open_embedder("bundled", Path("var/models"))
        self._cache = cache
        self.name = self._embedder.name
        self._words: dict[str, Vectors] = {}
        self._texts: dict[str, TextEncoding] = {}
        if cache and cache.exists():
            with np.load(cache, allow_pickle=False) as stored:
                self._words = dict(zip(stored["words"].tolist(), stored["word_vectors"], strict=True))
                tokens = np.split(stored["tokens"], np.cumsum(stored["counts"])[:-1])
                self._texts = {
                    text: TextEncoding(vector[None, :], found)
                    for text, vector, found in zip(stored["texts"].tolist(), stored["vectors"], tokens, strict=True)
                }

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in texts if text not in self._words]
        if new:
            self._words |= zip(new, self._embedder.embed_passages(new), strict=True)
        return np.stack([self._words[text] for text in texts])

    def encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]:
        new = [text for text in texts if text not in self._texts]
        if new:
            self._texts |= zip(new, self._embedder.encode_queries(new), strict=True)
        return [self._texts[text] for text in texts]

    def save(self) -> None:
        if self._cache:
            readings = list(self._texts.values())
            np.savez(
                self._cache,
                words=np.array(list(self._words)),
                word_vectors=np.stack(list(self._words.values())),
                texts=np.array(list(self._texts)),
                vectors=np.stack([one.span_vectors[0] for one in readings]),
                counts=np.array([len(one.token_vectors) for one in readings]),
                tokens=np.concatenate([one.token_vectors for one in readings]),
            )


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """One labelled answer."""

    group: str  # file and question
    module: str
    question: str
    references: tuple[str, ...]
    answer: str
    right: bool
    label: str  # one of three


def load(paths: Sequence[Path]) -> list[GradedAnswer]:
    rows = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            question, three = f"{item.get('dataset', '')}/{item['qid']}", item.get("label_3way", item["label_2way"])
            right = item["label_2way"] == "correct"
            rows.append(
                GradedAnswer(
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


Split = tuple[list[GradedAnswer], list[GradedAnswer]]


def make_folds(rows: Sequence[GradedAnswer], by: str, folds: int) -> list[Split]:
    """Return (train, test) for `folds` of five folds, by answer, question or module; always the same folds."""
    key = {
        "answers": lambda n, row: str(n),
        "questions": lambda n, row: row.group,
        "modules": lambda n, row: row.module,
    }[by]
    groups = sorted({key(n, row) for n, row in enumerate(rows)})
    random.Random(SEED).shuffle(groups)
    splits = []
    for fold in range(folds):
        aside = set(groups[fold::FOLDS])
        test = [row for n, row in enumerate(rows) if key(n, row) in aside]
        splits.append(([row for n, row in enumerate(rows) if key(n, row) not in aside], test))
    return splits


class ExampleConditioning:
    """Rows to be graded, and rows that count as graded by a person."""

    def __init__(self, rows: Sequence[LabelledAnswer], graded: Sequence[LabelledAnswer]) -> None:
        self.rows = rows
        self._graded: dict[str, list[LabelledAnswer]] = defaultdict(list)
        for row in graded:
            self._graded[row.group].append(row)

    def probabilities(self, models: FittedGrader, k: int) -> list[float]:
        """Return the chance that each row is right, given `k` other graded answers of its question."""
        rng = random.Random(SEED)
        of_question: dict[str, list[LabelledAnswer]] = defaultdict(list)
        for row in self.rows:
            of_question[row.group].append(row)
        found: dict[int, float] = {}
        for group, rows in of_question.items():
            everyone = list({id(row): row for row in (*rows, *self._graded[group])}.values())
            place = {id(row): n for n, row in enumerate(everyone)}
            gp = models.gp
            answers = [
                gp.to_input(row.case, row.features, models.ensemble.log_odds(row.case, row.features))
                for row in everyone
            ]
            covariance = gp.covariance(answers)
            prior = gp.scale * np.array([one.log_odds for one in answers]) + gp.offset
            for row in rows:
                others = [other for other in self._graded[group] if other is not row]
                picked = rng.sample(others, k) if k < len(others) else others
                at = [*(place[id(other)] for other in picked), place[id(row)]]
                found[id(row)] = predict_probability(
                    covariance[np.ix_(at, at)], prior[at], [other.right for other in picked]
                )
        return [found[id(row)] for row in self.rows]


def featurize(rows: Sequence[GradedAnswer], reader: TextEncoder) -> list[LabelledAnswer]:
    done = []
    for row in rows:
        question, answer, *references = reader.encode([row.question, row.answer, *row.references])
        case = GradingCase(question, tuple(references), answer)
        done.append(label_answer(row.group, case, row.label, right=row.right))
    return done


@dataclass(frozen=True, slots=True)
class Prediction:
    """The predictions for a test row: the chance that it is right by the number of graded answers, and more."""

    row: LabelledAnswer
    right_probability: dict[int, float]
    contradiction_probability: float


def predict_fold(learnt: Sequence[LabelledAnswer], asked: Sequence[LabelledAnswer], embedder: str) -> list[Prediction]:
    known = {row.group for row in learnt}
    models = fit(learnt, embedder)
    bench = ExampleConditioning(asked, [*learnt, *(row for row in asked if row.group not in known)])
    found = {k: bench.probabilities(models, k) for k in EXAMPLE_COUNTS}
    found[ALL] = ExampleConditioning(asked, learnt).probabilities(models, ALL)
    against = [models.contradiction.probability(row.features) if models.contradiction else 0.0 for row in asked]
    return [Prediction(row, {k: found[k][n] for k in found}, against[n]) for n, row in enumerate(asked)]


def evaluate(judged: Sequence[Prediction], k: int) -> dict[str, float]:
    p = np.array([one.right_probability[k] for one in judged])
    y = np.array([one.row.right for one in judged])
    sure = np.argsort(-np.abs(p - 0.5))[: int(0.6 * len(p))]
    against = np.array([one.contradiction_probability for one in judged])
    three = np.where(p >= 0.5, "correct", np.where(against >= CONTRADICTION_THRESHOLD, "contradictory", "incorrect"))
    scores = {
        "accuracy": accuracy_score(y, p >= 0.5),
        "macro_f1": f1_score(y, p >= 0.5, average="macro"),
        "macro_f1_3way": f1_score([one.row.label for one in judged], three, average="macro"),
        "accuracy_surest_60": accuracy_score(y[sure], p[sure] >= 0.5),
        "log_loss": log_loss(y, p),
    }
    return {name: round(float(value), 4) for name, value in scores.items()}


def grading_ms(rows: Sequence[GradedAnswer], grader: ShortTextGrader) -> float:
    """Return the milliseconds for one new answer with the shipped model; its references are already embedded."""
    for row in rows:
        grader.probability(row.question, row.references, row.references[0])
    started = time.perf_counter()
    for row in rows:
        grader.probability(row.question, row.references, row.answer)
    return 1000 * (time.perf_counter() - started) / len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--test", type=Path, nargs="+")
    parser.add_argument("--hold-out", choices=("answers", "questions", "modules"), default="questions")
    parser.add_argument("--folds", type=int, default=1, choices=range(1, FOLDS + 1))
    parser.add_argument("--fit", type=Path, help="also fit on all training rows and write the model to this file")
    parser.add_argument("--fit-network", type=Path, help="file for its network")
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    embedder = CachedEmbedder(arguments.cache)
    reader = TextEncoder(embedder, words=500_000, texts=500_000)
    everything, test = load(arguments.train), load(arguments.test or [])
    splits = [(everything, test)] if test else make_folds(everything, arguments.hold_out, arguments.folds)
    rows = [*everything, *test]
    known = {id(row): one for row, one in zip(rows, featurize(rows, reader), strict=True)}
    embedder.save()
    judged = []
    for train, aside in splits:
        judged += predict_fold([known[id(row)] for row in train], [known[id(row)] for row in aside], embedder.name)
    questions = {row.group for row in splits[0][0]}
    seen = [row.group in questions for row in splits[0][1]]
    about = "+".join(p.stem for p in arguments.test) if test else f"held-out {arguments.hold_out}"
    train_name = "+".join(p.stem for p in arguments.train)
    if arguments.fit:
        shipped = fit([known[id(row)] for row in everything], embedder.name)
        arguments.fit.write_text(json.dumps(shipped.to_json(), indent=1) + "\n", encoding="utf-8")
        if arguments.fit_network:
            shipped.network.save(arguments.fit_network)
    report = {
        "bench": "grading",
        "workload": f"{train_name}: {len(judged)} test ({about}, {len(splits)} of {FOLDS} folds)",
        "hardware": f"{platform.machine()} CPU",
        "model": "MiniLM vectors, words: logistic and a small network; graded neighbours: Gaussian process",
        "seen_questions": round(sum(seen) / max(1, len(seen)), 3),
        **evaluate(judged, ALL),
        "by_k": {str(k): evaluate(judged, k) for k in EXAMPLE_COUNTS},
        "ms_per_answer": round(
            grading_ms(splits[0][1][:40], ShortTextGrader(open_embedder("bundled", Path("var/models")))), 1
        ),
    }
    for name, value in report.items():
        print(f"{name:20} {value}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
