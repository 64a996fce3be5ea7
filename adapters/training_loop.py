"""The training loop: examples in, an adapter that has learnt them out.

A loop of our own because of what the common trainers do not do: it scores only answers, holds the adapter to its base
on ordinary text, goes on after a kill, can be watched between any two steps, and keeps 4-bit layers in training mode
for good, so that they are never packed (docs/decisions/0020-training-loop.md).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from adapters import adalora
from adapters.base_model import refuse_packed
from adapters.checkpoints import Checkpoints, State
from adapters.dataset import Example
from adapters.errors import TrainingRefused
from adapters.kl_regularizer import Anchor
from adapters.lora import trainable
from adapters.records import Point, Recipe
from adapters.schedule import batch_of, parts, planned_steps, rate, steps_an_epoch
from adapters.scoring import mean_loss, scores

Watch = Callable[[Point], None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What happened in one run."""

    curve: tuple[Point, ...]  # one a step
    tokens: int  # of the rows that were learnt, each as often as it was seen
    seconds: float  # the parts before a kill included
    ended: str  # "steps" | "learnt" | "held-out" | "time"

    @property
    def losses(self) -> tuple[float, ...]:
        return tuple(point.loss for point in self.curve)


def fit(
    model: Any,
    examples: Sequence[Example],
    recipe: Recipe,
    watch: Watch,
    held_out: Sequence[Example] = (),
    anchors: Sequence[Anchor] = (),
    checkpoints: Checkpoints | None = None,
) -> Fitted:
    """Train the adapter on the examples, going on from the last checkpoint if there is one.

    Ends after `epochs` or `max_steps`, when the last epoch's mean loss is below `target_loss`, when the held-out loss
    has not fallen for `patience` looks, or when time is up; the adapter with the best held-out loss is what stays. For
    AdaLoRA nothing is judged before its ranks are settled. Raises TrainingRefused when the loss is no longer a number,
    or when time or memory do not suffice.
    """
    refuse_packed(model)
    run = _Run(model, examples, recipe, held_out[: recipe.most_watched], anchors)
    run.take(checkpoints.read() if checkpoints else None)
    while not run.ended:
        run.step()
        watch(run.curve[-1])
        if checkpoints and (run.ended or checkpoints.due()):
            checkpoints.write(run.state())
    run.keep_best()
    return Fitted(tuple(run.curve), run.tokens, run.seconds, run.ended)


class _Run:
    """A run between two steps: all that a checkpoint holds, and what follows from it."""

    def __init__(
        self,
        model: Any,
        examples: Sequence[Example],
        recipe: Recipe,
        held_out: Sequence[Example],
        anchors: Sequence[Anchor],
    ) -> None:
        self.model, self.examples, self.recipe = model, examples, recipe
        self.held_out, self.anchors = held_out, anchors
        self.parameters = trainable(model)
        self.optimizer = torch.optim.AdamW(self.parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.steps = planned_steps(len(examples), recipe)
        self.settled = adalora.settled_after(self.steps) if recipe.method == "adalora" else 0
        self.curve: list[Point] = []
        self.best: list[torch.Tensor] = []
        self.best_loss, self.waited, self.tokens, self.ended = math.inf, 0, 0, ""
        self.began, self.earlier_s = time.monotonic(), 0.0

    @property
    def seconds(self) -> float:
        return self.earlier_s + time.monotonic() - self.began

    def step(self) -> None:
        """Take one optimizer step, look at the held-out rows when it is time, and decide whether to go on."""
        step = len(self.curve)
        batch = batch_of(self.examples, self.recipe, step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.recipe, step, self.steps)
        self.optimizer.zero_grad(set_to_none=True)
        loss, drift = self._backward(batch, step)
        torch.nn.utils.clip_grad_norm_(self.parameters, self.recipe.clip_norm)
        self.optimizer.step()
        if self.recipe.method == "adalora":
            adalora.after_step(self.model, step)
        self.tokens += sum(map(len, batch))
        self._refuse(loss)
        self.curve.append(Point(step + 1, self.steps, loss, self._look(step + 1), drift))
        self.ended = self._why_end()

    def _backward(self, batch: Sequence[Example], step: int) -> tuple[float, float | None]:
        """Add up the gradients; return the mean loss of the batch's answer tokens, and the anchors' divergence."""
        answers = sum(len(example.answer) for example in batch)
        total = 0.0
        for part in parts(batch):
            loss = scores(self.model, part).loss() / answers
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        if self.recipe.method == "adalora":
            adalora.crookedness(self.model).backward()  # type: ignore[no-untyped-call]
        if not self.anchors or not self.recipe.anchor_weight:
            return total, None
        drift = 0.0
        for anchor in self.anchors:
            pull = anchor.pull(self.model, self.recipe, step)
            pull.backward()  # type: ignore[no-untyped-call]
            drift += pull.item() / self.recipe.anchor_weight
        return total, drift

    def _look(self, done: int) -> float | None:
        """Return the held-out loss when it is time to look, and keep the adapter if it is the best so far."""
        every = min(self.recipe.most_between_looks, steps_an_epoch(len(self.examples), self.recipe))
        if not self.held_out or (done % every and done != self.steps):
            return None
        loss = mean_loss(self.model, self.held_out)
        if done >= self.settled:
            self.waited += 1
            if loss < self.best_loss:
                self.best_loss, self.waited = loss, 0
                self.best = [parameter.detach().clone() for parameter in self.parameters]
        return loss

    def _why_end(self) -> str:
        done, epoch = len(self.curve), steps_an_epoch(len(self.examples), self.recipe)
        if done >= self.steps:
            return "steps"
        if done >= max(epoch, self.settled) and self.seconds > self.recipe.time_limit_s:
            return "time"
        if done < self.settled:
            return ""
        if self.held_out and self.waited >= self.recipe.patience:
            return "held-out"
        lately = [point.loss for point in self.curve[-epoch:]]
        return "learnt" if done % epoch == 0 and sum(lately) / epoch < self.recipe.target_loss else ""

    def _refuse(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise TrainingRefused("the loss is no longer a number; lower the learning rate")
        if self.seconds > 2 * self.recipe.time_limit_s:
            raise TrainingRefused(
                f"training took longer than {self.recipe.time_limit_s:.0f} s before it had seen every correction; "
                "train on fewer corrections"
            )
        used_mb = resident_mb()
        if used_mb > self.recipe.memory_limit_mb:
            raise TrainingRefused(
                f"training needs more than {self.recipe.memory_limit_mb:,} MB of memory ({used_mb:,} MB so far); "
                "train with a smaller batch or shorter corrections"
            )

    def keep_best(self) -> None:
        for parameter, value in zip(self.parameters, self.best, strict=False):
            parameter.data.copy_(value)

    def state(self) -> State:
        """Return all that is needed to go on from here in another process."""
        moments = [self.optimizer.state[parameter] for parameter in self.parameters]
        tensors = {f"now.{i}": parameter.data for i, parameter in enumerate(self.parameters)}
        tensors |= {f"best.{i}": value for i, value in enumerate(self.best)}
        tensors |= {f"{kind}.{i}": moment[kind] for i, moment in enumerate(moments) for kind in _MOMENTS}
        tensors |= {f"step.{i}": moment["step"] for i, moment in enumerate(moments)}
        tensors |= _dice() | adalora.memory(self.model, self.recipe)
        numbers = {
            "curve": [(p.step, p.steps, p.loss, p.held_out, p.drift) for p in self.curve],
            "best_loss": self.best_loss if self.best else None,
            "waited": self.waited,
            "tokens": self.tokens,
            "seconds": self.seconds,
            "ended": self.ended,
        }
        return State(tensors, numbers)

    def take(self, state: State | None) -> None:
        """Put the run to where a checkpoint left it; None leaves it at its beginning."""
        if state is None:
            return
        tensors, numbers = state.tensors, state.numbers
        for i, parameter in enumerate(self.parameters):
            parameter.data.copy_(tensors[f"now.{i}"])
            beside = {kind: tensors[f"{kind}.{i}"].to(parameter.device, copy=True) for kind in _MOMENTS}
            self.optimizer.state[parameter] = beside | {"step": tensors[f"step.{i}"].clone()}  # counted on the CPU
        if numbers["best_loss"] is not None:
            self.best_loss = numbers["best_loss"]
            self.best = [tensors[f"best.{i}"].to(p.device) for i, p in enumerate(self.parameters)]
        _put_back(tensors)
        adalora.remember(self.model, self.recipe, tensors)
        self.curve = [Point(*point) for point in numbers["curve"]]
        self.waited, self.tokens, self.ended = numbers["waited"], numbers["tokens"], numbers["ended"]
        self.earlier_s = numbers["seconds"]


_MOMENTS = ("exp_avg", "exp_avg_sq")


def _dice() -> dict[str, torch.Tensor]:
    """Return where the random sources stand; dropout on a GPU draws from the GPU's own."""
    found = {"dice": torch.get_rng_state()}
    return found | {"dice.cuda": torch.cuda.get_rng_state()} if torch.cuda.is_available() else found


def _put_back(dice: Mapping[str, torch.Tensor]) -> None:
    torch.set_rng_state(dice["dice"])
    if "dice.cuda" in dice and torch.cuda.is_available():
        torch.cuda.set_rng_state(dice["dice.cuda"])


def resident_mb() -> int:
    """Return the most memory that this process has held so far; 0 where the system does not say."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0
    line = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) // 1024


def gpu_memory() -> dict[str, float]:
    """Return the most memory of a GPU that this process has held, as a metric; nothing where there is none."""
    return {"gpu_memory_mb": torch.cuda.max_memory_allocated() / 2**20} if torch.cuda.is_available() else {}


def seed(value: int) -> None:
    """Make what follows (the adapter's first values, dropout, gradients) the same in every run.

    On a GPU the fused attentions add up gradients in the order in which their blocks finish, so the plain one is taken;
    it costs little, since gradients flow through answers only.
    """
    torch.manual_seed(value)
    if torch.cuda.is_available():
        for fused in ("flash", "mem_efficient", "cudnn"):
            getattr(torch.backends.cuda, f"enable_{fused}_sdp")(False)
