"""Fit the weights of the product's knowledge tracer on logs of other courses, and write them with their model card.

    python -m bench.fit_tracing --logs F [F ...] [--answers 60000] [--out tutor/learner/tracing.json]

Each log is split into courses of 20, 100 and 400 learners who start together. An answer is predicted from what the
course has counted by then, as in a new course. All logs have the same weight. An item that is answered several times
in a row under different skills counts once, because the previous row would reveal the answer. The uncertainty of a
prediction is fitted on simulated learners, whose true chances are known: `covered` is the share of the other simulated
learners that lies in the range. Minutes.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import nnls
from sklearn.linear_model import LogisticRegression

from bench.tracing import read
from bench.tracing_baselines import CourseCounts, feature_rows, interleave
from tutor.learner.answer_history import AnswerHistory, append_answer
from tutor.learner.course_delta_fitting import AnswerSequence
from tutor.learner.knowledge_tracing import (
    SIGNAL_NAMES,
    VARIANCE_TERMS,
    WEIGHTS_PATH,
    Z_95,
    TracingWeights,
    log_odds,
    signals,
    variance_terms,
)
from tutor.learner.logit import FloatArray, logit, sigmoid

COURSE_SIZES = (20, 100, 400)  # learners in a course
RIDGE = 0.01  # inverse strength, on standardised signals


def first_attempts(line: AnswerSequence) -> AnswerSequence:
    """Return the answers without repetitions of the same item in a row."""
    indices = [n for n, item in enumerate(line.items) if n == 0 or line.items[n - 1] != item or item == line.skills[n]]
    items, skills, rights = (tuple(row[n] for n in indices) for row in (line.items, line.skills, line.rights))
    return AnswerSequence(items, skills, rights)  # type: ignore[arg-type]


def sample(lines: Sequence[AnswerSequence], answers: int, rng: random.Random) -> tuple[FloatArray, FloatArray]:
    """Return rows and outcomes of courses of each size, about `answers` answers in all."""
    found: list[tuple[tuple[float, ...], bool]] = []
    for n, size in enumerate(COURSE_SIZES, start=1):
        while len(found) < answers * n / len(COURSE_SIZES):
            found.extend(feature_rows(rng.sample(lines, min(size, len(lines))), rng))
    return np.array([row for row, _ in found]), np.array([right for _, right in found], dtype=float)


def fit(logs: Sequence[tuple[FloatArray, FloatArray]]) -> tuple[FloatArray, float]:
    """Return the weights and the bias; all logs have the same weight."""
    table, rights = np.concatenate([t for t, _ in logs]), np.concatenate([r for _, r in logs])
    counts = np.concatenate([np.full(len(r), 50_000 / len(r)) for _, r in logs])
    centre, spread = table.mean(axis=0), table.std(axis=0)
    model = LogisticRegression(C=RIDGE, max_iter=300).fit((table - centre) / spread, rights, sample_weight=counts)
    linear = np.asarray(model.coef_[0] / spread)
    return linear, float(model.intercept_[0] - linear @ centre)


def simulate(weights: TracingWeights, rng: random.Random, learners: int = 60) -> tuple[FloatArray, FloatArray]:
    """Return estimated and true errors (in log-odds) in a new course of learners whose true chances are known."""
    hard = {f"i{n}": rng.gauss(0, 0.8) for n in range(60)}
    strengths = [rng.gauss(0.6, 1.0) for _ in range(learners)]
    leans = [{f"s{n}": rng.gauss(0, 0.7) for n in range(12)} for _ in range(learners)]
    skills = [tuple(f"s{rng.randrange(12)}" for _ in range(rng.randint(20, 120))) for _ in range(learners)]
    items = [tuple(f"i{int(skill[1:]) + 12 * rng.randrange(5)}" for skill in each) for each in skills]
    chances = [
        [sigmoid(strengths[n] + leans[n][s] - hard[i]) for i, s in zip(items[n], skills[n], strict=True)]
        for n in range(learners)
    ]
    lines = [
        AnswerSequence(items[n], skills[n], tuple(rng.random() < chance for chance in chances[n]))
        for n in range(learners)
    ]
    course, histories, true = CourseCounts(), [AnswerHistory() for _ in lines], [iter(each) for each in chances]
    found, errors = [], []
    for n, item, skill, right in interleave(lines, rng):
        rated = course.item_rates(item, skill)
        found.append(variance_terms(histories[n], skill, rated))
        errors.append(log_odds(signals(histories[n], skill, rated), weights) - logit(next(true[n])))
        histories[n] = append_answer(histories[n], item, skill, rated.expected, right=right)
        course.add(item, skill, right=right)
    return np.array(found), np.array(errors)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fit_tracing", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--logs", type=Path, nargs="+", required=True)
    parser.add_argument("--answers", type=int, default=60_000, help="number of answers from each log")
    parser.add_argument("--out", type=Path, default=WEIGHTS_PATH)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    logs = [sample([first_attempts(line) for line in read(path)], options.answers, rng) for path in options.logs]
    linear, bias = fit(logs)
    weights = TracingWeights(
        "fit", tuple(round(float(w), 4) for w in linear), round(bias, 4), (0.0,) * len(VARIANCE_TERMS)
    )
    found, errors = simulate(weights, rng)
    doubt = tuple(round(float(part), 4) for part in nnls(found, errors**2)[0])
    others, missed = simulate(weights, rng)
    covered = float(np.mean(np.abs(missed) <= Z_95 * np.sqrt(others @ np.array(doubt))))
    plain = {
        "version": "tracing-1",
        "signals": list(SIGNAL_NAMES),
        "weights": list(weights.weights),
        "bias": weights.bias,
        "doubts": list(VARIANCE_TERMS),
        "doubt": list(doubt),
        "card": {
            "purpose": "how likely the next unaided answer is right, in a course that these weights have not seen",
            "fitted_on": [path.name for path in options.logs],
            "answers": sum(len(rights) for _, rights in logs),
            "by": "python -m bench.fit_tracing",
            "holds": "weights of signals only; no item, skill, learner or answer of the logs",
            "limits": "the logs tell neither time nor hints: forgetting is added by the review layer, and an answer "
            "with help moves nothing here; mathematics and statics, school and first university years",
            "range_covers_true_chance": round(covered, 3),
            "simulated_error_log_odds": round(math.sqrt(float(np.mean(missed**2))), 3),
        },
    }
    options.out.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"out": options.out.name, "covered": round(covered, 3), "doubt": doubt, "bias": weights.bias}))


if __name__ == "__main__":
    main()
