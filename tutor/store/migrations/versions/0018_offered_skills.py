"""Skills that the documents propose can be practised before an instructor has accepted any."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("skills") as table:
        table.add_column(sa.Column("offered", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("accepted", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute("DELETE FROM item_sources WHERE course_id NOT IN (SELECT course_id FROM skills)")
