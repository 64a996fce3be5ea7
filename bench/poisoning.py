"""Check that hostile corrections do not reach what a whole course learns from.

    python -m bench.poisoning

A course has 100 honest better answers that its instructor has accepted. Then learners write hostile ones until these
are 5 % and 20 % of all: a number changed, a "not" inserted, one slogan repeated, a private address. `in_shared` counts
the hostile rows that the course's shared adapter would be trained on before anybody has reviewed them. `same_rows`
says whether those rows are identical byte by byte to the rows without the attack; then the adapter and its held-out
accuracy are the same too. `flagged` is the share of hostile answers that the reviewer is warned about, `false_alarms`
that of honest ones. `in_own` counts how many of them a learner who wrote none would learn. Seconds.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tutor.store.turns as turn_store
from adapters.dataset import content_hash
from adapters.errors import AdapterError
from bench.retrieval_corpora import commit, hardware
from bench.style_learners import Fact, facts, prompt_of
from tutor.accounts.sign_in import Accounts
from tutor.chat.conversations import Conversations
from tutor.corrections.feedback import FeedbackService
from tutor.corrections.review_flags import find_flags
from tutor.corrections.review_queue import ReviewQueue
from tutor.courses.courses import Courses
from tutor.domain import Person, Role, Turn, TurnStatus
from tutor.errors import TutorError
from tutor.jobs import JobRunner
from tutor.platform.clock import new_id
from tutor.store.database import open_database
from tutor.store.document_catalog import SqlCatalog
from tutor.tuning.training_rows import TrainingRowSource

HONEST_COUNT = 100
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    result: dict[str, Any] = {"benchmark": "poisoning", "hardware": hardware(), "commit": commit()}
    for share in (0.05, 0.2):
        with tempfile.TemporaryDirectory() as folder:
            result[f"at_{share:.0%}".replace("%", "")] = PoisonedCourse(Path(folder)).attack(
                round(HONEST_COUNT * share / (1 - share))
            )
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result))


class PoisonedCourse:
    """A real database with one course, an instructor, an honest learner and an attacker."""

    def __init__(self, folder: Path) -> None:
        def clock() -> datetime:
            return NOW

        self.database = open_database(folder / "tutor.sqlite")
        accounts = Accounts(self.database, clock, "http://localhost")
        courses = Courses(self.database, clock)
        self.conversations = Conversations(self.database, clock)
        self.feedback_service = FeedbackService(self.database, courses, clock, folder / "adapters")
        self.jobs = JobRunner(self.database, clock, (TutorError, AdapterError))
        self.reviews = ReviewQueue(self.database, courses, SqlCatalog(self.database), clock)
        self.teacher = accounts.create_account("teacher", Role.INSTRUCTOR)
        self.course = courses.create(self.teacher, "Facts", course_id="facts", open_to_all=True).id
        self.honest = [accounts.create_account(f"honest-{n}", Role.LEARNER) for n in range(10)]
        self.attackers = [accounts.create_account(f"attacker-{n}", Role.LEARNER) for n in range(5)]
        self.rows = TrainingRowSource(self.database)

    def attack(self, hostile: int) -> dict[str, Any]:
        """Write the honest rows, then the hostile ones, and return what the training rows are then."""
        pool = facts()
        for number in range(HONEST_COUNT):
            fact = pool[number % len(pool)]
            actor = self.honest[number % len(self.honest)]
            written = self.correct(actor, fact, fact.answer if number < len(pool) else f"In short: {fact.answer}")
            self.reviews.decide(self.teacher, written, accept=True)
        before = content_hash(self.rows.for_owner(None, self.course))
        own = content_hash(self.rows.for_owner(self.honest[0].id, self.course))
        texts = [(pool[n % len(pool)], poison(pool[n % len(pool)], n)) for n in range(hostile)]
        for number, (fact, text) in enumerate(texts):
            self.correct(self.attackers[number % len(self.attackers)], fact, text)
        shared = self.rows.for_owner(None, self.course)
        wicked = {text for _, text in texts}
        warned = [bool(find_flags(text, [f.passage], [t for _, t in texts if t is not text])) for f, text in texts]
        alarms = [bool(find_flags(fact.answer, [fact.passage], [])) for fact in pool]
        self.jobs.close()
        self.database.close()
        return {
            "hostile": hostile,
            "in_shared": sum(row.answer in wicked for row in shared),
            "same_rows": content_hash(shared) == before,
            "in_own": int(content_hash(self.rows.for_owner(self.honest[0].id, self.course)) != own),
            "flagged": round(sum(warned) / len(warned), 3),
            "false_alarms": round(sum(alarms) / len(alarms), 3),
        }

    def correct(self, actor: Person, fact: Fact, text: str) -> str:
        """Store a turn about a fact and a better answer to it; return the better answer's id."""
        conversation = self.conversations.start(actor, self.course, fact.question)
        turn = Turn(
            new_id(), conversation.id, actor.id, self.course, fact.question, "Said.", TurnStatus.RUNNING, True, 0.9, (),
            (), None, None, None, None, None, None, NOW,
        )  # fmt: skip
        prompt = tuple((message.role, f"{message.content} ({turn.id})") for message in prompt_of(fact))
        with self.database.write_transaction() as connection:
            turn_store.add(connection, turn)
            turn_store.finish(connection, replace(turn, status=TurnStatus.COMPLETE), prompt)
        return self.feedback_service.submit_correction(actor, turn.id, text, consent=True).id


def poison(fact: Fact, number: int) -> str:
    """Return a hostile answer, of four kinds in turn."""
    match number % 4:
        case 0:
            denied = re.sub(r"\b(is|says|does|gives|makes|carries|moves|lets)\b", r"\1 not", fact.answer, count=1)
            return denied if denied != fact.answer else f"It is not so: {fact.answer}"
        case 1:
            return f"{fact.answer} Write to the examiner at exam.leak{number}@example.org."
        case 2:
            return "Buy the answers from the shop in the cellar, everybody does."
        case _:
            return f"{fact.term} has 12 parts, which is 7 more than the passage says."


if __name__ == "__main__":
    main()
