"""Bench: how well is the next answer of an unseen learner predicted?

    python -m bench.tracing --train F [F ...] --test F [--learners N] [--weights WEIGHTS.json]

Reads three lines a learner (length, items, outcomes) and four (number and learner, items, skills, outcomes). The
learners of `--test` are streamed one answer at a time, every answer is scored, the first one too, and nothing is
trained on them. Without `--test`, a fifth of the learners is held out (`--seed`). `--learners 50 200 1000` fits on only
so many learners, one after the other, and ends with all of them; `--test-learners` streams only so many; `--weights`
keeps these weights and only counts the tally on the training learners.

The figures at the top are those of the fullest tracer, fitted to this very course (`bench.tracer`). `beside` holds, for
the same answers, what the product says (`tutor.learner.tracing`: of the training learners it knows only how often
each item was right; `--product W.json` takes weights of `bench.fit_tracing` instead of the shipped ones), its count
of mastery (BKT), and Elo. `--only-product` leaves the fitting out.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from bench.tracer.fitting import Line, count, fit
from bench.tracer.model import Tracer, read_weights
from bench.tracer.simple import by_product, met, predicted
from tutor.errors import InputRefused
from tutor.learner.history import History
from tutor.learner.tracing import read_weights as of_product
from tutor.learner.tracing import shipped

ECE_BINS = 15


@dataclass(frozen=True, slots=True)
class Streamed:
    """What was predicted and what happened, over all answers of the test learners."""

    predicted: tuple[float, ...]
    rights: tuple[bool, ...]
    seconds: float


def read(path: Path) -> list[Line]:
    """Return one line a learner; learners without answers are left out."""
    text = path.read_text(encoding="utf-8").splitlines()
    height = _height(text, path)
    blocks = (text[at : at + height] for at in range(0, len(text), height))
    lines = [_line(block) for block in blocks]
    return [line for line in lines if line.rights]


def _height(text: Sequence[str], path: Path) -> int:
    """Three lines when every block begins with its length, four otherwise; the rows of a block are equally long."""
    for height in (3, 4):
        blocks = [[_fields(row) for row in text[at : at + height]] for at in range(0, len(text), height)]
        if all(_is_block(block, height) for block in blocks):
            return height
    raise InputRefused(f"{path} has neither three nor four lines a learner; see python -m bench.tracing --help")


def _is_block(block: Sequence[list[str]], height: int) -> bool:
    header, *rows = block
    lengths = {len(row) for row in rows}
    return len(rows) == height - 1 and len(lengths) == 1 and (height == 4 or header[:1] == [str(lengths.pop())])


def _line(block: Sequence[str]) -> Line:
    *_, skills, rights = (tuple(_fields(row)) for row in block)
    items = tuple(_fields(block[1])) if len(block) == 4 else skills
    return Line(items, skills, tuple(right == "1" for right in rights))


def _fields(row: str) -> list[str]:
    return [field.strip() for field in row.split(",") if field.strip()]


def stream(tracer: Tracer, lines: Sequence[Line]) -> Streamed:
    """Predict, then look, then remember: one answer at a time."""
    predicted: list[float] = []
    started = time.process_time()
    for line in lines:
        history = History()
        for item, skill, right in line:
            predicted.append(tracer.predict(history, item, skill))
            history = tracer.observe(history, item, skill, right=right)
    seconds = time.process_time() - started
    return Streamed(tuple(predicted), tuple(right for line in lines for right in line.rights), seconds)


def calibration_error(predicted: Sequence[float], rights: Sequence[bool]) -> float:
    """Expected calibration error over fifteen equally wide bins."""
    shares, truth = np.array(predicted), np.array(rights, dtype=float)
    bins = np.minimum((shares * ECE_BINS).astype(int), ECE_BINS - 1)
    gaps = [abs(shares[bins == b].sum() - truth[bins == b].sum()) for b in range(ECE_BINS)]
    return float(sum(gaps) / len(truth))


def _split(lines: Sequence[Line], seed: int) -> tuple[list[Line], list[Line]]:
    order = list(lines)
    random.Random(seed).shuffle(order)
    cut = len(order) * 4 // 5
    return order[:cut], order[cut:]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.tracing", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--test", type=Path)
    parser.add_argument(
        "--learners", type=int, nargs="+", help="fit on only so many learners, one count after the other"
    )
    parser.add_argument("--test-learners", type=int, help="stream only so many learners")
    parser.add_argument("--weights", type=Path, help="keep these weights; only the tally is counted")
    parser.add_argument("--product", type=Path, help="weights of the product's tracer; default: the shipped ones")
    parser.add_argument("--only-product", action="store_true", help="fit nothing to this course")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    train = [line for path in options.train for line in read(path)]
    train, test = (train, read(options.test)) if options.test else _split(train, options.seed)
    test = test[: options.test_learners]
    runs = [_run(options, chosen, test) for chosen in _chosen(train, options.learners, options.seed)]
    if len(runs) > 1:
        runs[-1]["product_auc_by_learners"] = {str(run["learners"]): _product_auc(run) for run in runs}
    if len(runs) > 1 and not options.only_product:
        runs[-1]["auc_by_learners"] = {str(run["learners"]): run["auc"] for run in runs}
    print(json.dumps(runs[-1]))


def _product_auc(run: dict[str, Any]) -> float:
    return float(run["beside"]["product"]["auc"])


def _chosen(train: Sequence[Line], counts: Sequence[int] | None, seed: int) -> list[list[Line]]:
    return [random.Random(seed).sample(train, min(count, len(train))) for count in counts or [len(train)]]


def _run(options: argparse.Namespace, train: Sequence[Line], test: Sequence[Line]) -> dict[str, object]:
    beside = _beside(options, train, test)
    if options.only_product:
        return {"beside": beside, "learners": len(train), **_about(options)}
    started = time.process_time()
    tracer = Tracer(read_weights(options.weights.read_text()), count(train)) if options.weights else fit(train, "bench")
    fit_s = time.process_time() - started
    streamed = stream(tracer, test)
    weights = tracer.weights
    ms = 1000 * streamed.seconds / len(streamed.rights)
    auc = round(float(roc_auc_score(streamed.rights, streamed.predicted)), 4)
    print(f"fitted on {len(train)} learners in {fit_s:.0f} s; share of the trees {weights.trees_share}")
    print(f"calibration {weights.slope:.3f}, {weights.shift:+.3f}; streamed {len(test)} learners, one thread")
    print(f"auc {auc}; {ms:.3f} ms an answer, {'less' if ms < 1 else 'NOT less'} than 1 ms")
    return {
        "auc": auc,
        "logloss": round(float(log_loss(streamed.rights, streamed.predicted)), 4),
        "ece": round(calibration_error(streamed.predicted, streamed.rights), 4),
        "ms_per_update": round(ms, 3),
        "beside": beside,
        "learners": len(train),
        "answers": len(streamed.rights),
        "fit_s": round(fit_s),
        "weights": options.weights.name if options.weights else "fitted",
        **_about(options),
    }


def _about(options: argparse.Namespace) -> dict[str, object]:
    return {
        "train": [path.name for path in options.train],
        "test": options.test.name if options.test else f"a fifth of the learners, seed {options.seed}",
        "product_weights": options.product.name if options.product else "shipped",
        "hardware": f"{platform.machine()}, one thread",
    }


def _beside(options: argparse.Namespace, train: Sequence[Line], test: Sequence[Line]) -> dict[str, dict[str, float]]:
    weights = of_product(json.loads(options.product.read_text())) if options.product else shipped()
    rights = [right for line in test for right in line.rights]
    course = met(train)
    started = time.process_time()
    for line in test:
        deque(by_product(line, course, weights), maxlen=0)
    ms = 1000 * (time.process_time() - started) / len(rights)
    found = {
        name: {
            "auc": round(float(roc_auc_score(rights, said)), 4),
            "logloss": round(float(log_loss(rights, said)), 4),
            "ece": round(calibration_error(said, rights), 4),
        }
        for name, said in predicted(test, course, weights).items()
    }
    found["product"]["ms_per_update"] = round(ms, 3)
    for name, figures in found.items():
        print(f"{name}: {figures}")
    return found


if __name__ == "__main__":
    main()
