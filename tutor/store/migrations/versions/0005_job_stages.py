"""Jobs know when their present stage began, so that a page can say how long it will take."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("jobs") as table:
        table.add_column(sa.Column("stage_at", sa.String(), nullable=True))
