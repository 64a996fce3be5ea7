"""The data model: people, courses, turns, feedback, adapters, jobs, and the events of a turn.

Pure values without tables, clocks, models or pages. Times are timezone-aware UTC; ids are opaque strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

BLANK = "_____"  # the gap where a word is left out of a sentence


class Role(StrEnum):
    """The role of an account."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; `name` is a unique pseudonym, `display_name` what they chose to be called, or ""."""

    id: str
    name: str
    role: Role
    guest: bool
    language: str
    created_at: datetime
    display_name: str = ""
    is_paused: bool = False  # by an administrator: only their rights to their data are left

    @property
    def called(self) -> str:
        """The name by which the pages address them."""
        return self.display_name or self.name

    @property
    def listed_as(self) -> str:
        """The name that an instructor sees; a chosen one never hides whose account it is."""
        return f"{self.display_name} · {self.name}" if self.display_name else self.name

    @property
    def is_staff(self) -> bool:
        return self.role in (Role.INSTRUCTOR, Role.ADMIN)


class HelpLevel(StrEnum):
    """How much of an exercise's solution the tutor may give away; set by the instructor of a course."""

    LOW = "low"  # gaps and guiding questions; definitions always
    MODERATE = "moderate"  # up to the next step
    HIGH = "high"  # up to the answer


class Strictness(StrEnum):
    """How sure the library must be that a course covers a question before the tutor answers it."""

    STRICT = "strict"
    USUAL = "usual"
    GENEROUS = "generous"

    @property
    def threshold(self) -> float:
        """The confidence from which a question counts as covered."""
        return {Strictness.STRICT: 0.75, Strictness.USUAL: 0.5, Strictness.GENEROUS: 0.25}[self]


@dataclass(frozen=True, slots=True)
class Course:
    """A course; everybody may study an `open` one, the others only those who joined it or were enrolled."""

    id: str
    title: str
    language: str
    open: bool
    created_at: datetime
    help_level: HelpLevel = HelpLevel.MODERATE
    strictness: Strictness = Strictness.USUAL
    offers_hints: bool = True  # of an open exercise, after failed tries or a long silence


@dataclass(frozen=True, slots=True)
class PrerequisiteReason:
    """Why a skill has a prerequisite: a quotation from the course, or an instructor's decision."""

    needs: str  # id of the prerequisite
    kind: str  # "name", "definition", "mention": proposed by the library; "instructor"
    quote: str = ""
    passage_id: str = ""


@dataclass(frozen=True, slots=True)
class Skill:
    """Something a course teaches; `prerequisites` are the ids of the skills that come before it.

    The id is permanent, because learners' records refer to it: renaming a skill keeps it, and the id of a deleted skill
    is never used again.
    """

    id: str
    course_id: str
    name: str
    prerequisites: tuple[str, ...] = ()
    prerequisite_reasons: tuple[PrerequisiteReason, ...] = ()  # of prerequisites; those declared in a file have none
    concept: str = ""  # the library's id of the concept that the skill was proposed from
    is_accepted: bool = True  # False: the documents propose it, and no instructor has accepted it


class TurnStatus(StrEnum):
    """How a turn ended; only RUNNING can change."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"  # by the learner; the answer so far is kept
    INTERRUPTED = "interrupted"  # by a crash or a lost connection
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Citation:
    """The passage that supports a statement of the answer; `number` is the mark [n] in the answer."""

    number: int
    passage_id: str
    document_id: str
    document: str
    locator: str  # what a person reads: "page 3", "slide 2", "section The Calvin cycle"
    place: str  # what `position` counts: "page", "slide", "section", "cell", "row", "second"
    position: int
    quote: str
    score: float  # in [0, 1]


@dataclass(frozen=True, slots=True)
class Timings:
    """Wall-clock seconds and generated tokens of one answer."""

    first_token_s: float | None
    total_s: float
    tokens: int


class Endorser(StrEnum):
    """Who endorses a verified answer."""

    TEACHER = "teacher"  # accepted by an instructor of the course; it answers everybody in the course
    LEARNER = "learner"  # written by the learner; it answers nobody else


@dataclass(frozen=True, slots=True)
class VerifiedAnswerRef:
    """The correction that an answer used: as the `whole` answer, or as an example in the model's prompt."""

    correction_id: str
    voice: Endorser
    whole: bool


@dataclass(frozen=True, slots=True)
class Guidance:
    """The pedagogical state after a turn: its move, and the rung of its exercise on the hint ladder."""

    move: str
    why: str
    exercise: str = ""  # the exercise in progress, as it was typed or posed; "" without one
    rung: int = 0
    top: int = 0  # the highest rung that the course allowed then
    sharpness: int = 0  # hints given at the top
    wrong: int = 0  # wrong answers in a row
    closed: bool = False  # the exercise ended with this turn
    posed: str = ""  # id of the stored question that is open after this turn


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that changed what a learner was told (`tutor.courses.course_rules`)."""

    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, with everything needed to explain where the answer came from."""

    id: str
    conversation_id: str
    learner_id: str
    course_id: str
    question: str
    answer: str
    status: TurnStatus
    covered: bool | None  # None before retrieval
    confidence: float | None  # of `covered`, in [0, 1]
    citations: tuple[Citation, ...]
    passages: tuple[str, ...]  # ids of the passages in the prompt, best first
    prompt_sha256: str | None  # of the rendered messages; None without a prompt
    model: str | None
    quantization: str | None
    adapter: str | None  # version name of the learner's adapter; None for the base model
    timings: Timings | None
    replaces: str | None  # id of the turn that this one retries or edits; that one is kept, but no longer shown
    created_at: datetime
    verified: VerifiedAnswerRef | None = None
    guidance: Guidance | None = None
    read: tuple[Citation, ...] = ()  # the passages that were read for it, best first; without a quote
    rules: tuple[FiredRule, ...] = ()  # that applied to it


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of turns of one learner in one course."""

    id: str
    learner_id: str
    course_id: str
    title: str
    created_at: datetime
    updated_at: datetime


class Thumb(StrEnum):
    """A rating of an answer."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's rating of one answer; a new rating replaces it."""

    turn_id: str
    author_id: str
    thumb: Thumb | None
    reason: str | None
    created_at: datetime


class CorrectionState(StrEnum):
    """The state of a correction on its way to training."""

    PROPOSED = "proposed"  # without consent to training
    ACCEPTED = "accepted"  # for the learner's own adapter, by consent; for the course, by an instructor's decision
    DECLINED = "declined"  # by an instructor
    WITHDRAWN = "withdrawn"  # its text is deleted


LIVE_CORRECTION_STATES = (CorrectionState.PROPOSED, CorrectionState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Correction:
    """A better answer that a person wrote to a turn of `learner_id`."""

    id: str
    turn_id: str
    author_id: str
    learner_id: str
    course_id: str
    text: str
    state: CorrectionState
    consent: bool
    created_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None  # the instructor's, for the decision

    @property
    def is_pending(self) -> bool:
        """Whether no instructor has decided yet."""
        return self.decided_at is None and self.state in LIVE_CORRECTION_STATES

    @property
    def state_before_review(self) -> CorrectionState:
        """The state while no instructor has decided."""
        return CorrectionState.ACCEPTED if self.consent else CorrectionState.PROPOSED

    def may_answer(self, learner_id: str | None) -> bool:
        """Whether it may answer this learner; None means the whole course."""
        if learner_id is None:
            return self.state is CorrectionState.ACCEPTED and self.decided_at is not None
        return learner_id == self.learner_id and self.state in LIVE_CORRECTION_STATES

    def may_train(self, learner_id: str | None) -> bool:
        """Whether it may train this learner's adapter; None means the course's shared adapter."""
        return self.consent and self.may_answer(learner_id)


class AdapterState(StrEnum):
    """The state of a trained adapter; at most one is ACTIVE per learner and course, and one shared one per course."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    RETIRED = "retired"
    REJECTED = "rejected"  # by the gate; its files are deleted, its eval report and the reasons are kept


@dataclass(frozen=True, slots=True)
class AdapterVersion:
    """A trained adapter of a learner in a course, or of the course; its `name` ("quiet-heron-v3") is never reused."""

    id: str
    name: str
    learner_id: str | None  # None: the course's shared adapter
    course_id: str
    version: int
    state: AdapterState
    base_sha256: str
    sha256: str  # of adapter_model.safetensors
    directory: str  # relative to the data directory
    metrics: Mapping[str, float]
    created_at: datetime
    reasons: tuple[str, ...] = ()  # for which the gate passed or rejected it


class JobState(StrEnum):
    """The state of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """A long task that a page shows: `done` of `total` units of the current `stage`."""

    id: str
    kind: str  # "ingest", "train"
    owner_id: str
    course_id: str
    subject: str  # file name, learner's name
    state: JobState
    stage: str
    done: int
    total: int
    message: str
    created_at: datetime
    updated_at: datetime
    stage_at: datetime | None = None  # when the current stage began


class Outcome(StrEnum):
    """The result of grading; UNSURE goes to an instructor and does not count before their decision."""

    RIGHT = "right"
    PARTIAL = "partial"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Started:
    """Turn event, always the first: the running turn as stored, with the conversation that it belongs to."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Stage:
    """Turn event: what the tutor is doing before the first token ("searching", "thinking")."""

    name: str


@dataclass(frozen=True, slots=True)
class Queued:
    """Event of a turn and of an engine's stream: the request's place in the queue; 0 when it starts."""

    place: int


@dataclass(frozen=True, slots=True)
class Token:
    """Event of a turn and of an engine's stream: the next piece of the answer, usually a token or a few."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Turn event, always the last: the stored turn. Its answer, with citation marks, replaces the streamed text."""

    turn: Turn


TurnEvent = Started | Stage | Queued | Token | Finished
