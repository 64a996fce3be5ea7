"""What the author of a document emphasised in each passage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("passages", sa.Column("key_terms", sa.JSON(), nullable=False, server_default="[]"))
