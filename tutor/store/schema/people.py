"""People, their sessions and one-time links."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table

from tutor.store.schema.base import id_column, metadata, owner_column

people = Table(
    "people",
    metadata,
    id_column(),
    Column("name", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("guest", Boolean, nullable=False),
    Column("language", String, nullable=False),
    Column("consent_at", String),  # to training on their corrections; NULL: not given, or withdrawn
    Column("created_at", String, nullable=False),
    Column("display_name", String),  # that they chose; NULL: they go by their name
    Column("paused_at", String),  # by an administrator; NULL: the account is in use
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", String, primary_key=True),
    owner_column("person_id", "people"),
    Column("created_at", String, nullable=False),
    Column("seen_at", String, nullable=False, server_default=""),  # of the last use, an hour late at most
    Index(None, "person_id"),
)

identities = Table(  # accounts of another provider by which people sign in
    "identities",
    metadata,
    Column("issuer", String, primary_key=True),
    Column("subject_mac", String, primary_key=True),  # a keyed hash of the provider's id for them
    owner_column("person_id", "people"),
    Column("created_at", String, nullable=False),
    Index(None, "person_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_sha256", String, primary_key=True),
    owner_column("person_id", "people"),
    Column("created_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("used_at", String),
)
