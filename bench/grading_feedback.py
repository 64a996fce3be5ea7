"""Measure whether the feedback on a short answer names the point that the answer misses.

    python -m bench.grading_feedback --rows UNT.csv

Rows contain question, student answer, model answer and the missing part of the model answer, as marked by a person.
`token_f1` is over rows with a missing part, where the grader names the weakest point if none is clearly missing;
`silent_when_complete` is the share of the other rows where no point is clearly missing. Half a minute.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import re
import time
from collections import Counter
from pathlib import Path

import numpy as np

from knowledge.sentence_embedder import open_embedder
from tutor.assessment.answer_features import TextEncoder
from tutor.assessment.answer_key_points import missing_points, score_key_points, weakest_point

_TOKEN = re.compile(r"[a-z0-9]+")
_ARTICLES = {"a", "an", "the"}


def token_f1(feedback: str, gold: str) -> float:
    one, two = (Counter(t for t in _TOKEN.findall(x.lower()) if t not in _ARTICLES) for x in (feedback, gold))
    shared = sum((one & two).values())
    return 2 * shared / (one.total() + two.total()) if shared else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    with arguments.rows.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    reader = TextEncoder(open_embedder("bundled", Path("var/models")))
    started = time.perf_counter()
    scores, silent, whole = [], [], []
    for row in rows:
        found = score_key_points(row["question_text"], row["model_answer"], row["student_answer"], reader)
        clearly, gold = missing_points(found), row["gap"].strip()
        feedback = " ".join(clearly or weakest_point(found))
        if gold:
            scores.append(token_f1(feedback, gold))
            whole.append(token_f1(row["model_answer"], gold))
            if len(scores) <= arguments.show:
                print(f"{scores[-1]:.2f} | {row['question_text']} | {row['student_answer']} | gold {gold} | {feedback}")
        else:
            silent.append(not clearly)
    result = {
        "bench": "feedback",
        "workload": arguments.rows.name,
        "hardware": f"{platform.machine()} CPU",
        "model": "MiniLM word vectors + stems",
        "rows": len(rows),
        "with_gap": len(scores),
        "token_f1": round(float(np.mean(scores)), 4),
        "token_f1_whole_reference": round(float(np.mean(whole)), 4),
        "silent_when_complete": round(float(np.mean(silent)), 4) if silent else None,
        "ms_per_answer": round(1000 * (time.perf_counter() - started) / len(rows), 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
