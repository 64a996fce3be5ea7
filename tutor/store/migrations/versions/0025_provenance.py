"""How an answer came about: the passages read for it and the rules of its course that applied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("turns", sa.Column("provenance", sa.JSON()))
