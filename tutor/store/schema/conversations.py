"""Conversations, turns, ratings and corrections."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from tutor.store.schema.base import id_column, metadata, owner_column

conversations = Table(
    "conversations",
    metadata,
    id_column(),
    owner_column("learner_id", "people"),
    owner_column("course_id", "courses"),
    Column("title", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Column("deleted_at", String),
    Index(None, "learner_id", "course_id", "updated_at"),
)

turns = Table(
    "turns",
    metadata,
    id_column(),
    owner_column("conversation_id", "conversations"),
    owner_column("learner_id", "people"),
    owner_column("course_id", "courses"),
    Column("number", Integer, nullable=False),  # position in the conversation
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("covered", Boolean),
    Column("confidence", Float),
    Column("citations", JSON, nullable=False),
    Column("passages", JSON, nullable=False),
    Column("prompt", JSON),  # the rendered messages; training uses them
    Column("prompt_sha256", String),
    Column("model", String),
    Column("quantization", String),
    Column("adapter", String),
    Column("timings", JSON),
    Column("guidance", JSON),  # the move of the turn and the hint ladder after it
    Column("provenance", JSON),  # passages read and rules that applied
    Column("replaces", String, ForeignKey("turns.id", ondelete="SET NULL")),
    Column("shown", Boolean, nullable=False),
    Column("created_at", String, nullable=False),
    Column("verified", JSON),  # the correction it used, and whose it is
    UniqueConstraint("conversation_id", "number"),
    Index(None, "learner_id", "course_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("turn_id", String, ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    Column("author_id", String, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("thumb", String),
    Column("reason", Text),
    Column("created_at", String, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    id_column(),
    owner_column("turn_id", "turns"),
    owner_column("author_id", "people"),
    owner_column("learner_id", "people"),
    owner_column("course_id", "courses"),
    Column("text", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("decided_by", String, ForeignKey("people.id", ondelete="SET NULL")),
    Column("created_at", String, nullable=False),
    Column("decided_at", String),
    Column("reason", Text),
    Index(None, "learner_id", "course_id", "state"),
    Index(None, "turn_id"),
)
