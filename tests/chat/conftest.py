"""Fixtures of the tests of turns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tutor.domain import Person, Turn

Say = Callable[..., Turn]


@pytest.fixture
def say(ask: Callable[..., Turn], ada: Person) -> Say:
    """Send messages in one conversation; each call returns the stored turn."""
    state: dict[str, str] = {}

    def saying(text: str, **rest: str) -> Turn:
        turn = ask(ada, text, **state, **rest)
        state["conversation_id"] = turn.conversation_id
        return turn

    return saying
