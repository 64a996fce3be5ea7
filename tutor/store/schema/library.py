"""Documents, passages, index generations and jobs."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Index, Integer, String, Table, Text, UniqueConstraint

from tutor.store.schema.base import id_column, metadata, owner_column

jobs = Table(
    "jobs",
    metadata,
    id_column(),
    Column("kind", String, nullable=False),
    owner_column("owner_id", "people"),
    owner_column("course_id", "courses"),
    Column("subject", String, nullable=False),
    Column("state", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("payload", JSON, nullable=False),  # what a new server needs to resume the job
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Column("stage_at", String, nullable=True),  # when the current stage began, for the time estimate
    Index(None, "owner_id", "created_at"),
)

documents = Table(
    "documents",
    metadata,
    id_column(),
    owner_column("course_id", "courses"),
    Column("name", String, nullable=False),
    Column("title", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("added_at", String, nullable=False),
    UniqueConstraint("course_id", "sha256"),
)

passages = Table(
    "passages",
    metadata,
    id_column(),
    owner_column("document_id", "documents"),
    Column("ordinal", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("place", String, nullable=False),
    Column("place_number", Integer, nullable=False),
    Column("place_label", String, nullable=False),
    Column("heading", JSON, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("key_terms", JSON, nullable=False, server_default="[]"),
    CheckConstraint('start <= "end"', name="offsets"),
    Index(None, "document_id", "ordinal"),
)

generations = Table(
    "generations",
    metadata,
    Column("course_id", String, primary_key=True),
    Column("generation", Integer, nullable=False),
)
