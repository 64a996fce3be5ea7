"""What a training needs around it, with a trainer that writes a small but genuine adapter at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from fake_trainer import BASE, write_at_once

import tutor.store.turns as turn_store
from adapters.errors import AdapterError
from tutor.accounts.sign_in import Accounts
from tutor.chat.conversations import Conversations
from tutor.corrections.feedback import FeedbackDesk
from tutor.corrections.review_queue import Reviews
from tutor.courses.courses import Courses
from tutor.domain import Person, Role, Turn, TurnStatus
from tutor.engine.model_files import ModelFiles
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import TutorError
from tutor.jobs import Jobs
from tutor.platform.clock import new_id
from tutor.platform.settings import Settings
from tutor.store.database import Database, open_database
from tutor.store.document_catalog import SqlCatalog
from tutor.tuning.adapter_training import Training
from tutor.tuning.adapter_versions import Versions
from tutor.tuning.preference_pairs import Pairs
from tutor.tuning.training_rows import Rows


class Rooms:
    """What a training needs around it, and a learner who has studied."""

    def __init__(self, path: Path, clock: Any) -> None:
        self.path, self.clock = path, clock
        self.database: Database = open_database(path / "tutor.sqlite")
        self.accounts = Accounts(self.database, clock, "http://localhost")
        self.courses = Courses(self.database, clock)
        self.conversations = Conversations(self.database, clock)
        self.desk = FeedbackDesk(self.database, self.courses, clock, path / "adapters")
        self.jobs = Jobs(self.database, clock, (TutorError, AdapterError))
        self.teacher = self.accounts.add("teacher", Role.INSTRUCTOR)
        self.course = self.courses.create(self.teacher, "Plants", course_id="plants").id
        self.ann = self.accounts.add("ann", Role.LEARNER)
        self.bob = self.accounts.add("bob", Role.LEARNER)
        self.versions = Versions(self.database, self.courses, path / "adapters")
        self.reviews = Reviews(self.database, self.courses, SqlCatalog(self.database), clock)
        self.training = Training(
            database=self.database,
            versions=self.versions,
            rows=Rows(self.database),
            pairs=Pairs(self.database, Rows(self.database)),
            jobs=self.jobs,
            engine=ScriptedEngine(["."]),
            settings=Settings(data_dir=path, sample_course=False),
            clock=clock,
            trainer=write_at_once,
            open_model=lambda spec, folder: ModelFiles(path, "tiny", BASE),
        )

    def turn(self, who: Person, question: str, *, answer: str = "An answer.", asked_a_model: bool = True) -> Turn:
        """Store a finished turn as `tutor.chat.turn` does."""
        conversation = self.conversations.start(who, self.course, question)
        prompt = (("system", "Be kind."), ("user", question)) if asked_a_model else None
        turn = Turn(
            new_id(), conversation.id, who.id, self.course, question, answer, TurnStatus.RUNNING, True, 0.9, (),
            (), None, None, None, None, None, None, self.clock(),
        )  # fmt: skip
        with self.database.writing() as connection:
            turn_store.add(connection, turn)
            turn_store.finish(connection, replace(turn, status=TurnStatus.COMPLETE), prompt)
        return turn

    def corrected(self, who: Person, count: int) -> list[str]:
        """Store `count` accepted corrections and return their ids."""
        turns = [self.turn(who, f"Question {n}?") for n in range(count)]
        return [self.desk.correct(who, t.id, f"Better {t.question}", consent=True).id for t in turns]

    def train(self, who: Person) -> Any:
        return self.training.train(who, who.id, self.course)
