"""The local engine when callers leave, wait or ask for too much, and when a step fails: other requests go on."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from tiny_models import TinyModel, ask, words

from tutor.domain import Queued, Token
from tutor.engine.base import EngineState, GenerationRequest, Message, QueueState, text_of
from tutor.errors import (
    EngineBusy,
    EngineError,
    EngineNotReady,
    GenerationTimeout,
    InputRefused,
    PromptTooLong,
)

ENDLESS = 1500


def endless_request(n: int, **options: Any) -> GenerationRequest:
    """An answer that would take far longer than any test."""
    return ask(n, n + 1, n + 2, max_tokens=ENDLESS, learner=options.pop("learner", f"learner {n}"), **options)


def wait_until(claim: Any, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not claim() and time.monotonic() < until:
        time.sleep(0.01)
    assert claim()


def test_closing_the_stream_frees_the_slot_for_the_next_learner(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny(slots=1)
    first = engine.stream(endless_request(1))
    next(first)
    first.close()
    assert text_of(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


def test_an_abandoned_stream_frees_the_slot(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny(slots=1)
    next(engine.stream(endless_request(1)))  # the generator is dropped
    assert text_of(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


def test_a_request_cancelled_in_the_queue_is_never_served(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny(slots=1, queue_size=1)
    running = engine.stream(endless_request(1))
    next(running)
    waiting = threading.Thread(target=lambda: pytest.raises(GenerationTimeout, list, engine.stream(short_of_time)))
    short_of_time = endless_request(2, time_limit_s=0.2)
    waiting.start()
    waiting.join(20)
    assert not waiting.is_alive()
    running.close()
    assert text_of(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


def test_a_full_queue_is_refused_with_the_queue_position(open_tiny: Any):
    engine = open_tiny(slots=1, queue_size=1)
    running = engine.stream(endless_request(1))
    next(running)
    waiting = threading.Thread(target=lambda: list(engine.stream(ask(1, 2))))
    waiting.start()
    wait_until(lambda: len(engine._queue) == 1)
    assert engine.info().queue == QueueState(running=1, slots=1, waiting=1, places=1)
    with pytest.raises(EngineBusy, match="number 2") as refused:
        next(engine.stream(ask(3, 4)))
    assert refused.value.values["place"] == 2
    running.close()
    waiting.join(20)
    assert not waiting.is_alive()


def test_a_waiting_request_receives_queue_position_updates(open_tiny: Any):
    engine = open_tiny(slots=1)
    running = engine.stream(endless_request(1))
    next(running)
    places: dict[int, list[int]] = {2: [], 3: []}

    def wait_in_queue(n: int) -> None:
        places[n] += [
            event.place for event in engine.stream(ask(n, learner=f"learner {n}")) if isinstance(event, Queued)
        ]

    waiting = []
    for n in (2, 3):
        waiting.append(threading.Thread(target=wait_in_queue, args=(n,)))
        waiting[-1].start()
        wait_until(lambda n=n: len(engine._queue) == n - 1)
    wait_until(lambda: engine._queue.waiting()[1]._place == 2)
    running.close()
    for thread in waiting:
        thread.join(20)
    assert places == {2: [1, 0], 3: [2, 1, 0]}


def test_queue_position_events_are_not_part_of_the_answer():
    assert text_of([Token("a"), Queued(3), Token("b")]) == "ab"


def test_one_learner_with_many_requests_leaves_slots_to_others(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny(slots=4)
    tabs = [engine.stream(endless_request(n, learner="ada")) for n in range(2)]
    next(tabs[0])
    second = threading.Thread(target=lambda: next(tabs[1], None))
    second.start()
    wait_until(lambda: len(engine._queue) == 1)
    assert text_of(engine.stream(ask(5, 6, learner="bo"))) == tiny.oracle(ask(5, 6))
    assert len(engine._queue) == 1, "the second answer of the same learner is running"
    tabs[0].close()
    second.join(20)
    tabs[1].close()


def test_one_learner_cannot_fill_the_queue(open_tiny: Any):
    engine = open_tiny(slots=1, queue_size=4)
    running = engine.stream(endless_request(1, learner="ada"))
    next(running)
    waiting = threading.Thread(target=lambda: list(engine.stream(ask(1, learner="ada"))))
    waiting.start()
    wait_until(lambda: len(engine._queue) == 1)
    with pytest.raises(EngineBusy):
        next(engine.stream(ask(2, learner="ada")))
    assert isinstance(next(engine.stream(ask(2, learner="bo"))), Queued)
    running.close()
    waiting.join(20)


def test_a_cancelled_request_costs_at_most_one_more_step(open_tiny: Any):
    engine = open_tiny(slots=2)
    staying, leaving = engine.stream(endless_request(1)), engine.stream(endless_request(2))
    next(staying), next(leaving)
    rows: list[int] = []
    decode = engine._runner.decode
    engine._runner.decode = lambda tokens, at: (rows.append(len(tokens)), decode(tokens, at))[1]
    wait_until(lambda: rows[-3:] == [2, 2, 2])
    leaving.close()
    left = len(rows)
    wait_until(lambda: len(rows) > left + 3)
    assert rows[left + 2 : left + 4] == [1, 1]  # the running step and one that was already prepared
    staying.close()


def test_a_timed_out_answer_is_aborted_and_its_slot_freed(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny(slots=1)
    with pytest.raises(GenerationTimeout, match="0.3 s"):
        list(engine.stream(endless_request(1, time_limit_s=0.3)))
    assert text_of(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


@pytest.mark.parametrize("max_tokens", [0, -1])
def test_asking_for_no_tokens_is_refused(open_tiny: Any, max_tokens: int):
    with pytest.raises(InputRefused, match="max_tokens"):
        list(open_tiny().stream(ask(1, max_tokens=max_tokens)))


def test_asking_for_a_million_tokens_ends_at_the_window(open_tiny: Any):
    """The random model may stop earlier; it must end without an error."""
    engine = open_tiny()
    window = engine.info().context_tokens
    answer = text_of(engine.stream(ask(*range(window - 40), max_tokens=1_000_000)))
    assert len(answer.split()) <= 40


@pytest.mark.parametrize("messages", [(), (Message("user", ""),), (Message("user", " \n"),)])
def test_an_empty_prompt_is_refused(open_tiny: Any, messages: tuple[Message, ...]):
    with pytest.raises(InputRefused, match="empty"):
        list(open_tiny().stream(GenerationRequest(messages, learner="ada")))


def test_a_prompt_beyond_the_window_is_refused_with_both_numbers(open_tiny: Any):
    engine = open_tiny()
    with pytest.raises(PromptTooLong, match=r"3005 tokens, the window 2048"):
        list(engine.stream(ask(*range(3000))))
    assert text_of(engine.stream(ask(1)))


def test_a_stop_string_ends_the_answer_before_it(open_tiny: Any, tiny: TinyModel):
    whole = tiny.oracle(ask(1, 2, 3, max_tokens=12))
    stop = whole.split()[4]
    shown = text_of(open_tiny().stream(ask(1, 2, 3, max_tokens=12, stop=(stop,))))
    assert shown == whole[: whole.index(stop)]


def test_sampling_is_deterministic_by_seed_in_any_batch(open_tiny: Any):
    engine = open_tiny()
    drawn = ask(1, 2, temperature=1.5, top_p=0.9, seed=4, max_tokens=20)
    alone = text_of(engine.stream(drawn))
    company = engine.stream(endless_request(9))
    next(company)
    assert text_of(engine.stream(drawn)) == alone
    company.close()
    other = {text_of(engine.stream(ask(1, 2, temperature=1.5, seed=seed, max_tokens=20))) for seed in range(4)}
    assert len(other) > 1


def test_a_failing_step_is_reported_to_its_callers_and_the_engine_continues(open_tiny: Any, tiny: TinyModel):
    """A real fault: the KV cache is removed for one step."""
    engine = open_tiny()
    store = engine._runner.kv.store
    engine._runner.kv.store = None
    with pytest.raises(EngineError, match="the model failed"):
        list(engine.stream(ask(1, 2)))
    engine._runner.kv.store = store
    assert text_of(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


def test_closing_the_engine_fails_running_waiting_and_new_requests(open_tiny: Any):
    engine = open_tiny(slots=1)
    running = engine.stream(endless_request(1))
    next(running)
    errors: list[str] = []

    def wait_in_queue() -> None:
        try:
            list(engine.stream(ask(1, 2)))
        except EngineNotReady as error:
            errors.append(str(error))

    waiting = threading.Thread(target=wait_in_queue)
    waiting.start()
    wait_until(lambda: len(engine._queue) == 1)
    engine.close()
    waiting.join(20)
    assert errors == ["the tutor is shutting down"]
    with pytest.raises(EngineNotReady):
        list(running)
    with pytest.raises(EngineNotReady):
        list(engine.stream(ask(1)))


def test_info_names_the_model_its_precision_and_window(open_tiny: Any, tiny: TinyModel):
    info = open_tiny().info()
    assert (info.model, info.quantization, info.state) == ("model", "fp32", EngineState.READY)
    assert (info.base_sha256, info.context_tokens) == (tiny.files.base_sha256, 2048)


def test_the_prefix_cache_stays_within_its_cap(open_tiny: Any):
    engine = open_tiny(prefix_cache_bytes=100_000)
    for n in range(40):
        list(engine.stream(ask(*range(n, n + 60), max_tokens=1)))
    assert 0 < engine._runner.prefix_cache._blocks.bytes <= 100_000


def test_a_cached_prefix_is_not_prefilled_again(open_tiny: Any):
    engine = open_tiny()
    read = count_prefilled_tokens(engine)
    list(engine.stream(ask(*range(100))))
    first = sum(read)
    list(engine.stream(ask(*range(100), 7)))
    assert first == 105 and sum(read) - first == 106 - 96


def make_messages(*texts: str) -> tuple[Message, ...]:
    roles = ("user", "assistant")
    return tuple(Message(roles[n % 2], text) for n, text in enumerate(texts))  # type: ignore[arg-type]


def count_prefilled_tokens(engine: Any) -> list[int]:
    """Return a list to which the number of tokens of each chunk read from now on is appended."""
    read: list[int] = []
    prefill = engine._runner.prefill
    engine._runner.prefill = lambda inputs: (read.extend(len(one.tokens) for one in inputs), prefill(inputs))[1]
    return read


def test_the_next_turn_prefills_only_new_tokens(open_tiny: Any, tiny: TinyModel):
    """Question and answer were read while the engine was idle: of 90 tokens, at most one chunk of 16 is read again."""
    engine, adapter = open_tiny(), tiny.adapters[1]
    first = words(*range(60))
    answer = text_of(engine.stream(ask(*range(60), adapter=adapter, max_tokens=20)))
    engine.prefetch_prefix(make_messages(first, answer), adapter)
    wait_until(lambda: not engine._prefix_hints)
    read = count_prefilled_tokens(engine)
    follow_up = GenerationRequest(make_messages(first, answer, "w7 w8"), "ada", adapter=adapter, max_tokens=8)
    assert text_of(engine.stream(follow_up)) == tiny.oracle(follow_up)
    assert sum(read) <= 16 + 2 + 5


def test_a_prefetched_prefix_is_not_used_for_another_adapter_version(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny()
    engine.prefetch_prefix(make_messages(words(*range(60)), "w1 w2"), tiny.adapters[0])
    wait_until(lambda: not engine._prefix_hints)
    read = count_prefilled_tokens(engine)
    follow_up = GenerationRequest(
        make_messages(words(*range(60)), "w1 w2", "w3"), "ada", adapter=tiny.adapters[1], max_tokens=8
    )
    assert text_of(engine.stream(follow_up)) == tiny.oracle(follow_up)
    assert sum(read) == engine.count_tokens(follow_up.messages)


def test_prefetching_yields_to_running_requests(open_tiny: Any):
    engine = open_tiny()
    running = engine.stream(endless_request(1))
    next(running)
    read = count_prefilled_tokens(engine)
    engine.prefetch_prefix(make_messages(words(*range(60))))
    next(running), next(running), next(running)
    assert not read
    running.close()
    wait_until(lambda: not engine._prefix_hints)
    assert sum(read) == 48  # the complete chunks of 63 tokens


def test_an_unusable_prefetch_is_ignored(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny()
    engine.prefetch_prefix(())
    engine.prefetch_prefix(make_messages("w1"), replace(tiny.adapters[0], base_sha256="0" * 64))
    engine.prefetch_prefix(make_messages(words(*range(5000))))
    wait_until(lambda: not engine._prefix_hints)
    assert text_of(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))
