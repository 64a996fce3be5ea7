"""The instructor's review of corrections: what is pending, what to look at twice, what was decided.

An accepted correction answers the whole course at once and may train the course's shared adapter; a declined one
answers and trains nobody. A decision can be undone until the author withdraws the correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import tutor.store.adapters as adapter_store
import tutor.store.audit as audit_store
import tutor.store.corrections as correction_store
import tutor.store.turns as turn_store
from knowledge.catalog import Catalog
from knowledge.errors import DocumentNotFound
from tutor.accounts.permissions import Action
from tutor.corrections.review_flags import ReviewFlag, find_flags
from tutor.courses.courses import Courses
from tutor.domain import Correction, CorrectionState, Person, Turn
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock
from tutor.store import people
from tutor.store.audit import Act
from tutor.store.audit_reads import log_reading
from tutor.store.database import Database

MAX_REASON_CHARS = 500
_ACTS = {CorrectionState.ACCEPTED: Act.ACCEPTED, CorrectionState.DECLINED: Act.DECLINED, None: Act.UNDECIDED}


@dataclass(frozen=True, slots=True)
class CorrectionReview:
    """A correction as a reviewer sees it."""

    correction: Correction
    turn: Turn
    author_name: str  # a pseudonym
    passages: tuple[str, ...]  # the text that the answer was based on, as the course has it now
    flags: tuple[ReviewFlag, ...]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Lets the instructors of a course review its corrections."""

    database: Database
    courses: Courses
    catalog: Catalog
    clock: Clock

    def list_reviews(self, actor: Person, course_id: str) -> list[CorrectionReview]:
        """Return the corrections of a course: pending ones first, oldest first; then decided ones, latest first."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            corrections = [
                correction
                for correction in correction_store.find(connection, course_id=course_id)
                if correction.state is not CorrectionState.WITHDRAWN
            ]
            turns = {c.id: turn_store.by_id(connection, c.turn_id) for c in corrections}
            authors = {c.id: people.by_id(connection, c.author_id) for c in corrections}
            roster = people.enrolled_names(connection, course_id)
        log_reading(
            self.database,
            Act.READ_CHATS,
            self.clock(),
            reader=actor.id,
            course_id=course_id,
            learners=[turn.learner_id for turn in turns.values() if turn],
        )
        names = {correction_id: author.listed_as if author else "" for correction_id, author in authors.items()}
        reviews = [
            self._build_review(c, turn, corrections, names[c.id], roster) for c in corrections if (turn := turns[c.id])
        ]
        pending = [review for review in reviews if review.correction.is_pending]
        decided = [review for review in reviews if not review.correction.is_pending]
        return [*pending, *reversed(decided)]

    def decide(self, actor: Person, correction_id: str, *, accept: bool, reason: str = "") -> None:
        """Accept or decline a correction; its learner sees the decision and the reason."""
        decision = CorrectionState.ACCEPTED if accept else CorrectionState.DECLINED
        self._store_decision(actor, correction_id, decision, reason)

    def undo_decision(self, actor: Person, correction_id: str) -> None:
        """Undo a decision: the correction is pending again."""
        self._store_decision(actor, correction_id, None, "")

    def _store_decision(self, actor: Person, correction_id: str, decision: CorrectionState | None, reason: str) -> None:
        """Store the new state, and retire the adapter versions that are trained on it but no longer may be."""
        with self.database.write_transaction() as connection:
            correction = correction_store.by_id(connection, correction_id)
            if correction is None:
                raise NotFound(f"there is no correction {correction_id}")
            self.courses.authorize(actor, correction.course_id, Action.TEACH)
            if correction.state is CorrectionState.WITHDRAWN:
                raise InputRefused("its author has withdrawn this better answer", key="correction_withdrawn")
            changed = replace(
                correction,
                state=decision or correction.state_before_review,
                decided_by=actor.id if decision else None,
                decided_at=self.clock() if decision else None,
                reason=" ".join(reason.split())[:MAX_REASON_CHARS] or None,
            )
            correction_store.save_decision(connection, changed)
            audit_store.append(
                connection,
                _ACTS[decision],
                self.clock(),
                actor=actor.id,
                subject=correction.author_id,
                course_id=correction.course_id,
            )
            adapter_store.retire_versions_trained_on(connection, changed)

    def _build_review(
        self, correction: Correction, turn: Turn, corrections: Sequence[Correction], author: str, roster: Sequence[str]
    ) -> CorrectionReview:
        passages = tuple(filter(None, map(self._passage_text, turn.passages)))
        others = [other.text for other in corrections if other.id != correction.id and other.turn_id != turn.id]
        flags = find_flags(correction.text, passages, others, [*roster, author])
        return CorrectionReview(correction, turn, author, passages, tuple(flags))

    def _passage_text(self, passage_id: str) -> str | None:
        """Return the text of a passage; None when its document has been removed since."""
        try:
            return self.catalog.passage(passage_id).text
        except DocumentNotFound:
            return None
