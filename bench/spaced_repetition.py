"""Measure the prediction of recall on a real log of one learner's reviews.

    python -m bench.spaced_repetition --log review_logs.csv

The log has `card_id, review_rating, review_time`; rating 1 is forgotten. Reviews are streamed in the order of their
times: each is predicted from the earlier ones only, then learnt from. Scored are the reviews at least 0.9 days after
the previous one of the same card, without the first fifth of them. `fsrs_logloss` is FSRS with its default parameters
on the same reviews. Seconds.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from fsrs import Card, Rating, Scheduler
from sklearn.metrics import log_loss, roc_auc_score

from bench.tracing import calibration_error
from tutor.learner.spaced_repetition import (
    MIN_SPACED_DAYS,
    MemoryState,
    initial_forgetting_model,
    recall_probability,
    update_memory,
)

WARM_UP_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review in the log."""

    card: str
    rating: int
    at: datetime


def read_reviews(path: Path) -> list[ReviewRow]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            ReviewRow(
                row["card_id"], int(row["review_rating"]), datetime.fromisoformat(row["review_time"]).astimezone(UTC)
            )
            for row in csv.DictReader(file)
        ]
    return sorted(rows, key=lambda row: row.at)


def product_predictions(rows: list[ReviewRow]) -> Iterator[tuple[float, bool]]:
    """Yield expected and actual recall for every spaced review."""
    memories: dict[str, MemoryState] = {}
    habit = initial_forgetting_model()
    for row in rows:
        recalled = row.rating > 1
        memory = memories.get(row.card)
        if memory is not None and row.at - memory.last_at >= timedelta(days=MIN_SPACED_DAYS):
            yield recall_probability(memory, habit, row.at), recalled
        memories[row.card], habit = update_memory(memory, habit, recalled=recalled, at=row.at)


def fsrs_predictions(rows: list[ReviewRow]) -> Iterator[float]:
    """Yield the recall that FSRS expects with its default parameters, for the same reviews."""
    scheduler, cards = Scheduler(enable_fuzzing=False), dict[str, Card]()
    for row in rows:
        card = cards.get(row.card) or Card(card_id=1, due=row.at)
        if card.last_review is not None and (row.at - card.last_review).total_seconds() >= 0.9 * 86_400:
            yield float(scheduler.get_card_retrievability(card, row.at))
        cards[row.card], _ = scheduler.review_card(card, Rating(row.rating), row.at)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.spaced_repetition", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--log", type=Path, required=True)
    options = parser.parse_args()
    rows = read_reviews(options.log)
    started = time.perf_counter()
    pairs = list(product_predictions(rows))
    seconds = time.perf_counter() - started
    cut = int(len(pairs) * WARM_UP_SHARE)
    expected, recalled = [p for p, _ in pairs[cut:]], [r for _, r in pairs[cut:]]
    theirs = np.clip(list(fsrs_predictions(rows))[cut:], 0.001, 0.999)
    print(
        f"{len(rows)} reviews, {len(expected)} scored, recall {np.mean(recalled):.3f}; {platform.machine()}, one thread"
    )
    figures = {
        "logloss": round(float(log_loss(recalled, expected)), 4),
        "auc": round(float(roc_auc_score(recalled, expected)), 4),
        "ece": round(calibration_error(expected, recalled), 4),
        "fsrs_logloss": round(float(log_loss(recalled, theirs)), 4),
        "fsrs_auc": round(float(roc_auc_score(recalled, theirs)), 4),
        "ms_per_review": round(1000 * seconds / len(rows), 3),
        "scored": len(expected),
        "log": options.log.name,
        "hardware": f"{platform.machine()}, one thread",
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
