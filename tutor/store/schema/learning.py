"""Evidence, and what is derived from it.

Rows of `evidence` are only ever added. All other tables here are derived from it, except `profiles` and
`voided_statements`.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, text

from tutor.store.schema.base import metadata, owner_column

evidence = Table(
    "evidence",
    metadata,
    Column("sequence", Integer, primary_key=True),  # the order of recording
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),  # answered, retracted
    owner_column("learner_id", "people"),
    owner_column("course_id", "courses"),
    Column("item_id", String, nullable=False),
    Column("skill", String, nullable=False),  # the first of `skills`
    Column("skills", JSON, nullable=False),
    Column("outcome", String),
    Column("hints", Integer, nullable=False),
    Column("aided", Boolean, nullable=False),
    Column("at", String, nullable=False),
    Column("judge", String, nullable=False),
    Column("grade_id", String, nullable=False),
    Column("supersedes", String, unique=True),  # an event is replaced once; its replacement may be replaced again
    Column("origin", String, nullable=False),
    Column("misconception", Text),
    Column("passage_id", String),
    Column("expected", Float, nullable=False),
    Column("usual", Float, nullable=False),
    Column("reason", Text),
    Column("recorded_at", String, nullable=False),
    Index(None, "learner_id", "course_id", "sequence"),
    Index(None, "course_id", "sequence"),
    Index(
        "one_event_a_grade",
        "grade_id",
        unique=True,
        sqlite_where=text("supersedes IS NULL"),
        postgresql_where=text("supersedes IS NULL"),
    ),
    sqlite_autoincrement=True,
)

item_tallies = Table(
    "item_tallies",
    metadata,
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", String, primary_key=True),
    Column("skill", String, primary_key=True),
    Column("answers", Integer, nullable=False),  # current unaided ones
    Column("rights", Integer, nullable=False),
)

course_tracers = Table(
    "course_tracers",
    metadata,
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("sequence", Integer, nullable=False),  # of the last event it was fitted on
    Column("body", Text, nullable=False),
)

learner_states = Table(
    "learner_states",
    metadata,
    Column("learner_id", String, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("sequence", Integer, nullable=False),  # of the last event that is in it
    Column("policy", String, nullable=False),  # version of the rules that made it; another version rebuilds it
    Column("body", Text, nullable=False),
)

learner_checkpoints = Table(
    "learner_checkpoints",
    metadata,
    Column("learner_id", String, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("last_at", String, primary_key=True),  # of the last answer that is in it
    Column("sequence", Integer, nullable=False),  # of the last event that had been recorded when it was made
    Column("policy", String, nullable=False),
    Column("body", Text, nullable=False),
)

voided_statements = Table(
    "voided_statements",
    metadata,
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("statement_id", String, primary_key=True),  # id in the other system, imported or not
)

profiles = Table(
    "profiles",
    metadata,
    Column("learner_id", String, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("said", JSON, nullable=False),  # what the learner says about themselves, by field
    Column("dropped", JSON, nullable=False),  # deleted statements, with the number of answers behind them at that time
    Column("in_prompt", Boolean, nullable=False),
    Column("updated_at", String, nullable=False),
)
