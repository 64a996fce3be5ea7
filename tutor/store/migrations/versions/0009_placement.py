"""A posed question knows what it was posed for: practice, or a placement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("posed") as table:
        table.add_column(sa.Column("purpose", sa.String(), nullable=False, server_default="practice"))
