"""What learners write is sealed: each owner has a data key. Older rows are sealed when the database is next opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("owner", sa.String(), primary_key=True),
        sa.Column("wrapped", sa.String(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("destroyed_at", sa.String(), nullable=True),
    )
    op.create_table(
        "sealing",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("master_check", sa.String(), nullable=False),
        sa.Column("cleaned", sa.Boolean(), nullable=False),
    )
