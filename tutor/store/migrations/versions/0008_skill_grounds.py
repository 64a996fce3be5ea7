"""Skills tell why they need others, and which proposed concept they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("skills") as table:
        table.add_column(sa.Column("grounds", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("concept", sa.String(), nullable=False, server_default=""))
