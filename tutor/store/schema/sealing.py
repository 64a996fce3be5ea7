"""Wrapped data keys, and how far this database is sealed."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table

from tutor.store.schema.base import metadata

data_keys = Table(
    "data_keys",
    metadata,
    Column("owner", String, primary_key=True),  # id of a person or a course; a destroyed key outlives its owner
    Column("wrapped", String),  # sealed under the master key; NULL: destroyed
    Column("created_at", String, nullable=False),
    Column("destroyed_at", String),
)

sealing = Table(  # one row
    "sealing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("master_check", String, nullable=False),  # opens under the master key of this database
    Column("cleaned", Boolean, nullable=False),  # no clear text of versions that did not seal is left in the file
)
