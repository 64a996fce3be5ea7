"""A course may own an adapter; decisions carry a reason; answers name the correction they used; losses are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ACTIVE = "one_active_adapter_per_learner_and_course"


def upgrade() -> None:
    op.add_column("turns", sa.Column("verified", sa.JSON()))
    op.add_column("corrections", sa.Column("decided_at", sa.String()))
    op.add_column("corrections", sa.Column("reason", sa.Text()))
    # What a learner accepts by her consent works for her; what has a time of decision was decided by an instructor.
    op.execute("UPDATE corrections SET decided_at = created_at WHERE decided_by IS NOT NULL AND state != 'withdrawn'")
    op.create_table(
        "training_losses",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("loss", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_training_losses_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "step", name=op.f("pk_training_losses")),
    )
    _let_courses_own_adapters()


def _let_courses_own_adapters() -> None:
    """Rebuild the table, as SQLite asks for; dropping the old one takes the rows that point at it, so they are kept."""
    connection = op.get_bind()
    kept = connection.execute(sa.text("SELECT adapter_id, correction_id FROM adapter_rows")).all()
    with op.batch_alter_table("adapters", recreate="always") as batch:
        batch.alter_column("learner_id", existing_type=sa.String(), nullable=True)
        batch.add_column(sa.Column("reasons", sa.JSON(), nullable=False, server_default="[]"))
    shared, active = sa.text("learner_id IS NULL"), sa.text("state = 'active' AND learner_id IS NULL")
    op.create_index("one_active_adapter_per_course", "adapters", ["course_id"], unique=True, sqlite_where=active)
    op.create_index(
        "one_shared_adapter_per_version", "adapters", ["course_id", "version"], unique=True, sqlite_where=shared
    )
    for adapter_id, correction_id in kept:
        connection.execute(
            sa.text("INSERT INTO adapter_rows (adapter_id, correction_id) VALUES (:a, :c)"),
            {"a": adapter_id, "c": correction_id},
        )
