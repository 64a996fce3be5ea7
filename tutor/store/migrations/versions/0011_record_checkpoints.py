"""A learner's record as it once stood is kept at a few places, so that a correction need not remake all of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "learner_checkpoints",
        sa.Column("learner_id", sa.String(), sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("course_id", sa.String(), sa.ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("last_at", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
