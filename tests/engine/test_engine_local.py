"""How the local engine behaves when people leave, wait, ask too much, or something breaks: others never notice."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from tiny_models import TinyModel, ask

from tutor.engine.base import EngineState, Message, Request
from tutor.errors import (
    EngineBusy,
    EngineError,
    EngineNotReady,
    GenerationTimeout,
    InputRefused,
    PromptTooLong,
)

ENDLESS = 1500


def endless(n: int, **options: Any) -> Request:
    """An answer that would take far longer than any test."""
    return ask(n, n + 1, n + 2, max_tokens=ENDLESS, learner=options.pop("learner", f"learner {n}"), **options)


def wait_until(claim: Any, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not claim() and time.monotonic() < until:
        time.sleep(0.01)
    assert claim()


def test_closing_the_stream_frees_the_slot_for_the_next_learner(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny(slots=1)
    first = engine.stream(endless(1))
    next(first)
    first.close()
    assert "".join(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


def test_a_client_that_vanishes_frees_the_slot_too(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny(slots=1)
    next(engine.stream(endless(1)))  # nobody keeps the generator
    assert "".join(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


def test_who_leaves_while_waiting_is_never_served(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny(slots=1, queue_size=1)
    running = engine.stream(endless(1))
    next(running)
    waiting = threading.Thread(target=lambda: pytest.raises(GenerationTimeout, list, engine.stream(short_of_time)))
    short_of_time = endless(2, time_limit_s=0.2)
    waiting.start()
    waiting.join(20)
    assert not waiting.is_alive()
    running.close()
    assert "".join(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


def test_a_full_queue_is_a_plain_sentence_with_the_place_in_it(open_tiny: Any):
    engine = open_tiny(slots=1, queue_size=1)
    running = engine.stream(endless(1))
    next(running)
    waiting = threading.Thread(target=lambda: list(engine.stream(ask(1, 2))))
    waiting.start()
    wait_until(lambda: len(engine._line) == 1)
    with pytest.raises(EngineBusy, match="number 2") as refused:
        next(engine.stream(ask(3, 4)))
    assert refused.value.place == 2
    running.close()
    waiting.join(20)
    assert not waiting.is_alive()


def test_an_answer_that_takes_too_long_is_broken_off_and_its_slot_freed(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny(slots=1)
    with pytest.raises(GenerationTimeout, match="0.3 s"):
        list(engine.stream(endless(1, time_limit_s=0.3)))
    assert "".join(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


@pytest.mark.parametrize("most", [0, -1])
def test_asking_for_no_tokens_is_refused(open_tiny: Any, most: int):
    with pytest.raises(InputRefused, match="max_tokens"):
        list(open_tiny().stream(ask(1, max_tokens=most)))


def test_asking_for_a_million_tokens_ends_at_the_window(open_tiny: Any):
    """The random model may end earlier by itself; what matters is that it ends without an error."""
    engine = open_tiny()
    window = engine.info().context_tokens
    said = "".join(engine.stream(ask(*range(window - 40), max_tokens=1_000_000)))
    assert len(said.split()) <= 40


@pytest.mark.parametrize("messages", [(), (Message("user", ""),), (Message("user", " \n"),)])
def test_an_empty_prompt_is_refused(open_tiny: Any, messages: tuple[Message, ...]):
    with pytest.raises(InputRefused, match="empty"):
        list(open_tiny().stream(Request(messages, learner="ada")))


def test_a_prompt_beyond_the_window_is_refused_with_both_numbers(open_tiny: Any):
    engine = open_tiny()
    with pytest.raises(PromptTooLong, match=r"3005 tokens, the window 2048"):
        list(engine.stream(ask(*range(3000))))
    assert "".join(engine.stream(ask(1)))


def test_a_stop_string_ends_the_answer_before_it(open_tiny: Any, tiny: TinyModel):
    whole = tiny.oracle(ask(1, 2, 3, max_tokens=12))
    stop = whole.split()[4]
    shown = "".join(open_tiny().stream(ask(1, 2, 3, max_tokens=12, stop=(stop,))))
    assert shown == whole[: whole.index(stop)]


def test_the_same_seed_draws_the_same_answer_in_whatever_company(open_tiny: Any):
    engine = open_tiny()
    drawn = ask(1, 2, temperature=1.5, top_p=0.9, seed=4, max_tokens=20)
    alone = "".join(engine.stream(drawn))
    company = engine.stream(endless(9))
    next(company)
    assert "".join(engine.stream(drawn)) == alone
    company.close()
    other = {"".join(engine.stream(ask(1, 2, temperature=1.5, seed=seed, max_tokens=20))) for seed in range(4)}
    assert len(other) > 1


def test_a_step_that_breaks_is_told_to_its_callers_and_the_engine_goes_on(open_tiny: Any, tiny: TinyModel):
    """A real fault: the model's memory for keys and values is taken away for one step."""
    engine = open_tiny()
    store = engine._runner.kv.store
    engine._runner.kv.store = None
    with pytest.raises(EngineError, match="the model failed"):
        list(engine.stream(ask(1, 2)))
    engine._runner.kv.store = store
    assert "".join(engine.stream(ask(5, 6))) == tiny.oracle(ask(5, 6))


def test_a_closed_engine_tells_who_runs_who_waits_and_who_comes(open_tiny: Any):
    engine = open_tiny(slots=1)
    running = engine.stream(endless(1))
    next(running)
    told: list[str] = []

    def wait_in_line() -> None:
        try:
            list(engine.stream(ask(1, 2)))
        except EngineNotReady as error:
            told.append(str(error))

    waiting = threading.Thread(target=wait_in_line)
    waiting.start()
    wait_until(lambda: len(engine._line) == 1)
    engine.close()
    waiting.join(20)
    assert told == ["the tutor is shutting down"]
    with pytest.raises(EngineNotReady):
        list(running)
    with pytest.raises(EngineNotReady):
        list(engine.stream(ask(1)))


def test_info_names_the_model_its_precision_and_window(open_tiny: Any, tiny: TinyModel):
    info = open_tiny().info()
    assert (info.model, info.quantization, info.state) == ("model", "fp32", EngineState.READY)
    assert (info.base_sha256, info.context_tokens) == (tiny.files.base_sha256, 2048)


def test_known_prompts_take_no_more_memory_than_the_shelf_may(open_tiny: Any):
    engine = open_tiny(shelf_bytes=100_000)
    for n in range(40):
        list(engine.stream(ask(*range(n, n + 60), max_tokens=1)))
    assert 0 < engine._runner.shelf.size <= 100_000


def test_a_known_beginning_is_not_read_again(open_tiny: Any):
    engine = open_tiny()
    read: list[int] = []
    prefill = engine._runner.prefill
    engine._runner.prefill = lambda readings: (read.extend(len(r.tokens) for r in readings), prefill(readings))[1]
    list(engine.stream(ask(*range(100))))
    first = sum(read)
    list(engine.stream(ask(*range(100), 7)))
    assert first == 105 and sum(read) - first == 106 - 96
