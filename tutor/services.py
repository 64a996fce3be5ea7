"""The composition root: opens every service from the settings. Used by the pages, the command line and the tests.

`open_core_services` opens what needs no model (accounts, courses, feedback); `open_services` adds the library, the
engine and all that depends on them. Implementations are chosen here and nowhere else; tests pass a scripted engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from adapters.errors import AdapterError
from adapters.records import Recipe
from knowledge.attribution import attribute_answer
from knowledge.documents import Hit, Quote
from knowledge.embedding import Embedder
from knowledge.errors import LibraryError
from knowledge.library import Library
from knowledge.ranking import MULTILINGUAL_FAMILY
from knowledge.sentence_embedder import MINILM_SPEC, open_embedder
from tutor.accounts.session_limits import SessionLimits
from tutor.accounts.sign_in import Accounts
from tutor.assessment.grading import Grader
from tutor.assessment.short_text import ShortTextGrader
from tutor.chat.answer_generation import AnswerGenerator
from tutor.chat.citation_viewer import CitationViewer
from tutor.chat.conversations import Conversations
from tutor.chat.direct_replies import DirectReplies
from tutor.chat.photo_transcription import PhotoTranscriber
from tutor.chat.prompt_builder import PromptBuilder
from tutor.chat.query_cache import QueryCachingEmbedder
from tutor.chat.quiz_interface import ChatQuizzer
from tutor.chat.turn import ChatService
from tutor.chat.turn_recorder import TurnRecorder
from tutor.chat.verified_answers import VerifiedAnswers
from tutor.corrections.feedback import FeedbackService
from tutor.corrections.review_queue import ReviewQueue
from tutor.courses import sample_course
from tutor.courses.access_log import AccessLog
from tutor.courses.blob_store import BlobStore
from tutor.courses.courses import Courses
from tutor.courses.documents import CourseDocuments
from tutor.courses.enrolment import CourseEnrolment
from tutor.courses.index_upgrades import IndexUpgrades
from tutor.courses.message_alerts import MessageAlerts
from tutor.courses.skills import CourseSkills
from tutor.courses.starters import StarterQuestions
from tutor.courses.strictness import StrictnessSettings
from tutor.courses.supervision import Supervision
from tutor.domain import JobState, Person, Role
from tutor.engine.base import Engine, EngineState
from tutor.engine.factory import open_engine
from tutor.engine.model_files import ModelFiles, resolve_serving_files
from tutor.errors import EngineNotReady, NotFound, TutorError
from tutor.jobs import JobRunner
from tutor.platform.clock import Clock, utc_now
from tutor.platform.data_dir import DataDir, open_data_dir, shared_models_dir
from tutor.platform.settings import Settings
from tutor.practice.attempt_grading import AttemptGrader
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
from tutor.progress.research_export import ResearchExport
from tutor.progress.xapi_import import XapiImporter
from tutor.rights.administration import OPERATOR_NAME
from tutor.rights.rights import Rights, open_rights
from tutor.store import turns as turn_store
from tutor.store.database import Database, open_database
from tutor.store.document_catalog import SqlCatalog
from tutor.tuning.adapter_export import AdapterExport
from tutor.tuning.adapter_training import JOB_KIND as TRAINING
from tutor.tuning.adapter_training import AdapterTraining
from tutor.tuning.adapter_versions import AdapterVersionService
from tutor.tuning.corrections_io import CorrectionFiles
from tutor.tuning.file_sealing import seal_clear_files
from tutor.tuning.preference_pairs import PreferencePairSource
from tutor.tuning.side_by_side import SideBySide
from tutor.tuning.training_rows import TrainingRowSource

FIRST_INSTRUCTOR_NAME = "instructor"
USER_FACING_ERRORS = (TutorError, LibraryError, AdapterError)  # their messages are written for people
ENGINE_TIMEOUT_S = 600.0
ENGINE_POLL_S = 0.05
ENGINE_PROGRESS_EVERY_S = 3.0


@dataclass(frozen=True, slots=True)
class CoreServices:
    """The services that need no model."""

    settings: Settings
    data_dir: DataDir
    clock: Clock
    database: Database
    accounts: Accounts
    courses: Courses
    enrolment: CourseEnrolment
    supervision: Supervision
    access_log: AccessLog
    conversations: Conversations
    feedback: FeedbackService
    evidence_log: EvidenceLog
    progress: LearnerProgress
    tracers: CourseTracers
    profiles: Profiles
    xapi_import: XapiImporter
    reports: Reports
    research: ResearchExport
    rights: Rights

    @property
    def operator(self) -> Person:
        """The account of whoever runs commands on this machine; it is created when first asked for."""
        try:
            return self.accounts.get_by_name(OPERATOR_NAME)
        except NotFound:
            return self.accounts.create_account(OPERATOR_NAME, Role.ADMIN)

    def close(self) -> None:
        """Stop the background tasks and close the database."""
        self.progress.background.close()
        self.tracers.background.close()
        self.database.close()


@dataclass(frozen=True, slots=True)
class Services(CoreServices):
    """All services."""

    library: Library
    embedder: Embedder
    engine: Engine
    jobs: JobRunner
    documents: CourseDocuments
    starters: StarterQuestions
    index_upgrades: IndexUpgrades
    strictness: StrictnessSettings
    skills: CourseSkills
    recommended_reading: RecommendedReading
    citation_viewer: CitationViewer
    photos: PhotoTranscriber
    chat: ChatService
    item_bank: ItemBank
    quiz_sessions: Practice
    gradebook: Gradebook
    review_queue: ReviewQueue
    corrections_io: CorrectionFiles
    adapter_versions: AdapterVersionService
    adapter_export: AdapterExport
    training: AdapterTraining
    side_by_side: SideBySide

    def seed_sample_course(self, *, wait: bool) -> None:
        """Create the sample course where there is no course yet; read its documents now, or in jobs."""
        operator = self.operator
        if not self.settings.sample_course or self.courses.visible_to(operator):
            return
        course_id = sample_course.create_sample_course(self.courses, operator)
        for name, data in sample_course.sample_documents():
            if wait:
                self.documents.ingest(operator, course_id, name, data)
            else:
                self.documents.upload(operator, course_id, name, data)

    def recover_interrupted_work(self) -> None:
        """Clean up after a server that was killed: mark its turns, resume its uploads, end its trainings.

        Courses of another embedder are embedded again.
        """
        with self.database.write_transaction() as connection:
            turn_store.mark_running_interrupted(connection)
        self.documents.resume_uploads()
        self.index_upgrades.start(self.operator)
        self.training.remove_abandoned()
        seal_clear_files(self.adapter_versions)
        for job, _payload in self.jobs.list_unfinished(TRAINING):
            self.jobs.finish(job.id, JobState.FAILED, "the server stopped during the training; start it again")

    def bootstrap_instructor_link(self) -> str | None:
        """Create the first instructor and return the one-time sign-in link; None when that instructor exists."""
        try:
            self.accounts.get_by_name(FIRST_INSTRUCTOR_NAME)
        except NotFound:
            operator = self.operator
            instructor = self.accounts.create_account(FIRST_INSTRUCTOR_NAME, Role.INSTRUCTOR, self.settings.language)
            for course in self.courses.visible_to(operator):
                self.courses.enrol(operator, course.id, instructor)
            return self.accounts.issue_sign_in_link(instructor)
        return None

    def wait_until_ready(self, on_progress: Callable[[str], None] = lambda text: None) -> None:
        """Return when the engine can answer; `on_progress` is told, now and then, what it is doing.

        Raises EngineNotReady when loading fails, or makes no progress for too long.
        """
        told, told_at = "", time.monotonic()
        deadline = told_at + ENGINE_TIMEOUT_S
        while (info := self.engine.info()).state is EngineState.LOADING and (now := time.monotonic()) < deadline:
            if info.detail != told and now - told_at >= ENGINE_PROGRESS_EVERY_S:
                told, told_at, deadline = info.detail, now, now + ENGINE_TIMEOUT_S
                on_progress(told)
            time.sleep(ENGINE_POLL_S)
        if info.state is not EngineState.READY:
            raise EngineNotReady(f"the model {info.model} is not ready: {info.detail or info.state.value}")

    def close(self) -> None:
        """Stop the jobs, free the model, close the database."""
        self.jobs.close()
        self.engine.close()
        CoreServices.close(self)


def open_core_services(settings: Settings, *, clock: Clock = utc_now) -> CoreServices:
    """Open the data directory and the services that need no model."""
    data_dir = open_data_dir(settings.data_dir)
    database = open_database(data_dir.database_file, _given_key(settings))
    limits = _session_limits(settings)
    accounts = Accounts(database, clock, settings.url, limits)
    courses = Courses(database, clock)
    tracers = CourseTracers(database)
    progress = LearnerProgress(database, courses, clock, tracers)
    profiles = Profiles(database, courses, progress, clock)
    return CoreServices(
        settings=settings,
        data_dir=data_dir,
        clock=clock,
        database=database,
        accounts=accounts,
        courses=courses,
        enrolment=CourseEnrolment(database, accounts, courses, clock, settings.url),
        supervision=Supervision(database, courses, clock),
        access_log=AccessLog(database, courses),
        conversations=Conversations(database, clock),
        feedback=FeedbackService(database, courses, clock, data_dir.adapters_dir),
        evidence_log=EvidenceLog(database, courses, clock),
        progress=progress,
        tracers=tracers,
        profiles=profiles,
        xapi_import=XapiImporter(database, courses, accounts, clock),
        reports=Reports(database, courses, accounts, progress, profiles, clock, settings.url),
        research=ResearchExport(database, courses, accounts, clock),
        rights=open_rights(database, clock, data_dir, accounts, settings),
    )


def open_services(
    settings: Settings,
    *,
    engine: Engine | None = None,
    embedder: Embedder | None = None,
    clock: Clock = utc_now,
) -> Services:
    """Open all services. The model loads in the background: `engine.info()` tells when it can answer."""
    core = open_core_services(settings, clock=clock)
    database, courses = core.database, core.courses
    comparer = embedder
    embedder_files = shared_models_dir(settings.models_dir, settings.data_dir)
    embedder = embedder or open_embedder(settings.embedder, embedder_files)
    comparer = comparer or _open_comparer(embedder, embedder_files)
    query_embedder = QueryCachingEmbedder(embedder)
    engine = engine or open_engine(settings)
    catalog = SqlCatalog(database)
    texts = query_embedder if comparer is embedder else QueryCachingEmbedder(comparer)
    library = Library(core.data_dir.index_dir, catalog, query_embedder, [texts] if texts is not query_embedder else ())
    jobs = JobRunner(database, clock, USER_FACING_ERRORS, sample_course.sample_course_id())
    blobs = BlobStore(core.data_dir.originals_dir)
    citation_viewer = CitationViewer(core.conversations, blobs)
    versions = AdapterVersionService(
        database, courses, core.data_dir.adapters_dir, seals_files=settings.engine_url is None, clock=clock
    )
    training_rows = TrainingRowSource(database)
    grader = Grader(ShortTextGrader(comparer))
    attempt_grader = AttemptGrader(database, grader, core.evidence_log, clock)
    item_bank = ItemBank(database, courses, library, grader, clock)
    practice = Practice(
        database,
        courses,
        item_bank,
        attempt_grader,
        core.progress.placement_question,
        core.progress.predict_items,
        clock,
    )
    chat = _open_chat(core, library, texts, engine, ChatQuiz(practice, library), versions, citation_viewer)
    return Services(
        **_field_values(core),
        library=library,
        embedder=embedder,
        engine=engine,
        jobs=jobs,
        documents=CourseDocuments(library, courses, jobs, blobs, settings.max_upload_mb * 2**20),
        starters=StarterQuestions(library, courses),
        index_upgrades=IndexUpgrades(library, courses, jobs),
        strictness=StrictnessSettings(database, courses),
        skills=CourseSkills(database, courses, library),
        recommended_reading=RecommendedReading(library, courses),
        citation_viewer=citation_viewer,
        photos=PhotoTranscriber(engine, settings),
        chat=chat,
        item_bank=item_bank,
        quiz_sessions=practice,
        gradebook=Gradebook(database, courses, attempt_grader, core.evidence_log, core.progress, clock),
        review_queue=ReviewQueue(database, courses, catalog, clock),
        corrections_io=CorrectionFiles(database, versions, training_rows, core.conversations, core.feedback, clock),
        adapter_versions=versions,
        adapter_export=AdapterExport(versions),
        training=AdapterTraining(
            database=database,
            versions=versions,
            training_rows=training_rows,
            preference_pairs=PreferencePairSource(database, training_rows),
            jobs=jobs,
            engine=engine,
            settings=settings,
            clock=clock,
            open_model=partial(_open_serving_model, engine, settings.models_dir),
            recipe=Recipe(preference_steps=settings.preference_steps),
        ),
        side_by_side=SideBySide(engine, versions, settings, chat.preview_prompt, chat.must_hold),
    )


def _given_key(settings: Settings) -> str | None:
    return settings.master_key.get_secret_value() if settings.master_key else None


def _session_limits(settings: Settings) -> SessionLimits:
    return SessionLimits(
        learner_idle=timedelta(days=settings.learner_idle_days),
        learner_lifetime=timedelta(days=settings.learner_session_days),
        staff_idle=timedelta(hours=settings.staff_idle_hours),
        staff_lifetime=timedelta(hours=settings.staff_session_hours),
    )


def _open_chat(
    core: CoreServices,
    library: Library,
    embedder: Embedder,
    engine: Engine,
    quizzer: ChatQuizzer,
    versions: AdapterVersionService,
    citation_viewer: CitationViewer,
) -> ChatService:
    verified_answers = VerifiedAnswers(core.database, embedder)
    prompt_builder = PromptBuilder(engine, core.profiles.prompt_block, core.settings, core.supervision.answer_rules)

    reader = library.embedder if library.embedder is not embedder else None

    def find_quotes(answer: str, hits: Sequence[Hit], question: str) -> Sequence[Quote]:
        return attribute_answer(answer, hits, embedder, question, reader)

    return ChatService(
        courses=core.courses,
        supervision=core.supervision,
        alerts=MessageAlerts(core.database, core.courses, core.clock, library.embedder),
        library=library,
        recorder=TurnRecorder(core.database, core.conversations, core.clock),
        quizzer=quizzer,
        direct_replies=DirectReplies(library, verified_answers, prompt_builder, find_quotes),
        generator=AnswerGenerator(
            engine=engine,
            prompt_builder=prompt_builder,
            verified_answers=verified_answers,
            find_quotes=find_quotes,
            find_active_adapter=versions.serving_adapter_ref,
            render_page=citation_viewer.render_page,
            settings=core.settings,
        ),
        settings=core.settings,
    )


def _open_comparer(embedder: Embedder, models_dir: Path) -> Embedder:
    """Return the embedder that compares answers, citations and questions: the one that these are fitted to."""
    if MULTILINGUAL_FAMILY not in embedder.name:
        return embedder
    return open_embedder(MINILM_SPEC, models_dir)


def _field_values(core: CoreServices) -> dict[str, Any]:
    return {field.name: getattr(core, field.name) for field in fields(core)}


def _open_serving_model(engine: Engine, models_dir: Path | None, spec: str, data_dir: Path) -> ModelFiles:
    """Return the files of the model that answers, to train adapters for it."""
    return resolve_serving_files(spec, data_dir, engine.info().base_sha256, models_dir)
