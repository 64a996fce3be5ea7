"""A course's answers and questions for research: nobody is named, and no id in it means anything outside of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import tutor.store.audit as audit_store
import tutor.store.conversations as conversation_store
import tutor.store.evidence as evidence_store
import tutor.store.people as people_store
import tutor.store.turns as turn_store
from adapters.pii_scrubbing import scrub
from tutor.accounts.permissions import Action
from tutor.accounts.sign_in import Accounts
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.errors import NotAllowed
from tutor.learner.disclosure_control import MIN_GROUP_SIZE
from tutor.learner.evidence import AnswerEvent, RetractionEvent, current_answers
from tutor.learner.research_records import ResearchRecord, release
from tutor.platform.clock import Clock
from tutor.store.audit import Act
from tutor.store.database import Connection, Database

FORMAT = "tutor-research-export-1"


@dataclass(frozen=True, slots=True)
class ResearchExport:
    """Exports courses for research, as those who teach them."""

    database: Database
    courses: Courses
    accounts: Accounts
    clock: Clock

    def of_course(self, actor: Person, course_id: str, *, with_text: bool = False) -> dict[str, Any]:
        """Return the answers and questions of a course; `with_text`: the questions' words, scrubbed of personal data.

        Raises NotAllowed where fewer than five learners have records that may be given away.
        """
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            answers, answers_left_out = release(_answers(connection, course_id))
            questions, questions_left_out = release(self._questions(connection, course_id, with_text=with_text))
        if not answers and not questions:
            raise NotAllowed(
                f"nothing can be exported for research: no week has records of {MIN_GROUP_SIZE} learners",
                key="research_too_few",
                fewest=MIN_GROUP_SIZE,
            )
        with self.database.write_transaction() as connection:
            audit_store.append(connection, Act.EXPORTED_RESEARCH, self.clock(), actor=actor.id, course_id=course_id)
        return {
            "format": FORMAT,
            "course": course_id,
            "text": "scrubbed" if with_text else "none",
            "answers": answers,
            "questions": questions,
            "left_out": {"answers": answers_left_out, "questions": questions_left_out},
        }

    def _questions(self, connection: Connection, course_id: str, *, with_text: bool) -> Iterator[ResearchRecord]:
        everybody = self.accounts.list_people()
        asked = {person.id: turn_store.of_learner(connection, person.id, course_id) for person in everybody}
        names = [person.name for person in everybody]
        names += [person.display_name for person in everybody if asked[person.id]]
        names += people_store.enrolled_names(connection, course_id)
        for person in everybody:
            kept = {one.id for one in conversation_store.of_learner(connection, person.id, course_id)}
            for turn in asked[person.id]:
                if turn.conversation_id not in kept:
                    continue  # they deleted it
                known = {"covered": turn.covered, "move": turn.guidance.move if turn.guidance else ""}
                words = {"text": _scrubbed(turn.question, names)} if with_text else {}
                yield ResearchRecord(person.id, turn.created_at, fields={**known, **words})


def _scrubbed(text: str, names: Sequence[str]) -> str:
    """Return a question without personal data, and without the names, or parts of them, of the course's people."""
    composed, *roster = (unicodedata.normalize("NFC", one) for one in (text, *names))
    return scrub(composed, roster, with_parts=True).text


def _answers(connection: Connection, course_id: str) -> Iterator[ResearchRecord]:
    events = [event for _, event in evidence_store.events(connection, course_id)]
    retractions = [event for event in events if isinstance(event, RetractionEvent)]
    for answer in current_answers((each for each in events if isinstance(each, AnswerEvent)), retractions):
        known = {
            "skill": answer.skills[0],
            "outcome": answer.outcome.value,
            "hints": answer.hints,
            "aided": answer.aided,
        }
        yield ResearchRecord(answer.learner_id, answer.at, answer.item_id, known)
