"""The curve of a training has the loss of held-out rows too, where it was looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("training_losses") as table:
        table.add_column(sa.Column("held_out", sa.Float(), nullable=True))
