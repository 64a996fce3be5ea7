"""Items, quizzes, posed questions, answers and their grades.

A posed question stores the item as it was posed, with its answer key. Rows of `grades` are only ever added; the last
one of an answer counts.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from tutor.store.schema.base import id_column, metadata, owner_column

items = Table(
    "items",
    metadata,
    id_column(),
    owner_column("course_id", "courses"),
    Column("kind", String, nullable=False),
    Column("body", JSON, nullable=False),  # prompt, keys, options, tolerance, source, misconceptions
    Column("skill", String, nullable=False),  # id of a declared skill, "" for none
    Column("difficulty", Float, nullable=False),
    Column("origin", String, nullable=False),  # generated, written, imported
    Column("state", String, nullable=False),  # ready, pinned, banned
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Index(None, "course_id", "state"),
)

item_sources = Table(
    "item_sources",
    metadata,
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("generation", Integer, nullable=False),  # of the course's documents that items were last generated from
    Column("judge", String, nullable=False, server_default=""),  # version of what judged them, "": nothing
)

quizzes = Table(
    "quizzes",
    metadata,
    id_column(),
    owner_column("learner_id", "people"),
    owner_column("course_id", "courses"),
    Column("topic", String, nullable=False),
    Column("started_at", String, nullable=False),
    Column("ended_at", String),
    Index(None, "learner_id", "course_id", "started_at"),
)

posed = Table(
    "posed",
    metadata,
    id_column(),
    owner_column("quiz_id", "quizzes", nullable=True),
    Column("number", Integer, nullable=False),  # position in its quiz
    Column("purpose", String, nullable=False, server_default="practice"),  # or placement, short_placement
    owner_column("learner_id", "people"),
    owner_column("course_id", "courses"),
    Column("item_id", String, nullable=False),
    Column("item", JSON, nullable=False),  # as it was posed, with its answer key
    Column("state", String, nullable=False),
    Column("hints", Integer, nullable=False),
    Column("seen", JSON, nullable=False),  # ids of processed submissions
    Column("asked_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Index(None, "quiz_id", "number"),
    Index(None, "learner_id", "course_id", "state"),
    Index(None, "item_id"),
)

attempts = Table(
    "attempts",
    metadata,
    id_column(),
    owner_column("posed_id", "posed"),
    Column("submission_id", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("aided", Boolean, nullable=False),
    Column("hints", Integer, nullable=False),  # given before it
    Column("at", String, nullable=False),
    UniqueConstraint("posed_id", "submission_id"),
)

grades = Table(
    "grades",
    metadata,
    Column("sequence", Integer, primary_key=True),
    owner_column("attempt_id", "attempts"),
    Column("outcome", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("missing", JSON, nullable=False),
    Column("judge", String, nullable=False),  # "grader-1", "person:<id>"
    Column("by", String, ForeignKey("people.id", ondelete="SET NULL")),
    Column("reason", Text, nullable=False),  # what the instructor wrote, "" for the grader
    Column("undoes", Integer),  # sequence of the grade that this one undoes; it repeats the one before that
    Column("at", String, nullable=False),
    Index(None, "attempt_id", "sequence"),
    sqlite_autoincrement=True,
)
