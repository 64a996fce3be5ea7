"""Measure whether the tutor's answers are right: questions about courses, asked as on the page.

    python -m bench.tutoring --course DIR... --questions FILE... [--model standard] [--sample N] [--answers FILE]

Each folder of documents becomes a course of its own, read by the product. Each line of a file of questions is a JSON
object: `course` (a folder's name), `after` (earlier questions of the conversation, may lack), `question`, `form`,
`must` (points, each a list of wordings of which one must stand in the answer, case and punctuation aside), `must_not`
(wordings that must not), `covered`. Right is an answer that is covered as said, with every point and nothing of
`must_not`; partly one with at least half of the points and nothing of `must_not`; refused one that the tutor declines
although the course covers it; all others are wrong. A question that is not covered is right when it is declined.

Printed are these shares for each form, for answers lifted from the course, written by the model, and all; the share of
statements that cite the course; and the seconds to the last word. `--answers` keeps every answer as it comes, to be
read. The last line is one JSON object. Some 5 seconds a question with the standard model on two cores, once the courses
are read.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.retrieval_corpora import commit, hardware
from bench.tutoring_courses import Asked, Classroom, open_courses
from bench.tutoring_drafts import ListeningEngine
from bench.tutoring_report import answer_json, summarize, table
from bench.tutoring_scoring import Row
from tutor.engine.base import Engine
from tutor.engine.factory import open_engine
from tutor.platform.settings import Settings
from tutor.services import open_services


def main(arguments: Sequence[str] | None = None, *, engine: Engine | None = None) -> None:
    options = _parse(arguments)
    names = {folder.resolve().name for folder in options.course}
    rows = [row for row in read_rows(options.questions) if row.course in names]
    rows = sample_rows(rows, options.sample, options.seed) if options.sample else rows
    rows = rows[: options.limit]
    if not rows:
        sys.exit(f"no question is about a course in {', '.join(sorted(names))}; `course` is the name of a folder")
    run = {"bench": "tutoring", "hardware": hardware(), "commit": commit()}
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.data_dir or Path(temporary)
        settings = Settings(data_dir=folder, model=options.model, sample_course=False)
        listening = ListeningEngine(engine or open_engine(settings))
        services = open_services(settings, engine=listening)
        try:
            classroom = open_courses(services, listening, options.course, _report)
            services.wait_until_ready(_report)
            asked = ask_all(classroom, rows, options.answers)
            model = services.engine.info().model
        finally:
            services.close()
    print(table(asked))
    result = json.dumps({**run, **summarize(asked, model)}, ensure_ascii=False)
    if options.out:
        options.out.write_text(result + "\n", encoding="utf-8")
    print(result)


def read_rows(paths: Sequence[Path]) -> list[Row]:
    """Return the questions of the files. Raises ValueError that names a line that is none."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Row.from_json(json.loads(line)) for line in lines]


def sample_rows(rows: Sequence[Row], count: int, seed: int) -> list[Row]:
    """Return some of the rows in the order of the file: of each form, course and kind its share, chosen by chance."""
    shuffled = random.Random(seed).sample(range(len(rows)), len(rows))
    grouped = sorted(shuffled, key=lambda number: _group(rows[number]))
    count = min(count, len(rows))
    return [rows[number] for number in sorted(grouped[place * len(rows) // count] for place in range(count))]


def _group(row: Row) -> tuple[int, str, str, bool]:
    return not row.covered, row.form, row.course, bool(row.after)


def ask_all(classroom: Classroom, rows: Sequence[Row], answers: Path | None) -> list[Asked]:
    """Ask one question after the other; each answer is written to the file `answers` as it comes."""
    if answers:
        answers.write_text("", encoding="utf-8")
    asked: list[Asked] = []
    for number, row in enumerate(rows, 1):
        one = classroom.ask(row)
        asked.append(one)
        _report(f"{number} of {len(rows)}: {one.score.verdict.value}, {one.seconds} s, {one.source}: {row.question}")
        if answers:
            with answers.open("a", encoding="utf-8") as file:
                file.write(json.dumps(answer_json(number, one), ensure_ascii=False) + "\n")
    return asked


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--course", type=Path, nargs="+", required=True, metavar="DIR", help="folders of documents")
    parser.add_argument("--questions", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--model", default="auto", help="as the setting TUTOR_MODEL")
    parser.add_argument("--sample", type=int, metavar="N", help="ask so many, of each form and course its share")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--limit", type=int, metavar="N", help="ask the first so many")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="write each answer to this file, as JSON lines")
    parser.add_argument("--data-dir", type=Path, help="keep the courses in this folder; default: a temporary one")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the JSON object to this file, too")
    return parser.parse_args(arguments)


def _report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
