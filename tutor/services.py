"""The composition root: Settings in, a House with its rooms as fields out. Used by the pages, the CLI and the tests.

`open_office` opens what needs no model (accounts, courses, feedback); `open_house` adds the library, the engine and all
that stands on them. The only place where real things are chosen; tests pass a scripted engine and a hashing embedder.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from adapters.errors import AdapterError
from adapters.records import Recipe
from knowledge.attribution import attribute_answer
from knowledge.embedding import Embedder
from knowledge.errors import LibraryError
from knowledge.library import Library
from knowledge.sentence_embedder import open_embedder
from tutor.accounts.sign_in import Accounts
from tutor.assessment.grading import Grader
from tutor.assessment.short_text import ShortTextGrader
from tutor.chat.citation_viewer import CitationViewer
from tutor.chat.conversations import Conversations
from tutor.chat.photo_transcription import PhotoTranscriber
from tutor.chat.turn import ChatService
from tutor.chat.verified_answers import VerifiedAnswers
from tutor.corrections.feedback import FeedbackService
from tutor.corrections.review_queue import ReviewQueue
from tutor.courses import sample_course
from tutor.courses.blob_store import BlobStore
from tutor.courses.courses import Courses
from tutor.courses.documents import CourseDocuments
from tutor.courses.skills import CourseSkills
from tutor.courses.strictness import StrictnessSettings
from tutor.domain import JobState, Person, Role
from tutor.engine.base import Engine, EngineState
from tutor.engine.factory import open_engine
from tutor.errors import EngineNotReady, NotFound, TutorError
from tutor.jobs import JobRunner
from tutor.platform.clock import Clock, utc_now
from tutor.platform.data_dir import DataDir, open_data_dir
from tutor.platform.settings import Settings
from tutor.practice.chat_quiz import ChatQuiz
from tutor.practice.gradebook import Gradebook
from tutor.practice.item_bank import ItemBank
from tutor.practice.quiz_sessions import Practice
from tutor.progress.course_tracers import CourseTracers
from tutor.progress.evidence_log import EvidenceLog
from tutor.progress.learner_progress import LearnerProgress
from tutor.progress.profile import Profiles
from tutor.progress.recommended_reading import RecommendedReading
from tutor.progress.reports import Reports
from tutor.progress.xapi_import import XapiImporter
from tutor.store import turns as turn_store
from tutor.store.database import Database, open_database
from tutor.store.document_catalog import SqlCatalog
from tutor.tuning.adapter_training import JOB_KIND as TRAINING
from tutor.tuning.adapter_training import AdapterTraining
from tutor.tuning.adapter_versions import AdapterVersionService
from tutor.tuning.corrections_io import CorrectionFiles
from tutor.tuning.preference_pairs import PreferencePairSource
from tutor.tuning.side_by_side import SideBySide
from tutor.tuning.training_rows import TrainingRowSource

OPERATOR_NAME = "operator"
FIRST_INSTRUCTOR_NAME = "instructor"
USER_FACING_ERRORS = (TutorError, LibraryError, AdapterError)  # their messages are sentences for people


@dataclass(frozen=True, slots=True)
class CoreServices:
    """The rooms that need no model."""

    settings: Settings
    data_dir: DataDir
    clock: Clock
    database: Database
    accounts: Accounts
    courses: Courses
    conversations: Conversations
    feedback: FeedbackService
    evidence_log: EvidenceLog
    progress: LearnerProgress
    tracers: CourseTracers
    profiles: Profiles
    xapi_import: XapiImporter
    reports: Reports

    @property
    def operator(self) -> Person:
        """Whoever holds the shell of this machine."""
        try:
            return self.accounts.get_by_name(OPERATOR_NAME)
        except NotFound:
            return self.accounts.create_account(OPERATOR_NAME, Role.ADMIN)

    def close(self) -> None:
        self.progress.background.close()
        self.tracers.background.close()
        self.database.close()


@dataclass(frozen=True, slots=True)
class Services:
    """All rooms."""

    core: CoreServices
    settings: Settings
    accounts: Accounts
    courses: Courses
    conversations: Conversations
    feedback: FeedbackService
    evidence_log: EvidenceLog
    progress: LearnerProgress
    profiles: Profiles
    xapi_import: XapiImporter
    reports: Reports
    recommended_reading: RecommendedReading
    jobs: JobRunner
    library: Library
    embedder: Embedder
    documents: CourseDocuments
    citation_viewer: CitationViewer
    strictness: StrictnessSettings
    skills: CourseSkills
    engine: Engine
    chat: ChatService
    item_bank: ItemBank
    quiz_sessions: Practice
    photos: PhotoTranscriber
    gradebook: Gradebook
    review_queue: ReviewQueue
    adapter_versions: AdapterVersionService
    training: AdapterTraining
    side_by_side: SideBySide
    corrections_io: CorrectionFiles

    def seed_sample_course(self, *, wait: bool) -> None:
        """Put the sample course into a house without courses; its documents are read in at once, or beside the page."""
        operator = self.core.operator
        if not self.settings.sample_course or self.courses.visible_to(operator):
            return
        course_id = sample_course.create_sample_course(self.courses, operator)
        for name, data in sample_course.sample_documents():
            if wait:
                self.documents.ingest(operator, course_id, name, data)
            else:
                self.documents.upload(operator, course_id, name, data)

    def recover_interrupted_work(self) -> None:
        """Clear away what a dead server left: mark its turns, take its uploads up again, end its trainings."""
        with self.core.database.write_transaction() as connection:
            turn_store.mark_running_interrupted(connection)
        self.documents.resume_uploads()
        self.training.remove_abandoned()
        for job, _payload in self.jobs.list_unfinished(TRAINING):
            self.jobs.finish(job.id, JobState.FAILED, "the server stopped during the training; start it again")

    def bootstrap_instructor_link(self) -> str | None:
        """Return the one-time link of the first instructor, once: at the first start."""
        try:
            self.accounts.get_by_name(FIRST_INSTRUCTOR_NAME)
        except NotFound:
            instructor = self.accounts.create_account(FIRST_INSTRUCTOR_NAME, Role.INSTRUCTOR, self.settings.language)
            for course in self.courses.visible_to(self.core.operator):
                self.courses.enrol(self.core.operator, course.id, instructor)
            return self.accounts.issue_sign_in_link(instructor)
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
        self.core.close()


def open_core_services(settings: Settings, *, clock: Clock = utc_now) -> CoreServices:
    """Open the data root and the rooms that need no model."""
    root = open_data_dir(settings.data_dir)
    database = open_database(root.database_file)
    courses = Courses(database, clock)
    tracers = CourseTracers(database)
    progress, accounts = LearnerProgress(database, courses, clock, tracers), Accounts(database, clock, settings.url)
    profiles = Profiles(database, courses, progress, clock)
    return CoreServices(
        settings=settings,
        data_dir=root,
        clock=clock,
        database=database,
        accounts=accounts,
        courses=courses,
        conversations=Conversations(database, clock),
        feedback=FeedbackService(database, courses, clock, root.adapters_dir),
        evidence_log=EvidenceLog(database, courses, clock),
        progress=progress,
        tracers=tracers,
        profiles=profiles,
        xapi_import=XapiImporter(database, courses, accounts, clock),
        reports=Reports(database, courses, accounts, progress, profiles, clock, settings.url),
    )


def open_services(
    settings: Settings,
    *,
    engine: Engine | None = None,
    embedder: Embedder | None = None,
    clock: Clock = utc_now,
) -> Services:
    """Open all rooms. The model loads beside: `engine.info()` tells when it can answer."""
    office = open_core_services(settings, clock=clock)
    embedder = embedder or open_embedder(settings.embedder, office.data_dir.models_dir)
    engine = engine or open_engine(settings)
    catalog = SqlCatalog(office.database)
    library = Library(office.data_dir.index_dir, catalog, embedder)
    jobs = JobRunner(office.database, clock, USER_FACING_ERRORS)
    originals = BlobStore(office.data_dir.originals_dir)
    versions = AdapterVersionService(office.database, office.courses, office.data_dir.adapters_dir)
    training_rows = TrainingRowSource(office.database)
    training = AdapterTraining(
        database=office.database,
        versions=versions,
        training_rows=training_rows,
        preference_pairs=PreferencePairSource(office.database, training_rows),
        jobs=jobs,
        engine=engine,
        settings=settings,
        clock=clock,
        recipe=Recipe(preference_steps=settings.preference_steps),
    )
    grader = Grader(ShortTextGrader(embedder))
    questions = ItemBank(office.database, office.courses, library, grader, clock)
    practice = Practice(
        office.database,
        office.courses,
        questions,
        grader,
        office.evidence_log,
        office.progress.placement_question,
        office.progress.predict_items,
        clock,
    )
    sources = CitationViewer(office.conversations, originals)
    turns = ChatService(
        database=office.database,
        courses=office.courses,
        conversations=office.conversations,
        library=library,
        engine=engine,
        find_quotes=lambda answer, hits, question: attribute_answer(answer, hits, embedder, question),
        find_active_adapter=versions.serving_adapter_ref,
        describe_learner=office.profiles.prompt_block,
        quizmaster=ChatQuiz(practice, library),
        verified_answers=VerifiedAnswers(office.database, embedder),
        render_page=sources.render_page,
        settings=settings,
        clock=clock,
    )
    return Services(
        core=office,
        settings=settings,
        accounts=office.accounts,
        courses=office.courses,
        conversations=office.conversations,
        feedback=office.feedback,
        evidence_log=office.evidence_log,
        progress=office.progress,
        profiles=office.profiles,
        xapi_import=office.xapi_import,
        reports=office.reports,
        recommended_reading=RecommendedReading(library, office.courses),
        jobs=jobs,
        library=library,
        embedder=embedder,
        documents=CourseDocuments(library, office.courses, jobs, originals, settings.max_upload_mb * 2**20),
        citation_viewer=sources,
        strictness=StrictnessSettings(office.database, office.courses),
        skills=CourseSkills(office.database, office.courses, library),
        engine=engine,
        chat=turns,
        item_bank=questions,
        quiz_sessions=practice,
        photos=PhotoTranscriber(engine, settings),
        gradebook=Gradebook(office.database, office.courses, practice, office.evidence_log, office.progress, clock),
        review_queue=ReviewQueue(office.database, office.courses, catalog, clock),
        adapter_versions=versions,
        training=training,
        side_by_side=SideBySide(engine, versions, settings, turns.preview_prompt),
        corrections_io=CorrectionFiles(
            office.database, versions, training_rows, office.conversations, office.feedback, clock
        ),
    )
