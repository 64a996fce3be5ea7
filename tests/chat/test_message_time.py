"""No message holds the process: reading one as long as may be sent takes a fifth of a second at most."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from tutor.assessment.exchange import parse_items
from tutor.assessment.grading import MAX_CHARS, Grader
from tutor.assessment.items import Item, ItemKind
from tutor.chat.message_parsing import parse_message
from tutor.chat.question_input import clean_question
from tutor.chat.question_matching import parse_question
from tutor.corrections.feedback import MAX_CORRECTION_CHARS
from tutor.corrections.review_flags import find_flags
from tutor.domain import Course
from tutor.errors import InputRefused
from tutor.platform.settings import Settings

LONGEST = Settings().max_question_chars
LIMIT_S = 0.2
PIECES = (
    *("a", "1", "1 ", "x=", "x=1 ", "=a\n", "2*", "1+", "(", ")(", "+1 ", "1,000 ", "1.", "5 km ", "sqrt(", "x^"),
    *("?", "? ", ".", " ", "\n", "什么", "我", "一", "²", "what is ", "Why ", "find ", "A", "http://", "_", "`", "$"),
)
COURSE = Course("c", "Course", "en", True, datetime(2026, 1, 1, tzinfo=UTC))
ITEMS = [Item(kind.value, kind, "What is it?", ("42", "b"), ("42", "b", "c")) for kind in ItemKind]


def seconds(read: Callable[[str], object], text: str) -> float:
    """Return the processor time of the faster of two runs."""
    times = []
    for _ in range(2):
        begin = time.process_time()
        read(text)
        times.append(time.process_time() - begin)
    return min(times)


def parse(text: str) -> None:
    parse_message(COURSE, [], text, "en")


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_message_is_understood_in_time(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    assert seconds(parse, text) < LIMIT_S
    assert seconds(parse_question, text) < LIMIT_S


@pytest.mark.parametrize("read", [parse, parse_question], ids=["message", "question"])
@pytest.mark.parametrize("piece", ["a", "1", "x=", "1+", "find ", "我", "what is ", "what need "])
def test_twice_the_text_takes_about_twice_the_time(piece: str, read: Callable[[str], object]) -> None:
    half = seconds(read, (piece * LONGEST)[: LONGEST // 2])
    assert seconds(read, (piece * LONGEST)[:LONGEST]) < 3 * max(half, 0.01)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
@pytest.mark.parametrize("piece", PIECES)
def test_a_long_answer_is_graded_in_time(item: Item, piece: str) -> None:
    answer = "b" + (piece * MAX_CHARS)[: MAX_CHARS - 1]
    assert seconds(lambda text: Grader().grade(item, text), answer) < LIMIT_S


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_better_answer_is_checked_for_its_reviewer_in_time(piece: str) -> None:
    text = (piece * MAX_CORRECTION_CHARS)[:MAX_CORRECTION_CHARS]
    passages = ["Chlorophyll absorbs 3 kinds of light. It is green."]
    assert seconds(lambda answer: find_flags(answer, passages, [answer[1:]], ["Mira Patel"]), text) < LIMIT_S


@pytest.mark.parametrize(
    "piece", ["a", "{", "}", "::", "\n\n", "a{=b ~c}\n\n", "<a>", "<assessmentItem", "</assessmentItem>", "~", "\\"]
)
def test_four_times_the_questions_are_imported_in_about_four_times_the_time(piece: str) -> None:
    def read(text: str) -> None:
        with suppress(InputRefused):
            parse_items(text)

    short, long = (piece * (length // len(piece)) for length in (10_000, 40_000))
    assert seconds(read, long) < 10 * max(seconds(read, short), 0.01)


def test_a_message_that_is_far_too_long_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def normalize(_form: str, text: str) -> str:
        read.append(len(text))
        return text

    monkeypatch.setattr("unicodedata.normalize", normalize)
    with pytest.raises(InputRefused, match=r"at most 8,000 can be read"):
        clean_question("a" * 1_000_000, 8_000)
    assert read == []


def test_a_message_is_measured_as_it_is_after_composing_its_characters() -> None:
    assert len(clean_question("e\u0301" * LONGEST, LONGEST)) == LONGEST
