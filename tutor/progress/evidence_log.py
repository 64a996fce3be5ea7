"""The log of graded answers: each answer is recorded once; a regrade is a new event, nothing is overwritten.

The caller that grades records the answer within its own transaction, so that a grade and its evidence are stored
together or not at all. How likely anybody was to be right is stored with it, from the answers of the course so far.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace

import tutor.store.evidence as evidence_store
from tutor.accounts.permissions import Action
from tutor.courses.courses import Courses
from tutor.domain import Outcome, Person
from tutor.errors import InputRefused, NotFound
from tutor.learner.evidence import GENERAL_SKILL, AnswerEvent, AnswerOrigin, RetractionEvent
from tutor.learner.knowledge_tracing import base_rates
from tutor.platform.clock import Clock, new_id
from tutor.store.database import Connection, Database


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """A graded answer from the grader; `skills` is empty when the item belongs to no declared skill."""

    course_id: str
    item_id: str
    skills: tuple[str, ...]
    outcome: Outcome
    judge: str  # who or what graded it, with its version
    grade_id: str
    hints: int = 0
    aided: bool = False
    origin: AnswerOrigin = AnswerOrigin.PRACTICE
    misconception: str | None = None
    passage_id: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceLog:
    """Records evidence, replaces it after a regrade, and retracts it."""

    database: Database
    courses: Courses
    clock: Clock

    def record(self, actor: Person, graded: GradedAnswer, *, within: Connection | None = None) -> AnswerEvent:
        """Store a learner's graded answer and return the event; the same grade a second time returns the first.

        `within` is the write transaction of the grade, if there is one. Raises InputRefused for an UNSURE grade, which
        is recorded when the instructor has decided.
        """
        self.courses.authorize(actor, graded.course_id)
        with nullcontext(within) if within is not None else self.database.write_transaction() as connection:
            return self._record(connection, actor.id, graded)

    def record_instructor_decision(
        self, actor: Person, learner_id: str, graded: GradedAnswer, *, within: Connection | None = None
    ) -> AnswerEvent:
        """Store an instructor's grade of an answer that could not be graded, or that was retracted before."""
        self.courses.authorize(actor, graded.course_id, Action.TEACH)
        with nullcontext(within) if within is not None else self.database.write_transaction() as connection:
            last = evidence_store.latest_event(connection, graded.grade_id)
            if not isinstance(last, RetractionEvent):
                return self._record(connection, learner_id, graded)
            old = replace(evidence_store.get_answer(connection, last.answer_id), id=new_id(), supersedes=last.id)
            new = replace(old, outcome=graded.outcome, judge=graded.judge, misconception=graded.misconception)
            evidence_store.append_answer(connection, new, self.clock())
        return new

    def override(
        self,
        actor: Person,
        grade_id: str,
        outcome: Outcome,
        *,
        judge: str = "",
        misconception: str | None = None,
        within: Connection | None = None,
    ) -> AnswerEvent:
        """Regrade an answer as an instructor of its course: a new event replaces the old one.

        `judge` is given when an undo restores the earlier grade: then the earlier judge counts, not the instructor.
        """
        with nullcontext(within) if within is not None else self.database.write_transaction() as connection:
            old = self._current_answer(connection, grade_id)
            self.courses.authorize(actor, old.course_id, Action.TEACH)
            if old.outcome is outcome:
                return old
            shown = None if outcome is Outcome.RIGHT else old.misconception or misconception
            new = replace(old, id=new_id(), outcome=outcome, supersedes=old.id, misconception=shown)
            new = replace(new, judge=judge or f"person:{actor.id}")
            evidence_store.append_answer(connection, new, self.clock())
        return new

    def retract(
        self, actor: Person, grade_id: str, reason: str, *, within: Connection | None = None
    ) -> RetractionEvent:
        """Remove an answer from the evidence, as an instructor: the item was faulty, or the grade a mistake.

        The event stays readable, but nothing is computed from it any more.
        """
        if not reason.strip():
            raise InputRefused("give a reason why this answer should not count; it is stored with the answer")
        with nullcontext(within) if within is not None else self.database.write_transaction() as connection:
            old = self._current_answer(connection, grade_id)
            self.courses.authorize(actor, old.course_id, Action.TEACH)
            retraction = RetractionEvent(new_id(), old.id, f"person:{actor.id}", reason.strip(), self.clock())
            evidence_store.append_retraction(connection, retraction)
        return retraction

    def _record(self, connection: Connection, learner_id: str, graded: GradedAnswer) -> AnswerEvent:
        known = evidence_store.latest_event(connection, graded.grade_id)
        if isinstance(known, AnswerEvent):
            return known
        if known is not None:
            raise InputRefused(f"the evidence of the grade {graded.grade_id!r} was retracted; grade the answer again")
        skills = graded.skills or (GENERAL_SKILL,)
        expected, usual = self._base_rates(connection, graded.course_id, graded.item_id, skills[0])
        now = self.clock()
        answer = AnswerEvent(
            id=new_id(),
            learner_id=learner_id,
            course_id=graded.course_id,
            item_id=graded.item_id,
            skills=skills,
            outcome=graded.outcome,
            hints=graded.hints,
            aided=graded.aided or graded.hints > 0,
            at=now,
            judge=graded.judge,
            grade_id=graded.grade_id,
            origin=graded.origin,
            misconception=graded.misconception,
            passage_id=graded.passage_id,
            expected=expected,
            usual=usual,
        )
        evidence_store.append_answer(connection, answer, now)
        return answer

    def _current_answer(self, connection: Connection, grade_id: str) -> AnswerEvent:
        found = evidence_store.current_answer(connection, grade_id)
        if found is None:
            raise NotFound(f"there is no evidence of the grade {grade_id!r}, or it was retracted")
        return found

    def _base_rates(self, connection: Connection, course_id: str, item_id: str, skill: str) -> tuple[float, float]:
        """Return how likely anybody is to be right on the item and on its skill, shrunk to the wider rate."""
        found = base_rates(*evidence_store.item_and_skill_counts(connection, course_id, item_id, skill))
        return round(found.expected, 4), round(found.usual, 4)
