"""The gradebook: what nobody was sure of, and every grade that an instructor wants to change.

An override is a new grade with its reason; the learner sees it, the evidence follows in the same transaction, and the
earlier grades stay readable. Her decisions teach the grader: answers to the same item are graded again on request.
"""

from __future__ import annotations

from dataclasses import dataclass

import tutor.store.posed as rows
from tutor.access import Action
from tutor.assessment.items import Grade, Kind
from tutor.courses import Courses
from tutor.domain import Outcome, Person
from tutor.errors import InputRefused, NotFound
from tutor.evidence_book import EvidenceBook
from tutor.moments import Clock
from tutor.pedagogy import posed as machine
from tutor.practice.sittings import JUDGE, Practice, judged
from tutor.progress import Progress
from tutor.store import people
from tutor.store.database import Connection, Database
from tutor.store.evidence import standing_answer
from tutor.store.posed import Given, PosedRow

MAX_REASON_CHARS = 1_000
FREE = (Kind.SHORT_TEXT, Kind.CLOZE)  # kinds whose grader learns from graded answers


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer of a learner in a course, with the question that it answers."""

    row: PosedRow
    given: Given
    learner: str  # her pseudonym

    @property
    def waits(self) -> bool:
        """Whether nobody has decided this answer yet."""
        return self.given.grade is None or self.given.grade.outcome is Outcome.UNSURE


@dataclass(frozen=True, slots=True)
class Gradebook:
    """Lets the instructors of a course decide."""

    database: Database
    courses: Courses
    practice: Practice
    evidence: EvidenceBook
    progress: Progress
    clock: Clock

    def entries(self, who: Person, course_id: str) -> list[Entry]:
        """Return the answers of a course: those that wait first, then the latest."""
        self.courses.enter(who, course_id, Action.TEACH)
        with self.database.reading() as connection:
            names = {person.id: person.name for person in people.everyone(connection)}
            found = [
                Entry(row, given, names.get(row.posed.learner_id, "?"))
                for row in rows.of_course(connection, course_id)
                for given in row.given
            ]
        return sorted(found, key=lambda entry: (not entry.waits, -entry.given.at.timestamp()))

    def entry(self, who: Person, attempt_id: str) -> Entry:
        with self.database.reading() as connection:
            row = rows.posed_of_attempt(connection, attempt_id)
            if row is None:
                raise NotFound("there is no such answer")
            learner = people.by_id(connection, row.posed.learner_id)
        self.courses.enter(who, row.course_id, Action.TEACH)
        given = next(one for one in row.given if one.id == attempt_id)
        return Entry(row, given, learner.name if learner else "?")

    def override(self, who: Person, attempt_id: str, outcome: Outcome, reason: str) -> Entry:
        """Decide an answer, with a reason that the learner reads."""
        if outcome is Outcome.UNSURE:
            raise InputRefused(
                "decide for right, partly right or wrong; unsure is what waits for you", key="decide_for"
            )
        reason = reason.strip()[:MAX_REASON_CHARS]
        if not reason:
            raise InputRefused("say why in a few words; the learner reads it", key="say_why")
        entry = self.entry(who, attempt_id)
        grade = Grade(outcome, 1.0, (reason,))
        with self.database.writing() as connection:
            self._decide(connection, who, entry.row.posed.id, attempt_id, grade, f"person:{who.id}", reason)
        self.progress.settle(entry.row.posed.learner_id, entry.row.course_id)
        return self.entry(who, attempt_id)

    def neighbours(self, who: Person, attempt_id: str) -> list[Entry]:
        """Return the other answers to the same item that no person has judged."""
        entry = self.entry(who, attempt_id)
        if entry.row.item.kind not in FREE:
            return []
        with self.database.reading() as connection:
            names = {person.id: person.name for person in people.everyone(connection)}
            return [
                Entry(row, given, names.get(row.posed.learner_id, "?"))
                for row in rows.of_item(connection, entry.row.item.id)
                for given in row.given
                if given.id != attempt_id and not given.judge.startswith("person:")
            ]

    def regrade(self, who: Person, attempt_id: str) -> list[tuple[Entry, Outcome]]:
        """Grade the neighbours again, now that this answer is decided; return those that changed, with the outcome.

        A neighbour of which the grader is unsure now keeps the grade that it has.
        """
        changed: list[tuple[Entry, Outcome]] = []
        decided = self.practice.decided(self.entry(who, attempt_id).row.item.id)
        for entry in self.neighbours(who, attempt_id):
            grade = self.practice.grader.grade(entry.row.item, entry.given.text, decided)
            before = entry.given.grade.outcome if entry.given.grade else None
            if grade.outcome in (Outcome.UNSURE, before):
                continue
            reason = "graded again after a decision of the instructor"
            with self.database.writing() as connection:
                self._decide(connection, who, entry.row.posed.id, entry.given.id, grade, JUDGE, reason)
            self.progress.settle(entry.row.posed.learner_id, entry.row.course_id)
            changed.append((entry, grade.outcome))
        return changed

    def history(self, who: Person, attempt_id: str) -> list[tuple[Outcome, str, str]]:
        """Return all grades of an answer, oldest first: (outcome, judge, reason)."""
        self.entry(who, attempt_id)
        with self.database.reading() as connection:
            return rows.history(connection, attempt_id)

    def _decide(
        self,
        connection: Connection,
        who: Person,
        posed_id: str,
        attempt_id: str,
        grade: Grade,
        judge: str,
        reason: str,
    ) -> None:
        row = rows.by_id(connection, posed_id)
        assert row is not None
        given = next(one for one in row.given if one.id == attempt_id)
        rows.save(connection, machine.override(row.posed, given.submission_id, grade.outcome))
        by = who.id if judge.startswith("person:") else None
        rows.add_grade(connection, attempt_id, grade, judge, self.clock(), by=by, reason=reason)
        if standing_answer(connection, attempt_id) is None:
            what = judged(row, given, grade.outcome, judge)
            self.evidence.record_decided(who, row.posed.learner_id, what, within=connection)
        else:
            self.evidence.override(who, attempt_id, grade.outcome, within=connection)
