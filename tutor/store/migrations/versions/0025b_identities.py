"""Who signs in with an account of another provider: the issuer, and a keyed hash of the subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025b"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(), primary_key=True),
        sa.Column("subject_mac", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
    )
    op.create_index("ix_identities_person_id", "identities", ["person_id"])
