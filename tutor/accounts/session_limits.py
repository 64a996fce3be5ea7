"""How long a session lasts: until it was not used for some time, and never longer than its lifetime."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tutor.domain import Person

SEEN_AT_MOST_EVERY = timedelta(hours=1)  # a request within it is not written down


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """The limits for learners and for staff, who can do more harm."""

    learner_idle: timedelta = timedelta(days=30)  # longer than a school holiday: a guest has no other way back
    learner_lifetime: timedelta = timedelta(days=180)
    staff_idle: timedelta = timedelta(days=8)  # who teaches once a week comes back without a new link
    staff_lifetime: timedelta = timedelta(days=30)

    @property
    def longest(self) -> timedelta:
        """The time after which no session lasts, whoever has it."""
        return max(self.learner_lifetime, self.staff_lifetime)

    def has_ended(self, person: Person, created_at: datetime, seen_at: datetime, now: datetime) -> bool:
        """Whether a session is too old, or was last used too long ago."""
        idle, lifetime = self._of(person)
        return now - created_at > lifetime or now - seen_at > idle

    def should_note(self, person: Person, seen_at: datetime, now: datetime) -> bool:
        """Whether it is time to write down that a session is still used."""
        return now - seen_at > min(SEEN_AT_MOST_EVERY, self._of(person)[0] / 10)

    def _of(self, person: Person) -> tuple[timedelta, timedelta]:
        if person.is_staff:
            return self.staff_idle, self.staff_lifetime
        return self.learner_idle, self.learner_lifetime
