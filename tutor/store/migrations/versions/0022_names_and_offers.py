"""The name that a person chose, a pause of their account, and whether a course's tutor offers hints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("people", sa.Column("display_name", sa.String()))
    op.add_column("people", sa.Column("paused_at", sa.String()))
    offers: sa.Column[bool] = sa.Column("offers_hints", sa.Boolean(), nullable=False, server_default=sa.text("1"))
    op.add_column("courses", offers)  # in batch mode the table would be made anew, and what refers to it deleted
