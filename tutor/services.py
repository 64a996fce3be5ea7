"""The composition root: Settings in, a House with its rooms as fields out. Used by the pages, the CLI and the tests.

`open_office` opens what needs no model (accounts, courses, feedback); `open_house` adds the library, the engine and all
that stands on them. The only place where real things are chosen; tests pass a scripted engine and a hashing embedder.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from adapters.errors import AdapterError
from adapters.records import Recipe
from knowledge.attribution import quotes
from knowledge.embedding import Embedder, open_embedder
from knowledge.errors import LibraryError
from knowledge.library import Library
from tutor.accounts.sign_in import Accounts
from tutor.assessment.grading import Grader
from tutor.assessment.short_text import ShortTextGrader
from tutor.chat.citation_viewer import Sources
from tutor.chat.conversations import Conversations
from tutor.chat.photo_transcription import Photos
from tutor.chat.turn import Turns
from tutor.chat.verified_answers import VerifiedAnswers
from tutor.corrections.feedback import FeedbackDesk
from tutor.corrections.review_queue import Reviews
from tutor.courses import sample_course
from tutor.courses.blob_store import Originals
from tutor.courses.courses import Courses
from tutor.courses.documents import Shelf
from tutor.courses.skills import Syllabus
from tutor.courses.strictness import Coverage
from tutor.domain import JobState, Person, Role
from tutor.engine.base import Engine, EngineState
from tutor.engine.factory import open_engine
from tutor.errors import EngineNotReady, NotFound, TutorError
from tutor.jobs import Jobs
from tutor.platform.clock import Clock, utc_now
from tutor.platform.data_dir import DataRoot, open_data_root
from tutor.platform.settings import Settings
from tutor.practice.chat_quiz import ChatQuiz
from tutor.practice.gradebook import Gradebook
from tutor.practice.item_bank import Questions
from tutor.practice.quiz_sessions import Practice
from tutor.progress.course_tracers import Tracers
from tutor.progress.evidence_log import EvidenceBook
from tutor.progress.learner_progress import Progress
from tutor.progress.profile import Profiles
from tutor.progress.recommended_reading import Reading
from tutor.progress.reports import Reports
from tutor.progress.xapi_import import Intake
from tutor.store import turns as turn_store
from tutor.store.database import Database, open_database
from tutor.store.document_catalog import SqlCatalog
from tutor.tuning.adapter_training import KIND as TRAINING
from tutor.tuning.adapter_training import Training
from tutor.tuning.adapter_versions import Versions
from tutor.tuning.corrections_io import Exchange
from tutor.tuning.preference_pairs import Pairs
from tutor.tuning.side_by_side import Proof
from tutor.tuning.training_rows import Rows

OPERATOR = "operator"
FIRST_INSTRUCTOR = "instructor"
REFUSALS = (TutorError, LibraryError, AdapterError)  # their messages are sentences for people


@dataclass(frozen=True, slots=True)
class Office:
    """The rooms that need no model."""

    settings: Settings
    root: DataRoot
    clock: Clock
    database: Database
    accounts: Accounts
    courses: Courses
    conversations: Conversations
    feedback: FeedbackDesk
    evidence: EvidenceBook
    progress: Progress
    tracers: Tracers
    profiles: Profiles
    intake: Intake
    reports: Reports

    @property
    def operator(self) -> Person:
        """Whoever holds the shell of this machine."""
        try:
            return self.accounts.named(OPERATOR)
        except NotFound:
            return self.accounts.add(OPERATOR, Role.ADMIN)

    def close(self) -> None:
        self.progress.beside.close()
        self.tracers.beside.close()
        self.database.close()


@dataclass(frozen=True, slots=True)
class House:
    """All rooms."""

    office: Office
    settings: Settings
    accounts: Accounts
    courses: Courses
    conversations: Conversations
    feedback: FeedbackDesk
    evidence: EvidenceBook
    progress: Progress
    profiles: Profiles
    intake: Intake
    reports: Reports
    reading: Reading
    jobs: Jobs
    library: Library
    embedder: Embedder
    shelf: Shelf
    sources: Sources
    coverage: Coverage
    syllabus: Syllabus
    engine: Engine
    turns: Turns
    questions: Questions
    practice: Practice
    photos: Photos
    gradebook: Gradebook
    reviews: Reviews
    versions: Versions
    training: Training
    proof: Proof
    exchange: Exchange

    def furnish(self, *, wait: bool) -> None:
        """Put the sample course into a house without courses; its documents are read in at once, or beside the page."""
        operator = self.office.operator
        if not self.settings.sample_course or self.courses.visible_to(operator):
            return
        course_id = sample_course.declare(self.courses, operator)
        for name, data in sample_course.documents():
            if wait:
                self.shelf.add(operator, course_id, name, data)
            else:
                self.shelf.upload(operator, course_id, name, data)

    def take_up(self) -> None:
        """Clear away what a dead server left: mark its turns, take its uploads up again, end its trainings."""
        with self.office.database.writing() as connection:
            turn_store.interrupt_running(connection)
        self.shelf.resume()
        self.training.tidy()
        for job, _payload in self.jobs.unfinished(TRAINING):
            self.jobs.end(job.id, JobState.FAILED, "the server stopped during the training; start it again")

    def first_link(self) -> str | None:
        """Return the one-time link of the first instructor, once: at the first start."""
        try:
            self.accounts.named(FIRST_INSTRUCTOR)
        except NotFound:
            instructor = self.accounts.add(FIRST_INSTRUCTOR, Role.INSTRUCTOR, self.settings.language)
            for course in self.courses.visible_to(self.office.operator):
                self.courses.enrol(self.office.operator, course.id, instructor)
            return self.accounts.issue_link(instructor)
        return None

    def wait_until_ready(self, timeout_s: float = 600.0) -> None:
        """Return when the engine can answer; raises EngineNotReady when it failed, or did not become ready in time."""
        deadline = time.monotonic() + timeout_s
        while (info := self.engine.info()).state is EngineState.LOADING and time.monotonic() < deadline:
            time.sleep(0.05)
        if info.state is not EngineState.READY:
            raise EngineNotReady(f"the model {info.model} is not ready: {info.detail or info.state.value}")

    def close(self) -> None:
        """Stop the work, free the model, close the database."""
        self.jobs.close()
        self.engine.close()
        self.office.close()


def open_office(settings: Settings, *, clock: Clock = utc_now) -> Office:
    """Open the data root and the rooms that need no model."""
    root = open_data_root(settings.data_dir)
    database = open_database(root.database)
    courses = Courses(database, clock)
    tracers = Tracers(database)
    progress, accounts = Progress(database, courses, clock, tracers), Accounts(database, clock, settings.url)
    profiles = Profiles(database, courses, progress, clock)
    return Office(
        settings=settings,
        root=root,
        clock=clock,
        database=database,
        accounts=accounts,
        courses=courses,
        conversations=Conversations(database, clock),
        feedback=FeedbackDesk(database, courses, clock, root.adapters),
        evidence=EvidenceBook(database, courses, clock),
        progress=progress,
        tracers=tracers,
        profiles=profiles,
        intake=Intake(database, courses, accounts, clock),
        reports=Reports(database, courses, accounts, progress, profiles, clock, settings.url),
    )


def open_house(
    settings: Settings,
    *,
    engine: Engine | None = None,
    embedder: Embedder | None = None,
    clock: Clock = utc_now,
) -> House:
    """Open all rooms. The model loads beside: `engine.info()` tells when it can answer."""
    office = open_office(settings, clock=clock)
    embedder = embedder or open_embedder(settings.embedder, office.root.models)
    engine = engine or open_engine(settings)
    catalog = SqlCatalog(office.database)
    library = Library(office.root.index, catalog, embedder)
    jobs = Jobs(office.database, clock, REFUSALS)
    originals = Originals(office.root.originals)
    versions = Versions(office.database, office.courses, office.root.adapters)
    training_rows = Rows(office.database)
    training = Training(
        database=office.database,
        versions=versions,
        rows=training_rows,
        pairs=Pairs(office.database, training_rows),
        jobs=jobs,
        engine=engine,
        settings=settings,
        clock=clock,
        recipe=Recipe(preference_steps=settings.preference_steps),
    )
    grader = Grader(ShortTextGrader(embedder))
    questions = Questions(office.database, office.courses, library, grader, clock)
    practice = Practice(
        office.database,
        office.courses,
        questions,
        grader,
        office.evidence,
        office.progress.placement_question,
        office.progress.weighed,
        clock,
    )
    sources = Sources(office.conversations, originals)
    turns = Turns(
        database=office.database,
        courses=office.courses,
        conversations=office.conversations,
        library=library,
        engine=engine,
        find_quotes=lambda answer, hits, question: quotes(answer, hits, embedder, question),
        active_adapter=versions.ref,
        about_learner=office.profiles.block,
        quizmaster=ChatQuiz(practice, library),
        verified=VerifiedAnswers(office.database, embedder),
        page_picture=sources.picture,
        settings=settings,
        clock=clock,
    )
    return House(
        office=office,
        settings=settings,
        accounts=office.accounts,
        courses=office.courses,
        conversations=office.conversations,
        feedback=office.feedback,
        evidence=office.evidence,
        progress=office.progress,
        profiles=office.profiles,
        intake=office.intake,
        reports=office.reports,
        reading=Reading(library, office.courses),
        jobs=jobs,
        library=library,
        embedder=embedder,
        shelf=Shelf(library, office.courses, jobs, originals, settings.max_upload_mb * 2**20),
        sources=sources,
        coverage=Coverage(office.database, office.courses),
        syllabus=Syllabus(office.database, office.courses, library),
        engine=engine,
        turns=turns,
        questions=questions,
        practice=practice,
        photos=Photos(engine, settings),
        gradebook=Gradebook(office.database, office.courses, practice, office.evidence, office.progress, clock),
        reviews=Reviews(office.database, office.courses, catalog, clock),
        versions=versions,
        training=training,
        proof=Proof(engine, versions, settings, turns.prompt_for),
        exchange=Exchange(office.database, versions, training_rows, office.conversations, office.feedback, clock),
    )
