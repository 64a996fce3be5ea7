"""Files of answers, rosters and names of any length are read in time that grows no faster than their length."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from tutor.courses.courses import _slugify
from tutor.courses.skills import _clean_name
from tutor.errors import InputRefused
from tutor.learner.xapi_reader import MAX_OBJECTS, parse_statements
from tutor.progress.xapi_import import parse_roster

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PIECES = ("[", "{", '{"a":', "[1,", '"a",', "1", "-", "{},", '{"verb":{"id":"answered"}},')
LINES = ("a,b\n", ",", "\n", "a,", "，", " ", "a", "我", "\u0301", "ｅ", ". ")
PAUSE_S = 0.05  # by which a measurement may be off


def seconds(read: Callable[[str], object], text: str) -> float:
    """Return the processor time of the fastest of three runs."""
    times = []
    for _ in range(3):
        begin = time.thread_time()
        with suppress(InputRefused):
            read(text)
        times.append(time.thread_time() - begin)
    return min(times)


def read_statements(text: str) -> None:
    parse_statements(("[" + text).encode(), NOW)


@pytest.mark.parametrize("piece", PIECES)
def test_a_file_of_answers_is_read_in_linear_time(piece):
    half, whole = (seconds(read_statements, (piece * length)[:length]) for length in (500_000, 1_000_000))
    assert whole <= 3 * half + PAUSE_S


@pytest.mark.parametrize("read", [parse_roster, _clean_name, _slugify], ids=["roster", "skill", "course"])
@pytest.mark.parametrize("piece", LINES)
def test_names_are_read_in_linear_time(read, piece):
    half, whole = (seconds(read, (piece * length)[:length]) for length in (100_000, 200_000))
    assert whole <= 3 * half + PAUSE_S


def test_a_file_of_more_objects_than_statements_have_is_refused_before_it_is_read():
    """Reading 20 MB of small objects took three seconds, in which no other request was answered."""
    text = "{}," * (MAX_OBJECTS + 1)
    with pytest.raises(InputRefused, match="send at most"):
        read_statements(text)
    assert seconds(read_statements, text) < 0.05
