"""Trained adapters, the corrections they were trained on, and training losses."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from tutor.store.schema.base import id_column, metadata, owner_column


def _partial_unique_index(name: str, where: str, *columns: str) -> Index:
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


adapters = Table(
    "adapters",
    metadata,
    id_column(),
    Column("name", String, nullable=False, unique=True),
    owner_column("learner_id", "people", nullable=True),  # NULL: the course's shared adapter
    owner_column("course_id", "courses"),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("base_sha256", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("directory", String, nullable=False),
    Column("metrics", JSON, nullable=False),
    Column("created_at", String, nullable=False),
    Column("reasons", JSON, nullable=False, server_default="[]"),
    UniqueConstraint("learner_id", "course_id", "version"),
    _partial_unique_index("one_active_adapter_per_learner_and_course", "state = 'active'", "learner_id", "course_id"),
    _partial_unique_index("one_active_adapter_per_course", "state = 'active' AND learner_id IS NULL", "course_id"),
    _partial_unique_index("one_shared_adapter_per_version", "learner_id IS NULL", "course_id", "version"),
)

adapter_rows = Table(
    "adapter_rows",
    metadata,
    Column("adapter_id", String, ForeignKey("adapters.id", ondelete="CASCADE"), primary_key=True),
    Column("correction_id", String, ForeignKey("corrections.id", ondelete="CASCADE"), primary_key=True),
)

training_losses = Table(
    "training_losses",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("loss", Float, nullable=False),  # nats a token
    Column("held_out", Float),  # on held-out rows; NULL where it was not computed
)
