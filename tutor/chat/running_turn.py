"""A turn while it runs: its answer so far, and what is stored of it when it ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from knowledge.documents import Hit
from tutor.chat import prompts
from tutor.chat.citations import make_citation
from tutor.courses.course_rules import RuleKind
from tutor.domain import FiredRule, Timings, Turn, TurnStatus
from tutor.engine.base import Message
from tutor.platform.clock import Clock

MAX_READ = 12  # passages that are named as read


class RunningTurn:
    """Collects the answer of a turn, its prompt and its timings."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.chunks: list[str] = []
        self.prompt: tuple[tuple[str, str], ...] | None = None
        self._started = time.monotonic()
        self._first_token_s: float | None = None

    @property
    def text(self) -> str:
        """What was streamed so far."""
        return "".join(self.chunks)

    def append(self, chunk: str) -> None:
        if self._first_token_s is None and chunk:
            self._first_token_s = time.monotonic() - self._started
        self.chunks.append(chunk)

    def record_prompt(self, messages: Sequence[Message], passage_ids: tuple[str, ...]) -> None:
        """Keep the prompt and the ids of its passages, so that a correction of the answer can train an adapter."""
        self.prompt = tuple((message.role, message.content) for message in messages)
        self.turn = replace(self.turn, passages=passage_ids, prompt_sha256=prompts.fingerprint(self.prompt))

    def record_read(self, hits: Sequence[Hit]) -> None:
        """Note the passages that were read for the answer, best first."""
        read = [make_citation(place, hit, "", hit.score) for place, hit in enumerate(hits[:MAX_READ], 1)]
        self.turn = replace(self.turn, read=tuple(read))

    def record_rule(self, kind: RuleKind, detail: str = "") -> None:
        """Note a rule that applied; one that applied before is named once."""
        rule = FiredRule(kind.value, detail)
        if rule not in self.turn.rules:
            self.turn = replace(self.turn, rules=(*self.turn.rules, rule))

    def finish(self, status: TurnStatus) -> Turn:
        """Return the turn as it is stored: with its final answer, or with what was streamed where it has none."""
        timings = Timings(self._first_token_s, time.monotonic() - self._started, len(self.chunks))
        return replace(self.turn, answer=self.turn.answer or self.text.strip(), status=status, timings=timings)


def new_turn(
    turn_id: str,
    conversation_id: str,
    learner_id: str,
    course_id: str,
    question: str,
    replaces: str | None,
    clock: Clock,
) -> Turn:
    """Return a turn that has just started."""
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
