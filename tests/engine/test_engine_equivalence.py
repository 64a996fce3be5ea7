"""An answer equals that of the model with the one adapter merged, run alone, whatever other requests run."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tiny_models import TinyModel, ask

from tutor.domain import Token
from tutor.engine.base import AdapterRef, GenerationRequest, text_of


def answers(engine: Any, requests: list[GenerationRequest], callers: int = 12) -> list[str]:
    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(lambda request: text_of(engine.stream(request)), requests))


def random_mix(model: TinyModel, count: int, seed: int, longest: int = 200) -> list[GenerationRequest]:
    rng = random.Random(seed)
    mix = []
    for _ in range(count):
        length = rng.choice((1, 3, 9, 16, 31, 64, rng.randrange(1, longest)))
        numbers = [rng.randrange(160) for _ in range(length)]
        adapter = rng.choice([None, *model.adapters])
        mix.append(ask(*numbers, adapter=adapter, max_tokens=rng.choice((1, 4, 12, 24))))
    return mix


@pytest.mark.parametrize("seed", range(3))
def test_a_mixed_adapter_batch_equals_merged_single_runs_on_llama(open_tiny: Any, tiny: TinyModel, seed: int):
    mix = random_mix(tiny, 24, seed)
    assert answers(open_tiny(), mix) == [tiny.oracle(request) for request in mix]


def test_a_mixed_adapter_batch_equals_merged_single_runs_on_qwen(open_qwen: Any, tiny_qwen: TinyModel):
    mix = random_mix(tiny_qwen, 24, seed=5)
    assert answers(open_qwen(), mix) == [tiny_qwen.oracle(request) for request in mix]


@dataclass(frozen=True)
class Arrival:
    """One request: its adapter, its delay, and after how many pieces its learner leaves (None: at the end)."""

    numbers: tuple[int, ...]
    adapter: int | None
    max_tokens: int
    pause_s: float
    leaves_after: int | None

    def request(self, adapters: Sequence[AdapterRef]) -> GenerationRequest:
        adapter = None if self.adapter is None else adapters[self.adapter]
        return ask(*self.numbers, adapter=adapter, max_tokens=self.max_tokens)

    def consume(self, engine: Any, request: GenerationRequest) -> str:
        time.sleep(self.pause_s)
        stream = engine.stream(request)
        try:
            return text_of(islice((event for event in stream if isinstance(event, Token)), self.leaves_after))
        finally:
            stream.close()


@st.composite
def arrivals(draw: st.DrawFn) -> list[Arrival]:
    """Draw requests with prompts of 5 to 1,500 tokens, any adapter or none, that arrive and leave at any time."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    return [
        Arrival(
            numbers=tuple(rng.randrange(160) for _ in range(int(1495 ** rng.random()))),
            adapter=rng.choice([None, *range(6)]),
            max_tokens=rng.choice((1, 5, 20)),
            pause_s=rng.random() * 0.05,
            leaves_after=rng.choice((None, None, 0, 1, 4)),
        )
        for _ in range(draw(st.integers(6, 14)))
    ]


def assert_exact(engine: Any, model: TinyModel, visits: list[Arrival]) -> None:
    requests = [visit.request(model.adapters) for visit in visits]
    with ThreadPoolExecutor(len(visits)) as pool:
        received = list(pool.map(lambda visit, request: visit.consume(engine, request), visits, requests))
    for visit, request, text in zip(visits, requests, received, strict=True):
        whole = model.oracle(request)
        assert text == whole if visit.leaves_after is None else whole.startswith(text)


property_of_engines = hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@property_of_engines
@given(visits=arrivals())
def test_answers_with_arrivals_and_cancellations_equal_merged_single_runs_on_llama(
    shared_tiny_engine: Any, tiny: TinyModel, visits: list[Arrival]
):
    assert_exact(shared_tiny_engine, tiny, visits)


@property_of_engines
@given(visits=arrivals())
def test_answers_with_arrivals_and_cancellations_equal_merged_single_runs_on_qwen(
    shared_qwen_engine: Any, tiny_qwen: TinyModel, visits: list[Arrival]
):
    assert_exact(shared_qwen_engine, tiny_qwen, visits)


def test_a_prompt_of_1500_tokens_among_short_ones_is_answered_exactly(open_tiny: Any, tiny: TinyModel):
    mix = [ask(*range(1500), adapter=tiny.adapters[1]), *random_mix(tiny, 6, seed=8)]
    assert answers(open_tiny(), mix) == [tiny.oracle(request) for request in mix]


def test_every_test_adapter_changes_the_answer(tiny: TinyModel):
    answers = {tiny.oracle(ask(1, 2, 3, adapter=adapter)) for adapter in (None, *tiny.adapters)}
    assert len(answers) == 1 + len(tiny.adapters)


def test_answers_stay_exact_while_other_requests_are_cancelled(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny()
    mix = random_mix(tiny, 20, seed=3)
    done = threading.Event()

    def start_and_cancel(n: int) -> None:
        rng = random.Random(n)
        while not done.is_set():
            stream = engine.stream(ask(n, n + 1, adapter=rng.choice(tiny.adapters), max_tokens=50, learner=f"x{n}"))
            list(islice(stream, rng.randrange(1, 6)))
            stream.close()

    threads = [threading.Thread(target=start_and_cancel, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    received = answers(engine, mix, callers=4)
    done.set()
    for thread in threads:
        thread.join()
    assert received == [tiny.oracle(request) for request in mix]


def test_a_cached_prompt_gives_the_same_answer(open_tiny: Any, tiny: TinyModel):
    """Each conversation grows turn by turn, with one adapter, another, and none; the cache holds its prefix."""
    engine = open_tiny()
    for adapter in (tiny.adapters[0], tiny.adapters[3], None):
        for length in (40, 60, 61, 90, 90):
            request = ask(*range(length), adapter=adapter)
            assert text_of(engine.stream(request)) == tiny.oracle(request)


def test_a_cached_prefix_is_not_shared_between_adapters(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny()
    for adapter in (tiny.adapters[0], tiny.adapters[1], None, tiny.adapters[0]):
        request = ask(*range(70), adapter=adapter)
        assert text_of(engine.stream(request)) == tiny.oracle(request)


@pytest.mark.parametrize("calls", [600, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])])
def test_answers_never_reach_another_learner(open_tiny: Any, tiny: TinyModel, calls: int):
    """Each learner has their own adapter and prompts; each of many interleaved calls must return their own answer."""
    engine = open_tiny(slots=8)
    kinds = [ask(7 * i, i, 3, adapter=a, max_tokens=3) for i in range(3) for a in (None, *tiny.adapters)]
    expected = {id(kind): tiny.oracle(kind) for kind in kinds}
    assert len(set(expected.values())) > len(kinds) // 2
    rng = random.Random(calls)
    asked = [rng.choice(kinds) for _ in range(calls)]
    received = answers(engine, asked, callers=16)
    assert [expected[id(kind)] for kind in asked] == received
