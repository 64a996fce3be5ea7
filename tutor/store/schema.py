"""The schema, in one place. Migrations lead an existing database here; a test compares the two.

Ids are opaque strings; times are ISO 8601 UTC text that sorts by time; JSON columns hold lists and objects that are
only ever read whole.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[str]:
    return Column("id", String, primary_key=True)


def _owned(name: str, target: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, String, ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=nullable)


people = Table(
    "people",
    metadata,
    _id(),
    Column("name", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("guest", Boolean, nullable=False),
    Column("language", String, nullable=False),
    Column("consent_at", String),  # to training on her corrections; null: not given, or taken back
    Column("created_at", String, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", String, primary_key=True),
    _owned("person_id", "people"),
    Column("created_at", String, nullable=False),
    Index(None, "person_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_sha256", String, primary_key=True),
    _owned("person_id", "people"),
    Column("created_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("used_at", String),
)

courses = Table(
    "courses",
    metadata,
    _id(),
    Column("title", String, nullable=False),
    Column("language", String, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("created_at", String, nullable=False),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("person_id", String, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", String, nullable=False),
)

skills = Table(
    "skills",
    metadata,
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("needs", JSON, nullable=False),
    Column("ordinal", Integer, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    _id(),
    _owned("learner_id", "people"),
    _owned("course_id", "courses"),
    Column("title", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Column("deleted_at", String),
    Index(None, "learner_id", "course_id", "updated_at"),
)

turns = Table(
    "turns",
    metadata,
    _id(),
    _owned("conversation_id", "conversations"),
    _owned("learner_id", "people"),
    _owned("course_id", "courses"),
    Column("number", Integer, nullable=False),  # order in the conversation
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("covered", Boolean),
    Column("confidence", Float),
    Column("citations", JSON, nullable=False),
    Column("passages", JSON, nullable=False),
    Column("prompt", JSON),  # the rendered messages, what a correction is trained on
    Column("prompt_sha256", String),
    Column("model", String),
    Column("quantization", String),
    Column("adapter", String),
    Column("timings", JSON),
    Column("replaces", String, ForeignKey("turns.id", ondelete="SET NULL")),
    Column("shown", Boolean, nullable=False),
    Column("created_at", String, nullable=False),
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
    _id(),
    _owned("turn_id", "turns"),
    _owned("author_id", "people"),
    _owned("learner_id", "people"),
    _owned("course_id", "courses"),
    Column("text", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("decided_by", String, ForeignKey("people.id", ondelete="SET NULL")),
    Column("created_at", String, nullable=False),
    Index(None, "learner_id", "course_id", "state"),
    Index(None, "turn_id"),
)

adapters = Table(
    "adapters",
    metadata,
    _id(),
    Column("name", String, nullable=False, unique=True),
    _owned("learner_id", "people"),
    _owned("course_id", "courses"),
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

jobs = Table(
    "jobs",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    _owned("owner_id", "people"),
    _owned("course_id", "courses"),
    Column("subject", String, nullable=False),
    Column("state", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("payload", JSON, nullable=False),  # what a new server needs to take the job up again
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Index(None, "owner_id", "created_at"),
)

documents = Table(
    "documents",
    metadata,
    _id(),
    _owned("course_id", "courses"),
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
    _id(),
    _owned("document_id", "documents"),
    Column("ordinal", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("place", String, nullable=False),
    Column("place_number", Integer, nullable=False),
    Column("place_label", String, nullable=False),
    Column("heading", JSON, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    CheckConstraint('start <= "end"', name="offsets"),
    Index(None, "document_id", "ordinal"),
)

generations = Table(
    "generations",
    metadata,
    Column("course_id", String, primary_key=True),
    Column("generation", Integer, nullable=False),
)
