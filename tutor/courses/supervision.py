"""Supervision of the chat: an instructor pauses the tutor, or names topics that it does not talk about in a course.

Both apply to the next message and, a pause, also to an answer that is being written. Practice and what was answered
before stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tutor.store.audit as audit_store
import tutor.store.supervision as supervision_store
from tutor.accounts.permissions import Action
from tutor.courses.blocked_topics import can_be_found, find_blocked_topic
from tutor.courses.course_rules import RuleKind
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.errors import InputRefused
from tutor.locales import t
from tutor.platform.clock import Clock
from tutor.store.audit import Act
from tutor.store.database import Connection, Database

MAX_TOPICS = 50
MAX_TOPIC_CHARS = 80
MAX_RULES = 10
MAX_RULE_CHARS = 160


@dataclass(frozen=True, slots=True)
class Notice:
    """What a learner is told in place of an answer, and the rule for which."""

    text: str
    rule: RuleKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CourseSupervision:
    """What an instructor has set for a course."""

    is_paused: bool
    paused_learners: frozenset[str]  # ids
    blocked_topics: tuple[str, ...]
    answer_rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supervision:
    """Sets and applies the supervision of courses."""

    database: Database
    courses: Courses
    clock: Clock

    def show(self, actor: Person, course_id: str) -> CourseSupervision:
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            paused = supervision_store.paused_learners(connection, course_id)
            topics = supervision_store.blocked_topics(connection, course_id)
            rules = supervision_store.answer_rules(connection, course_id)
        return CourseSupervision(None in paused, frozenset(paused - {None}), topics, rules)  # type: ignore[arg-type]

    def pause(self, actor: Person, course_id: str, learner_id: str | None = None) -> None:
        """Let the tutor answer nobody in a course, or not this learner, until `resume`."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            supervision_store.pause(connection, course_id, learner_id, actor.id, self.clock())
            self._log(connection, Act.PAUSED, actor, course_id, learner_id)

    def resume(self, actor: Person, course_id: str, learner_id: str | None = None) -> None:
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            supervision_store.resume(connection, course_id, learner_id)
            self._log(connection, Act.RESUMED, actor, course_id, learner_id)

    def set_blocked_topics(self, actor: Person, course_id: str, topics: Sequence[str]) -> None:
        """Replace the topics that the tutor does not talk about. Raises InputRefused for one that cannot be found."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        named = list(dict.fromkeys(" ".join(topic.split()) for topic in topics if topic.strip()))
        if len(named) > MAX_TOPICS or any(len(topic) > MAX_TOPIC_CHARS for topic in named):
            raise InputRefused(
                f"at most {MAX_TOPICS} topics of at most {MAX_TOPIC_CHARS} characters can be blocked",
                key="topics_too_many",
                most=MAX_TOPICS,
                length=MAX_TOPIC_CHARS,
            )
        for topic in named:
            if not can_be_found(topic):
                raise InputRefused(
                    f"“{topic}” has no word that could be recognised; name the topic by its words",
                    key="topic_unreadable",
                    topic=topic,
                )
        with self.database.write_transaction() as connection:
            supervision_store.set_blocked_topics(connection, course_id, named)
            self._log(connection, Act.RULES_CHANGED, actor, course_id, None)

    def set_answer_rules(self, actor: Person, course_id: str, rules: Sequence[str]) -> None:
        """Replace the rules that the model is given for its answers. Raises InputRefused for too many or too long."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        named = list(dict.fromkeys(" ".join(rule.split()) for rule in rules if rule.strip()))
        if len(named) > MAX_RULES or any(len(rule) > MAX_RULE_CHARS for rule in named):
            raise InputRefused(
                f"a course can have at most {MAX_RULES} rules of at most {MAX_RULE_CHARS} characters",
                key="rules_too_many",
                most=MAX_RULES,
                length=MAX_RULE_CHARS,
            )
        with self.database.write_transaction() as connection:
            supervision_store.set_answer_rules(connection, course_id, named)
            self._log(connection, Act.RULES_CHANGED, actor, course_id, None)

    def answer_rules(self, course_id: str) -> tuple[str, ...]:
        """Return the rules of a course for the model; the caller has checked who asks."""
        with self.database.read_connection() as connection:
            return supervision_store.answer_rules(connection, course_id)

    def pause_notice(self, actor: Person, course_id: str) -> Notice | None:
        """Return what a learner is told while the tutor is paused for them; None while it is not."""
        with self.database.read_connection() as connection:
            paused = supervision_store.paused_learners(connection, course_id)
        if None in paused:
            return Notice(t(actor.language, "paused_course"), RuleKind.PAUSED_COURSE)
        if actor.id not in paused:
            return None
        return Notice(t(actor.language, "paused_learner"), RuleKind.PAUSED_LEARNER)

    def blocked_topics(self, course_id: str) -> tuple[str, ...]:
        with self.database.read_connection() as connection:
            return supervision_store.blocked_topics(connection, course_id)

    def topic_notice(self, course_id: str, texts: Sequence[str], language: str) -> Notice | None:
        """Return what a learner is told in place of what is about a blocked topic; `texts` are ways to read it."""
        topics = self.blocked_topics(course_id)
        found = (find_blocked_topic(text, topics) for text in texts) if topics else ()
        topic = next(filter(None, found), None)
        if topic is None:
            return None
        return Notice(t(language, "topic_blocked", topic=topic), RuleKind.TOPIC, topic)

    def _log(self, connection: Connection, act: Act, actor: Person, course_id: str, learner_id: str | None) -> None:
        audit_store.append(connection, act, self.clock(), actor=actor.id, subject=learner_id, course_id=course_id)
