"""Feedback on answers: ratings, their reasons, and corrections, each stored with the turn it is about.

A correction answers its learner at once and trains the learner's own adapter with their consent. For the whole course
it counts once an instructor has accepted it (`tutor.corrections.review_queue`); a correction that an instructor of the
course writes is accepted at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import tutor.store.adapters as adapter_store
import tutor.store.audit as audit_store
import tutor.store.corrections as correction_store
import tutor.store.ratings as rating_store
import tutor.store.turns as turn_store
from adapters import registry
from adapters.errors import AdapterNotFound
from adapters.files import CHECKPOINT
from tutor.accounts.permissions import AccessContext, Action, is_allowed
from tutor.courses.courses import Courses
from tutor.domain import AdapterVersion, Correction, CorrectionState, Feedback, Person, Thumb, Turn
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store import people
from tutor.store.audit import Act
from tutor.store.database import Database

MAX_CORRECTION_CHARS = 4_000
MAX_REASON_CHARS = 1_000
MAX_CORRECTIONS_PER_DAY = 20  # by one learner; staff have no limit


@dataclass(frozen=True, slots=True)
class FeedbackService:
    """Stores ratings and corrections."""

    database: Database
    courses: Courses
    clock: Clock
    adapters_dir: Path

    def rate(self, actor: Person, turn_id: str, thumb: Thumb | None, reason: str | None = None) -> Feedback:
        """Store a thumb with an optional reason; replaces this person's earlier rating, None takes it back."""
        self._get_turn(actor, turn_id)
        reason = (reason or "").strip()[:MAX_REASON_CHARS] or None
        rating = Feedback(turn_id, actor.id, thumb, reason, self.clock())
        with self.database.write_transaction() as connection:
            rating_store.save(connection, rating)
        return rating

    def list_ratings(self, actor: Person, conversation_id: str) -> dict[str, Feedback]:
        """Return this person's ratings in a conversation by turn id."""
        with self.database.read_connection() as connection:
            return rating_store.of_conversation(connection, conversation_id, actor.id)

    def submit_correction(self, actor: Person, turn_id: str, text: str, *, consent: bool) -> Correction:
        """Store a correction; with consent it may train.

        Raises InputRefused when it is empty or too long, or after MAX_CORRECTIONS_PER_DAY by a learner.
        """
        turn, text = self._get_turn(actor, turn_id), _clean_correction(text)
        correction = self._new_correction(actor, turn, text, consent)
        with self.database.write_transaction() as connection:
            written = correction_store.count_written_since(
                connection, actor.id, correction.created_at - timedelta(days=1)
            )
            if written >= MAX_CORRECTIONS_PER_DAY and not actor.is_staff:
                raise InputRefused(f"{written} better answers in one day are enough; go on tomorrow", key="quota")
            correction_store.add(connection, correction)
            if consent and actor.id == turn.learner_id:
                people.set_consent(connection, actor.id, correction.created_at)
        return correction

    def import_correction(self, actor: Person, turn: Turn, text: str, *, consent: bool) -> Correction:
        """Store a correction from an imported file; the daily limit does not apply."""
        correction = self._new_correction(actor, turn, _clean_correction(text), consent)
        with self.database.write_transaction() as connection:
            correction_store.add(connection, correction)
            if consent:
                people.set_consent(connection, actor.id, correction.created_at)
        return correction

    def list_corrections(self, actor: Person, course_id: str) -> list[Correction]:
        """Return the corrections of this person's answers in a course, oldest first."""
        with self.database.read_connection() as connection:
            return correction_store.find(connection, course_id=course_id, learner_id=actor.id)

    def list_corrections_with_turns(self, actor: Person, course_id: str) -> list[tuple[Correction, Turn | None]]:
        """Return the same corrections, each with the turn it is about."""
        corrections = self.list_corrections(actor, course_id)
        with self.database.read_connection() as connection:
            return [(correction, turn_store.by_id(connection, correction.turn_id)) for correction in corrections]

    def withdraw_correction(self, actor: Person, correction_id: str) -> list[AdapterVersion]:
        """Withdraw a correction and delete its text; its author and the learner it is about may do so.

        It answers and trains nobody any more. Returns the adapter versions that were trained on it: they are retired
        and their files deleted.
        """
        correction = self._get_correction(correction_id)
        owners = (correction.author_id, correction.learner_id)
        if not any(is_allowed(actor, Action.WITHDRAW_CORRECTION, AccessContext(owner)) for owner in owners):
            raise NotFound(f"there is no correction {correction_id}")
        with self.database.write_transaction() as connection:
            correction_store.mark_withdrawn(connection, correction.id, actor.id, self.clock())
            withdrawn = replace(correction, state=CorrectionState.WITHDRAWN, text="")
            retired = adapter_store.retire_versions_trained_on(connection, withdrawn)
            audit_store.append(
                connection,
                Act.WITHDRAWN,
                self.clock(),
                actor=actor.id,
                subject=correction.author_id,
                course_id=correction.course_id,
            )
        for version in retired:
            self._delete_files(version)
        for owner in (correction.learner_id, "course"):  # the checkpoint of a killed training may contain the text
            (self.adapters_dir / ".work" / f"{owner}-{correction.course_id}" / CHECKPOINT).unlink(missing_ok=True)
        return retired

    def has_consent(self, actor: Person) -> bool:
        """Return whether this person's corrections may train their adapter."""
        with self.database.read_connection() as connection:
            return people.consent_at(connection, actor.id) is not None

    def set_consent(self, actor: Person, *, given: bool) -> None:
        """Give or withdraw consent to training; a withdrawal takes effect at the next training."""
        with self.database.write_transaction() as connection:
            people.set_consent(connection, actor.id, self.clock() if given else None)

    def _new_correction(self, actor: Person, turn: Turn, text: str, consent: bool) -> Correction:
        now = self.clock()
        correction = Correction(
            new_id(), turn.id, actor.id, turn.learner_id, turn.course_id, text, CorrectionState.PROPOSED, consent, now
        )
        if actor.is_staff and self.courses.can_teach(actor, turn.course_id):
            return replace(correction, state=CorrectionState.ACCEPTED, decided_by=actor.id, decided_at=now)
        return replace(correction, state=correction.state_before_review)

    def _delete_files(self, version: AdapterVersion) -> None:
        try:
            registry.remove(self.adapters_dir / version.name)
        except AdapterNotFound:
            return  # an earlier withdrawal deleted them

    def _get_correction(self, correction_id: str) -> Correction:
        with self.database.read_connection() as connection:
            correction = correction_store.by_id(connection, correction_id)
        if correction is None:
            raise NotFound(f"there is no correction {correction_id}")
        return correction

    def _get_turn(self, actor: Person, turn_id: str) -> Turn:
        """Return a turn that this person may give feedback on; raises NotFound for any other."""
        with self.database.read_connection() as connection:
            turn = turn_store.by_id(connection, turn_id)
        if turn is None or not is_allowed(actor, Action.GIVE_FEEDBACK, AccessContext(turn.learner_id)):
            raise NotFound(f"there is no turn {turn_id}")
        return turn


def _clean_correction(text: str) -> str:
    text = text.strip()
    if not text:
        raise InputRefused("write the better answer first; this one is empty", key="correction_empty")
    if len(text) > MAX_CORRECTION_CHARS:
        raise InputRefused(
            f"the better answer has {len(text)} characters; at most {MAX_CORRECTION_CHARS} can be used",
            key="correction_too_long",
            count=len(text),
            most=MAX_CORRECTION_CHARS,
        )
    return text
