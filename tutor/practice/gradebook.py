"""The gradebook: what nobody was sure of, and every grade that an instructor wants to change.

An override is a new grade with its reason; the learner sees it, the evidence follows in the same transaction, and the
earlier grades stay readable. Undo repeats the grade before as a new one, so that the log stays whole. Her decisions
teach the grader: answers to the same item are graded again on request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import tutor.store.posed_questions as question_store
from tutor.accounts.permissions import Action
from tutor.assessment.items import Grade, unsure
from tutor.courses.courses import Courses
from tutor.domain import Outcome, Person
from tutor.errors import InputRefused, NotFound
from tutor.pedagogy import question_lifecycle as lifecycle
from tutor.platform.clock import Clock
from tutor.practice.graded_examples import FREE, judge
from tutor.practice.quiz_sessions import JUDGE, Practice, judged
from tutor.progress.evidence_log import EvidenceBook
from tutor.progress.learner_progress import Progress
from tutor.store import people
from tutor.store.database import Connection, Database
from tutor.store.evidence import standing_answer
from tutor.store.posed_questions import PERSON, Given, Logged, PosedRow

MAX_REASON_CHARS = 1_000
REGRADED = "graded again after a decision of the instructor"
TAKEN_BACK = "the instructor took the decision back"
Step = tuple[tuple[str, int], ...]  # what undo takes back: answers, each with the number of its grade


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
                for row in question_store.of_course(connection, course_id)
                for given in row.given
            ]
        return sorted(found, key=lambda entry: (not entry.waits, -entry.given.at.timestamp()))

    def entry(self, who: Person, attempt_id: str) -> Entry:
        with self.database.reading() as connection:
            row = question_store.posed_of_attempt(connection, attempt_id)
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
            self._decide(connection, who, entry, Logged(0, grade, f"{PERSON}{who.id}", reason))
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
                for row in question_store.of_item(connection, entry.row.item.id)
                for given in row.given
                if given.id != attempt_id and not given.by_person
            ]

    def regrade(self, who: Person, attempt_id: str) -> list[tuple[Entry, Entry]]:
        """Grade the neighbours again, now that this answer is decided; return those that changed, before and after.

        A neighbour of which the grader is unsure now keeps the grade that it has.
        """
        changed: list[tuple[Entry, Entry]] = []
        decided = self.practice.decided(self.entry(who, attempt_id).row.item.id)
        for entry in self.neighbours(who, attempt_id):
            grade = judge(self.practice.grader, entry.row.item, entry.given.text, decided)
            before = entry.given.grade.outcome if entry.given.grade else None
            if grade.outcome in (Outcome.UNSURE, before):
                continue
            with self.database.writing() as connection:
                self._decide(connection, who, entry, Logged(0, grade, JUDGE, REGRADED))
            self.progress.settle(entry.row.posed.learner_id, entry.row.course_id)
            changed.append((entry, self.entry(who, entry.given.id)))
        return changed

    def undoable(self, who: Person, attempt_id: str) -> Step:
        """Return the step that takes the last decision about an answer back; empty where nobody has decided."""
        log = self.history(who, attempt_id)
        return ((attempt_id, log[-1].number),) if log and _before(log) is not None else ()

    def undo(self, who: Person, step: Step) -> int:
        """Let the grades before stand again, with their evidence, and return how many.

        What was decided anew meanwhile stays; where that is everything, it is said.
        """
        entries = [(self.entry(who, attempt_id), number) for attempt_id, number in step]
        undone = []
        with self.database.writing() as connection:
            for entry, number in entries:
                log = question_store.log(connection, entry.given.id)
                before = _before(log)
                if before is not None and log[-1].number == number:
                    self._decide(connection, who, entry, replace(before, undoes=number))
                    undone.append(entry.row.posed.learner_id)
        if not undone:
            raise InputRefused("this was decided anew meanwhile; open the answer again", key="decided_meanwhile")
        for learner_id in dict.fromkeys(undone):
            self.progress.settle(learner_id, entries[0][0].row.course_id)
        return len(undone)

    def history(self, who: Person, attempt_id: str) -> list[Logged]:
        """Return all grades of an answer, oldest first."""
        self.entry(who, attempt_id)
        with self.database.reading() as connection:
            return question_store.log(connection, attempt_id)

    def _decide(self, connection: Connection, who: Person, entry: Entry, new: Logged) -> None:
        """Add a grade and what follows from it: the state of the question, and the evidence."""
        given, outcome = entry.given, new.grade.outcome
        row = question_store.by_id(connection, entry.row.posed.id)
        assert row is not None
        question_store.save(connection, lifecycle.override(row.posed, given.submission_id, outcome))
        by = who.id if new.by_person or new.undoes is not None else None
        question_store.add_grade(
            connection, given.id, new.grade, new.judge, self.clock(), by=by, reason=new.reason, undoes=new.undoes
        )
        counted, what = standing_answer(connection, given.id), judged(row, given, outcome, new.judge)
        if outcome is not Outcome.UNSURE and counted is None:
            self.evidence.record_decided(who, row.posed.learner_id, what, within=connection)
        elif outcome is not Outcome.UNSURE:
            self.evidence.override(
                who, given.id, outcome, judge=new.judge, misconception=what.misconception, within=connection
            )
        elif counted is not None:
            self.evidence.withdraw(who, given.id, TAKEN_BACK, within=connection)


def standing(log: Iterable[Logged]) -> list[Logged]:
    """Return the grades that were not taken back, oldest first; the last one counts."""
    kept: list[Logged] = []
    for one in log:
        if one.undoes is None:
            kept.append(one)
        else:
            kept.pop()
    return kept


def _before(log: Sequence[Logged]) -> Logged | None:
    """Return what counted before the last decision, an unsure grade where that was nothing; None: nobody decided."""
    kept = standing(log)
    if not kept or (len(kept) == 1 and not kept[0].by_person):
        return None
    return kept[-2] if len(kept) > 1 else Logged(0, unsure(TAKEN_BACK), JUDGE, "")
