"""Answers and files of any length are read in time that grows no faster than their length."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from tutor.assessment.exchange import parse_items
from tutor.assessment.grading import MAX_CHARS, Grader, NotAnAnswer
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.markup import html_text
from tutor.domain import BLANK
from tutor.errors import InputRefused
from tutor.maths.notation import plain_number
from tutor.maths.numbers import read_numbers

ITEMS = (
    Item("i", ItemKind.NUMBER, f"It is {BLANK} km.", ("12",)),
    Item("i", ItemKind.FORMULA, "Which line?", ("x+1",)),
    Item("i", ItemKind.SET, "Which?", ("a", "b")),
    Item("i", ItemKind.LIST, "Which?", ("a", "b")),
    Item("i", ItemKind.ORDERING, "Order.", ("a", "b", "c"), ("c", "a", "b")),
    Item("i", ItemKind.CLOZE, f"The {BLANK} of a leaf in the sun is green.", ("chlorophyll",)),
    Item("i", ItemKind.CHOICE, "Which?", ("a",), ("a", "b", "c")),
)
ANSWERS = "9|1,|(|x |-|.1|$|three |百|a=b |1 |1'000|x^|!|¹|√|\\frac{|1e|a\nb|±|x=1,|[1,|<|点三|the |million |°".split(
    "|"
)
FILES = (
    "{",
    "}",
    "::",
    "\\",
    "=",
    "\n\n",
    "{=a}\n\n",
    "<assessmentItem ",
    "<a:assessmentItem>",
    "//\n",
    "\n ::",
    "%50%",
)
MARKUP = ("<", "<b ", "<!--", "<![", "&", "<sup>", "</b>", "<a href='")
PAUSE_S = 0.05  # by which a measurement may be off


def assert_linear(read: Callable[[str], object], pattern: str, longest: int) -> None:
    """Assert that a text of twice the length takes no more than three times as long."""

    def seconds(length: int) -> float:
        text = (pattern * length)[:length]
        return min(_timed(read, text) for _ in range(3))

    half, whole = seconds(longest // 2), seconds(longest)
    assert whole <= 3 * half + PAUSE_S, f"{pattern!r}: {half:.3f} s, then {whole:.3f} s"


def _timed(read: Callable[[str], object], text: str) -> float:
    started = time.thread_time()  # other processes do not count
    with suppress(InputRefused, NotAnAnswer):
        read(text)
    return time.thread_time() - started


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.kind.value)
def test_an_answer_is_graded_in_linear_time(item):
    for pattern in ANSWERS:
        assert_linear(lambda text: Grader().grade(item, text), pattern, MAX_CHARS)


@pytest.mark.parametrize("read", [read_numbers, plain_number], ids=["numbers", "notation"])
def test_numbers_are_read_in_linear_time(read):
    for pattern in ANSWERS:
        assert_linear(read, pattern, 8_000)


@pytest.mark.parametrize("pattern", FILES)
def test_a_file_is_read_in_linear_time(pattern):
    assert_linear(parse_items, pattern, 200_000)


@pytest.mark.parametrize("pattern", MARKUP)
def test_markup_is_read_in_linear_time(pattern):
    assert_linear(html_text, pattern, 20_000)
