"""The audit log, and its head: where it begins and ends, so that cutting off either end is found, too."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from tutor.store.schema.base import metadata

audit_log = Table(  # no foreign keys: rows are only ever added
    "audit_log",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3, …
    Column("at", String, nullable=False),
    Column("act", String, nullable=False),
    Column("actor", String, nullable=False),  # keyed hash of an id, "" for a command on the server
    Column("subject", String, nullable=False),  # the same of whom it was done to, "" for nobody
    Column("course_id", String, nullable=False),  # "" for no course
    Column("mac", String, nullable=False),  # of the row and the one before
    Index(None, "course_id", "at"),
)

audit_head = Table(  # one row
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("mac", String, nullable=False),
    Column("first", Integer, nullable=False, server_default="1"),  # the sequence number of the first row kept
    Column("root", String, nullable=False, server_default=""),  # the hash of the row before it
)
