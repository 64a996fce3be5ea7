"""Generated questions are judged before they are asked; those of earlier versions are judged when next needed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("item_sources") as table:
        table.add_column(sa.Column("judge", sa.String(), nullable=False, server_default=""))
