"""Measure how long the progress pages take, for a learner with many answers and for a large class.

    python -m bench.progress [--events 10000] [--learners 200] [--each 200]

Answers are recorded through the evidence log into a database in a temporary folder. `page_ms` is the overview of one
learner from their stored record, with the newest answer not yet in it; `class_ms` is the class from stored records.
`rebuild_s` builds the learner's record again from all events. Two more figures are the page after a correction: the
median of five among the last hundred answers, and the page after a correction of the first answer, which says that it
will be counted soon and is up to date `caught_up_s` later. `first_class_s` builds all records of the class for the
first time. Times are CPU time of the page's thread, because the machine may be shared; `same` says whether the updated
and the rebuilt record are equal to the last digit. Some minutes.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from tutor.domain import Outcome, Person, Role, Skill
from tutor.learner.evidence import AnswerEvent
from tutor.learner.serialization import record_to_json
from tutor.platform.clock import new_id
from tutor.platform.settings import Settings
from tutor.progress.evidence_log import GradedAnswer
from tutor.services import CoreServices, open_core_services
from tutor.store.evidence import events
from tutor.ui import class_html, progress_html

COURSE, SKILLS, ITEMS = "bench", 40, 12


class SteppingClock:
    """A clock that advances by a minute each time it is read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def practise(core: CoreServices, actor: Person, answers: int, rng: random.Random) -> None:
    """Record answers in one transaction, so that the speed of the disk does not matter."""
    with core.database.write_transaction() as connection:
        for _ in range(answers):
            skill = f"s{rng.randrange(SKILLS):02d}"
            outcome = Outcome.RIGHT if rng.random() < 0.7 else Outcome.WRONG
            item = f"{skill}/{rng.randrange(ITEMS)}"
            judged = GradedAnswer(COURSE, item, (skill,), outcome, "bench", new_id(), hints=int(rng.random() < 0.1))
            core.evidence_log.record(actor, judged, within=connection)


def cpu_ms(action: Callable[[], object], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        started = time.thread_time()
        action()
        taken.append(1000 * (time.thread_time() - started))
    return round(median(taken), 1)


def _time_correction(core: CoreServices, actor: Person, names: dict[str, str], place: int) -> float:
    """Return the CPU time of the learner's page after a correction of the grade at that position of the record."""
    with core.database.read_connection() as connection:
        answers = [event for _, event in events(connection, COURSE, actor.id) if isinstance(event, AnswerEvent)]
    old = answers[place]
    core.evidence_log.override(core.operator, old.grade_id, Outcome.WRONG if old.is_right else Outcome.RIGHT)
    return cpu_ms(
        lambda: progress_html.render_progress(core.progress.own_overview(actor, COURSE), names, "en"), times=1
    )


def measure(core: CoreServices, events: int, learners: int, each: int) -> dict[str, object]:
    rng, operator = random.Random(0), core.operator
    core.courses.create(operator, "Bench", course_id=COURSE, open_to_all=True)
    skills = [Skill(f"s{n:02d}", COURSE, f"Skill {n}", (f"s{n - 1:02d}",) if n % 3 else ()) for n in range(SKILLS)]
    core.courses.declare_skills(operator, COURSE, skills)
    names = {skill.id: skill.name for skill in skills}
    ada = core.accounts.create_account("ada", Role.LEARNER)
    practise(core, ada, events, rng)
    core.progress.own_overview(ada, COURSE)
    pages = []
    for _ in range(5):
        practise(core, ada, 1, rng)
        pages.append(
            cpu_ms(lambda: progress_html.render_progress(core.progress.own_overview(ada, COURSE), names, "en"), times=1)
        )
    moved_on = record_to_json(core.progress.own_record(ada, COURSE))
    started = time.process_time()
    core.progress.rebuild_records(operator, COURSE)
    rebuild_s = round(time.process_time() - started, 2)
    same = record_to_json(core.progress.own_record(ada, COURSE)) == moved_on
    recent = median(_time_correction(core, ada, names, place) for place in (-100, -80, -60, -40, -20))
    first = _time_correction(core, ada, names, 0)
    behind, started = core.progress.own_overview(ada, COURSE).is_stale, time.process_time()
    core.progress.background.wait_all()
    caught_up_s = round(time.process_time() - started, 2)
    assert behind and not core.progress.own_overview(ada, COURSE).is_stale
    for n in range(learners - 1):
        practise(core, core.accounts.create_account(f"learner-{n}", Role.LEARNER), each, rng)
    started = time.process_time()
    core.reports.class_overview(operator, COURSE)
    first_class_s = round(time.process_time() - started, 2)

    def show_class() -> str:
        seen, known = (
            core.reports.class_overview(operator, COURSE),
            core.reports.answering_learners(operator, COURSE),
        )
        return class_html.render_class_page(seen, known, names, {}, "en")

    return {
        "page_ms": median(pages),
        "class_ms": cpu_ms(show_class),
        "rebuild_s": rebuild_s,
        "page_after_recent_correction_ms": recent,
        "page_after_correcting_the_first_answer_ms": first,
        "caught_up_s": caught_up_s,
        "first_class_s": first_class_s,
        "same": same,
        "events": events,
        "learners": learners,
        "answers_each": each,
        "hardware": f"{platform.machine()}, CPU time",
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.progress", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--each", type=int, default=200, help="number of answers of every other learner")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        core = open_core_services(Settings(data_dir=Path(folder)), clock=SteppingClock())
        figures = measure(core, options.events, options.learners, options.each)
        core.close()
    print(f"a page {figures['page_ms']} ms, a class of {figures['learners']} {figures['class_ms']} ms (CPU time)")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
