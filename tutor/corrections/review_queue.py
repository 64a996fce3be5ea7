"""The instructor's desk for better answers: what waits, what to look at twice, and what she decided.

What she accepts answers the whole course at once and may train the course's shared adapter; what she declines answers
and trains nobody. Both can be undone as long as the author has not taken the better answer back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import tutor.store.adapters as adapter_store
import tutor.store.corrections as correction_store
import tutor.store.turns as turn_store
from knowledge.catalog import Catalog
from knowledge.errors import DocumentNotFound
from tutor.accounts.permissions import Action
from tutor.corrections.review_flags import ReviewFlag, find_flags
from tutor.courses.courses import Courses
from tutor.domain import LIVE_CORRECTION_STATES, Correction, CorrectionState, Person, Turn
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock
from tutor.store import people
from tutor.store.database import Database

MAX_REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class CorrectionReview:
    """One better answer as a reviewer sees it."""

    correction: Correction
    turn: Turn
    author_name: str  # her pseudonym
    passages: tuple[str, ...]  # what the answer was drawn from, as the course has it now
    flags: tuple[ReviewFlag, ...]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Lets the instructors of a course look through its better answers and decide."""

    database: Database
    courses: Courses
    catalog: Catalog
    clock: Clock

    def list_reviews(self, actor: Person, course_id: str) -> list[CorrectionReview]:
        """Return what stands in a course: those that wait first, oldest first; then the decided ones, latest first."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            corrections = correction_store.find(connection, course_id=course_id)
            kept = [c for c in corrections if c.state is not CorrectionState.WITHDRAWN]
            turns = {c.id: turn_store.by_id(connection, c.turn_id) for c in kept}
            authors = {c.id: people.by_id(connection, c.author_id) for c in kept}
            roster = people.enrolled_names(connection, course_id)
        names = {identity: author.name if author else "" for identity, author in authors.items()}
        reviews = [self._build_review(c, turn, kept, names[c.id], roster) for c in kept if (turn := turns[c.id])]
        waiting = [review for review in reviews if review.correction.is_pending]
        return [*waiting, *reversed([review for review in reviews if not review.correction.is_pending])]

    def count_pending(self, actor: Person, course_id: str) -> int:
        """Return how many better answers wait for a decision."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            return sum(
                c.is_pending
                for c in correction_store.find(connection, course_id=course_id, states=LIVE_CORRECTION_STATES)
            )

    def decide(self, actor: Person, correction_id: str, *, accept: bool, reason: str = "") -> None:
        """Accept or decline; the learner sees the decision and the reason."""
        self._store_decision(
            actor, correction_id, CorrectionState.ACCEPTED if accept else CorrectionState.DECLINED, reason
        )

    def undo_decision(self, actor: Person, correction_id: str) -> None:
        """Take a decision back: the better answer waits again."""
        self._store_decision(actor, correction_id, None, "")

    def _store_decision(self, actor: Person, correction_id: str, decision: CorrectionState | None, reason: str) -> None:
        """Store the new state; adapters that were trained with it and may not have been stop answering with it."""
        with self.database.write_transaction() as connection:
            correction = correction_store.by_id(connection, correction_id)
            if correction is None:
                raise NotFound(f"there is no correction {correction_id}")
            self.courses.authorize(actor, correction.course_id, Action.TEACH)
            if correction.state is CorrectionState.WITHDRAWN:
                raise InputRefused("its author has taken this better answer back", key="taken_back")
            changed = replace(
                correction,
                state=decision or correction.state_before_review,
                decided_by=actor.id if decision else None,
                decided_at=self.clock() if decision else None,
                reason=" ".join(reason.split())[:MAX_REASON_CHARS] or None,
            )
            correction_store.save_decision(connection, changed)
            adapter_store.retire_versions_trained_on(connection, changed)

    def _build_review(
        self, correction: Correction, turn: Turn, corrections: Sequence[Correction], author: str, roster: Sequence[str]
    ) -> CorrectionReview:
        passages = tuple(filter(None, map(self._passage_text, turn.passages)))
        others = [other.text for other in corrections if other.id != correction.id and other.turn_id != turn.id]
        flags = find_flags(correction.text, passages, others, [*roster, author])
        return CorrectionReview(correction, turn, author, passages, tuple(flags))

    def _passage_text(self, passage_id: str) -> str | None:
        """Return a passage's words; None when its document has been removed since."""
        try:
            return self.catalog.passage(passage_id).text
        except DocumentNotFound:
            return None
