"""Measure how well the product's knowledge tracer predicts the next answer of a learner it has not seen.

    python -m bench.tracing --train F [F ...] --test F [--learners N [N ...]] [--grows]

Reads logs with three lines a learner (length, items, outcomes) and with four (number and learner, items, skills,
outcomes). The learners of `--train` are the course's history: they answered at the same time, and the tracer has
learnt from their answers as the product does (`tutor.learner.course_delta_fitting`). Those of `--test` are streamed
one answer at a time; every answer is scored, the first one too, and nothing is learnt from them. Each is known by
their own history alone. Without `--test` a fifth of the learners is held out (`--seed`). `--learners 20 50 200` uses
histories of only so many, one after the other; `--test-learners` streams only so many.

`beside` contains, for the same answers, the product before it has learnt anything from the course but counts
(`unfitted`), its mastery estimate (BKT), and Elo. `--upon W.json` uses weights of `bench.fit_tracing` instead of the
shipped ones, which were fitted on this course among others. `--grows` treats the training learners as a new course
instead: each answer is predicted from what the product had learnt by then. Minutes.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from bench.tracing_baselines import CourseCounts, counts_of, interleave, predict_all, predict_product
from tutor.errors import InputRefused
from tutor.learner.answer_history import AnswerHistory, append_answer
from tutor.learner.course_delta import is_refit_due
from tutor.learner.course_delta_fitting import AnswerSequence, fit_course_delta
from tutor.learner.knowledge_tracing import Tracer, TracingWeights, default_weights, predict_success, weights_from_json

ECE_BINS = 15


def read(path: Path) -> list[AnswerSequence]:
    """Return the answers of each learner; learners without answers are left out."""
    text = path.read_text(encoding="utf-8").splitlines()
    height = _height(text, path)
    blocks = (text[at : at + height] for at in range(0, len(text), height))
    lines = [_line(block) for block in blocks]
    return [line for line in lines if line.rights]


def _height(text: Sequence[str], path: Path) -> int:
    """Return the lines of a block: three if every block begins with its length, four otherwise."""
    for height in (3, 4):
        blocks = [[_fields(row) for row in text[at : at + height]] for at in range(0, len(text), height)]
        if all(_is_block(block, height) for block in blocks):
            return height
    raise InputRefused(f"{path} has neither three nor four lines a learner; see python -m bench.tracing --help")


def _is_block(block: Sequence[list[str]], height: int) -> bool:
    header, *rows = block
    lengths = {len(row) for row in rows}
    return len(rows) == height - 1 and len(lengths) == 1 and (height == 4 or header[:1] == [str(lengths.pop())])


def _line(block: Sequence[str]) -> AnswerSequence:
    *_, skills, rights = (tuple(_fields(row)) for row in block)
    items = tuple(_fields(block[1])) if len(block) == 4 else skills
    return AnswerSequence(items, skills, tuple(right == "1" for right in rights))


def _fields(row: str) -> list[str]:
    return [field.strip() for field in row.split(",") if field.strip()]


def calibration_error(predicted: Sequence[float], rights: Sequence[bool]) -> float:
    """Return the expected calibration error over fifteen bins of equal width."""
    shares, truth = np.array(predicted), np.array(rights, dtype=float)
    bins = np.minimum((shares * ECE_BINS).astype(int), ECE_BINS - 1)
    gaps = [abs(shares[bins == b].sum() - truth[bins == b].sum()) for b in range(ECE_BINS)]
    return float(sum(gaps) / len(truth))


def predict_growing_course(
    lines: Sequence[AnswerSequence], upon: TracingWeights, rng: random.Random
) -> tuple[list[float], list[bool], int]:
    """Return predictions and outcomes of a course from its first answer on, and how often the tracer was refitted."""
    tracer, course, histories = Tracer(upon), CourseCounts(), [AnswerHistory() for _ in lines]
    predictions, rights, fits = list[float](), list[bool](), 0
    for answers_seen, (n, item, skill, right) in enumerate(interleave(lines, rng), start=1):
        found = course.item_rates(item, skill)
        predictions.append(predict_success(histories[n], skill, found, item=item, tracer=tracer).probability)
        rights.append(right)
        histories[n] = append_answer(histories[n], item, skill, found.expected, right=right)
        course.add(item, skill, right=right)
        if is_refit_due(tracer.course_delta.answers if tracer.course_delta else 0, answers_seen):
            so_far = [_truncate(line, h.answers) for line, h in zip(lines, histories, strict=True) if h.answers]
            tracer, fits = Tracer(upon, fit_course_delta(so_far, upon)), fits + 1
    return predictions, rights, fits


def _truncate(line: AnswerSequence, answers: int) -> AnswerSequence:
    return AnswerSequence(line.items[:answers], line.skills[:answers], line.rights[:answers])


def _split(lines: Sequence[AnswerSequence], seed: int) -> tuple[list[AnswerSequence], list[AnswerSequence]]:
    order = list(lines)
    random.Random(seed).shuffle(order)
    cut = len(order) * 4 // 5
    return order[:cut], order[cut:]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.tracing", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--learners", type=int, nargs="+", help="sizes of the history in learners, one after the other")
    parser.add_argument("--test-learners", type=int, help="stream only so many learners")
    parser.add_argument("--upon", type=Path, help="weights from other courses; default: the shipped ones")
    parser.add_argument("--grows", action="store_true", help="play the training learners as a new course")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    upon = weights_from_json(json.loads(options.upon.read_text())) if options.upon else default_weights()
    train = [line for path in options.train for line in read(path)]
    train, test = (train, read(options.test)) if options.test else _split(train, options.seed)
    chosen = _sample_histories(train, options.learners, options.seed)
    if options.grows:
        runs = [_run_growing(options, lines, upon) for lines in chosen]
    else:
        runs = [_run_streamed(options, lines, test[: options.test_learners], upon) for lines in chosen]
    if len(runs) > 1:
        runs[-1]["auc_by_learners"] = {str(run["learners"]): run["auc"] for run in runs}
    print(json.dumps(runs[-1]))


def _sample_histories(
    train: Sequence[AnswerSequence], counts: Sequence[int] | None, seed: int
) -> list[list[AnswerSequence]]:
    return [random.Random(seed).sample(train, min(count, len(train))) for count in counts or [len(train)]]


def _run_streamed(
    options: argparse.Namespace, train: Sequence[AnswerSequence], test: Sequence[AnswerSequence], upon: TracingWeights
) -> dict[str, object]:
    started = time.process_time()
    course, tracer = counts_of(train), Tracer(upon, fit_course_delta(train, upon))
    fit_s = time.process_time() - started
    rights = [right for line in test for right in line.rights]
    started = time.process_time()
    predictions = [likely for line in test for likely in predict_product(line, course, tracer)]
    ms = 1000 * (time.process_time() - started) / len(rights)
    baselines = {name: _metrics(each, rights) for name, each in predict_all(test, course, Tracer(upon)).items()}
    figures = _metrics(predictions, rights) | {"ms_per_update": round(ms, 3), "beside": baselines}
    print(f"{len(train)} learners: {figures}")
    return figures | {"learners": len(train), "answers": len(rights), "fit_s": round(fit_s)} | _run_info(options)


def _run_growing(
    options: argparse.Namespace, lines: Sequence[AnswerSequence], upon: TracingWeights
) -> dict[str, object]:
    predictions, rights, fits = predict_growing_course(lines, upon, random.Random(options.seed))
    figures = _metrics(predictions, rights) | {"learners": len(lines), "answers": len(rights), "fits": fits}
    print(f"a new course of {len(lines)} learners: {figures}")
    return figures | _run_info(options)


def _metrics(predictions: Sequence[float], rights: Sequence[bool]) -> dict[str, object]:
    return {
        "auc": round(float(roc_auc_score(rights, predictions)), 4),
        "logloss": round(float(log_loss(rights, predictions)), 4),
        "ece": round(calibration_error(predictions, rights), 4),
    }


def _run_info(options: argparse.Namespace) -> dict[str, object]:
    held_out = options.test.name if options.test else f"a fifth of the learners, seed {options.seed}"
    return {
        "train": [path.name for path in options.train],
        "test": "the same answers, each before it is learnt from" if options.grows else held_out,
        "upon": options.upon.name if options.upon else "shipped",
        "hardware": f"{platform.machine()}, one thread",
    }


if __name__ == "__main__":
    main()
