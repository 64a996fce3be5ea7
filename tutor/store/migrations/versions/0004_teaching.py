"""How much help a course gives, and what each turn was as teaching."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("courses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("help_level", sa.String(), nullable=False, server_default="moderate"))
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guidance", sa.JSON(), nullable=True))
