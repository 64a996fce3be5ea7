"""The evidence book: each graded answer enters once; a correction is a new entry, nothing is overwritten.

Whoever grades hands the answer in, within its own transaction, so that a grade and its evidence are stored together
or not at all. How likely anybody was to be right is noted at that moment, from the answers of the course so far.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace

import tutor.store.evidence as evidence_store
from tutor.accounts.permissions import Action
from tutor.courses.courses import Courses
from tutor.domain import Outcome, Person
from tutor.errors import InputRefused, NotFound
from tutor.learner.evidence import GENERAL, Answered, Origin, Retracted
from tutor.learner.knowledge_tracing import rates
from tutor.platform.clock import Clock, new_id
from tutor.store.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Judged:
    """A graded answer as the grading knows it; `skills` may be empty when the item belongs to no declared skill."""

    course_id: str
    item_id: str
    skills: tuple[str, ...]
    outcome: Outcome
    judge: str  # name and version of what graded it
    grade_id: str
    hints: int = 0
    aided: bool = False
    origin: Origin = Origin.PRACTICE
    misconception: str | None = None
    passage_id: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceBook:
    """Takes evidence in and corrects it."""

    database: Database
    courses: Courses
    clock: Clock

    def record(self, who: Person, judged: Judged, *, within: Connection | None = None) -> Answered:
        """Store a learner's graded answer and return the event; the same grade a second time returns the first.

        `within` is the writing transaction of the grade, if there is one. An UNSURE grade is refused: it is recorded
        when the instructor has decided.
        """
        self.courses.enter(who, judged.course_id)
        with nullcontext(within) if within is not None else self.database.writing() as connection:
            return self._record(connection, who.id, judged)

    def record_decided(
        self, who: Person, learner_id: str, judged: Judged, *, within: Connection | None = None
    ) -> Answered:
        """Store what an instructor decided about an answer that nothing could grade, or that was taken back before."""
        self.courses.enter(who, judged.course_id, Action.TEACH)
        with nullcontext(within) if within is not None else self.database.writing() as connection:
            last = evidence_store.newest(connection, judged.grade_id)
            if not isinstance(last, Retracted):
                return self._record(connection, learner_id, judged)
            old = replace(evidence_store.answer(connection, last.answer_id), id=new_id(), supersedes=last.id)
            new = replace(old, outcome=judged.outcome, judge=judged.judge, misconception=judged.misconception)
            evidence_store.append(connection, new, self.clock())
        return new

    def override(
        self,
        who: Person,
        grade_id: str,
        outcome: Outcome,
        *,
        judge: str = "",
        misconception: str | None = None,
        within: Connection | None = None,
    ) -> Answered:
        """Judge an answer anew as an instructor of its course: a new event takes the place of the old one.

        `judge` is who judged where it is not she: what she undid counts as it was judged before.
        """
        with nullcontext(within) if within is not None else self.database.writing() as connection:
            old = self._standing(connection, grade_id)
            self.courses.enter(who, old.course_id, Action.TEACH)
            if old.outcome is outcome:
                return old
            shown = None if outcome is Outcome.RIGHT else old.misconception or misconception
            new = replace(old, id=new_id(), outcome=outcome, supersedes=old.id, misconception=shown)
            new = replace(new, judge=judge or f"person:{who.id}")
            evidence_store.append(connection, new, self.clock())
        return new

    def withdraw(self, who: Person, grade_id: str, reason: str, *, within: Connection | None = None) -> Retracted:
        """Take an answer out of the evidence, as an instructor: the item was faulty, or the grade was given by error.

        The event stays readable; nothing is computed from it any more.
        """
        if not reason.strip():
            raise InputRefused("say why this answer shall not count; the reason stays with it")
        with nullcontext(within) if within is not None else self.database.writing() as connection:
            old = self._standing(connection, grade_id)
            self.courses.enter(who, old.course_id, Action.TEACH)
            retraction = Retracted(new_id(), old.id, f"person:{who.id}", reason.strip(), self.clock())
            evidence_store.retract(connection, retraction)
        return retraction

    def _record(self, connection: Connection, learner_id: str, judged: Judged) -> Answered:
        known = evidence_store.newest(connection, judged.grade_id)
        if isinstance(known, Answered):
            return known
        if known is not None:
            raise InputRefused(f"the evidence of the grade {judged.grade_id!r} was taken back; grade the answer anew")
        skills = judged.skills or (GENERAL,)
        expected, usual = self._chances(connection, judged.course_id, judged.item_id, skills[0])
        now = self.clock()
        answer = Answered(
            id=new_id(),
            learner_id=learner_id,
            course_id=judged.course_id,
            item_id=judged.item_id,
            skills=skills,
            outcome=judged.outcome,
            hints=judged.hints,
            aided=judged.aided or judged.hints > 0,
            at=now,
            judge=judged.judge,
            grade_id=judged.grade_id,
            origin=judged.origin,
            misconception=judged.misconception,
            passage_id=judged.passage_id,
            expected=expected,
            usual=usual,
        )
        evidence_store.append(connection, answer, now)
        return answer

    def _standing(self, connection: Connection, grade_id: str) -> Answered:
        found = evidence_store.standing_answer(connection, grade_id)
        if found is None:
            raise NotFound(f"there is no evidence from the grade {grade_id!r}, or it was taken back")
        return found

    def _chances(self, connection: Connection, course_id: str, item_id: str, skill: str) -> tuple[float, float]:
        """Return how likely anybody is to be right on the item, and on its skill, drawn to each other and to half."""
        found = rates(*evidence_store.item_and_skill_counts(connection, course_id, item_id, skill))
        return round(found.expected, 4), round(found.usual, 4)
