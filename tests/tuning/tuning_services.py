"""The services around a training, with a fake trainer that writes a small but valid adapter at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from fake_trainer import BASE, fake_train

import tutor.store.turns as turn_store
from adapters.errors import AdapterError
from tutor.accounts.sign_in import Accounts
from tutor.chat.conversations import Conversations
from tutor.corrections.feedback import FeedbackService
from tutor.corrections.review_queue import ReviewQueue
from tutor.courses.courses import Courses
from tutor.domain import Person, Role, Turn, TurnStatus
from tutor.engine.model_files import ModelFiles
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import TutorError
from tutor.jobs import JobRunner
from tutor.platform.clock import new_id
from tutor.platform.settings import Settings
from tutor.store.database import Database, open_database
from tutor.store.document_catalog import SqlCatalog
from tutor.tuning.adapter_training import AdapterTraining
from tutor.tuning.adapter_versions import AdapterVersionService
from tutor.tuning.preference_pairs import PreferencePairSource
from tutor.tuning.training_rows import TrainingRowSource


class TuningServices:
    """The services around a training, with an instructor, a course and two learners."""

    def __init__(self, path: Path, clock: Any) -> None:
        self.path, self.clock = path, clock
        self.database: Database = open_database(path / "tutor.sqlite")
        self.accounts = Accounts(self.database, clock, "http://localhost")
        self.courses = Courses(self.database, clock)
        self.conversations = Conversations(self.database, clock)
        self.feedback = FeedbackService(self.database, self.courses, clock, path / "adapters")
        self.jobs = JobRunner(self.database, clock, (TutorError, AdapterError))
        self.instructor = self.accounts.create_account("teacher", Role.INSTRUCTOR)
        self.course = self.courses.create(self.instructor, "Plants", course_id="plants", open_to_all=True).id
        self.ann = self.accounts.create_account("ann", Role.LEARNER)
        self.bob = self.accounts.create_account("bob", Role.LEARNER)
        self.versions = AdapterVersionService(self.database, self.courses, path / "adapters")
        self.reviews = ReviewQueue(self.database, self.courses, SqlCatalog(self.database), clock)
        self.training = AdapterTraining(
            database=self.database,
            versions=self.versions,
            training_rows=TrainingRowSource(self.database),
            preference_pairs=PreferencePairSource(self.database, TrainingRowSource(self.database)),
            jobs=self.jobs,
            engine=ScriptedEngine(["."]),
            settings=Settings(data_dir=path, sample_course=False),
            clock=clock,
            trainer=fake_train,
            open_model=lambda spec, folder: ModelFiles(path, "tiny", BASE),
        )

    def add_turn(self, actor: Person, question: str, *, answer: str = "An answer.", asked_a_model: bool = True) -> Turn:
        """Store a finished turn, as `tutor.chat.turn` does."""
        conversation = self.conversations.start(actor, self.course, question)
        prompt = (("system", "Be kind."), ("user", question)) if asked_a_model else None
        turn = Turn(
            new_id(), conversation.id, actor.id, self.course, question, answer, TurnStatus.RUNNING, True, 0.9, (),
            (), None, None, None, None, None, None, self.clock(),
        )  # fmt: skip
        with self.database.write_transaction() as connection:
            turn_store.add(connection, turn)
            turn_store.finish(connection, replace(turn, status=TurnStatus.COMPLETE), prompt)
        return turn

    def add_accepted_corrections(self, actor: Person, count: int) -> list[str]:
        """Store `count` accepted corrections and return their ids."""
        turns = [self.add_turn(actor, f"Question {n}?") for n in range(count)]
        return [self.feedback.submit_correction(actor, t.id, f"Better {t.question}", consent=True).id for t in turns]

    def train(self, actor: Person) -> Any:
        return self.training.train(actor, actor.id, self.course)
