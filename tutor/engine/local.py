"""The local engine: one thread owns the model and advances all running answers, step by step.

A step admits requests from the queue, reads one chunk of the prompts that are not read yet, and computes one token for
every other answer. Callers exchange data with it through queues. The scheduling policy is in `slots`, the computation
in `model_runner`.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from tutor.domain import Queued, Token
from tutor.engine.base import (
    AdapterRef,
    EngineInfo,
    EngineState,
    GenerationRequest,
    Message,
    QueueState,
    require_text_only,
)
from tutor.engine.capacity import EngineCapacity, capacity_for, fair_share
from tutor.engine.chat_template import ChatTemplate
from tutor.engine.detokenizer import IncrementalDetokenizer, is_repetitive
from tutor.engine.generation import Generation
from tutor.engine.heap import large_blocks_returned
from tutor.engine.kernels.choice import AUTO
from tutor.engine.kv_cache import row_bytes
from tutor.engine.lora_files import LoraWeights, load_adapter
from tutor.engine.lru import ByteLru
from tutor.engine.model_files import ModelFiles
from tutor.engine.model_loading import LoadedModel, free_memory_bytes, load_model
from tutor.engine.model_runner import ModelRunner, PrefillInput, require_full_attention
from tutor.engine.sampling import make_generator, sample_token
from tutor.engine.slots import BatchRows, RowSwap, WaitQueue, plan_prefill
from tutor.errors import (
    AdapterNotLoaded,
    EngineBusy,
    EngineError,
    EngineNotReady,
    InputRefused,
    ModelUnusable,
    PromptTooLong,
)
from tutor.platform.failure_log import describe_failure
from tutor.platform.openmp import waiting_threads_sleep

log = logging.getLogger(__name__)

MIN_ANSWER_TOKENS = 16  # a prompt that leaves fewer tokens for the answer is refused


@dataclass(frozen=True, slots=True, eq=False)
class _PrefixHint:
    """The expected beginning of a later request."""

    tokens: list[int]
    weights: LoraWeights | None


class LocalEngine:
    """Answers many learners at once with one 4-bit model, each with their own adapter."""

    def __init__(
        self,
        loaded: LoadedModel,
        capacity: EngineCapacity | None = None,
        queue_size: int = 32,
        *,
        stop_repetition: bool = True,
    ) -> None:
        self._loaded = loaded
        self._stop_repetition = stop_repetition
        self._runner = ModelRunner(loaded, capacity or EngineCapacity())
        self._template = ChatTemplate(loaded.tokenizer)
        self._queue: WaitQueue[Generation] = WaitQueue(queue_size, fair_share(queue_size))
        self._rows: BatchRows[Generation] = BatchRows(self._runner.capacity.slots)
        self._adapters: ByteLru[tuple[str, str], LoraWeights] = ByteLru(
            self._runner.capacity.adapter_cache_bytes, lambda weights: weights.bytes
        )
        self._adapters_lock = threading.Lock()
        self._prefix_hints: deque[_PrefixHint] = deque(maxlen=queue_size)  # read while idle, the newest first
        self._wakeup = threading.Condition()  # guards `_queue`, `_prefix_hints` and `_closed`
        self._closed = False
        self._thread = threading.Thread(target=self._run_loop, name="engine", daemon=True)
        self._thread.start()

    @classmethod
    def open(
        cls,
        files: ModelFiles,
        queue_size: int = 32,
        overrides: Mapping[str, Any] | None = None,
        kernel: str = AUTO,
    ) -> LocalEngine:
        """Load the model and generate once, so that no learner waits for what the first pass initialises.

        `overrides` are fields of EngineCapacity; the device decides the others. Raises ModelUnusable.
        """
        with large_blocks_returned():
            return cls._open(files, queue_size, overrides or {}, kernel)

    @classmethod
    def _open(cls, files: ModelFiles, queue_size: int, overrides: Mapping[str, Any], kernel: str) -> LocalEngine:
        loaded = load_model(files, kernel=kernel)
        bytes_a_row = row_bytes(require_full_attention(loaded), loaded.context_tokens, loaded.model.dtype)
        capacity = capacity_for(loaded.device.type, overrides, free_memory_bytes(loaded.device), bytes_a_row)
        engine = cls(loaded, capacity, queue_size)
        try:
            for _ in engine.stream(GenerationRequest((Message("user", "Hello"),), learner="", max_tokens=2)):
                pass
        except EngineError as error:
            engine.close()
            raise ModelUnusable(f"{files.name} was loaded but cannot answer ({error}); choose another model") from error
        return engine

    # -- called from any thread --------------------------------------------------------------------------------------

    def stream(self, request: GenerationRequest) -> Generator[Token | Queued, None, None]:
        generation = self._make_generation(request)
        self._enqueue(generation)
        try:
            yield from generation.events()
        finally:
            generation.cancelled = True

    def prefetch_prefix(self, messages: Sequence[Message], adapter: AdapterRef | None = None) -> None:
        try:
            tokens = self._template.encode(messages, add_generation_prompt=False)[: self._loaded.context_tokens]
            prefix_hint = _PrefixHint(tokens, self._load_adapter(adapter))
        except (AdapterNotLoaded, InputRefused):
            return  # the request itself raises the error
        with self._wakeup:
            self._prefix_hints.append(prefix_hint)
            self._wakeup.notify()

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return len(self._template.encode(messages))

    def info(self) -> EngineInfo:
        loaded = self._loaded
        return EngineInfo(
            loaded.name,
            loaded.precision,
            EngineState.FAILED if self._closed else EngineState.READY,
            loaded.base_sha256,
            loaded.context_tokens,
            loaded.detail,
            str(loaded.device),
            loaded.kernel,
            parameters=loaded.parameters,
            queue=self._queue_state(),
        )

    def _queue_state(self) -> QueueState:
        with self._wakeup:
            return QueueState(len(self._rows.order), self._rows.capacity, len(self._queue), self._queue.size)

    def close(self) -> None:
        """Stop running answers and waiting requests with EngineNotReady, and end the thread."""
        with self._wakeup:
            self._closed = True
            self._wakeup.notify()
        self._thread.join()

    def _make_generation(self, request: GenerationRequest) -> Generation:
        """Validate a request before it is queued. Raises InputRefused, PromptTooLong, AdapterNotLoaded."""
        require_text_only(request)
        if request.max_tokens < 1:
            raise InputRefused(f"max_tokens is {request.max_tokens}; ask for at least 1")
        deadline = time.monotonic() + request.time_limit_s
        tokens = self._template.encode(request.messages)
        window = self._loaded.context_tokens
        if len(tokens) + min(request.max_tokens, MIN_ANSWER_TOKENS) > window:
            raise PromptTooLong(f"the prompt has {len(tokens)} tokens, the window {window}; shorten it")
        max_tokens = min(request.max_tokens, window - len(tokens))
        weights = self._load_adapter(request.adapter)
        detokenizer = IncrementalDetokenizer(self._template.decode, request.stop)
        return Generation(request, tokens, max_tokens, weights, detokenizer, deadline, make_generator(request))

    def _load_adapter(self, ref: AdapterRef | None) -> LoraWeights | None:
        """Return an adapter from the cache, or load and check it; published versions never change."""
        if ref is None:
            return None
        key = (ref.name, ref.sha256)
        with self._adapters_lock:
            cached = self._adapters.get(key)
        if cached is not None:
            return cached
        loaded, bank = self._loaded, self._runner.bank  # load without the lock: a slow disk must not block others
        weights = load_adapter(ref, bank.targets, loaded.base_sha256, self._runner.capacity.max_rank)
        with self._adapters_lock:
            self._adapters.put(key, weights)
        return weights

    def _enqueue(self, generation: Generation) -> None:
        with self._wakeup:
            if self._closed:
                raise EngineNotReady("the tutor is shutting down")
            if not self._queue.has_room(generation.request.learner):
                raise EngineBusy(len(self._queue) + 1)
            self._queue.push(generation, generation.request.learner)
            self._wakeup.notify()

    # -- the engine's own thread -------------------------------------------------------------------------------------

    def _run_loop(self) -> None:
        _limit_torch_threads()
        while self._wait_for_work():
            try:
                self._step()
            except Exception as error:  # noqa: BLE001 - one failed step must not end the engine
                log.error("a step of the engine failed: %s", describe_failure(error))
                self._abort_all(EngineError(f"the model failed ({type(error).__name__}); ask again"))
        self._abort_all(EngineNotReady("the tutor is shutting down"))

    def _wait_for_work(self) -> bool:
        with self._wakeup:
            self._wakeup.wait_for(lambda: self._closed or len(self._queue) or self._rows.order or self._prefix_hints)
            return not self._closed

    def _abort_all(self, error: EngineError) -> None:
        with self._wakeup:
            waiting = self._queue.waiting() if self._closed else []
            self._prefix_hints.clear()
        for generation in [*self._rows.order, *waiting]:
            generation.finish(error)
        self._rows = BatchRows(self._runner.capacity.slots)

    def _step(self) -> None:
        self._drop_stopped()
        self._admit()
        if self._rows.order:
            self._prefill_step()
            self._decode_step()
        else:
            self._prefetch_chunk()

    def _drop_stopped(self) -> None:
        now = time.monotonic()
        with self._wakeup:
            for generation in self._queue.waiting():
                if generation.should_stop(now):
                    self._queue.discard(generation)
        for generation in list(self._rows.order):
            if generation.should_stop(now):
                self._release(generation)

    def _admit(self) -> None:
        while self._rows.has_room() and (generation := self._pop_next()) is not None:
            generation.send_place(0)
            row = self._rows.admit(generation)
            generation.prefilled = self._runner.admit(row, generation.weights, generation.prompt_tokens)
        with self._wakeup:
            for place, generation in enumerate(self._queue.waiting(), start=1):
                generation.send_place(place)

    def _pop_next(self) -> Generation | None:
        with self._wakeup:
            return self._queue.pop(self._learners_at_limit())

    def _learners_at_limit(self) -> set[str]:
        """Return the learners who have the most answers running that one learner may have."""
        running = Counter(generation.request.learner for generation in self._rows.order)
        return {learner for learner, count in running.items() if count >= self._runner.capacity.slots_per_learner}

    def _prefetch_chunk(self) -> None:
        """Read one chunk of the newest prefix hint; a request that arrives meanwhile waits for this chunk only."""
        with self._wakeup:
            prefix_hint = self._prefix_hints[-1] if self._prefix_hints else None
        if prefix_hint is not None and not self._runner.prefetch_chunk(prefix_hint.weights, prefix_hint.tokens):
            with self._wakeup:
                if prefix_hint in self._prefix_hints:
                    self._prefix_hints.remove(prefix_hint)

    def _prefill_step(self) -> None:
        capacity = self._runner.capacity
        prompts = (
            (generation, generation.prefilled, len(generation.prompt_tokens)) for generation in self._rows.prefilling()
        )
        plan = plan_prefill(prompts, capacity.chunk, capacity.prefill_rows, is_alone=not self._rows.decoding)
        if not plan:
            return
        inputs = [PrefillInput(self._rows.row_of(c.key), c.start, c.key.prompt_tokens[c.start : c.stop]) for c in plan]
        logits = self._runner.prefill(inputs)
        for chunk, prefill_input in zip(plan, inputs, strict=True):
            chunk.key.prefilled = chunk.stop
            if chunk.key.is_prefilled:
                self._runner.cache_prompt(prefill_input.row, chunk.key.prompt_tokens)
        done = [(c.key, scores) for c, scores in zip(plan, logits, strict=True) if c.stop == len(c.key.prompt_tokens)]
        for generation, _ in done:
            self._swap(self._rows.start_decoding(generation))
        self._emit_tokens([generation for generation, _ in done], [scores for _, scores in done])

    def _decode_step(self) -> None:
        generations = self._rows.order[: self._rows.decoding]
        if not generations:
            return
        logits = self._runner.decode(
            [generation.generated[-1] for generation in generations],
            [generation.length - 1 for generation in generations],
        )
        self._emit_tokens(generations, logits)

    def _emit_tokens(self, generations: Sequence[Generation], logits: Tensor | Sequence[Tensor]) -> None:
        """Choose the next token of each answer, send the text that can be shown, and release complete answers."""
        if not generations:
            return
        scores = logits if isinstance(logits, Tensor) else torch.stack(list(logits))
        best = scores.max(-1)
        finite = cast("list[bool]", torch.isfinite(best.values).tolist())
        likeliest = cast("list[int]", best.indices.tolist())
        for generation, is_finite, token, row in zip(list(generations), finite, likeliest, scores, strict=True):
            if is_finite:
                self._append_token(
                    generation, sample_token(row, generation.request, generation.rng) if generation.rng else token
                )
            else:
                self._abort_non_finite(generation)

    def _append_token(self, generation: Generation, token: int) -> None:
        ended = token in self._loaded.stop_tokens
        if not ended:
            generation.generated.append(token)
            generation.send(generation.detokenizer.push(token))
        ended = ended or generation.detokenizer.stopped or len(generation.generated) >= generation.max_tokens
        if ended or (self._stop_repetition and is_repetitive(generation.generated)):
            generation.send(generation.detokenizer.finish())
            generation.finish()
            self._release(generation)

    def _abort_non_finite(self, generation: Generation) -> None:
        """End an answer whose values overflowed, and clear its row for the next one."""
        generation.finish(
            EngineError("the model computed values out of range; switch the adapter off or train it again")
        )
        self._runner.kv.clear_row(self._rows.row_of(generation))
        self._release(generation)

    def _release(self, generation: Generation) -> None:
        self._swap(self._rows.release(generation), leaving=generation)

    def _swap(self, swaps: Iterable[RowSwap], leaving: Generation | None = None) -> None:
        longest = max(
            (generation.length for generation in (*self._rows.order, *([leaving] if leaving else []))), default=0
        )
        for swap in swaps:
            self._runner.swap(swap.a, swap.b, min(longest, self._runner.kv.length), swap.keep_both)


def _limit_torch_threads() -> None:
    """Use all cores, unless OMP_NUM_THREADS is set; all but one where waiting threads spin instead of sleeping."""
    if "OMP_NUM_THREADS" not in os.environ:
        cores = len(os.sched_getaffinity(0))
        torch.set_num_threads(cores if waiting_threads_sleep() else max(1, cores - 1))
