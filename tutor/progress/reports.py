"""Reports: the class for its instructor, and what may be taken out of the house, as plain values and text.

A learner takes all that is hers. Of a class only counts leave, none under five, and answers under pseudonyms of a
class that has at least five.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import tutor.store.evidence as evidence_store
from knowledge.errors import DocumentNotFound
from knowledge.library import Library
from tutor.accounts.permissions import Action
from tutor.accounts.sign_in import Accounts
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.errors import NotAllowed
from tutor.learner.class_overview import Classroom, classroom
from tutor.learner.disclosure_control import FEWEST
from tutor.learner.evidence import Answered, Retracted, standing
from tutor.learner.xapi_csv_export import answers_csv, class_csv, xapi
from tutor.platform.clock import Clock
from tutor.progress.learner_progress import Progress
from tutor.progress.profile import Profiles
from tutor.store.database import Database

Event = Answered | Retracted


@dataclass(frozen=True, slots=True)
class Reports:
    """Makes reports and exports."""

    database: Database
    courses: Courses
    accounts: Accounts
    progress: Progress
    profiles: Profiles
    clock: Clock
    home: str  # the address of this house, in xAPI the names' home page

    def classroom(self, who: Person, course_id: str) -> Classroom:
        """Return the class as its records show it now, for its instructor."""
        records = self.progress.class_records(who, course_id)
        seen = classroom(records, self.progress.graph(who, course_id), self.clock())
        return replace(seen, catching_up=self.progress.catching_up(course_id, records))

    def names(self, who: Person, course_id: str) -> dict[str, str]:
        """Return the names of a course's skills by id."""
        return {skill.id: skill.name for skill in self.courses.skills(who, course_id)}

    def learners(self, who: Person, course_id: str) -> dict[str, str]:
        """Return the pseudonyms of those who answered something in a course, for its instructor."""
        self.courses.enter(who, course_id, Action.TEACH)
        with self.database.reading() as connection:
            answered = set(evidence_store.learners_with_evidence(connection, course_id))
        return {person.id: person.name for person in self.accounts.everyone() if person.id in answered}

    def own_answers(self, who: Person, course_id: str) -> str:
        """Return a learner's own answers that stand, as CSV."""
        events = self._events(who, course_id)
        answers = (event for event in events if isinstance(event, Answered))
        retractions = [event for event in events if isinstance(event, Retracted)]
        return answers_csv(standing(answers, retractions), self.names(who, course_id))

    def own_statements(self, who: Person, course_id: str) -> list[dict[str, Any]]:
        """Return a learner's own events as xAPI statements."""
        names = self.names(who, course_id)
        return xapi(self._events(who, course_id), {who.id: who.name}, names, self.home)

    def own_data(self, who: Person, course_id: str) -> dict[str, Any]:
        """Return all that the house keeps about a learner in a course: profile, statements, every event."""
        profile = self.profiles.of(who, course_id)
        return {
            "learner": who.name,
            "language": who.language,
            "course": course_id,
            "made_at": self.clock().isoformat(),
            "said": dict(profile.said.said),
            "in_prompt": profile.said.in_prompt,
            "prompt_block": profile.block,
            "statements": [asdict(one) for one in profile.statements],
            "events": [asdict(event) for event in self._events(who, course_id)],
        }

    def class_skills(self, who: Person, course_id: str) -> str:
        """Return how many learners stand where on each skill, as CSV; raises NotAllowed for fewer than five."""
        return class_csv(self._large_enough(who, course_id), self.names(who, course_id))

    def class_report(self, who: Person, course_id: str) -> Classroom:
        """Return the class for a report that leaves the house; raises NotAllowed for fewer than five."""
        return self._large_enough(who, course_id)

    def class_statements(self, who: Person, course_id: str) -> list[dict[str, Any]]:
        """Return all events of a course under pseudonyms, as xAPI statements; raises NotAllowed for fewer than five."""
        learners = self.learners(who, course_id)
        _refuse_few(len(learners))
        with self.database.reading() as connection:
            events = [event for _, event in evidence_store.events(connection, course_id)]
        return xapi(events, learners, self.names(who, course_id), self.home)

    def _large_enough(self, who: Person, course_id: str) -> Classroom:
        seen = self.classroom(who, course_id)
        _refuse_few(len(seen.learners))
        return seen

    def _events(self, who: Person, course_id: str) -> list[Event]:
        self.courses.enter(who, course_id)
        with self.database.reading() as connection:
            return [event for _, event in evidence_store.events(connection, course_id, who.id)]


def places(library: Library, seen: Classroom) -> Mapping[str, str]:
    """Return where in the course the misconceptions' passages stand; what was removed since is left out."""
    found: dict[str, str] = {}
    for belief in seen.beliefs:
        if belief.passage_id is None or belief.passage_id in found:
            continue
        try:
            passage = library.passage(belief.passage_id)
            document = library.document(passage.document_id)
        except DocumentNotFound:
            continue
        found[belief.passage_id] = f"{document.title or document.name} · {passage.locator.label}"
    return found


def _refuse_few(learners: int) -> None:
    if learners < FEWEST:
        raise NotAllowed(
            f"{learners} learners have answered in this course; a class of fewer than {FEWEST} is not exported, "
            "because every number would tell of a person"
        )
