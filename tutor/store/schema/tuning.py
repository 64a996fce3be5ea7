"""Trained adapters and the corrections they were trained on."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from tutor.store.schema.base import metadata, own_id, owned

adapters = Table(
    "adapters",
    metadata,
    own_id(),
    Column("name", String, nullable=False, unique=True),
    owned("learner_id", "people"),
    owned("course_id", "courses"),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("base_sha256", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("directory", String, nullable=False),
    Column("metrics", JSON, nullable=False),
    Column("created_at", String, nullable=False),
    UniqueConstraint("learner_id", "course_id", "version"),
    Index(
        "one_active_adapter_per_learner_and_course",
        "learner_id",
        "course_id",
        unique=True,
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
)

adapter_rows = Table(
    "adapter_rows",
    metadata,
    Column("adapter_id", String, ForeignKey("adapters.id", ondelete="CASCADE"), primary_key=True),
    Column("correction_id", String, ForeignKey("corrections.id", ondelete="CASCADE"), primary_key=True),
)
