"""Rules that an instructor gives the model for the answers in a course."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025c"
down_revision = "0025b"


def upgrade() -> None:
    op.add_column("courses", sa.Column("answer_rules", sa.JSON(), nullable=False, server_default="[]"))
