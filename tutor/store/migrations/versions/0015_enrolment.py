"""A course is seen by those who joined it, and supervised; a session that is not used ends.

Until now every course was open to everybody. Whoever has worked in a course is enrolled in it, and the sample course
stays open. Sessions count as used when the tutor is updated.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

SAMPLE_COURSE = "sample"
WORK = (
    "conversations",
    "turns",
    "corrections",
    "quizzes",
    "posed",
    "evidence",
    "learner_states",
    "profiles",
    "adapters",
)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def upgrade() -> None:
    op.add_column("courses", sa.Column("join_code", sa.String(), nullable=True))
    op.create_index("ix_courses_join_code", "courses", ["join_code"], unique=True)
    op.add_column("enrolments", sa.Column("teaches", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("enrolments", sa.Column("removed_at", sa.String(), nullable=True))
    op.execute("UPDATE enrolments SET teaches = 1 WHERE person_id IN (SELECT id FROM people WHERE role != 'learner')")
    _enrol_those_who_worked()
    op.execute(sa.text("UPDATE courses SET open = 0 WHERE id != :sample").bindparams(sample=SAMPLE_COURSE))
    _give_join_codes()
    _add_supervision()
    op.add_column("sessions", sa.Column("seen_at", sa.String(), nullable=False, server_default=""))
    op.execute(sa.text("UPDATE sessions SET seen_at = :now").bindparams(now=_now()))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _enrol_those_who_worked() -> None:
    for table in WORK:
        op.execute(
            sa.text(
                "INSERT OR IGNORE INTO enrolments (person_id, course_id, created_at, teaches) "
                f"SELECT DISTINCT learner_id, course_id, :now, 0 FROM {table} "
                "WHERE learner_id IS NOT NULL AND course_id != :sample"
            ).bindparams(now=_now(), sample=SAMPLE_COURSE)
        )


def _give_join_codes() -> None:
    connection = op.get_bind()
    for course_id in connection.scalars(sa.text("SELECT id FROM courses")).all():
        code = "".join(secrets.choice(ALPHABET) for _ in range(8))
        connection.execute(
            sa.text("UPDATE courses SET join_code = :code WHERE id = :id").bindparams(code=code, id=course_id)
        )


def _add_supervision() -> None:
    op.add_column("courses", sa.Column("blocked_topics", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "pauses",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("course_id", sa.String(), sa.ForeignKey("courses.id", ondelete="CASCADE"), nullable=False),
        sa.Column("learner_id", sa.String(), sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=True),
        sa.Column("paused_by", sa.String(), sa.ForeignKey("people.id", ondelete="SET NULL"), nullable=True),
        sa.Column("paused_at", sa.String(), nullable=False),
        sa.UniqueConstraint("course_id", "learner_id"),
    )
