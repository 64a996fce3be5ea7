"""Accounts: guests sign in with one click, instructors with a one-time link; a session is an opaque token.

Only hashes of tokens are stored. There are no passwords, so there is no default one.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from knowledge import languages
from tutor.accounts.permissions import Action, is_allowed, require_allowed
from tutor.accounts.pseudonyms import random_pseudonym
from tutor.domain import Person, Role
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store import people
from tutor.store.database import Database

LINK_LIFETIME = timedelta(days=7)
LEARNER_SESSION_LIFETIME = timedelta(days=180)  # a guest has no other way back to their work
STAFF_SESSION_LIFETIME = timedelta(hours=12)
MAX_GUESTS_PER_MINUTE = 300  # enough for a lecture hall that signs in at once
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class Accounts:
    """People, their sessions and their sign-in links."""

    database: Database
    clock: Clock
    url: str

    def create_guest(self, language: str = languages.DEFAULT) -> tuple[Person, str]:
        """Create a learner with a pseudonym; return the person and a session token.

        Raises NotAllowed after MAX_GUESTS_PER_MINUTE in the last minute.
        """
        with self.database.read_connection() as connection:
            if people.count_guests_since(connection, self.clock() - timedelta(minutes=1)) >= MAX_GUESTS_PER_MINUTE:
                raise NotAllowed("too many guests signed in this minute; try again in a moment", key="guests_many")
        person = self._create_person(self._free_pseudonym(), Role.LEARNER, language, guest=True)
        return person, self._create_session(person)

    def create_account(self, name: str, role: Role, language: str = languages.DEFAULT) -> Person:
        """Create an account; raises InputRefused for a name that is malformed or taken."""
        if not _NAME.fullmatch(name):
            raise InputRefused(f"{name!r} cannot be a name: use 2 to 40 of a-z, 0-9, dot, dash and underscore")
        with self.database.read_connection() as connection:
            if people.by_name(connection, name):
                raise InputRefused(f"the name {name} is taken already; choose another one")
        return self._create_person(name, role, language, guest=False)

    def get_by_name(self, name: str) -> Person:
        """Return the person with this name; raises NotFound."""
        with self.database.read_connection() as connection:
            person = people.by_name(connection, name)
        if person is None:
            raise NotFound(f"there is nobody called {name}; `python -m tutor users list` lists everybody")
        return person

    def list_people(self) -> list[Person]:
        with self.database.read_connection() as connection:
            return people.list_people(connection)

    def set_language(self, actor: Person, language: str) -> None:
        with self.database.write_transaction() as connection:
            people.set_language(connection, actor.id, _require_supported_language(language))

    def person_for_session(self, token: str) -> Person | None:
        """Return the person whose session this is; None when it is unknown, ended or expired."""
        now = self.clock()
        with self.database.read_connection() as connection:
            person = people.by_session(connection, _hash_token(token), made_after=now - LEARNER_SESSION_LIFETIME)
            if person is None or not person.is_staff:
                return person
            return people.by_session(connection, _hash_token(token), made_after=now - STAFF_SESSION_LIFETIME)

    def end_session(self, token: str) -> None:
        with self.database.write_transaction() as connection:
            people.delete_session(connection, _hash_token(token))

    def issue_sign_in_link(self, person: Person) -> str:
        """Return a one-time link that signs this person in within LINK_LIFETIME."""
        token, now = secrets.token_urlsafe(32), self.clock()
        with self.database.write_transaction() as connection:
            people.add_invitation(connection, _hash_token(token), person.id, now, now + LINK_LIFETIME)
        return f"{self.url}/join?token={token}"

    def invite(self, actor: Person, name: str, role: Role, language: str = languages.DEFAULT) -> str:
        """Create an account for somebody else and return their one-time link.

        Raises NotAllowed: staff invite learners, only administrators invite staff.
        """
        require_allowed(actor, Action.INVITE)
        if role is not Role.LEARNER and not is_allowed(actor, Action.INVITE_STAFF):
            raise NotAllowed(
                f"{actor.name} may invite learners only; `python -m tutor users add --role` creates instructors"
            )
        return self.issue_sign_in_link(self.create_account(name, role, language))

    def redeem_sign_in_link(self, token: str) -> tuple[Person, str]:
        """Use up a one-time link; return its person and a new session token."""
        now = self.clock()
        with self.database.write_transaction() as connection:
            person = people.by_invitation(connection, _hash_token(token), now)
            if person is None:
                raise NotAllowed(
                    "this link was used before, has expired or is incomplete; ask for a new one "
                    "(`python -m tutor users link NAME`)",
                    key="link_used",
                )
            people.mark_invitation_used(connection, _hash_token(token), now)
        return person, self._create_session(person)

    def _create_person(self, name: str, role: Role, language: str, *, guest: bool) -> Person:
        person = Person(new_id(), name, role, guest, _require_supported_language(language), self.clock())
        with self.database.write_transaction() as connection:
            people.add(connection, person)
        return person

    def _create_session(self, person: Person) -> str:
        token = secrets.token_urlsafe(32)
        with self.database.write_transaction() as connection:
            people.add_session(connection, _hash_token(token), person.id, self.clock())
        return token

    def _free_pseudonym(self) -> str:
        with self.database.read_connection() as connection:
            while people.by_name(connection, name := random_pseudonym()):
                continue
        return name


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _require_supported_language(language: str) -> str:
    if language not in languages.codes():
        raise InputRefused(f"the tutor speaks {', '.join(languages.codes())}, not {language!r}")
    return language
