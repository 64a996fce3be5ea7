"""A turn while it runs: what has been said so far, and how it is stored when it ends. Pure but for the stopwatch."""

from __future__ import annotations

import time
from dataclasses import replace

from tutor.domain import Timings, Turn, TurnStatus
from tutor.platform.clock import Clock


class RunningTurn:
    """What has been said so far in a running turn."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.chunks: list[str] = []
        self.prompt: tuple[tuple[str, str], ...] | None = None
        self._started = time.monotonic()
        self._first_token_s: float | None = None

    def append(self, chunk: str) -> None:
        if self._first_token_s is None and chunk:
            self._first_token_s = time.monotonic() - self._started
        self.chunks.append(chunk)

    def finish(self, status: TurnStatus) -> Turn:
        """Return the turn as it is stored."""
        timings = Timings(self._first_token_s, time.monotonic() - self._started, len(self.chunks))
        answer = self.turn.answer or "".join(self.chunks).strip()
        return replace(self.turn, answer=answer, status=status, timings=timings)


def new_turn(
    turn_id: str,
    conversation_id: str,
    learner_id: str,
    course_id: str,
    question: str,
    replaces: str | None,
    clock: Clock,
) -> Turn:
    return Turn(
        id=turn_id,
        conversation_id=conversation_id,
        learner_id=learner_id,
        course_id=course_id,
        question=question,
        answer="",
        status=TurnStatus.RUNNING,
        covered=None,
        confidence=None,
        citations=(),
        passages=(),
        prompt_sha256=None,
        model=None,
        quantization=None,
        adapter=None,
        timings=None,
        replaces=replaces,
        created_at=clock(),
    )
