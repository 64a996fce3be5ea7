"""Courses, enrolments and skills."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table

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
    Column("grounds", JSON, nullable=False, server_default="[]"),  # reasons of the prerequisites
    Column("concept", String, nullable=False, server_default=""),
    Column("ordinal", Integer, nullable=False),
)
