"""Who runs, where and what next: the policy of the slot engine. Pure, torch-free, no clock, no threads.

`Line` orders those who wait, `Rows` places those who run, `plan_prefill` cuts long prompts into chunks.
A row is at once a row of the KV cache and of the LoRA bank. Rows are kept dense, decoding ones first, because a step
computes rows 0..n-1 whether somebody sits there or not.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _QueueEntry:
    """Whose request it is, and its place in the order."""

    turn: int
    arrival: int
    learner: str

    @property
    def order(self) -> tuple[int, int]:
        return self.turn, self.arrival


class WaitQueue(Generic[K]):
    """A bounded waiting line, first come first served, except that nobody's second request passes another's first.

    A request's turn is one after the turn of the same learner's request before it, or the turn being served now.
    So any other learner can overtake a waiting request at most once for each request its owner has ahead of it.
    Nobody holds more than `each` of the places, so one learner alone cannot fill the line.
    """

    def __init__(self, size: int, per_learner: int | None = None) -> None:
        self.size = size
        self.per_learner = per_learner or size
        self._turn = 0
        self._arrivals = 0
        self._last_turn: dict[str, int] = {}  # of learners whose last turn is still to come; past ones are forgotten
        self._waiting: dict[K, _QueueEntry] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def has_room(self, learner: str) -> bool:
        held = sum(wait.learner == learner for wait in self._waiting.values())
        return len(self._waiting) < self.size and held < self.per_learner

    def push(self, key: K, learner: str) -> None:
        assert self.has_room(learner) and key not in self._waiting
        turn = max(self._turn, self._last_turn.get(learner, -1) + 1)
        self._last_turn[learner] = turn
        self._arrivals += 1
        self._waiting[key] = _QueueEntry(turn, self._arrivals, learner)

    def discard(self, key: K) -> None:
        """Forget a request that was cancelled while waiting; harmless when it is not here."""
        self._waiting.pop(key, None)

    def pop(self, excluded: Container[str] = ()) -> K | None:
        """Remove and return whose turn it is, passing over the learners in `full`; None when nobody else waits."""
        able = [key for key, wait in self._waiting.items() if wait.learner not in excluded]
        if not able:
            return None
        key = min(able, key=lambda waiting: self._waiting[waiting].order)
        self._turn = max(self._turn, self._waiting.pop(key).turn)
        still_to_come = self._last_turn.items() if self._waiting else ()
        self._last_turn = {learner: turn for learner, turn in still_to_come if turn >= self._turn}
        return key

    def waiting(self) -> list[K]:
        """Return who waits, in the order in which they will be served."""
        return sorted(self._waiting, key=lambda key: self._waiting[key].order)


@dataclass(frozen=True, slots=True)
class RowSwap:
    """Exchange two rows of the KV cache and the LoRA bank; `keep_both` is false when the contents of `b` are dead."""

    a: int
    b: int
    keep_both: bool = True


class BatchRows(Generic[K]):
    """Dense rows: `order[:decoding]` decode, the rest still read their prompts, in the order of admission."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.order: list[K] = []
        self.decoding = 0

    def has_room(self) -> bool:
        return len(self.order) < self.capacity

    def row_of(self, key: K) -> int:
        return self.order.index(key)

    def prefilling(self) -> Sequence[K]:
        return self.order[self.decoding :]

    def admit(self, key: K) -> int:
        """Give `key` the next free row, to read its prompt there."""
        assert self.has_room() and key not in self.order
        self.order.append(key)
        return len(self.order) - 1

    def start_decoding(self, key: K) -> list[RowSwap]:
        """Move `key`, whose prompt is read, among those who decode."""
        row = self.row_of(key)
        assert row >= self.decoding, "a row is promoted once"
        swaps = self._swap(row, self.decoding)
        self.decoding += 1
        return swaps

    def release(self, key: K) -> list[RowSwap]:
        """Free the row of `key` and close the gap."""
        row = self.row_of(key)
        swaps: list[RowSwap] = []
        if row < self.decoding:
            self.decoding -= 1
            swaps += self._swap(self.decoding, row, dead=key)
            row = self.decoding
        swaps += self._swap(len(self.order) - 1, row, dead=key)
        self.order.pop()
        return swaps

    def _swap(self, a: int, b: int, dead: K | None = None) -> list[RowSwap]:
        if a == b:
            return []
        keep_both = dead is None or self.order[b] != dead
        self.order[a], self.order[b] = self.order[b], self.order[a]
        return [RowSwap(a, b, keep_both)]


@dataclass(frozen=True, slots=True)
class PrefillChunk(Generic[K]):
    """Read tokens `start` to `stop` of one prompt in the next prefill step."""

    key: K
    start: int
    stop: int


WIDTH_UNIT = 16


def padded_width(tokens: int, chunk: int) -> int:
    """Return how many tokens are computed to read `tokens` of them: the last chunk of a prompt is padded a little."""
    return min(chunk, -(-tokens // WIDTH_UNIT) * WIDTH_UNIT)


def plan_prefill(waiting: Iterable[tuple[K, int, int]], chunk: int, rows: int) -> list[PrefillChunk[K]]:
    """Cut the next chunk of at most `rows` prompts, the oldest first, from (key, tokens read, tokens in all).

    Chunks end at multiples of `chunk`, and only chunks of one width are read together: a token is always read in
    company of the same tokens, whoever else is there and however much of the prompt was in memory already. That is
    what makes reuse exact to the bit.
    """
    plan: list[PrefillChunk[K]] = []
    width = 0
    for key, done, total in waiting:
        stop = min(total, (done // chunk + 1) * chunk)
        width = width or padded_width(stop - done, chunk)
        if padded_width(stop - done, chunk) == width:
            plan.append(PrefillChunk(key, done, stop))
        if len(plan) == rows:
            break
    return plan
