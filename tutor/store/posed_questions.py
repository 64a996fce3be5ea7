"""Rows of posed questions with their answers and grades.

A posed question is read whole, changed by `tutor/pedagogy/question_lifecycle.py`, and written back in the same
transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutor.assessment.items import Grade, Item
from tutor.domain import Outcome
from tutor.pedagogy.question_lifecycle import FINAL_STATES, Attempt, PosedQuestion, QuestionState
from tutor.platform.clock import from_iso, new_id, to_iso
from tutor.store.items import item_from_json, item_to_json
from tutor.store.schema import attempts, grades, posed
from tutor.store.sealed_rows import (
    ATTEMPTS,
    GRADES,
    POSED,
    opened_first,
    opened_row,
    opened_rows,
    sealed_values,
)

PERSON_JUDGE_PREFIX = "person:"  # of the judge where a person decided; the person's id follows
PURPOSE_PRACTICE, PURPOSE_PLACEMENT = "practice", "placement"  # of a posed question
PURPOSE_SHORT_PLACEMENT = "short_placement"  # at most five questions, for whoever is new


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """A stored answer with its current grade; `reason` is the instructor's, "" for the grader."""

    id: str  # the grade's stable id in the evidence
    submission_id: str
    text: str
    hints: int
    aided: bool
    at: datetime
    grade: Grade | None
    judge: str = ""
    reason: str = ""
    grade_number: int = 0  # of the grade; numbers rise with time

    @property
    def is_by_person(self) -> bool:
        return self.judge.startswith(PERSON_JUDGE_PREFIX)


@dataclass(frozen=True, slots=True)
class GradeLogEntry:
    """A grade in the log of an answer; one that `undoes` another repeats the grade before that one."""

    grade_number: int
    grade: Grade
    judge: str
    reason: str
    undoes: int | None = None

    @property
    def is_by_person(self) -> bool:
        return self.judge.startswith(PERSON_JUDGE_PREFIX)


@dataclass(frozen=True, slots=True)
class PosedQuestionRecord:
    """A posed question with its item as it was posed, and its answers."""

    question: PosedQuestion
    item: Item
    course_id: str
    quiz_id: str | None
    number: int
    attempts: tuple[StoredAttempt, ...] = ()
    purpose: str = PURPOSE_PRACTICE

    @property
    def last_attempt(self) -> StoredAttempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def is_placement(self) -> bool:
        """Whether it was asked to find out what a learner knows."""
        return self.purpose in (PURPOSE_PLACEMENT, PURPOSE_SHORT_PLACEMENT)


def add_question(connection: sa.Connection, row: PosedQuestionRecord) -> None:
    value = row.question
    clear = {
        "id": value.id,
        "quiz_id": row.quiz_id,
        "number": row.number,
        "purpose": row.purpose,
        "learner_id": value.learner_id,
        "course_id": row.course_id,
        "item_id": value.item_id,
        "item": item_to_json(row.item),
        "asked_at": to_iso(value.asked_at),
        "expires_at": to_iso(value.expires_at),
        **_mutable_columns(value),
    }
    connection.execute(posed.insert().values(sealed_values(connection, POSED, value.learner_id, clear, clear)))


def by_id(connection: sa.Connection, posed_id: str) -> PosedQuestionRecord | None:
    row = opened_first(connection, POSED, connection.execute(posed.select().where(posed.c.id == posed_id)))
    return _question_record(connection, row) if row else None


def of_quiz(connection: sa.Connection, quiz_id: str) -> list[PosedQuestionRecord]:
    rows = connection.execute(posed.select().where(posed.c.quiz_id == quiz_id).order_by(posed.c.number)).all()
    return [_question_record(connection, row) for row in opened_rows(connection, POSED, rows)]


def of_item(connection: sa.Connection, item_id: str) -> list[PosedQuestionRecord]:
    rows = connection.execute(posed.select().where(posed.c.item_id == item_id).order_by(posed.c.asked_at)).all()
    return [_question_record(connection, row) for row in opened_rows(connection, POSED, rows)]


def of_course(connection: sa.Connection, course_id: str, limit: int = 300) -> list[PosedQuestionRecord]:
    """Return the questions of a course that were answered, latest first."""
    answered = sa.select(attempts.c.posed_id)
    rows = connection.execute(
        posed.select()
        .where(posed.c.course_id == course_id, posed.c.id.in_(answered))
        .order_by(posed.c.asked_at.desc(), posed.c.number)
        .limit(limit)
    ).all()
    return [_question_record(connection, row) for row in opened_rows(connection, POSED, rows)]


def last_posed_times(connection: sa.Connection, learner_id: str, course_id: str) -> dict[str, str]:
    """Return when each item was last posed to a learner, by item id; the time as text sorts."""
    rows = connection.execute(
        sa.select(posed.c.item_id, sa.func.max(posed.c.asked_at))
        .where(posed.c.learner_id == learner_id, posed.c.course_id == course_id)
        .group_by(posed.c.item_id)
    )
    return {row.item_id: row[1] for row in rows}


def save_question(connection: sa.Connection, question: PosedQuestion) -> None:
    """Store a changed question with its new answers."""
    connection.execute(posed.update().where(posed.c.id == question.id).values(**_mutable_columns(question)))
    known = set(connection.scalars(sa.select(attempts.c.submission_id).where(attempts.c.posed_id == question.id)))
    for number, attempt in enumerate(question.attempts):
        if attempt.submission_id not in known:
            row = {
                "id": new_id(),
                "posed_id": question.id,
                "submission_id": attempt.submission_id,
                "number": number,
                "text": attempt.text,
                "aided": attempt.aided,
                "hints": question.hints,
                "at": to_iso(attempt.at),
            }
            values = sealed_values(connection, ATTEMPTS, question.learner_id, row, row)
            connection.execute(attempts.insert().values(values))


def add_grade(
    connection: sa.Connection,
    attempt_id: str,
    grade: Grade,
    judge: str,
    now: datetime,
    *,
    by: str | None = None,
    reason: str = "",
    undoes: int | None = None,
) -> int:
    """Add a grade to an answer and return its number; the earlier ones stay readable."""
    row = {
        "attempt_id": attempt_id,
        "outcome": grade.outcome.value,
        "confidence": grade.confidence,
        "reasons": list(grade.reasons),
        "missing": list(grade.missing),
        "judge": judge,
        "by": by,
        "reason": reason,
        "undoes": undoes,
        "at": to_iso(now),
    }
    values = sealed_values(connection, GRADES, _learner_of(connection, attempt_id), row, row)
    key = connection.execute(grades.insert().values(values)).inserted_primary_key
    assert key is not None, "SQLite numbers each grade"
    return int(key[0])


def by_attempt(connection: sa.Connection, attempt_id: str) -> PosedQuestionRecord | None:
    posed_id = connection.scalar(sa.select(attempts.c.posed_id).where(attempts.c.id == attempt_id))
    return by_id(connection, posed_id) if posed_id else None


def grade_log(connection: sa.Connection, attempt_id: str) -> list[GradeLogEntry]:
    """Return all grades that an answer ever had, oldest first."""
    learner_id = _learner_of(connection, attempt_id)
    rows = connection.execute(grades.select().where(grades.c.attempt_id == attempt_id).order_by(grades.c.sequence))
    opened = [opened_row(connection, GRADES, row, learner_id) for row in rows.all()]
    return [GradeLogEntry(row.sequence, _grade(row), row.judge, row.reason, row.undoes) for row in opened]


def _learner_of(connection: sa.Connection, attempt_id: str) -> str:
    """Return whose answer it is."""
    query = sa.select(posed.c.learner_id).join(attempts, attempts.c.posed_id == posed.c.id)
    return str(connection.scalar(query.where(attempts.c.id == attempt_id)))


def _mutable_columns(question: PosedQuestion) -> dict[str, Any]:
    return {"state": question.state.value, "hints": question.hints, "seen": sorted(question.seen)}


def _question_record(connection: sa.Connection, row: Any) -> PosedQuestionRecord:
    given = tuple(_stored_attempts(connection, row.id, row.learner_id))
    value = PosedQuestion(
        id=row.id,
        item_id=row.item_id,
        learner_id=row.learner_id,
        asked_at=from_iso(row.asked_at),
        expires_at=from_iso(row.expires_at),
        state=QuestionState(row.state),
        attempts=tuple(
            Attempt(
                one.submission_id,
                one.text,
                one.at,
                one.grade.outcome if one.grade else None,
                one.aided,
            )
            for one in given
        ),
        hints=row.hints,
        seen=frozenset(row.seen),
    )
    return PosedQuestionRecord(
        value, item_from_json(row.item), row.course_id, row.quiz_id, row.number, given, row.purpose
    )


def _stored_attempts(connection: sa.Connection, posed_id: str, learner_id: str) -> list[StoredAttempt]:
    found = []
    given = connection.execute(attempts.select().where(attempts.c.posed_id == posed_id).order_by(attempts.c.number))
    for row in (opened_row(connection, ATTEMPTS, one, learner_id) for one in given.all()):
        query = grades.select().where(grades.c.attempt_id == row.id).order_by(grades.c.sequence.desc()).limit(1)
        last_row = connection.execute(query).first()
        last = opened_row(connection, GRADES, last_row, learner_id) if last_row else None
        found.append(
            StoredAttempt(
                row.id,
                row.submission_id,
                row.text,
                row.hints,
                row.aided,
                from_iso(row.at),
                _grade(last) if last else None,
                last.judge if last else "",
                last.reason if last else "",
                last.sequence if last else 0,
            )
        )
    return found


def _grade(row: Any) -> Grade:
    return Grade(Outcome(row.outcome), row.confidence, tuple(row.reasons), tuple(row.missing))


def open_questions(connection: sa.Connection, learner_id: str, course_id: str) -> list[PosedQuestionRecord]:
    """Return the questions of a learner that are still open."""
    final = [state.value for state in FINAL_STATES]
    rows = connection.execute(
        posed.select().where(
            posed.c.learner_id == learner_id, posed.c.course_id == course_id, posed.c.state.not_in(final)
        )
    ).all()
    return [_question_record(connection, row) for row in opened_rows(connection, POSED, rows)]
