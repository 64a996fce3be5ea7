"""Imports answers that another system has graded, for an instructor; each statement is imported once.

They are evidence like any other, with a judge that says where they come from, so that they are not mistaken for the
tutor's own grades.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import tutor.store.evidence as evidence_store
import tutor.store.voided_statements as statement_store
from tutor.accounts.permissions import Action
from tutor.accounts.sign_in import Accounts
from tutor.courses.courses import Courses
from tutor.domain import Person, Role
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.learner.evidence import GENERAL_SKILL, AnswerEvent, AnswerOrigin, RetractionEvent
from tutor.learner.knowledge_tracing import base_rates
from tutor.learner.xapi_csv_export import statement_id
from tutor.learner.xapi_reader import RejectedStatement, XapiAnswer, parse_statements
from tutor.platform.clock import Clock, new_id
from tutor.store.database import Connection, Database
from tutor.store.items import by_id as item_by_id

XAPI_JUDGE = "imported:xapi"
FULL_WIDTH_COMMA = "\uff0c"  # which a Chinese keyboard types
VOIDED_REASON = "voided where it came from"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result of importing a file."""

    imported: int
    duplicates: int  # statements imported before, or exported from here
    rejected: tuple[RejectedStatement, ...]
    retracted: int = 0  # answers of earlier files that this file voids
    skipped_voided: int = 0  # answers that were voided before they were imported


@dataclass(frozen=True, slots=True)
class XapiImporter:
    """Imports xAPI statements into a course."""

    database: Database
    courses: Courses
    accounts: Accounts
    clock: Clock

    def import_statements(
        self, actor: Person, course_id: str, data: bytes, roster: Mapping[str, str] | None = None
    ) -> ImportResult:
        """Import the valid statements of a file; `roster` maps actors of the file to names used here."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        parsed = parse_statements(data, self.clock())
        rejected = list(parsed.rejected)
        learners = {
            person.name.lower(): person for person in self.accounts.list_people() if person.role is Role.LEARNER
        }
        skills = {name: skill.id for skill in self.courses.skills(actor, course_id) for name in (skill.name, skill.id)}
        imported = duplicates = skipped = 0
        with self.database.write_transaction() as connection:
            statement_store.add(connection, course_id, parsed.voided_ids)
            voided = statement_store.of_course(connection, course_id)
            own = {statement_id(event.id) for _, event in evidence_store.events(connection, course_id)}
            for one in parsed.answers:
                grade_id = _grade_id(course_id, one.statement_id)
                if one.statement_id in own or evidence_store.latest_event(connection, grade_id) is not None:
                    duplicates += 1
                    continue
                if one.statement_id in voided:
                    skipped += 1
                    continue
                try:
                    learner = self._resolve_learner(one, course_id, learners, roster or {})
                    answer = self._to_answer(connection, one, learner, course_id, grade_id, skills)
                except InputRefused as refusal:
                    rejected.append(RejectedStatement(one.position, refusal))
                    continue
                evidence_store.append_answer(connection, answer, self.clock())
                imported += 1
            retracted = sum(
                self._retract_imported(connection, actor, course_id, each) for each in sorted(parsed.voided_ids)
            )
        return ImportResult(
            imported, duplicates, tuple(sorted(rejected, key=lambda each: each.position)), retracted, skipped
        )

    def _retract_imported(self, connection: Connection, actor: Person, course_id: str, statement: str) -> bool:
        """Retract the answer of an earlier file that this one voids; return whether there was one."""
        answer = evidence_store.current_answer(connection, _grade_id(course_id, statement))
        if answer is not None:
            evidence_store.append_retraction(
                connection, RetractionEvent(new_id(), answer.id, f"person:{actor.id}", VOIDED_REASON, self.clock())
            )
        return answer is not None

    def _resolve_learner(
        self, statement: XapiAnswer, course_id: str, learners: Mapping[str, Person], roster: Mapping[str, str]
    ) -> Person:
        name = roster.get(statement.actor, statement.actor)
        learner = learners.get(name.lower())
        if learner is None:
            raise InputRefused(
                f"“{name}” is not a learner here; add a line to the roster that maps the name",
                key="xapi_no_learner",
                name=name,
            )
        try:
            self.courses.authorize(learner, course_id)
        except (NotFound, NotAllowed) as error:
            raise InputRefused(
                f"“{name}” is not enrolled in this course; enrol them first", key="xapi_not_enrolled", name=name
            ) from error
        return learner

    def _to_answer(
        self,
        connection: Connection,
        statement: XapiAnswer,
        learner: Person,
        course_id: str,
        grade_id: str,
        skills: Mapping[str, str],
    ) -> AnswerEvent:
        item_id = (
            statement.item.rsplit("/", 1)[-1] if f"/courses/{course_id}/items/" in statement.item else statement.item
        )
        stored = item_by_id(connection, item_id)
        mine = stored.item.skill if stored is not None and stored.course_id == course_id else ""
        named = tuple(dict.fromkeys(skills[name] for name in statement.skills if name in skills))
        about = named or ((mine,) if mine else (GENERAL_SKILL,))
        found = base_rates(*evidence_store.item_and_skill_counts(connection, course_id, item_id, about[0]))
        return AnswerEvent(
            id=new_id(),
            learner_id=learner.id,
            course_id=course_id,
            item_id=item_id,
            skills=about,
            outcome=statement.outcome,
            hints=statement.hints,
            aided=statement.aided,
            at=statement.at,
            judge=XAPI_JUDGE,
            grade_id=grade_id,
            origin=AnswerOrigin.IMPORTED,
            expected=round(found.expected, 4),
            usual=round(found.usual, 4),
        )


def _grade_id(course_id: str, statement: str) -> str:
    return f"xapi:{course_id}:{statement}"


def parse_roster(text: str) -> dict[str, str]:
    """Return the name used here by actor, from lines "actor, name"; raises InputRefused for any other line."""
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        actor, comma, name = line.replace(FULL_WIDTH_COMMA, ",").rpartition(",")
        if not comma or not actor.strip() or not name.strip():
            shown = line.strip()[:60]
            raise InputRefused(
                f"line {number} of the roster must be “actor, name used here”, but is “{shown}”",
                key="roster_line",
                number=number,
                line=shown,
            )
        found[actor.strip().removeprefix("mailto:")] = name.strip()
    return found
