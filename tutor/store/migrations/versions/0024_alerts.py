"""Alerts about messages that need a person, and whom a course names as help."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("courses", sa.Column("help_contacts", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(), primary_key=True),
        *(
            sa.Column(name, sa.String(), sa.ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=False)
            for name, target in (("course_id", "courses"), ("learner_id", "people"), ("turn_id", "turns"))
        ),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "level", "raised_at")),
        sa.Column("seen_by", sa.String(), sa.ForeignKey("people.id", ondelete="SET NULL")),
        sa.Column("seen_at", sa.String()),
    )
    op.create_index("ix_alerts_course_id_raised_at", "alerts", ["course_id", "raised_at"])
