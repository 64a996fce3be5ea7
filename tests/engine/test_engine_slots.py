"""Laws of the policy: who runs, where, and in which order."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tutor.engine.slots import Line, Rows, Swap, plan_prefill, width_of

learners = st.sampled_from(["ada", "bo", "cy", "di"])
arrivals = st.lists(learners, max_size=30)


def serve_all(line: Line[int]) -> list[int]:
    return [key for _ in range(len(line)) if (key := line.next()) is not None]


@given(arrivals)
def test_everybody_who_waits_is_served_exactly_once(who: list[str]):
    line: Line[int] = Line(30)
    for number, learner in enumerate(who):
        line.join(number, learner)
    assert sorted(serve_all(line)) == list(range(len(who)))


@given(st.integers(0, 20))
def test_with_one_request_each_it_is_first_come_first_served(count: int):
    line: Line[int] = Line(20)
    for number in range(count):
        line.join(number, f"learner {number}")
    assert serve_all(line) == list(range(count))


@given(arrivals)
def test_requests_of_one_learner_keep_their_order(who: list[str]):
    line: Line[int] = Line(30)
    for number, learner in enumerate(who):
        line.join(number, learner)
    served = serve_all(line)
    for learner in set(who):
        mine = [number for number in served if who[number] == learner]
        assert mine == sorted(mine)


def test_a_learner_who_asks_ten_times_does_not_keep_a_second_one_waiting():
    line: Line[str] = Line(20)
    for number in range(10):
        line.join(f"ada {number}", "ada")
    line.join("bo", "bo")
    assert [line.next(), line.next()] == ["ada 0", "bo"]


@given(st.lists(st.tuples(learners, st.booleans()), min_size=1, max_size=60))
def test_nobody_is_overtaken_more_than_once_by_each_other_learner_per_request_ahead(steps: list[tuple[str, bool]]):
    """However the others keep coming, the wait of a request is bounded: no learner starves."""
    line: Line[int] = Line(100)
    line.join(-1, "patient")
    overtakers: list[str] = []
    for number, (learner, serve) in enumerate(steps):
        line.join(number, learner)
        if serve and -1 in line.waiting():
            served = line.next()
            assert served is not None
            if served != -1:
                overtakers.append(steps[served][0])
    assert len(overtakers) == len(set(overtakers))


@given(arrivals, st.data())
def test_who_leaves_the_line_is_not_served(who: list[str], data: st.DataObject):
    line: Line[int] = Line(30)
    for number, learner in enumerate(who):
        line.join(number, learner)
    gone = data.draw(st.sets(st.sampled_from(range(len(who))))) if who else set()
    for number in gone:
        line.leave(number)
    assert sorted(serve_all(line)) == [n for n in range(len(who)) if n not in gone]


def test_of_learners_who_were_served_the_line_remembers_nothing():
    line: Line[int] = Line(9)
    for number in range(1000):
        line.join(number, f"learner {number}")
        line.next()
    assert not line._last_turn


def test_the_line_is_bounded():
    line: Line[int] = Line(2)
    line.join(1, "ada")
    line.join(2, "bo")
    assert not line.has_room("cy")
    line.next()
    assert line.has_room("cy")


def test_nobody_fills_the_line_alone():
    line: Line[int] = Line(8, each=2)
    line.join(1, "ada")
    line.join(2, "ada")
    assert not line.has_room("ada") and line.has_room("bo")
    line.next()
    assert line.has_room("ada")


def test_who_has_enough_running_is_passed_over_and_keeps_the_place():
    line: Line[str] = Line(9)
    for key, learner in (("ada 1", "ada"), ("ada 2", "ada"), ("bo", "bo")):
        line.join(key, learner)
    assert line.next({"ada"}) == "bo"
    assert line.next({"ada"}) is None
    line.join("cy", "cy")
    assert [line.next(), line.next(), line.next()] == ["ada 1", "cy", "ada 2"]


@given(arrivals)
def test_the_order_that_waiting_people_are_told_is_the_one_in_which_they_are_served(who: list[str]):
    line: Line[int] = Line(30)
    for number, learner in enumerate(who):
        line.join(number, learner)
    told = line.waiting()
    assert serve_all(line) == told


@given(st.lists(st.tuples(learners, st.integers(1, 3)), min_size=1, max_size=40), st.integers(1, 6), st.integers(1, 3))
def test_every_request_runs_once_and_nobody_runs_more_than_her_share(
    asked: list[tuple[str, int]], slots: int, each: int
):
    """Answers of 1 to 3 steps on a few slots: all are served, and no slot idles while somebody may use it."""
    line: Line[int] = Line(40)
    for number, (learner, _) in enumerate(asked):
        line.join(number, learner)
    running: dict[int, int] = {}
    served: list[int] = []
    while len(line) or running:
        held = Counter(asked[number][0] for number in running)
        while len(running) < slots and (number := line.next({who for who in held if held[who] >= each})) is not None:
            running[number] = asked[number][1]
            served.append(number)
            held[asked[number][0]] += 1
        assert max(held.values()) <= each
        assert len(running) == slots or all(held[asked[number][0]] >= each for number in line.waiting())
        running = {number: left - 1 for number, left in running.items() if left > 1}
    assert sorted(served) == list(range(len(asked)))


moves = st.lists(st.tuples(st.sampled_from(["admit", "promote", "release"]), st.integers(0, 7)), max_size=80)


@given(moves)
def test_contents_follow_their_owners_and_rows_stay_dense(steps: list[tuple[str, int]]):
    """Carry out every swap on a model of the memory: each owner must always find her own content in her row."""
    rows: Rows[int] = Rows(6)
    memory: list[int | None] = [None] * 6

    def carry_out(swaps: list[Swap]) -> None:
        for s in swaps:
            memory[s.a], memory[s.b] = (memory[s.b] if s.keep_both else memory[s.a]), memory[s.a]

    for verb, key in steps:
        if verb == "admit" and rows.has_room() and key not in rows.order:
            memory[rows.admit(key)] = key
        elif verb == "promote" and key in rows.prefilling():
            carry_out(rows.promote(key))
        elif verb == "release" and key in rows.order:
            carry_out(rows.release(key))
        assert memory[: len(rows.order)] == rows.order
        assert 0 <= rows.decoding <= len(rows.order) <= 6


@given(st.integers(1, 300), st.integers(1, 64), st.integers(0, 3))
def test_chunks_cover_a_prompt_once_and_end_where_chunks_end(total: int, chunk: int, known: int):
    done = min(known * chunk, (total - 1) // chunk * chunk)
    while done < total:
        (piece,) = plan_prefill([("a", done, total)], chunk, rows=2)
        assert piece.start == done and (piece.stop == total or piece.stop % chunk == 0)
        assert 0 < piece.stop - piece.start <= chunk
        done = piece.stop
    assert done == total


@given(st.lists(st.integers(1, 100), min_size=1, max_size=9), st.integers(1, 4))
def test_the_oldest_prompt_is_read_first_and_only_with_chunks_of_its_width(totals: list[int], rows: int):
    plan = plan_prefill([(i, 0, total) for i, total in enumerate(totals)], 32, rows)
    widths = [width_of(piece.stop - piece.start, 32) for piece in plan]
    alike = [i for i, total in enumerate(totals) if width_of(min(total, 32), 32) == widths[0]]
    assert [piece.key for piece in plan] == alike[:rows]
    assert plan[0].key == 0 and len(set(widths)) == 1


@given(st.integers(1, 64), st.sampled_from([8, 24, 64]))
def test_little_is_computed_beyond_what_is_read(tokens: int, chunk: int):
    tokens = min(tokens, chunk)
    assert tokens <= width_of(tokens, chunk) <= min(chunk, tokens + 15)
