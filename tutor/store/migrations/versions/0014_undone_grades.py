"""A grade knows which later one it undoes, so that a decision can be taken back and its log stays whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("grades") as table:
        table.add_column(sa.Column("undoes", sa.Integer(), nullable=True))
