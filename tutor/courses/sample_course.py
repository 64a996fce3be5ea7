"""The sample course, created from its folder like any other course."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from tutor.courses.courses import Courses
from tutor.domain import Person, Skill

SAMPLE_DIR = Path(__file__).resolve().parents[2] / "examples" / "sample_course"


@cache
def sample_course_id(folder: Path = SAMPLE_DIR) -> str:
    """Return the id of the sample course, whether it exists or not."""
    return str(yaml.safe_load((folder / "course.yaml").read_text(encoding="utf-8"))["id"])


def create_sample_course(courses: Courses, operator: Person, folder: Path = SAMPLE_DIR) -> str:
    """Create the course with its skills and prerequisites; return its id."""
    about = yaml.safe_load((folder / "course.yaml").read_text(encoding="utf-8"))
    course = courses.create(
        operator, about["title"], about["languages"][0], course_id=about["id"], open_to_all=about["open"]
    )
    skills = [Skill(skill["id"], course.id, skill["name"], tuple(skill["needs"])) for skill in about["skills"]]
    courses.declare_skills(operator, course.id, skills)
    return course.id


def sample_documents(folder: Path = SAMPLE_DIR) -> Iterator[tuple[str, bytes]]:
    """Yield the course's files as (name, bytes)."""
    about = yaml.safe_load((folder / "course.yaml").read_text(encoding="utf-8"))
    for entry in about["documents"]:
        yield entry["file"], (folder / entry["file"]).read_bytes()
