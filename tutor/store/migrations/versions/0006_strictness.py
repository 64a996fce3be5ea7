"""How sure the library must be, chosen for each course."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("courses") as table:
        table.add_column(sa.Column("strictness", sa.String(), nullable=False, server_default="usual"))
