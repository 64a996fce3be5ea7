"""Rows of profiles: what learners say of themselves, and which statements about them they deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.platform.clock import to_iso
from tutor.store.schema import profiles
from tutor.store.sealed_rows import PROFILES, opened_first, sealed_values


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """What a learner says about themselves in a course, and which statements about them they deleted."""

    self_reported: Mapping[str, str]
    dropped: Mapping[str, int]  # statement -> how many answers were behind it when it was deleted
    in_prompt: bool


EMPTY_PROFILE = StoredProfile({}, {}, in_prompt=True)


def get(connection: sa.Connection, course_id: str, learner_id: str) -> StoredProfile:
    where = profiles.c.course_id == course_id, profiles.c.learner_id == learner_id
    row = opened_first(connection, PROFILES, connection.execute(profiles.select().where(*where)))
    return StoredProfile(row.said, row.dropped, row.in_prompt) if row else EMPTY_PROFILE


def save(connection: sa.Connection, course_id: str, learner_id: str, profile: StoredProfile, now: datetime) -> None:
    clear = {"said": dict(profile.self_reported), "dropped": dict(profile.dropped), "in_prompt": profile.in_prompt}
    key = {"learner_id": learner_id, "course_id": course_id}
    row = sealed_values(connection, PROFILES, learner_id, key, clear)
    statement = insert(profiles).values(**key, updated_at=to_iso(now), **row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["learner_id", "course_id"], set_={**row, "updated_at": to_iso(now)}
        )
    )


def delete(connection: sa.Connection, course_id: str, learner_id: str) -> None:
    where = profiles.c.course_id == course_id, profiles.c.learner_id == learner_id
    connection.execute(profiles.delete().where(*where))
