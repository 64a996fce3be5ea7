"""What another system took back is remembered, whether or not it has been brought here yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "voided_statements",
        sa.Column("course_id", sa.String(), sa.ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("statement_id", sa.String(), primary_key=True),
    )
