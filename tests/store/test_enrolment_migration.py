"""A database in which every course was open to everybody: nobody loses a course that they worked in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from old_database import old_database

from tutor.store.database import open_database

PEOPLE = "INSERT INTO people (id, name, role, guest, language, created_at) VALUES "
COURSES = "INSERT INTO courses (id, title, language, open, created_at) VALUES "
OLD_DATABASE_SQL = (
    PEOPLE + "('asked', 'ada', 'learner', 1, 'en', '2026'), ('practised', 'bob', 'learner', 1, 'en', '2026'),"
    " ('imported', 'cy', 'learner', 0, 'en', '2026'), ('idle', 'dee', 'learner', 1, 'en', '2026'),"
    " ('teacher', 'ms-f', 'instructor', 0, 'en', '2026'), ('colleague', 'mr-g', 'instructor', 0, 'en', '2026')",
    "INSERT INTO sessions (token_sha256, person_id, created_at) VALUES ('x', 'asked', '2026')",
    COURSES + "('sample', 'Sample', 'en', 1, '2026'), ('bio', 'Biology', 'en', 1, '2026')",
    "INSERT INTO enrolments (person_id, course_id, created_at) VALUES ('teacher', 'bio', '2026')",
    "INSERT INTO conversations (id, learner_id, course_id, title, created_at, updated_at)"
    " VALUES ('v', 'asked', 'bio', 'V', '2026', '2026'), ('w', 'colleague', 'bio', 'V', '2026', '2026'),"
    " ('s', 'idle', 'sample', 'V', '2026', '2026')",
    "INSERT INTO quizzes (id, learner_id, course_id, topic, started_at) VALUES ('q', 'practised', 'bio', '', '2026')",
    "INSERT INTO evidence (id, kind, learner_id, course_id, item_id, skill, skills, hints, aided, at, judge, grade_id,"
    " origin, expected, usual, recorded_at) VALUES ('e', 'answered', 'imported', 'bio', 'i', '', '[]', 0, 0, '2026',"
    " 'j', 'g', 'xapi', 0.5, 0.5, '2026')",
)


def test_those_who_worked_in_a_course_are_enrolled_and_it_is_closed_to_others(tmp_path):
    path = tmp_path / "old.sqlite"
    with old_database(path, "0014") as connection:
        for statement in OLD_DATABASE_SQL:
            connection.exec_driver_sql(statement)
    with open_database(path).read_connection() as connection:
        enrolled = connection.exec_driver_sql("SELECT person_id, course_id, teaches FROM enrolments").all()
        courses = connection.exec_driver_sql("SELECT id, open, length(join_code) FROM courses ORDER BY id").all()
        seen = connection.scalar(sa.text("SELECT seen_at FROM sessions"))
        codes = connection.scalar(sa.text("SELECT count(DISTINCT join_code) FROM courses"))
    assert sorted(enrolled) == [
        ("asked", "bio", 0),
        ("colleague", "bio", 0),
        ("imported", "bio", 0),
        ("practised", "bio", 0),
        ("teacher", "bio", 1),
    ]
    assert courses == [("bio", 0, 8), ("sample", 1, 8)] and codes == 2
    assert datetime.now(UTC) - datetime.fromisoformat(seen) < timedelta(minutes=5)  # nobody is signed out by the update
