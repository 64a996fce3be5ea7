"""Pauses: where the tutor does not answer for a while."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from tutor.store.schema.base import id_column, metadata, owner_column

pauses = Table(
    "pauses",
    metadata,
    id_column(),
    owner_column("course_id", "courses"),
    owner_column("learner_id", "people", nullable=True),  # NULL: of the whole course
    Column("paused_by", String, ForeignKey("people.id", ondelete="SET NULL")),
    Column("paused_at", String, nullable=False),
    UniqueConstraint("course_id", "learner_id"),
)
