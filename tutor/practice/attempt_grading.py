"""Grades the stored answers of learners: each grade and its evidence are written in one transaction, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import tutor.store.posed_questions as question_store
from tutor.assessment.grading import Grader, NotAnAnswer
from tutor.assessment.items import Grade, Item, unsure_grade
from tutor.domain import Outcome, Person
from tutor.learner.evidence import AnswerOrigin
from tutor.pedagogy import question_lifecycle as lifecycle
from tutor.platform.clock import Clock
from tutor.platform.failure_log import describe_failure
from tutor.practice.graded_examples import grade_with_examples
from tutor.progress.evidence_log import EvidenceLog, GradedAnswer
from tutor.store.database import Connection, Database
from tutor.store.posed_questions import PosedQuestionRecord, StoredAttempt

log = logging.getLogger(__name__)
GRADER_ID = "grader-1"


@dataclass(frozen=True, slots=True)
class AttemptGrader:
    """Grades answers with the grader and the decisions of instructors about the same item."""

    database: Database
    grader: Grader
    evidence: EvidenceLog
    clock: Clock

    def grade_pending(self, actor: Person, row: PosedQuestionRecord) -> None:
        """Grade the answers to a question that have no grade yet."""
        for attempt in row.attempts:
            if attempt.grade is None:
                grade = self._grade(row.item, attempt.text)
                with self.database.write_transaction() as connection:
                    self._store_grade(connection, actor, row.question.id, attempt, grade)

    def person_graded_answers(self, item_id: str) -> list[StoredAttempt]:
        """Return the answers to an item that a person has graded."""
        with self.database.read_connection() as connection:
            posed = question_store.of_item(connection, item_id)
        return [
            attempt for row in posed for attempt in row.attempts if attempt.grade is not None and attempt.is_by_person
        ]

    def _grade(self, item: Item, text: str) -> Grade:
        """Fails closed: whatever goes wrong in grading leaves the answer to the instructor."""
        try:
            return grade_with_examples(self.grader, item, text, self.person_graded_answers(item.id))
        except NotAnAnswer:
            return unsure_grade("contains_no_answer")
        except Exception as error:  # noqa: BLE001 - the boundary: the error is logged
            log.error("grading an answer to item %s failed: %s", item.id, describe_failure(error))
            return unsure_grade("grader_failed")

    def _store_grade(
        self, connection: Connection, actor: Person, posed_id: str, attempt: StoredAttempt, grade: Grade
    ) -> None:
        row = question_store.by_id(connection, posed_id)
        if row is None or any(one.id == attempt.id and one.grade is not None for one in row.attempts):
            return  # another thread was faster
        question_store.save_question(connection, lifecycle.grade(row.question, attempt.submission_id, grade.outcome))
        question_store.add_grade(connection, attempt.id, grade, GRADER_ID, self.clock())
        if grade.outcome is not Outcome.UNSURE:
            self.evidence.record(actor, to_graded_answer(row, attempt, grade.outcome, GRADER_ID), within=connection)


def to_graded_answer(
    row: PosedQuestionRecord, attempt: StoredAttempt, outcome: Outcome, graded_by: str
) -> GradedAnswer:
    """Return a graded answer in the form that the evidence log stores."""
    shows = dict(row.item.misconceptions).get(attempt.text.strip())
    return GradedAnswer(
        course_id=row.course_id,
        item_id=row.item.id,
        skills=(row.item.skill,) if row.item.skill else (),
        outcome=outcome,
        judge=graded_by,
        grade_id=attempt.id,
        hints=attempt.hints,
        aided=attempt.aided,
        origin=_origin(row),
        misconception=shows if outcome is not Outcome.RIGHT else None,
        passage_id=row.item.source.passage_id if row.item.source else None,
    )


def _origin(row: PosedQuestionRecord) -> AnswerOrigin:
    if row.is_placement:
        return AnswerOrigin.PLACEMENT
    return AnswerOrigin.PRACTICE if row.quiz_id else AnswerOrigin.CHAT
