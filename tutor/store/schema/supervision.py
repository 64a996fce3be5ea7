"""Pauses, where the tutor does not answer for a while, and alerts about messages that need a person."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint

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

alerts = Table(
    "alerts",
    metadata,
    id_column(),
    owner_column("course_id", "courses"),
    owner_column("learner_id", "people"),
    owner_column("turn_id", "turns"),
    Column("kind", String, nullable=False),
    Column("level", String, nullable=False),
    Column("raised_at", String, nullable=False),
    Column("seen_by", String, ForeignKey("people.id", ondelete="SET NULL")),
    Column("seen_at", String),
    Index(None, "course_id", "raised_at"),
)
