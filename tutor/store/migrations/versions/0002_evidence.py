"""Tables of evidence, and of what is made of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _owner(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _of_learner_and_course(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        _owner(table, "learner_id", "people"),
        _owner(table, "course_id", "courses"),
    ]


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        *_of_learner_and_course("evidence"),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("aided", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("judge", sa.String(), nullable=False),
        sa.Column("grade_id", sa.String(), nullable=False),
        sa.Column("supersedes", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("misconception", sa.Text(), nullable=True),
        sa.Column("passage_id", sa.String(), nullable=True),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_evidence")),
        sa.UniqueConstraint("id", name=op.f("uq_evidence_id")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_evidence_supersedes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_evidence_learner_id_course_id_sequence", "evidence", ["learner_id", "course_id", "sequence"])
    op.create_index("ix_evidence_course_id_sequence", "evidence", ["course_id", "sequence"])
    first = sa.text("supersedes IS NULL")
    op.create_index(
        "one_event_a_grade", "evidence", ["grade_id"], unique=True, sqlite_where=first, postgresql_where=first
    )
    op.create_table(
        "item_tallies",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("rights", sa.Integer(), nullable=False),
        _owner("item_tallies", "course_id", "courses"),
        sa.PrimaryKeyConstraint("course_id", "item_id", "skill", name=op.f("pk_item_tallies")),
    )
    op.create_table(
        "learner_states",
        *_of_learner_and_course("learner_states"),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", "course_id", name=op.f("pk_learner_states")),
    )
    op.create_table(
        "profiles",
        *_of_learner_and_course("profiles"),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("dropped", sa.JSON(), nullable=False),
        sa.Column("in_prompt", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", "course_id", name=op.f("pk_profiles")),
    )
