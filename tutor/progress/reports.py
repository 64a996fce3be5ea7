"""The class overview for its instructor, and exports as plain values and text.

A learner can export everything of their own. Of a class, only counts of at least five learners are exported, and
answers under pseudonyms if the class has at least five learners.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import tutor.store.audit as audit_store
import tutor.store.corrections as correction_store
import tutor.store.evidence as evidence_store
import tutor.store.turns as turn_store
from knowledge.errors import DocumentNotFound
from knowledge.library import Library
from tutor.accounts.permissions import Action
from tutor.accounts.sign_in import Accounts
from tutor.courses.courses import Courses
from tutor.domain import Person, Turn
from tutor.errors import NotAllowed
from tutor.learner.class_overview import ClassOverview, build_class_overview
from tutor.learner.disclosure_control import MIN_GROUP_SIZE
from tutor.learner.evidence import AnswerEvent, EvidenceEvent, RetractionEvent, current_answers
from tutor.learner.xapi_csv_export import answers_to_csv, class_to_csv, to_xapi_statements
from tutor.platform.clock import Clock
from tutor.progress.learner_progress import LearnerProgress
from tutor.progress.profile import Profiles
from tutor.store.audit import Act
from tutor.store.database import Database


@dataclass(frozen=True, slots=True)
class Reports:
    """Makes reports and exports."""

    database: Database
    courses: Courses
    accounts: Accounts
    progress: LearnerProgress
    profiles: Profiles
    clock: Clock
    home_url: str  # address of this server; in xAPI the home page of the accounts

    def class_overview(self, actor: Person, course_id: str) -> ClassOverview:
        """Return the class overview from its current records, for its instructor."""
        records = self.progress.class_records(actor, course_id)
        seen = build_class_overview(records, self.progress.skill_graph(actor, course_id), self.clock())
        return replace(seen, stale_learners=self.progress.count_stale(course_id, records))

    def skill_names(self, actor: Person, course_id: str) -> dict[str, str]:
        """Return the names of a course's skills by id."""
        return {skill.id: skill.name for skill in self.courses.skills(actor, course_id)}

    def answering_learners(self, actor: Person, course_id: str) -> dict[str, str]:
        """Return the names of everybody who answered something in a course, by id, as its instructor sees them."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            answered = set(evidence_store.learners_with_evidence(connection, course_id))
        return {person.id: person.listed_as for person in self.accounts.list_people() if person.id in answered}

    def own_answers_csv(self, actor: Person, course_id: str) -> str:
        """Return a learner's own current answers as CSV."""
        events = self._events(actor, course_id)
        answers = (event for event in events if isinstance(event, AnswerEvent))
        retractions = [event for event in events if isinstance(event, RetractionEvent)]
        return answers_to_csv(current_answers(answers, retractions), self.skill_names(actor, course_id))

    def own_xapi_statements(self, actor: Person, course_id: str) -> list[dict[str, Any]]:
        """Return a learner's own events as xAPI statements."""
        names = self.skill_names(actor, course_id)
        return to_xapi_statements(self._events(actor, course_id), {actor.id: actor.name}, names, self.home_url)

    def own_data(self, actor: Person, course_id: str) -> dict[str, Any]:
        """Return everything stored about a learner in a course: profile, chats, better answers, all events."""
        profile = self.profiles.own_profile(actor, course_id)
        with self.database.read_connection() as connection:
            turns = turn_store.of_learner(connection, actor.id, course_id)
            better_answers = correction_store.find(connection, course_id=course_id, author_id=actor.id)
        return {
            "learner": actor.name,
            "called": actor.display_name,
            "language": actor.language,
            "course": course_id,
            "made_at": self.clock().isoformat(),
            "said": dict(profile.stored.self_reported),
            "in_prompt": profile.stored.in_prompt,
            "prompt_block": profile.prompt_block,
            "statements": [asdict(one) for one in profile.statements],
            "chats": [_chat_entry(turn) for turn in turns],
            "better_answers": [asdict(one) for one in better_answers],
            "events": [asdict(event) for event in self._events(actor, course_id)],
        }

    def class_skills_csv(self, actor: Person, course_id: str) -> str:
        """Return the number of learners at each level of each skill as CSV; raises NotAllowed for fewer than five."""
        seen, names = self.exportable_class(actor, course_id), self.skill_names(actor, course_id)
        self._log_export(actor, course_id)
        return class_to_csv(seen, names)

    def exportable_class(self, actor: Person, course_id: str) -> ClassOverview:
        """Return the class overview for an export; raises NotAllowed for fewer than five learners."""
        seen = self.class_overview(actor, course_id)
        _require_min_group(len(seen.learners))
        return seen

    def class_xapi_statements(self, actor: Person, course_id: str) -> list[dict[str, Any]]:
        """Return all events of a course, as xAPI statements; raises NotAllowed for fewer than five learners.

        Guests have made-up names. Those who were invited under a name of their own get a new one in each export, and no
        export has the names that people chose.
        """
        answered = self.answering_learners(actor, course_id).keys()
        _require_min_group(len(answered))
        learners = {
            person.id: person.name if person.guest else f"learner-{secrets.token_hex(4)}"
            for person in self.accounts.list_people()
            if person.id in answered
        }
        with self.database.read_connection() as connection:
            events = [event for _, event in evidence_store.events(connection, course_id)]
        self._log_export(actor, course_id)
        return to_xapi_statements(events, learners, self.skill_names(actor, course_id), self.home_url)

    def _log_export(self, actor: Person, course_id: str) -> None:
        with self.database.write_transaction() as connection:
            audit_store.append(connection, Act.EXPORTED_CLASS, self.clock(), actor=actor.id, course_id=course_id)

    def _events(self, actor: Person, course_id: str) -> list[EvidenceEvent]:
        self.courses.authorize(actor, course_id)
        with self.database.read_connection() as connection:
            return [event for _, event in evidence_store.events(connection, course_id, actor.id)]


def _chat_entry(turn: Turn) -> dict[str, Any]:
    """Return what a learner sees of a turn, and where its answer came from."""
    return {
        "conversation": turn.conversation_id,
        "at": turn.created_at,
        "question": turn.question,
        "answer": turn.answer,
        "status": turn.status.value,
        "citations": [asdict(citation) for citation in turn.citations],
        "model": turn.model,
        "adapter": turn.adapter,
    }


def misconception_locations(library: Library, overview: ClassOverview) -> Mapping[str, str]:
    """Return document and place of the misconceptions' passages by id, without passages that were removed."""
    found: dict[str, str] = {}
    for misconception in overview.misconceptions:
        if misconception.passage_id is None or misconception.passage_id in found:
            continue
        try:
            passage = library.passage(misconception.passage_id)
            document = library.document(passage.document_id)
        except DocumentNotFound:
            continue
        found[misconception.passage_id] = f"{document.title or document.name} · {passage.locator.label}"
    return found


def _require_min_group(learners: int) -> None:
    if learners < MIN_GROUP_SIZE:
        raise NotAllowed(
            f"only {learners} learners have answered in this course; a class of fewer than {MIN_GROUP_SIZE} "
            "is not exported, because its numbers would reveal individual learners"
        )
