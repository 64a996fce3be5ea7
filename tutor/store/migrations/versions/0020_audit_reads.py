"""The audit log is read by course and by person, and its head says where it begins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("audit_head", sa.Column("first", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("audit_head", sa.Column("root", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_audit_log_course_id_at", "audit_log", ["course_id", "at"])
