"""Properties of the scheduling policy."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tutor.engine.slots import BatchRows, RowSwap, WaitQueue, padded_width, plan_prefill

learners = st.sampled_from(["ada", "bo", "cy", "di"])
arrivals = st.lists(learners, max_size=30)


def serve_all(queue: WaitQueue[int]) -> list[int]:
    return [key for _ in range(len(queue)) if (key := queue.pop()) is not None]


@given(arrivals)
def test_every_queued_request_is_served_exactly_once(requests: list[str]):
    queue: WaitQueue[int] = WaitQueue(30)
    for number, learner in enumerate(requests):
        queue.push(number, learner)
    assert sorted(serve_all(queue)) == list(range(len(requests)))


@given(st.integers(0, 20))
def test_with_one_request_each_the_queue_is_fifo(count: int):
    queue: WaitQueue[int] = WaitQueue(20)
    for number in range(count):
        queue.push(number, f"learner {number}")
    assert serve_all(queue) == list(range(count))


@given(arrivals)
def test_requests_of_one_learner_stay_in_order(requests: list[str]):
    queue: WaitQueue[int] = WaitQueue(30)
    for number, learner in enumerate(requests):
        queue.push(number, learner)
    served = serve_all(queue)
    for learner in set(requests):
        mine = [number for number in served if requests[number] == learner]
        assert mine == sorted(mine)


def test_ten_requests_of_one_learner_do_not_block_another():
    queue: WaitQueue[str] = WaitQueue(20)
    for number in range(10):
        queue.push(f"ada {number}", "ada")
    queue.push("bo", "bo")
    assert [queue.pop(), queue.pop()] == ["ada 0", "bo"]


@given(st.lists(st.tuples(learners, st.booleans()), min_size=1, max_size=60))
def test_overtaking_is_bounded_per_learner(steps: list[tuple[str, bool]]):
    """However many requests others send, the wait is bounded: no learner starves."""
    queue: WaitQueue[int] = WaitQueue(100)
    queue.push(-1, "patient")
    overtakers: list[str] = []
    for number, (learner, serve) in enumerate(steps):
        queue.push(number, learner)
        if serve and -1 in queue.waiting():
            served = queue.pop()
            assert served is not None
            if served != -1:
                overtakers.append(steps[served][0])
    assert len(overtakers) == len(set(overtakers))


@given(arrivals, st.data())
def test_a_removed_request_is_not_served(requests: list[str], data: st.DataObject):
    queue: WaitQueue[int] = WaitQueue(30)
    for number, learner in enumerate(requests):
        queue.push(number, learner)
    gone = data.draw(st.sets(st.sampled_from(range(len(requests))))) if requests else set()
    for number in gone:
        queue.discard(number)
    assert sorted(serve_all(queue)) == [n for n in range(len(requests)) if n not in gone]


def test_the_queue_keeps_no_state_of_served_learners():
    queue: WaitQueue[int] = WaitQueue(9)
    for number in range(1000):
        queue.push(number, f"learner {number}")
        queue.pop()
    assert not queue._last_round


def test_the_queue_is_bounded():
    queue: WaitQueue[int] = WaitQueue(2)
    queue.push(1, "ada")
    queue.push(2, "bo")
    assert not queue.has_room("cy")
    queue.pop()
    assert queue.has_room("cy")


def test_one_learner_cannot_fill_the_queue_alone():
    queue: WaitQueue[int] = WaitQueue(8, per_learner=2)
    queue.push(1, "ada")
    queue.push(2, "ada")
    assert not queue.has_room("ada") and queue.has_room("bo")
    queue.pop()
    assert queue.has_room("ada")


def test_a_learner_at_the_running_limit_is_skipped_and_keeps_position():
    queue: WaitQueue[str] = WaitQueue(9)
    for key, learner in (("ada 1", "ada"), ("ada 2", "ada"), ("bo", "bo")):
        queue.push(key, learner)
    assert queue.pop({"ada"}) == "bo"
    assert queue.pop({"ada"}) is None
    queue.push("cy", "cy")
    assert [queue.pop(), queue.pop(), queue.pop()] == ["ada 1", "cy", "ada 2"]


@given(arrivals)
def test_reported_queue_positions_match_the_serving_order(requests: list[str]):
    queue: WaitQueue[int] = WaitQueue(30)
    for number, learner in enumerate(requests):
        queue.push(number, learner)
    order = queue.waiting()
    assert serve_all(queue) == order


@given(st.lists(st.tuples(learners, st.integers(1, 3)), min_size=1, max_size=40), st.integers(1, 6), st.integers(1, 3))
def test_every_request_runs_once_within_the_fair_share(asked: list[tuple[str, int]], slots: int, each: int):
    """Answers of 1 to 3 steps on a few slots: all are served, and no slot idles while a request may use it."""
    queue: WaitQueue[int] = WaitQueue(40)
    for number, (learner, _) in enumerate(asked):
        queue.push(number, learner)
    running: dict[int, int] = {}
    served: list[int] = []
    while len(queue) or running:
        held = Counter(asked[number][0] for number in running)
        while (
            len(running) < slots
            and (number := queue.pop({learner for learner in held if held[learner] >= each})) is not None
        ):
            running[number] = asked[number][1]
            served.append(number)
            held[asked[number][0]] += 1
        assert max(held.values()) <= each
        assert len(running) == slots or all(held[asked[number][0]] >= each for number in queue.waiting())
        running = {number: left - 1 for number, left in running.items() if left > 1}
    assert sorted(served) == list(range(len(asked)))


moves = st.lists(st.tuples(st.sampled_from(["admit", "promote", "release"]), st.integers(0, 7)), max_size=80)


@given(moves)
def test_row_moves_preserve_contents_and_keep_rows_dense(steps: list[tuple[str, int]]):
    """Carry out every swap on a model of the memory: each row must always hold the content of its owner."""
    rows: BatchRows[int] = BatchRows(6)
    memory: list[int | None] = [None] * 6

    def carry_out(swaps: list[RowSwap]) -> None:
        for s in swaps:
            memory[s.a], memory[s.b] = (memory[s.b] if s.keep_both else memory[s.a]), memory[s.a]

    for verb, key in steps:
        if verb == "admit" and rows.has_room() and key not in rows.order:
            memory[rows.admit(key)] = key
        elif verb == "promote" and key in rows.prefilling():
            carry_out(rows.start_decoding(key))
        elif verb == "release" and key in rows.order:
            carry_out(rows.release(key))
        assert memory[: len(rows.order)] == rows.order
        assert 0 <= rows.decoding <= len(rows.order) <= 6


@given(st.integers(1, 300), st.integers(1, 64), st.integers(0, 3))
def test_prefill_chunks_cover_the_prompt_once_on_chunk_boundaries(total: int, chunk: int, known: int):
    done = min(known * chunk, (total - 1) // chunk * chunk)
    while done < total:
        (piece,) = plan_prefill([("a", done, total)], chunk, rows=2)
        assert piece.start == done and (piece.stop == total or piece.stop % chunk == 0)
        assert 0 < piece.stop - piece.start <= chunk
        done = piece.stop
    assert done == total


@given(st.lists(st.integers(1, 300), min_size=1, max_size=3), st.integers(1, 4))
def test_a_prompt_that_nobody_waits_beside_is_read_several_chunks_a_step_each_once_and_in_order(
    totals: list[int], rows: int
):
    done = dict.fromkeys(range(len(totals)), 0)
    while waiting := [(key, done[key], total) for key, total in enumerate(totals) if done[key] < total]:
        usual, plan = plan_prefill(waiting, 32, rows), plan_prefill(waiting, 32, rows, is_alone=True)
        assert plan[: len(usual)] == usual and len(plan) <= rows
        assert len({padded_width(piece.stop - piece.start, 32) for piece in plan}) == 1
        for piece in plan:
            assert piece.start == done[piece.key] and (piece.stop % 32 == 0 or piece.stop == totals[piece.key])
            done[piece.key] = piece.stop
    assert done == dict(enumerate(totals))
    assert len(plan_prefill([("long", 0, 32 * 9)], 32, rows, is_alone=True)) == rows


@given(st.lists(st.integers(1, 100), min_size=1, max_size=9), st.integers(1, 4))
def test_the_oldest_prompt_is_prefilled_first_with_equal_width_chunks(totals: list[int], rows: int):
    plan = plan_prefill([(i, 0, total) for i, total in enumerate(totals)], 32, rows)
    widths = [padded_width(piece.stop - piece.start, 32) for piece in plan]
    alike = [i for i, total in enumerate(totals) if padded_width(min(total, 32), 32) == widths[0]]
    assert [piece.key for piece in plan] == alike[:rows]
    assert plan[0].key == 0 and len(set(widths)) == 1


@given(st.integers(1, 64), st.sampled_from([8, 24, 64]))
def test_prefill_padding_is_bounded(tokens: int, chunk: int):
    tokens = min(tokens, chunk)
    assert tokens <= padded_width(tokens, chunk) <= min(chunk, tokens + 15)
