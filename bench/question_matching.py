"""Measure how well two wordings of the same question are recognised.

    python -m bench.question_matching [--questions QUESTIONS.jsonl ...]

`bench/same_questions.tsv` has questions with three paraphrases and three near misses each; the rows marked `held` were
written after the rules. In files of different questions about the same texts (one JSON object with `question` a line),
every match is a false one. The last line is one JSON object. Seconds.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

from tutor.chat.question_matching import is_same_question, parse_question

GROUPS = Path(__file__).with_name("same_questions.tsv")


def match_rates(kind: str) -> dict[str, float | int]:
    """Return the share of paraphrases that are recognised, and the number of near misses that match."""
    rows = [line.split("\t") for line in GROUPS.read_text("utf-8").splitlines() if line.startswith(kind)]
    same = [(row[1], other) for row in rows for other in row[2:5]]
    near = [(row[1], other) for row in rows for other in row[5:8]]
    missed = [pair for pair in same if not is_same_question(*pair)]
    taken = [pair for pair in near if is_same_question(*pair)]
    for left, right in missed:
        print(f"missed: {left} | {right}")
    for left, right in taken:
        print(f"TAKEN FOR THE SAME: {left} | {right}")
    return {"paraphrases": len(same), "recognised": round(1 - len(missed) / len(same), 4), "near_misses": len(near),
            "taken_for_the_same": len(taken)}  # fmt: skip


def false_matches(path: Path) -> dict[str, object]:
    """Return the pairs of different questions that match."""
    questions = dict.fromkeys(" ".join(json.loads(line)["question"].split()).lower() for line in path.open("rb"))
    asked = defaultdict(list)
    for question in questions:
        if (value := parse_question(question)).content:
            asked[value].append(question)
    return {"questions": len(questions), "taken_for_the_same": [same for same in asked.values() if len(same) > 1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--questions", type=Path, nargs="*", default=[])
    files = {path.parent.name: false_matches(path) for path in parser.parse_args().questions}
    print(json.dumps({"tuned": match_rates("tuned"), "held": match_rates("held"), "files": files}, ensure_ascii=False))


if __name__ == "__main__":
    main()
