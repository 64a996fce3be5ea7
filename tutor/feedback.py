"""What people say about answers: thumbs, reasons and better answers, each stored with the turn it is about.

A learner's own correction is accepted for her own adapter as soon as she consents; an instructor sees and decides
those of the courses that she teaches.
"""

from __future__ import annotations

from dataclasses import dataclass

import tutor.store.feedback as rows
import tutor.store.turns as turn_rows
from tutor.access import Action, Facts, allowed
from tutor.courses import Courses
from tutor.domain import Correction, CorrectionState, Feedback, Person, Role, Thumb, Turn
from tutor.errors import InputRefused, NotFound
from tutor.moments import Clock, new_id
from tutor.store import people
from tutor.store.database import Database

MAX_CORRECTION_CHARS = 4_000
MAX_REASON_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class FeedbackDesk:
    """Takes feedback in."""

    database: Database
    courses: Courses
    clock: Clock

    def rate(self, who: Person, turn_id: str, thumb: Thumb | None, reason: str | None = None) -> Feedback:
        """Store one person's thumb and reason; a second time replaces the first, None takes the thumb back."""
        self._own_turn(who, turn_id)
        said = (reason or "").strip()[:MAX_REASON_CHARS] or None
        value = Feedback(turn_id, who.id, thumb, said, self.clock())
        with self.database.writing() as connection:
            rows.rate(connection, value)
        return value

    def ratings(self, who: Person, conversation_id: str) -> dict[str, Feedback]:
        """Return this person's feedback on a conversation, by turn id."""
        with self.database.reading() as connection:
            return rows.ratings(connection, conversation_id, who.id)

    def correct(self, who: Person, turn_id: str, text: str, *, consent: bool) -> Correction:
        """Store a better answer. With consent it is accepted for training the learner's own adapter."""
        turn = self._own_turn(who, turn_id)
        text = _checked(text)
        state = CorrectionState.ACCEPTED if consent else CorrectionState.PROPOSED
        correction = Correction(
            new_id(), turn.id, who.id, turn.learner_id, turn.course_id, text, state, consent, self.clock()
        )
        with self.database.writing() as connection:
            rows.add_correction(connection, correction)
            if consent and who.id == turn.learner_id:
                people.set_consent(connection, who.id, correction.created_at)
        return correction

    def corrections(self, who: Person, course_id: str) -> list[Correction]:
        """Return the better answers that stand under this person's answers in a course, oldest first."""
        with self.database.reading() as connection:
            return rows.corrections_of(connection, course_id=course_id, learner_id=who.id)

    def review(self, who: Person, course_id: str) -> list[tuple[Correction, Turn]]:
        """Return the corrections of a course with their turns, latest first, for its instructor."""
        self.courses.enter(who, course_id, Action.TEACH)
        with self.database.reading() as connection:
            corrections = rows.corrections_of(connection, course_id=course_id)
            pairs = [(c, turn_rows.by_id(connection, c.turn_id)) for c in reversed(corrections)]
        return [(correction, turn) for correction, turn in pairs if turn is not None]

    def decide(self, who: Person, correction_id: str, *, accept: bool) -> None:
        """Accept or decline a correction as an instructor of its course."""
        correction = self._correction(correction_id)
        self.courses.enter(who, correction.course_id, Action.TEACH)
        state = CorrectionState.ACCEPTED if accept else CorrectionState.DECLINED
        self._set_state(correction, state, who)

    def withdraw(self, who: Person, correction_id: str) -> None:
        """Take back a correction that this person wrote, or that stands under her answer."""
        correction = self._correction(correction_id)
        if who.id not in (correction.author_id, correction.learner_id) and who.role is not Role.ADMIN:
            raise NotFound(f"there is no correction {correction_id}")
        self._set_state(correction, CorrectionState.WITHDRAWN, who)

    def consents(self, who: Person) -> bool:
        """Return whether this person's corrections may train her adapter."""
        with self.database.reading() as connection:
            return people.consent_at(connection, who.id) is not None

    def set_consent(self, who: Person, *, given: bool) -> None:
        """Give or take back consent to training; taking it back holds at the next training."""
        with self.database.writing() as connection:
            people.set_consent(connection, who.id, self.clock() if given else None)

    def _set_state(self, correction: Correction, state: CorrectionState, who: Person) -> None:
        with self.database.writing() as connection:
            rows.set_state(connection, correction.id, state, who.id)

    def _correction(self, correction_id: str) -> Correction:
        with self.database.reading() as connection:
            correction = rows.correction(connection, correction_id)
        if correction is None:
            raise NotFound(f"there is no correction {correction_id}")
        return correction

    def _own_turn(self, who: Person, turn_id: str) -> Turn:
        with self.database.reading() as connection:
            turn = turn_rows.by_id(connection, turn_id)
        if turn is None or not (who.role is Role.ADMIN or allowed(who, Action.READ_OWN, Facts(turn.learner_id))):
            raise NotFound(f"there is no turn {turn_id}")
        return turn


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise InputRefused("write the better answer first; this one is empty")
    if len(text) > MAX_CORRECTION_CHARS:
        raise InputRefused(f"the better answer has {len(text)} characters; at most {MAX_CORRECTION_CHARS} can be used")
    return text
