"""Courses, enrolments and skills."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, false, true

from tutor.store.schema.base import id_column, metadata

courses = Table(
    "courses",
    metadata,
    id_column(),
    Column("title", String, nullable=False),
    Column("language", String, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("help_level", String, nullable=False, server_default="moderate"),
    Column("strictness", String, nullable=False, server_default="usual"),
    Column("join_code", String),  # NULL: nobody can join by themselves
    Column("created_at", String, nullable=False),
    Column("blocked_topics", JSON, nullable=False, server_default="[]"),
    Column("answer_rules", JSON, nullable=False, server_default="[]"),  # given to the model
    Column("offers_hints", Boolean, nullable=False, server_default=true()),
    Column("help_contacts", String, nullable=False, server_default=""),  # whom learners in need are pointed to
    Index(None, "join_code", unique=True),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("person_id", String, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", String, nullable=False),
    Column("teaches", Boolean, nullable=False, server_default=false()),
    Column("removed_at", String),  # of a learner who was taken out of the course
)

skills = Table(
    "skills",
    metadata,
    Column("course_id", String, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("needs", JSON, nullable=False),
    Column("grounds", JSON, nullable=False, server_default="[]"),  # reasons of the prerequisites
    Column("concept", String, nullable=False, server_default=""),
    Column("ordinal", Integer, nullable=False),
    Column("offered", Boolean, nullable=False, server_default=false()),  # proposed from the documents by the tutor
    Column("accepted", Boolean, nullable=False, server_default=true()),  # by an instructor
)
