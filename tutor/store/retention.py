"""Rows whose time is over: sessions, links, guests who do not come back, and chats that their owner deleted."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from tutor.domain import LIVE_CORRECTION_STATES
from tutor.platform.clock import to_iso
from tutor.store.schema import conversations, corrections, evidence, invitations, people, posed, sessions, turns


def delete_sessions(
    connection: sa.Connection, *, staff: bool, begun_before: datetime, unused_since: datetime, staff_roles: list[str]
) -> int:
    """Delete the sessions of staff, or of learners, that began or were last used too long ago; returns how many."""
    are_staff = sa.select(people.c.id).where(people.c.role.in_(staff_roles))
    whose = sessions.c.person_id.in_(are_staff) if staff else sessions.c.person_id.not_in(are_staff)
    ended = sa.or_(sessions.c.created_at < to_iso(begun_before), sessions.c.seen_at < to_iso(unused_since))
    return connection.execute(sessions.delete().where(whose, ended)).rowcount


def delete_links(connection: sa.Connection, expired_before: datetime) -> int:
    """Delete one-time links that can no longer be used, or were; returns how many."""
    over = sa.or_(invitations.c.expires_at < to_iso(expired_before), invitations.c.used_at < to_iso(expired_before))
    return connection.execute(invitations.delete().where(over)).rowcount


def inactive_guests(connection: sa.Connection, since: datetime) -> list[str]:
    """Return the ids of guests who neither came nor wrote nor answered anything since a moment."""
    moment = to_iso(since)
    active = (
        sa.select(sessions.c.person_id).where(sessions.c.seen_at >= moment),
        sa.select(turns.c.learner_id).where(turns.c.created_at >= moment),
        sa.select(posed.c.learner_id).where(posed.c.asked_at >= moment),
        sa.select(evidence.c.learner_id).where(evidence.c.recorded_at >= moment, evidence.c.learner_id.is_not(None)),
    )
    query = sa.select(people.c.id).where(people.c.guest, people.c.created_at < moment)
    return list(connection.scalars(query.where(*(people.c.id.not_in(each) for each in active))))


def delete_hidden_chats(connection: sa.Connection, hidden_before: datetime) -> int:
    """Delete chats that their owner deleted before a moment; returns how many.

    One with a better answer that is still used stays until it is withdrawn or the account is erased.
    """
    live = [state.value for state in LIVE_CORRECTION_STATES]
    used = (
        sa.select(turns.c.conversation_id)
        .join(corrections, corrections.c.turn_id == turns.c.id)
        .where(corrections.c.state.in_(live))
    )
    over = (conversations.c.deleted_at < to_iso(hidden_before), conversations.c.id.not_in(used))
    return connection.execute(conversations.delete().where(*over)).rowcount
