"""Accounts: guests by one click, instructors by a one-time link, sessions by an opaque token.

Only hashes of tokens are stored. There are no passwords, so there is no default one.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from tutor.accounts.permissions import Action, require
from tutor.accounts.pseudonyms import pseudonym
from tutor.domain import Person, Role
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store import people
from tutor.store.database import Database

LINK_LIFETIME = timedelta(days=7)
LEARNER_SESSION = timedelta(days=180)  # a guest has no other way back to her work
TEACHER_SESSION = timedelta(hours=12)
GUESTS_A_MINUTE = 300  # a lecture hall that signs in at once
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
LANGUAGES = ("en", "zh")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Accounts:
    """People, their sessions and the links that let them in."""

    database: Database
    clock: Clock
    url: str

    def new_guest(self, language: str = "en") -> tuple[Person, str]:
        """Make a pseudonymous learner; return her and the token of her session.

        Raises NotAllowed when GUESTS_A_MINUTE came in the last minute: a flood, or a hall that signs in at once.
        """
        with self.database.reading() as connection:
            if people.guests_since(connection, self.clock() - timedelta(minutes=1)) >= GUESTS_A_MINUTE:
                raise NotAllowed("very many guests come in this minute; try again in a moment", key="guests_many")
        person = self._new_person(self._free_pseudonym(), Role.LEARNER, language, guest=True)
        return person, self._new_session(person)

    def add(self, name: str, role: Role, language: str = "en") -> Person:
        """Make an account with a name that is unique in the house."""
        if not _NAME.fullmatch(name):
            raise InputRefused(f"{name!r} cannot be a name: use 2 to 40 of a-z, 0-9, dot, dash and underscore")
        with self.database.reading() as connection:
            if people.by_name(connection, name):
                raise InputRefused(f"there is somebody called {name} already; choose another name")
        return self._new_person(name, role, language, guest=False)

    def named(self, name: str) -> Person:
        """Return the person of this name; raises NotFound."""
        with self.database.reading() as connection:
            person = people.by_name(connection, name)
        if person is None:
            raise NotFound(f"there is nobody called {name}; `python -m tutor users list` shows who is there")
        return person

    def everyone(self) -> list[Person]:
        with self.database.reading() as connection:
            return people.everyone(connection)

    def set_language(self, who: Person, language: str) -> None:
        with self.database.writing() as connection:
            people.set_language(connection, who.id, _known_language(language))

    def person_for_session(self, token: str) -> Person | None:
        """Return whose session this is; None when it is unknown, ended or too old."""
        now = self.clock()
        with self.database.reading() as connection:
            person = people.by_session(connection, _hash(token), made_after=now - LEARNER_SESSION)
            if person is None or not person.teaches:
                return person
            return people.by_session(connection, _hash(token), made_after=now - TEACHER_SESSION)

    def end_session(self, token: str) -> None:
        with self.database.writing() as connection:
            people.end_session(connection, _hash(token))

    def issue_link(self, person: Person) -> str:
        """Return a one-time link that signs this person in within a week."""
        token, now = secrets.token_urlsafe(32), self.clock()
        with self.database.writing() as connection:
            people.add_invitation(connection, _hash(token), person.id, now, now + LINK_LIFETIME)
        return f"{self.url}/join?token={token}"

    def invite(self, who: Person, name: str, role: Role, language: str = "en") -> str:
        """Make an account for somebody else and return her one-time link; only administrators invite instructors."""
        require(who, Action.INVITE)
        if role is not Role.LEARNER and who.role is not Role.ADMIN:
            raise NotAllowed(
                f"{who.name} may invite learners only; `python -m tutor users add --role` makes instructors"
            )
        return self.issue_link(self.add(name, role, language))

    def redeem_link(self, token: str) -> tuple[Person, str]:
        """Use a one-time link up; return the person and the token of her new session."""
        now = self.clock()
        with self.database.writing() as connection:
            person = people.invited(connection, _hash(token), now)
            if person is None:
                raise NotAllowed(
                    "this link was used before, has expired or is not whole; ask for a new one "
                    "(`python -m tutor users link NAME`)",
                    key="link_used",
                )
            people.use_invitation(connection, _hash(token), now)
        return person, self._new_session(person)

    def _new_person(self, name: str, role: Role, language: str, *, guest: bool) -> Person:
        person = Person(new_id(), name, role, guest, _known_language(language), self.clock())
        with self.database.writing() as connection:
            people.add(connection, person)
        return person

    def _new_session(self, person: Person) -> str:
        token = secrets.token_urlsafe(32)
        with self.database.writing() as connection:
            people.add_session(connection, _hash(token), person.id, self.clock())
        return token

    def _free_pseudonym(self) -> str:
        with self.database.reading() as connection:
            while people.by_name(connection, name := pseudonym()):
                continue
        return name


def _known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise InputRefused(f"the tutor speaks {' and '.join(LANGUAGES)}, not {language!r}")
    return language
