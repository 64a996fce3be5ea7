"""The scheduling policy of the local engine: which requests run, in which rows, and what a step reads.

`WaitQueue` orders waiting requests, `BatchRows` assigns rows to running ones, and `plan_prefill` splits long prompts
into chunks. A row is a row of both the KV cache and the LoRA bank. Rows are kept dense, decoding ones first, because a
step computes rows 0..n-1, used or not. Pure: no torch, clock or threads.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _QueueEntry:
    """Who sent a request, and its position in the order."""

    round: int
    arrival: int
    learner: str

    @property
    def order(self) -> tuple[int, int]:
        return self.round, self.arrival


class WaitQueue(Generic[K]):
    """A bounded, fair queue: first come, first served, but no learner's second request comes before another's first.

    A request's round is one after the round of the same learner's previous request, or the round being served. So
    another learner can overtake a waiting request at most once for each request that its owner has ahead of it. One
    learner holds at most `per_learner` of the places and cannot fill the queue alone.
    """

    def __init__(self, size: int, per_learner: int | None = None) -> None:
        self.size = size
        self.per_learner = per_learner or size
        self._round = 0
        self._arrivals = 0
        self._last_round: dict[str, int] = {}  # of learners whose last round is still to come
        self._waiting: dict[K, _QueueEntry] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def has_room(self, learner: str) -> bool:
        held = sum(entry.learner == learner for entry in self._waiting.values())
        return len(self._waiting) < self.size and held < self.per_learner

    def push(self, key: K, learner: str) -> None:
        assert self.has_room(learner) and key not in self._waiting
        next_round = max(self._round, self._last_round.get(learner, -1) + 1)
        self._last_round[learner] = next_round
        self._arrivals += 1
        self._waiting[key] = _QueueEntry(next_round, self._arrivals, learner)

    def discard(self, key: K) -> None:
        """Remove a request that was cancelled while waiting; does nothing if it is not in the queue."""
        self._waiting.pop(key, None)

    def pop(self, excluded: Container[str] = ()) -> K | None:
        """Remove and return the next request, skipping the learners in `excluded`; None when no other request waits."""
        eligible = [key for key, entry in self._waiting.items() if entry.learner not in excluded]
        if not eligible:
            return None
        key = min(eligible, key=lambda waiting: self._waiting[waiting].order)
        self._round = max(self._round, self._waiting.pop(key).round)
        still_to_come = self._last_round.items() if self._waiting else ()
        self._last_round = {learner: last for learner, last in still_to_come if last >= self._round}
        return key

    def waiting(self) -> list[K]:
        """Return the waiting requests in the order in which they will be served."""
        return sorted(self._waiting, key=lambda key: self._waiting[key].order)


@dataclass(frozen=True, slots=True)
class RowSwap:
    """Exchange two rows of the KV cache and the LoRA bank; without `keep_both` the contents of `b` may be lost."""

    a: int
    b: int
    keep_both: bool = True


class BatchRows(Generic[K]):
    """Dense rows: `order[:decoding]` decode; the rest still read their prompts, in the order of admission."""

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
        """Assign the next free row to `key` and return it."""
        assert self.has_room() and key not in self.order
        self.order.append(key)
        return len(self.order) - 1

    def start_decoding(self, key: K) -> list[RowSwap]:
        """Move `key`, whose prompt is read, to the decoding rows; return the swaps to carry out."""
        row = self.row_of(key)
        assert row >= self.decoding, "this row decodes already"
        swaps = self._swap(row, self.decoding)
        self.decoding += 1
        return swaps

    def release(self, key: K) -> list[RowSwap]:
        """Free the row of `key` and close the gap; return the swaps to carry out."""
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
    """Tokens `start` to `stop` of one prompt, read in the next prefill step."""

    key: K
    start: int
    stop: int


WIDTH_UNIT = 16


def padded_width(tokens: int, chunk: int) -> int:
    """Return how many tokens are computed for `tokens`: the last chunk is padded to a multiple of WIDTH_UNIT."""
    return min(chunk, -(-tokens // WIDTH_UNIT) * WIDTH_UNIT)


def plan_prefill(
    waiting: Iterable[tuple[K, int, int]], chunk: int, rows: int, *, is_alone: bool = False
) -> list[PrefillChunk[K]]:
    """Return the next chunk of at most `rows` prompts, oldest first, from (key, tokens read, tokens in all).

    Chunks end at multiples of `chunk`, and only chunks of one width are read together. So a token is always computed
    in the same chunk, whatever else runs and however much of the prompt was cached, and reuse is exact to the bit.
    With `is_alone`, where nobody waits for the next token, rows that are left are filled with the chunks that follow:
    in each layer the keys of all chunks are written before the first is attended to.
    """
    plan: list[PrefillChunk[K]] = []
    totals: list[int] = []
    width = 0

    def add(key: K, done: int, total: int) -> None:
        nonlocal width
        stop = min(total, (done // chunk + 1) * chunk)
        own = padded_width(stop - done, chunk)
        if len(plan) < rows and own and own == (width or own):
            width = own
            plan.append(PrefillChunk(key, done, stop))
            totals.append(total)

    for key, done, total in waiting:
        add(key, done, total)
    for last, total in zip(plan, totals, strict=True) if is_alone else ():  # they grow while they are read
        add(last.key, last.stop, total)
    return plan
