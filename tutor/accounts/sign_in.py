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
from tutor.accounts.display_names import clean_display_name
from tutor.accounts.permissions import Action, is_allowed, require_allowed
from tutor.accounts.pseudonyms import random_pseudonym
from tutor.accounts.session_limits import SessionLimits
from tutor.domain import Person, Role
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store import audit, identities, people
from tutor.store.database import Database

LINK_LIFETIME = timedelta(days=7)
MAX_GUESTS_PER_MINUTE = 3_000  # of the whole server; each address has its own limit (tutor.ui.http_routes)
GUESTS_MANY = "guests_many"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class Accounts:
    """People, their sessions and their sign-in links."""

    database: Database
    clock: Clock
    url: str
    limits: SessionLimits = SessionLimits()

    def create_guest(self, language: str = languages.DEFAULT) -> tuple[Person, str]:
        """Create a learner with a pseudonym; return the person and a session token.

        Raises NotAllowed after MAX_GUESTS_PER_MINUTE in the last minute.
        """
        with self.database.read_connection() as connection:
            if people.count_guests_since(connection, self.clock() - timedelta(minutes=1)) >= MAX_GUESTS_PER_MINUTE:
                raise too_many_guests()
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

    def set_display_name(self, actor: Person, text: str) -> None:
        """Store the name that a person chose to be called by; "" for none. Raises InputRefused."""
        name = clean_display_name(text)
        with self.database.write_transaction() as connection:
            people.set_display_name(connection, actor.id, name)

    def person_for_session(self, token: str) -> Person | None:
        """Return the person whose session this is; None when it is unknown, ended or was not used for too long."""
        now, hashed = self.clock(), _hash_token(token)
        with self.database.read_connection() as connection:
            session = people.find_session(connection, hashed)
        if session is None or self.limits.has_ended(session.person, session.created_at, session.seen_at, now):
            return None
        if self.limits.should_note(session.person, session.seen_at, now):
            with self.database.write_transaction() as connection:
                people.note_session_use(connection, hashed, now)
        return session.person

    def end_session(self, token: str) -> None:
        with self.database.write_transaction() as connection:
            people.delete_session(connection, _hash_token(token))

    def end_all_sessions(self, person: Person) -> None:
        """Sign a person out on every device."""
        with self.database.write_transaction() as connection:
            people.delete_sessions_of(connection, person.id)

    def issue_sign_in_link(self, person: Person, actor: Person | None = None) -> str:
        """Return a one-time link that signs this person in within LINK_LIFETIME; no `actor`: a command asked for it."""
        token, now = secrets.token_urlsafe(32), self.clock()
        with self.database.write_transaction() as connection:
            people.add_invitation(connection, _hash_token(token), person.id, now, now + LINK_LIFETIME)
            audit.append(connection, audit.Act.LINK_ISSUED, now, actor=actor.id if actor else None, subject=person.id)
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
        return self.issue_sign_in_link(self.create_account(name, role, language), actor)

    def redeem_sign_in_link(self, token: str, *, replaces: str | None = None) -> tuple[Person, str]:
        """Use up a one-time link; return its person and a new session token. The session that it replaces ends."""
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
            if replaces:
                people.delete_session(connection, _hash_token(replaces))
        return person, self._create_session(person)

    def sign_in_with_identity(
        self, issuer: str, subject: str, language: str = languages.DEFAULT, *, replaces: str | None = None
    ) -> tuple[Person, str]:
        """Return whom a provider of accounts vouches for, and a new session token; the session it replaces ends.

        Whoever comes for the first time gets an account of a learner of their own: nothing else links the two.
        """
        now = self.clock()
        language = language if language in languages.codes() else languages.DEFAULT
        newcomer = Person(new_id(), self._free_pseudonym(), Role.LEARNER, False, language, now)
        with self.database.write_transaction() as connection:
            person = identities.find_person(connection, issuer, subject)
            if person is None:
                person = newcomer
                people.add(connection, person)
                identities.add(connection, issuer, subject, person.id, now)
            if replaces:
                people.delete_session(connection, _hash_token(replaces))
        return person, self._create_session(person)

    def _create_person(self, name: str, role: Role, language: str, *, guest: bool) -> Person:
        person = Person(new_id(), name, role, guest, _require_supported_language(language), self.clock())
        with self.database.write_transaction() as connection:
            people.add(connection, person)
        return person

    def _create_session(self, person: Person) -> str:
        token, now = secrets.token_urlsafe(32), self.clock()
        with self.database.write_transaction() as connection:
            people.delete_sessions_unused_since(connection, now - self.limits.longest)
            people.add_session(connection, _hash_token(token), person.id, now)
        return token

    def _free_pseudonym(self) -> str:
        with self.database.read_connection() as connection:
            while people.by_name(connection, name := random_pseudonym()):
                continue
        return name


def too_many_guests() -> NotAllowed:
    return NotAllowed("too many guests signed in this minute; try again in a moment", key="guests_many")


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _require_supported_language(language: str) -> str:
    if language not in languages.codes():
        raise InputRefused(f"the tutor speaks {', '.join(languages.codes())}, not {language!r}")
    return language
