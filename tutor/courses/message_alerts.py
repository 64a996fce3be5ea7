"""Messages that need a person: a calm reply with help contacts for the learner, and an alert for the instructor.

Of an urgent alert the instructor reads the message; of the others they see who, when and what kind, not the words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import tutor.store.alerts as alert_store
import tutor.store.audit as audit_store
import tutor.store.turns as turn_store
from knowledge.embedding import Embedder
from knowledge.languages.sentences import CLOSING_MARKS, END_MARKS, split_sentences
from tutor.accounts.permissions import Action
from tutor.courses.courses import Courses
from tutor.domain import Person, Turn
from tutor.errors import InputRefused, NotFound
from tutor.locales import t
from tutor.pedagogy.concerns import AlertLevel, Concern, ConcernKind, ConcernModel, load_concern_model
from tutor.platform.clock import Clock, new_id
from tutor.store.alerts import StoredAlert
from tutor.store.audit import Act
from tutor.store.audit_reads import log_reading
from tutor.store.database import Database

MAX_CONTACT_CHARS = 500
MAX_SENTENCES = 8  # of a message that are looked at one by one
MAX_ALERTS = 50  # that are shown
MAX_ANSWER_SENTENCES = 200  # more than the longest answer has
_CITATION = re.compile(r"\[\d{1,2}\]")
# Marks stand behind the end of their sentence; before it, they are read as a part of it.
_MARKS_BEHIND = re.compile(rf"([{END_MARKS}]+[{CLOSING_MARKS}]*)((?:\s*\[(?:\d{{1,2}}|°)\])+)")


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert as the instructors of its course see it; `words` is None where they are not to be read."""

    alert: StoredAlert
    kind: ConcernKind
    level: AlertLevel
    words: str | None


@dataclass(frozen=True, slots=True)
class MessageAlerts:
    """Finds such messages, replies to them, and shows the alerts to those who teach the course."""

    database: Database
    courses: Courses
    clock: Clock
    embedder: Embedder
    load_model: Callable[[], ConcernModel] = load_concern_model

    def find(self, text: str) -> Concern | None:
        """Return what a text, or the worst of its sentences, is about; None with an embedder it is not for."""
        if not self.can_find:
            return None
        model = self.load_model()
        spans = split_sentences(text)[:MAX_SENTENCES]
        parts = dict.fromkeys([text, *(text[start:end] for start, end in spans)])
        found = [model.find(self.embedder.embed_query(part)) for part in parts]
        return max(filter(None, found), key=lambda concern: concern.chance, default=None)

    def must_withhold(self, answer: str) -> bool:
        """Whether a model wrote what nobody should read: a sentence that is surely harmful and cites no passage."""
        text = _MARKS_BEHIND.sub(r"\2\1 ", answer)
        sentences = (text[start:end] for start, end in split_sentences(text)[:MAX_ANSWER_SENTENCES])
        return any(self.is_harmful(sentence) for sentence in sentences if not _CITATION.search(sentence))

    def is_harmful(self, sentence: str) -> bool:
        """Whether a sentence of a model is surely about harm."""
        concern = self.find(sentence)
        return concern is not None and concern.is_sure and concern.kind is not ConcernKind.CHEATING

    @property
    def can_find(self) -> bool:
        """Whether anything can be found: the model reads the vectors of one embedder only."""
        return self.load_model().embedder == self.embedder.name

    def raise_alert(self, turn: Turn, concern: Concern) -> None:
        """Store an alert about a turn."""
        about = (concern.kind.value, concern.level.value)
        with self.database.write_transaction() as connection:
            alert_store.add(connection, new_id(), turn.course_id, turn.learner_id, turn.id, about, self.clock())

    def reply(self, course_id: str, concern: Concern, language: str) -> str:
        """Return what the learner is told: calm words, whom to turn to, and what their instructor learns of it."""
        with self.database.read_connection() as connection:
            contacts = alert_store.help_contacts(connection, course_id)
        parts = [t(language, f"concern_{concern.kind.value}")]
        if contacts and concern.kind is not ConcernKind.CHEATING:
            parts.append(t(language, "concern_contacts", contacts=contacts))
        parts.append(t(language, f"concern_told_{concern.level.value}"))
        return "\n\n".join(parts)

    def show(self, actor: Person, course_id: str) -> list[ShownAlert]:
        """Return the alerts of a course for those who teach it: unseen ones first; reading words is logged."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            stored = alert_store.of_course(connection, course_id, MAX_ALERTS)
            urgent = {one.turn_id for one in stored if one.level == AlertLevel.URGENT}
            turns = {turn_id: turn_store.by_id(connection, turn_id) for turn_id in urgent}
        read = [turn.learner_id for turn in turns.values() if turn]
        log_reading(self.database, Act.READ_CHATS, self.clock(), reader=actor.id, course_id=course_id, learners=read)
        words = {turn_id: turn.question for turn_id, turn in turns.items() if turn}
        return [ShownAlert(one, ConcernKind(one.kind), AlertLevel(one.level), words.get(one.turn_id)) for one in stored]

    def count_unseen(self, actor: Person, course_id: str) -> int:
        """Return how many alerts of a course nobody has seen, for those who teach it."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            return sum(one.seen_at is None for one in alert_store.of_course(connection, course_id, MAX_ALERTS))

    def mark_seen(self, actor: Person, course_id: str, alert_id: str) -> None:
        """Note that an instructor has taken care of an alert."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            if not alert_store.mark_seen(connection, course_id, alert_id, actor.id, self.clock()):
                raise NotFound("there is no such alert in this course; reload the page", key="no_such_alert")

    def help_contacts(self, actor: Person, course_id: str) -> str:
        """Return whom a course names as help, for those who teach it."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            return alert_store.help_contacts(connection, course_id)

    def set_help_contacts(self, actor: Person, course_id: str, contacts: str) -> None:
        """Set whom learners in need are pointed to: people, rooms, telephone numbers. Raises InputRefused."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        named = contacts.strip()
        if len(named) > MAX_CONTACT_CHARS:
            raise InputRefused(
                f"the contacts can have at most {MAX_CONTACT_CHARS} characters",
                key="contacts_too_long",
                most=MAX_CONTACT_CHARS,
            )
        with self.database.write_transaction() as connection:
            alert_store.set_help_contacts(connection, course_id, named)
            audit_store.append(connection, Act.RULES_CHANGED, self.clock(), actor=actor.id, course_id=course_id)
