"""The local engine: one thread owns the model and takes all running answers one step further, again and again.

A step admits who may run, reads one chunk of the waiting prompts, and computes one token for everybody. Callers talk
to it through queues; who runs where is decided in `slots.py`, what is computed in `model_runner.py`.
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

from tutor.engine.base import AdapterRef, EngineInfo, EngineState, Message, Request, require_no_pictures
from tutor.engine.capacity import Shape, fair_share, shape_for
from tutor.engine.chat_template import ChatFormat
from tutor.engine.detokenizer import TextFlow, is_loop
from tutor.engine.generation import Job
from tutor.engine.kv_cache import row_bytes
from tutor.engine.lora_files import LoraWeights, read_adapter
from tutor.engine.lru import ByteLru
from tutor.engine.model_files import ModelFiles
from tutor.engine.model_loading import LoadedModel, free_bytes, load_model
from tutor.engine.model_runner import Reading, Runner, plain_decoder
from tutor.engine.sampling import draw, generator_for
from tutor.engine.slots import Line, Rows, Swap, plan_prefill
from tutor.errors import AdapterNotLoaded, EngineBusy, EngineError, EngineNotReady, InputRefused, PromptTooLong

log = logging.getLogger(__name__)

LEAST_ROOM = 16  # a prompt that leaves fewer tokens for the answer is refused


@dataclass(frozen=True, slots=True, eq=False)
class _Hint:
    """What a coming request will probably begin with."""

    tokens: list[int]
    weights: LoraWeights | None


class LocalEngine:
    """Answers many learners at once from one 4-bit model, each under an adapter of her own."""

    def __init__(
        self, loaded: LoadedModel, shape: Shape | None = None, queue_size: int = 32, *, end_loops: bool = True
    ) -> None:
        self._loaded = loaded
        self._end_loops = end_loops
        self._runner = Runner(loaded, shape or Shape())
        self._chat = ChatFormat(loaded.tokenizer)
        self._line: Line[Job] = Line(queue_size, fair_share(queue_size))
        self._rows: Rows[Job] = Rows(self._runner.shape.slots)
        self._adapters: ByteLru[tuple[str, str], LoraWeights] = ByteLru(
            self._runner.shape.adapter_bytes, lambda weights: weights.bytes
        )
        self._adapters_lock = threading.Lock()
        self._hints: deque[_Hint] = deque(maxlen=queue_size)  # what may be read when nobody waits, the latest last
        self._work = threading.Condition()  # guards the line, the hints and `_closed`
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, files: ModelFiles, queue_size: int = 32, wishes: Mapping[str, Any] | None = None) -> LocalEngine:
        """Load the model and answer once, so that nobody waits for what happens only at the first pass.

        `wishes` are fields of Shape; what is not wished for is chosen for the device.
        """
        loaded = load_model(files)
        a_row = row_bytes(plain_decoder(loaded), loaded.context_tokens, loaded.model.dtype)
        shape = shape_for(loaded.device.type, wishes or {}, free_bytes(loaded.device), a_row)
        engine = cls(loaded, shape, queue_size)
        for _ in engine.stream(Request((Message("user", "Hello"),), learner="", max_tokens=2)):
            pass
        return engine

    # -- what callers use, from any thread ---------------------------------------------------------------------------

    def stream(self, request: Request) -> Generator[str, None, None]:
        job = self._job(request)
        self._submit(job)
        try:
            yield from job.pieces()
        finally:
            job.cancelled = True

    def prepare(self, messages: Sequence[Message], adapter: AdapterRef | None = None) -> None:
        try:
            tokens = self._chat.encode(messages, answer=False)[: self._loaded.context_tokens]
            hint = _Hint(tokens, self._weights(adapter))
        except (AdapterNotLoaded, InputRefused):
            return  # whoever asks in earnest is told
        with self._work:
            self._hints.append(hint)
            self._work.notify()

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return len(self._chat.encode(messages))

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
        )

    def close(self) -> None:
        """Break off what runs, tell those who wait, and end the thread."""
        with self._work:
            self._closed = True
            self._work.notify()
        self._thread.join()

    def _job(self, request: Request) -> Job:
        """Check everything that can be refused before anybody waits for it."""
        require_no_pictures(request)
        if request.max_tokens < 1:
            raise InputRefused(f"max_tokens is {request.max_tokens}; ask for at least 1")
        deadline = time.monotonic() + request.time_limit_s
        tokens = self._chat.encode(request.messages)
        window = self._loaded.context_tokens
        if len(tokens) + min(request.max_tokens, LEAST_ROOM) > window:
            raise PromptTooLong(f"the prompt has {len(tokens)} tokens, the window {window}; shorten it")
        most = min(request.max_tokens, window - len(tokens))
        weights = self._weights(request.adapter)
        flow = TextFlow(self._chat.decode, request.stop)
        return Job(request, tokens, most, weights, flow, deadline, generator_for(request))

    def _weights(self, ref: AdapterRef | None) -> LoraWeights | None:
        """Return an adapter from memory, or read and check it; published versions never change."""
        if ref is None:
            return None
        key = (ref.name, ref.sha256)
        with self._adapters_lock:
            known = self._adapters.get(key)
        if known is not None:
            return known
        loaded, bank = self._loaded, self._runner.bank  # read without the lock: a slow disk keeps nobody else waiting
        weights = read_adapter(ref, bank.sites, loaded.base_sha256, self._runner.shape.max_rank)
        with self._adapters_lock:
            self._adapters.put(key, weights)
        return weights

    def _submit(self, job: Job) -> None:
        with self._work:
            if self._closed:
                raise EngineNotReady("the tutor is shutting down")
            if not self._line.has_room(job.request.learner):
                raise EngineBusy(len(self._line) + 1)
            self._line.join(job, job.request.learner)
            self._work.notify()

    # -- the engine's own thread -------------------------------------------------------------------------------------

    def _serve(self) -> None:
        _leave_a_core_to_the_others()
        while self._wait_for_work():
            try:
                self._step()
            except Exception as error:  # one broken step must not silence everybody after it
                log.exception("a step of the engine failed")
                self._break_off(EngineError(f"the model failed ({type(error).__name__}); ask again"))
        self._break_off(EngineNotReady("the tutor is shutting down"))

    def _wait_for_work(self) -> bool:
        with self._work:
            self._work.wait_for(lambda: self._closed or len(self._line) or self._rows.order or self._hints)
            return not self._closed

    def _break_off(self, error: EngineError) -> None:
        with self._work:
            waiting = self._line.waiting() if self._closed else []
            self._hints.clear()
        for job in [*self._rows.order, *waiting]:
            job.end(error)
        self._rows = Rows(self._runner.shape.slots)

    def _step(self) -> None:
        self._drop_those_who_left()
        self._admit()
        if self._rows.order:
            self._read_prompts()
            self._say_one_token()
        else:
            self._read_ahead()

    def _drop_those_who_left(self) -> None:
        now = time.monotonic()
        with self._work:
            for job in self._line.waiting():
                if job.is_over(now):
                    self._line.leave(job)
        for job in list(self._rows.order):
            if job.is_over(now):
                self._release(job)

    def _admit(self) -> None:
        while self._rows.has_room() and (job := self._next()) is not None:
            job.tell_place(0)
            row = self._rows.admit(job)
            job.read = self._runner.admit(row, job.weights, job.tokens)
        with self._work:
            for place, job in enumerate(self._line.waiting(), start=1):
                job.tell_place(place)

    def _next(self) -> Job | None:
        with self._work:
            return self._line.next(self._full())

    def _full(self) -> set[str]:
        """Return the learners who have as many answers running as one may have."""
        running = Counter(job.request.learner for job in self._rows.order)
        return {learner for learner, count in running.items() if count >= self._runner.shape.slots_each}

    def _read_ahead(self) -> None:
        """Read one chunk of what may be asked next; who comes meanwhile waits for no more than that chunk."""
        with self._work:
            hint = self._hints[-1] if self._hints else None
        if hint is not None and not self._runner.read_ahead(hint.weights, hint.tokens):
            with self._work:
                if hint in self._hints:
                    self._hints.remove(hint)

    def _read_prompts(self) -> None:
        shape = self._runner.shape
        prompts = ((job, job.read, len(job.tokens)) for job in self._rows.prefilling())
        plan = plan_prefill(prompts, shape.chunk, shape.prefill_rows)
        if not plan:
            return
        readings = [Reading(self._rows.row(c.key), c.start, c.key.tokens[c.start : c.stop]) for c in plan]
        logits = self._runner.prefill(readings)
        for chunk, reading in zip(plan, readings, strict=True):
            chunk.key.read = chunk.stop
            if chunk.stop == len(chunk.key.tokens):
                self._runner.keep_prompt(reading.row, chunk.key.tokens)
        done = [(chunk.key, scores) for chunk, scores in zip(plan, logits, strict=True) if chunk.key.is_read]
        for job, _ in done:
            self._swap(self._rows.promote(job))
        self._say([job for job, _ in done], [scores for _, scores in done])

    def _say_one_token(self) -> None:
        jobs = self._rows.order[: self._rows.decoding]
        if not jobs:
            return
        logits = self._runner.decode([job.said[-1] for job in jobs], [job.length - 1 for job in jobs])
        self._say(jobs, logits)

    def _say(self, jobs: Sequence[Job], logits: Tensor | Sequence[Tensor]) -> None:
        """Choose a token for each job, send what can be shown, and release who is done."""
        if not jobs:
            return
        scores = logits if isinstance(logits, Tensor) else torch.stack(list(logits))
        best = scores.max(-1)
        finite = cast("list[bool]", torch.isfinite(best.values).tolist())
        likeliest = cast("list[int]", best.indices.tolist())
        for job, fine, token, row in zip(list(jobs), finite, likeliest, scores, strict=True):
            if fine:
                self._push(job, draw(row, job.request, job.generator) if job.generator else token)
            else:
                self._give_up(job)

    def _push(self, job: Job, token: int) -> None:
        ended = token in self._loaded.stop_tokens
        if not ended:
            job.said.append(token)
            job.send(job.flow.push(token))
        ended = ended or job.flow.stopped or len(job.said) >= job.most
        if ended or (self._end_loops and is_loop(job.said)):
            job.send(job.flow.finish())
            job.end()
            self._release(job)

    def _give_up(self, job: Job) -> None:
        """End an answer whose numbers overflowed, and leave nothing of them behind for the row's next owner."""
        job.end(EngineError("the answer left the range of numbers; switch the adapter off or train it again"))
        self._runner.kv.wipe(self._rows.row(job))
        self._release(job)

    def _release(self, job: Job) -> None:
        self._swap(self._rows.release(job), leaving=job)

    def _swap(self, swaps: Iterable[Swap], leaving: Job | None = None) -> None:
        longest = max((job.length for job in (*self._rows.order, *([leaving] if leaving else []))), default=0)
        for swap in swaps:
            self._runner.swap(swap.a, swap.b, min(longest, self._runner.kv.length), swap.keep_both)


def _leave_a_core_to_the_others() -> None:
    """Use all cores but one, unless OMP_NUM_THREADS says otherwise.

    OpenMP threads wait for each other by spinning. With as many of them as cores, a page, a training run or another
    server beside the engine made an answer of half a second take minutes.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) - 1))
