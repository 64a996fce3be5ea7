"""A course whose documents yield items of every kind."""

from __future__ import annotations

import pytest

from tutor.assessment.item_judge.judge import ItemJudge
from tutor.assessment.logistic import LogisticModel
from tutor.domain import Course, Person
from tutor.services import Services

BOOK = b"""# Programs

## Terms

A loop is a code block that runs a set of statements while a given condition holds.

A function is a named, reusable block of code that performs a task when called.

A module is a file with previously written code that another program can import.

A string is a sequence of characters enclosed by matching single or double quotes.

The process by which a plant loses water through its leaves is called transpiration.

Readers know well that a loop needs a condition in order to stop after some time.

A byte that holds a character of ordinary text has exactly 8 bits in memory.

## Starting the car

1. Fasten the belt
2. Turn the key
3. Release the brake
4. Press the pedal
"""
EXERCISES = b"""# Exercises

1. Solve $5x - 8 = 27$ and check your solution.
2. Explain the balance rule in your own words.
"""


@pytest.fixture
def programming_course(services: Services, instructor: Person) -> Course:
    made = services.courses.create(instructor, "Programs", course_id="programs", open_to_all=True)
    services.documents.ingest(instructor, made.id, "programs.md", BOOK)
    services.documents.ingest(instructor, made.id, "exercises.md", EXERCISES)
    return made


@pytest.fixture(autouse=True)
def every_sound_item(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a course of a few sentences have questions of every kind; which are worth asking is tested elsewhere."""
    lenient = ItemJudge(LogisticModel({}, 0.0), 0.0, "every sound item")
    for module in ("tutor.assessment.item_generation", "tutor.practice.item_bank"):
        monkeypatch.setattr(f"{module}.load_item_judge", lambda: lenient)
