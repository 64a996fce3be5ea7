"""Training rows for the tests of the adapters."""

from __future__ import annotations

from adapters.records import ChatMessage, TrainingRow

BASE_SHA256 = "b" * 64


def make_row(number: int, answer: str = "", question: str = "") -> TrainingRow:
    """Return a different row for each number."""
    text = question or f"What is thing {number}?"
    return TrainingRow(
        f"row-{number}",
        (
            ChatMessage("system", "You are a tutor."),
            ChatMessage("user", text),
            ChatMessage("assistant", answer or f"Ahoy, it is {number} times two."),
        ),
    )
