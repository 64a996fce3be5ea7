"""The nouns of the house: who asks, what was asked and answered, and what was said about the answer.

Pure values. They know no tables, clocks, models or pages. Times are timezone-aware UTC; ids are opaque strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may be in the house."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; `name` is a pseudonym, unique in the house."""

    id: str
    name: str
    role: Role
    guest: bool
    language: str
    created_at: datetime

    @property
    def is_staff(self) -> bool:
        return self.role in (Role.INSTRUCTOR, Role.ADMIN)


class HelpLevel(StrEnum):
    """How much the instructor of a course lets the tutor give away."""

    LOW = "low"  # gaps and guiding questions; definitions always
    MODERATE = "moderate"  # up to the next step
    HIGH = "high"  # in the end the answer


class Strictness(StrEnum):
    """How sure the library must be that a course covers a question before the tutor answers it."""

    STRICT = "strict"
    USUAL = "usual"
    GENEROUS = "generous"

    @property
    def threshold(self) -> float:
        """The confidence from which on a question counts as covered."""
        return {Strictness.STRICT: 0.75, Strictness.USUAL: 0.5, Strictness.GENEROUS: 0.25}[self]


@dataclass(frozen=True, slots=True)
class Course:
    """A course; an `open` one may be entered by any learner without being enrolled by an instructor."""

    id: str
    title: str
    language: str
    open: bool
    created_at: datetime
    help_level: HelpLevel = HelpLevel.MODERATE
    strictness: Strictness = Strictness.USUAL


@dataclass(frozen=True, slots=True)
class PrerequisiteReason:
    """Why a skill needs another: in whose words, or by an instructor's decision."""

    needs: str  # the skill's id
    kind: str  # "name", "definition", "mention" as the library proposes; "instructor"
    quote: str = ""
    passage_id: str = ""


@dataclass(frozen=True, slots=True)
class Skill:
    """Something a course teaches; `needs` are the ids of the skills that come before it.

    The id is for ever: what is known about a learner hangs on it. A new name does not change it, and the id of a
    skill that was deleted is not given again.
    """

    id: str
    course_id: str
    name: str
    prerequisites: tuple[str, ...] = ()
    prerequisite_reasons: tuple[PrerequisiteReason, ...] = ()  # of needs; those that a file declares have none
    concept: str = ""  # the library's id of the concept that it was proposed as


class TurnStatus(StrEnum):
    """How a turn ended; only RUNNING can change."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"  # by the learner; what was said so far is kept
    INTERRUPTED = "interrupted"  # by a crash or a lost connection
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement of the answer stands in the course: `number` is the mark [n] in the answer."""

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
    """Who vouches for a verified answer."""

    TEACHER = "teacher"  # an instructor of the course accepted it; it answers everybody in the course
    LEARNER = "learner"  # the learner wrote it; it answers only her


@dataclass(frozen=True, slots=True)
class VerifiedAnswerRef:
    """Which correction an answer used: `whole` when it is the answer, else the model had it as an example."""

    correction_id: str
    voice: Endorser
    whole: bool


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a turn was as teaching: its move, and where its exercise stands on the hint ladder after it."""

    move: str
    why: str
    exercise: str = ""  # the exercise at hand, as it was typed or posed; "" without one
    rung: int = 0
    top: int = 0  # the highest rung that the course allowed then
    sharpness: int = 0  # hints given at the top
    wrong: int = 0  # wrong answers in a row
    closed: bool = False  # the exercise ended with this turn
    posed: str = ""  # id of the stored question that stands open after this turn


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer, with everything needed to say where the answer came from."""

    id: str
    conversation_id: str
    learner_id: str
    course_id: str
    question: str
    answer: str
    status: TurnStatus
    covered: bool | None  # None until retrieval has decided
    confidence: float | None  # of `covered`, in [0, 1]
    citations: tuple[Citation, ...]
    passages: tuple[str, ...]  # ids of the passages that the prompt held, best first
    prompt_sha256: str | None  # of the rendered messages; None when no model was asked
    model: str | None
    quantization: str | None
    adapter: str | None  # version name of the learner's adapter, None for the base
    timings: Timings | None
    replaces: str | None  # the turn that this one retries or edits; that one is kept, but no longer shown
    created_at: datetime
    verified: VerifiedAnswerRef | None = None
    guidance: Guidance | None = None


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
    """One tap on an answer."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person thinks of one answer; a second tap replaces the first."""

    turn_id: str
    author_id: str
    thumb: Thumb | None
    reason: str | None
    created_at: datetime


class CorrectionState(StrEnum):
    """Where a better answer stands on its way to training."""

    PROPOSED = "proposed"  # written, not for training
    ACCEPTED = "accepted"  # for its learner's own adapter by her consent; for the course once an instructor decided so
    DECLINED = "declined"  # by an instructor
    WITHDRAWN = "withdrawn"  # by its author; its text is gone


LIVE_CORRECTION_STATES = (CorrectionState.PROPOSED, CorrectionState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Correction:
    """A better answer written by a person, about one turn of `learner_id`."""

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
    reason: str | None = None  # the instructor's, for her decision

    @property
    def is_pending(self) -> bool:
        """Whether an instructor of the course has yet to decide."""
        return self.decided_at is None and self.state in LIVE_CORRECTION_STATES

    @property
    def state_before_review(self) -> CorrectionState:
        """Where it stands as long as no instructor has decided."""
        return CorrectionState.ACCEPTED if self.consent else CorrectionState.PROPOSED

    def may_answer(self, learner_id: str | None) -> bool:
        """Whether it may be shown to this learner; None asks for the whole course."""
        if learner_id is None:
            return self.state is CorrectionState.ACCEPTED and self.decided_at is not None
        return learner_id == self.learner_id and self.state in LIVE_CORRECTION_STATES

    def may_train(self, learner_id: str | None) -> bool:
        """Whether it may train this learner's adapter; None asks for the course's shared one."""
        return self.consent and self.may_answer(learner_id)


@dataclass(frozen=True, slots=True)
class LossPoint:
    """One step of a training's curve, in nats a token; lower is closer to the better answers."""

    step: int
    loss: float  # of the rows that are learnt
    held_out: float | None = None  # of rows that are not; None where it was not looked at


class AdapterState(StrEnum):
    """The life of a trained adapter; at most one is ACTIVE per learner and course, and one per course for all."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    RETIRED = "retired"
    REJECTED = "rejected"  # by the gate; its files are gone, its card and the reasons are kept


@dataclass(frozen=True, slots=True)
class AdapterVersion:
    """One trained adapter of a learner in a course, or of the course; `name` (`quiet-heron-v3`) is never used twice."""

    id: str
    name: str
    learner_id: str | None  # None: the course's shared one
    course_id: str
    version: int
    state: AdapterState
    base_sha256: str
    sha256: str  # of adapter_model.safetensors
    directory: str  # below the data root
    metrics: Mapping[str, float]
    created_at: datetime
    reasons: tuple[str, ...] = ()  # why the gate let it in or kept it out


class JobState(StrEnum):
    """How far a long task is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """A long task that a page watches: `done` of `total` units of the present `stage`."""

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
    stage_at: datetime | None = None  # when the present stage began


class Outcome(StrEnum):
    """What a grade says; UNSURE goes to the instructor and counts for nothing until she decides."""

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
    """Turn event: what the tutor does before the first token ("searching", "thinking")."""

    name: str


@dataclass(frozen=True, slots=True)
class Queued:
    """Event of a turn and of an engine's stream: the request waits at this place; 0 when its turn has come."""

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
