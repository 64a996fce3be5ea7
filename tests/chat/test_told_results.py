"""Numbers that the course tells about are asked for; other tasks with numbers are exercises."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.chat.message_parsing import parse_message
from tutor.chat.told_results import read_as_question
from tutor.domain import Course, Person
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.intents import Intent

LAMPS = b"""# Lamps

## Distance

The light of a small lamp falls with the square of the distance. A lamp that is moved from 40 cm to 20 cm gives four
times as much light to a leaf.

## Worked example

**Worked example.** A lamp that takes 60 watts burns for 5 hours. It takes 300 watt-hours of energy.

## Sizes

A school garden with 12 beds of 4 square metres has 48 square metres.
"""
TOLD = "How much does the light of a lamp grow when it is moved from 40 cm to 20 cm?"


@pytest.fixture
def lamps(services: Any, instructor: Person) -> Course:
    course = services.courses.create(instructor, "Lamps", course_id="lamps", open_to_all=True)
    services.documents.ingest(instructor, course.id, "lamps.md", LAMPS)
    return course


def read_intent(services: Any, course: Course, question: str) -> Intent:
    message = parse_message(course, [], question, "en")
    assert message.intent is Intent.EXERCISE
    return read_as_question(message, services.library.search(course.id, question, 4).hits).intent


def test_numbers_that_one_passage_tells_about_are_a_question(services: Any, lamps: Course):
    assert read_intent(services, lamps, TOLD) is Intent.QUESTION


@pytest.mark.parametrize(
    "task",
    [
        "How much does the light of a lamp grow when it is moved from 40 cm to 10 cm?",  # another number
        "A lamp that takes 60 watts burns for 5 hours. How much energy does it take?",  # of a worked example
        "I have 12 apples and 4 friends. How many apples does each get?",  # the numbers of something else
    ],
)
def test_a_task_of_ones_own_and_a_worked_example_stay_exercises(services: Any, lamps: Course, task: str):
    assert read_intent(services, lamps, task) is Intent.EXERCISE


def test_what_the_course_tells_is_answered_and_no_ladder_begins(services: Any, lamps: Course, ada: Person):
    (*_, finished) = services.chat.ask(ada, lamps.id, TOLD)
    assert finished.turn.guidance.move == Move.ANSWER and not finished.turn.guidance.exercise
