"""Asks the engine all questions of a cell of `bench.adaptation`, greedily and several at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tutor.domain import Token
from tutor.engine.base import AdapterRef, Engine, GenerationRequest, Message, text_of

CLASS_SIZE = 8  # questions at once
MAX_ANSWER_TOKENS = 80


def ask_all(
    engine: Engine, prompts: Sequence[tuple[Message, ...]], adapter: AdapterRef | None
) -> tuple[list[str], float]:
    """Return the answers, and the seconds to the first word of the first, which is asked alone."""
    first, first_token_s = _ask_alone(engine, prompts[0], adapter)
    with ThreadPoolExecutor(CLASS_SIZE) as pool:
        rest = pool.map(
            lambda pair: text_of(engine.stream(_request(pair[1], adapter, pair[0]))), enumerate(prompts[1:])
        )
        return [first, *(answer.strip() for answer in rest)], first_token_s


def _ask_alone(engine: Engine, prompt: tuple[Message, ...], adapter: AdapterRef | None) -> tuple[str, float]:
    started, first_token_s, answer = time.perf_counter(), 0.0, ""
    for event in engine.stream(_request(prompt, adapter, 0)):
        if isinstance(event, Token):
            first_token_s = first_token_s or time.perf_counter() - started
            answer += event.text
    return answer.strip(), first_token_s


def _request(prompt: tuple[Message, ...], adapter: AdapterRef | None, number: int) -> GenerationRequest:
    return GenerationRequest(
        prompt, f"learner-{number}", adapter, max_tokens=MAX_ANSWER_TOKENS, temperature=0.0, time_limit_s=900
    )


def memory_mb() -> float:
    """Return the memory that this process holds now."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS:")), 0.0)
