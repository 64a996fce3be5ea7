"""The gradebook: answers whose grade is unsure, and every grade that an instructor changes.

An override is a new grade with a reason that the learner sees; the evidence is written in the same transaction, and the
earlier grades stay readable. Undo adds the previous grade again, so the log stays complete. Decisions teach the grader:
other answers to the same item are graded again on request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import tutor.store.audit as audit_store
import tutor.store.posed_questions as question_store
from tutor.accounts.permissions import Action
from tutor.assessment.items import Grade, unsure_grade
from tutor.assessment.question_types.registry import question_type
from tutor.courses.courses import Courses
from tutor.domain import Outcome, Person
from tutor.errors import InputRefused, NotFound
from tutor.locales.grading_reasons import grading_reason
from tutor.pedagogy import question_lifecycle as lifecycle
from tutor.platform.clock import Clock
from tutor.practice.attempt_grading import GRADER_ID, AttemptGrader, to_graded_answer
from tutor.practice.graded_examples import grade_with_examples
from tutor.progress.evidence_log import EvidenceLog
from tutor.progress.learner_progress import LearnerProgress
from tutor.store import people
from tutor.store.audit import Act
from tutor.store.audit_reads import log_reading
from tutor.store.database import Connection, Database
from tutor.store.evidence import current_answer
from tutor.store.posed_questions import PERSON_JUDGE_PREFIX, GradeLogEntry, PosedQuestionRecord, StoredAttempt

MAX_REASON_CHARS = 1_000
REGRADED_REASON = grading_reason("regraded")
WITHDRAWN_REASON = grading_reason("decision_withdrawn")
UndoStep = tuple[tuple[str, int], ...]  # what one undo withdraws: attempt ids, each with the number of its grade


@dataclass(frozen=True, slots=True)
class GradebookEntry:
    """An answer of a learner in a course, with the question that it answers."""

    question: PosedQuestionRecord
    answer: StoredAttempt
    learner: str  # the pseudonym

    @property
    def needs_review(self) -> bool:
        """Whether this answer waits for an instructor."""
        return self.answer.grade is None or self.answer.grade.outcome is Outcome.UNSURE


@dataclass(frozen=True, slots=True)
class Gradebook:
    """Shows instructors the answers of their courses, and records their decisions."""

    database: Database
    courses: Courses
    attempt_grader: AttemptGrader
    evidence: EvidenceLog
    progress: LearnerProgress
    clock: Clock

    def entries(self, actor: Person, course_id: str) -> list[GradebookEntry]:
        """Return the answers of a course: those that need review first, then the latest."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            names = {person.id: person.listed_as for person in people.list_people(connection)}
            found = [
                GradebookEntry(row, attempt, names.get(row.question.learner_id, "?"))
                for row in question_store.of_course(connection, course_id)
                for attempt in row.attempts
            ]
        self._log_reading(actor, course_id, found)
        return sorted(found, key=lambda entry: (not entry.needs_review, -entry.answer.at.timestamp()))

    def entry(self, actor: Person, attempt_id: str) -> GradebookEntry:
        with self.database.read_connection() as connection:
            row = question_store.by_attempt(connection, attempt_id)
            if row is None:
                raise NotFound("this answer does not exist")
            learner = people.by_id(connection, row.question.learner_id)
        self.courses.authorize(actor, row.course_id, Action.TEACH)
        attempt = next(one for one in row.attempts if one.id == attempt_id)
        entry = GradebookEntry(row, attempt, learner.listed_as if learner else "?")
        self._log_reading(actor, row.course_id, [entry])
        return entry

    def override(self, actor: Person, attempt_id: str, outcome: Outcome, reason: str) -> GradebookEntry:
        """Grade an answer as its instructor, with a reason that the learner reads."""
        if outcome is Outcome.UNSURE:
            raise InputRefused(
                "choose right, partly right or wrong; an unsure answer stays undecided", key="decide_for"
            )
        reason = reason.strip()[:MAX_REASON_CHARS]
        if not reason:
            raise InputRefused("say why in a few words; the learner will read it", key="say_why")
        entry = self.entry(actor, attempt_id)
        grade = Grade(outcome, 1.0, (reason,))
        with self.database.write_transaction() as connection:
            self._record_decision(
                connection, actor, entry, GradeLogEntry(0, grade, f"{PERSON_JUDGE_PREFIX}{actor.id}", reason)
            )
        self.progress.refresh_record(entry.question.question.learner_id, entry.question.course_id)
        return self.entry(actor, attempt_id)

    def other_answers(self, actor: Person, attempt_id: str) -> list[GradebookEntry]:
        """Return the other answers to the same item that no person has graded."""
        entry = self.entry(actor, attempt_id)
        if not question_type(entry.question.item.kind).learns_from_decisions:
            return []
        with self.database.read_connection() as connection:
            names = {person.id: person.listed_as for person in people.list_people(connection)}
            others = [
                GradebookEntry(row, attempt, names.get(row.question.learner_id, "?"))
                for row in question_store.of_item(connection, entry.question.item.id)
                for attempt in row.attempts
                if attempt.id != attempt_id and not attempt.is_by_person
            ]
        self._log_reading(actor, entry.question.course_id, others)
        return others

    def regrade(self, actor: Person, attempt_id: str) -> list[tuple[GradebookEntry, GradebookEntry]]:
        """Grade the other answers to the item again after a decision; return those that changed, before and after.

        An answer of which the grader is now unsure keeps its grade.
        """
        changed: list[tuple[GradebookEntry, GradebookEntry]] = []
        decided = self.attempt_grader.person_graded_answers(self.entry(actor, attempt_id).question.item.id)
        for entry in self.other_answers(actor, attempt_id):
            grade = grade_with_examples(self.attempt_grader.grader, entry.question.item, entry.answer.text, decided)
            before = entry.answer.grade.outcome if entry.answer.grade else None
            if grade.outcome in (Outcome.UNSURE, before):
                continue
            with self.database.write_transaction() as connection:
                self._record_decision(connection, actor, entry, GradeLogEntry(0, grade, GRADER_ID, REGRADED_REASON))
            self.progress.refresh_record(entry.question.question.learner_id, entry.question.course_id)
            changed.append((entry, self.entry(actor, entry.answer.id)))
        return changed

    def undo_step(self, actor: Person, attempt_id: str) -> UndoStep:
        """Return the step that undoes the last decision about an answer; empty where nobody has decided."""
        log = self.history(actor, attempt_id)
        return ((attempt_id, log[-1].grade_number),) if log and _previous_grade(log) is not None else ()

    def undo(self, actor: Person, step: UndoStep) -> int:
        """Restore the previous grades with their evidence, and return how many.

        A newer decision stays. Raises InputRefused where nothing is left to undo.
        """
        entries = [(self.entry(actor, attempt_id), number) for attempt_id, number in step]
        undone = []
        with self.database.write_transaction() as connection:
            for entry, number in entries:
                log = question_store.grade_log(connection, entry.answer.id)
                before = _previous_grade(log)
                if before is not None and log[-1].grade_number == number:
                    self._record_decision(connection, actor, entry, replace(before, undoes=number))
                    undone.append(entry.question.question.learner_id)
        if not undone:
            raise InputRefused(
                "this answer has been decided again in the meantime; open it again", key="decided_meanwhile"
            )
        for learner_id in dict.fromkeys(undone):
            self.progress.refresh_record(learner_id, entries[0][0].question.course_id)
        return len(undone)

    def history(self, actor: Person, attempt_id: str) -> list[GradeLogEntry]:
        """Return all grades of an answer, oldest first."""
        self.entry(actor, attempt_id)
        with self.database.read_connection() as connection:
            return question_store.grade_log(connection, attempt_id)

    def _log_reading(self, actor: Person, course_id: str, entries: Iterable[GradebookEntry]) -> None:
        learners = [entry.question.question.learner_id for entry in entries]
        now = self.clock()
        log_reading(self.database, Act.READ_ANSWERS, now, reader=actor.id, course_id=course_id, learners=learners)

    def _record_decision(
        self, connection: Connection, actor: Person, entry: GradebookEntry, new: GradeLogEntry
    ) -> None:
        """Store a grade, the state of the question that follows from it, and the evidence."""
        attempt, outcome = entry.answer, new.grade.outcome
        row = question_store.by_id(connection, entry.question.question.id)
        assert row is not None
        question_store.save_question(connection, lifecycle.override(row.question, attempt.submission_id, outcome))
        by = actor.id if new.is_by_person or new.undoes is not None else None
        question_store.add_grade(
            connection, attempt.id, new.grade, new.judge, self.clock(), by=by, reason=new.reason, undoes=new.undoes
        )
        act = Act.GRADED if new.is_by_person else Act.REGRADED
        audit_store.append(
            connection,
            act if new.undoes is None else Act.GRADE_UNDONE,
            self.clock(),
            actor=actor.id,
            subject=row.question.learner_id,
            course_id=row.course_id,
        )
        counted, what = current_answer(connection, attempt.id), to_graded_answer(row, attempt, outcome, new.judge)
        if outcome is not Outcome.UNSURE and counted is None:
            self.evidence.record_instructor_decision(actor, row.question.learner_id, what, within=connection)
        elif outcome is not Outcome.UNSURE:
            self.evidence.override(
                actor, attempt.id, outcome, judge=new.judge, misconception=what.misconception, within=connection
            )
        elif counted is not None:
            self.evidence.retract(actor, attempt.id, WITHDRAWN_REASON, within=connection)


def effective_grades(log: Iterable[GradeLogEntry]) -> list[GradeLogEntry]:
    """Return the grades that were not undone, oldest first; the last one counts."""
    kept: list[GradeLogEntry] = []
    for one in log:
        if one.undoes is None:
            kept.append(one)
        else:
            kept.pop()
    return kept


def _previous_grade(log: Sequence[GradeLogEntry]) -> GradeLogEntry | None:
    """Return the grade before the last decision, unsure where there was none; None where nobody has decided."""
    kept = effective_grades(log)
    if not kept or (len(kept) == 1 and not kept[0].is_by_person):
        return None
    return kept[-2] if len(kept) > 1 else GradeLogEntry(0, unsure_grade("decision_withdrawn"), GRADER_ID, "")
