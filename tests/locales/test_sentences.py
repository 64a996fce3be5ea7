"""What a person reads of an error is a sentence: a capital, a full stop, and no change to names and commands."""

from __future__ import annotations

import pytest

from tutor.errors import InputRefused
from tutor.locales.sentences import as_sentence
from tutor.ui.error_boundary import error_message


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("nothing was deleted: type ada", "Nothing was deleted: type ada."),
        ("the queue is full; try again!", "The queue is full; try again!"),
        ("exam.pdf is protected by a password", "exam.pdf is protected by a password."),
        ("quiet-heron-421 may not change this course", "quiet-heron-421 may not change this course."),
        (
            "ask for a new one (`python -m tutor users link NAME`)",
            "Ask for a new one (`python -m tutor users link NAME`).",
        ),
        ("“x = 5” is no name", "“x = 5” is no name."),
        ("what do you mean by “half?”", "What do you mean by “half?”"),
        ("没有这门课程", "没有这门课程。"),
        ("没有这门课程。", "没有这门课程。"),
        ("20 better answers in one day are enough", "20 better answers in one day are enough."),
        ("", ""),
    ],
)
def test_an_error_is_shown_as_a_sentence(words: str, sentence: str):
    assert as_sentence(words) == sentence == as_sentence(sentence)


def test_the_boundary_of_the_pages_shows_sentences():
    assert error_message(InputRefused("this is nothing")) == "This is nothing."
