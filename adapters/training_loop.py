"""The training loop of an adapter.

Unlike the common trainers it computes logits of answers only, regularizes the adapter towards its base, resumes after a
kill, reports every step, and always keeps 4-bit layers in training mode, so that they are never packed
(docs/decisions/0020-training-loop.md).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from adapters import adalora, torch_runtime
from adapters.base_model import require_trainable_weights
from adapters.checkpoints import CheckpointFile, TrainingState
from adapters.dataset import EncodedExample
from adapters.errors import TrainingRefused
from adapters.kl_regularizer import KlRegularizer
from adapters.lora import trainable_parameters
from adapters.records import Recipe, StepMetrics
from adapters.schedule import batch_at, learning_rate_at, planned_steps, split_by_length, steps_per_epoch
from adapters.scoring import answer_logits, mean_loss
from adapters.upper_layers import lower_states_of

OnStep = Callable[[StepMetrics], None]


@dataclass(frozen=True, slots=True)
class FitResult:
    """The course of one run."""

    curve: tuple[StepMetrics, ...]  # one per step
    tokens: int  # of all batches
    seconds: float  # including the time before a resume
    stop_reason: str  # "steps" | "learnt" | "held-out" | "time"


def fit(
    model: Any,
    examples: Sequence[EncodedExample],
    recipe: Recipe,
    on_step: OnStep,
    held_out: Sequence[EncodedExample] = (),
    regularizers: Sequence[KlRegularizer] = (),
    checkpoint_file: CheckpointFile | None = None,
) -> FitResult:
    """Train the adapter of `model` in place, resuming from the checkpoint if there is one.

    Stops after `epochs` or `max_steps`, when the mean loss of an epoch is below `target_loss`, when the held-out loss
    has not improved for `patience` evaluations, or when the time is up; then restores the parameters with the best
    held-out loss. For AdaLoRA losses count only after the ranks are final. Raises TrainingRefused when the loss is not
    finite, or when time or memory do not suffice.
    """
    require_trainable_weights(model)
    run = _TrainingRun(model, examples, recipe, held_out[: recipe.most_watched], regularizers)
    run.restore(checkpoint_file.read() if checkpoint_file else None)
    while not run.stop_reason:
        run.step()
        on_step(run.curve[-1])
        if checkpoint_file and (run.stop_reason or checkpoint_file.is_due()):
            checkpoint_file.write(run.state())
    run.restore_best()
    return FitResult(tuple(run.curve), run.tokens, run.seconds, run.stop_reason)


class _TrainingRun:
    """The state of a run between two steps, which a checkpoint saves."""

    def __init__(
        self,
        model: Any,
        examples: Sequence[EncodedExample],
        recipe: Recipe,
        held_out: Sequence[EncodedExample],
        regularizers: Sequence[KlRegularizer],
    ) -> None:
        self.model, self.examples, self.recipe = model, examples, recipe
        self.held_out, self.regularizers = held_out, regularizers
        self.parameters = trainable_parameters(model)
        self.optimizer = torch.optim.AdamW(self.parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.steps = planned_steps(len(examples), recipe)
        self.rank_freeze_step = adalora.rank_freeze_step(self.steps) if recipe.method == "adalora" else 0
        self.curve: list[StepMetrics] = []
        self.best: list[torch.Tensor] = []
        self.best_loss, self.evals_since_best, self.tokens, self.stop_reason = math.inf, 0, 0, ""
        self.started_at, self.previous_seconds = time.monotonic(), 0.0

    @property
    def seconds(self) -> float:
        return self.previous_seconds + time.monotonic() - self.started_at

    def step(self) -> None:
        """Take one optimizer step, evaluate the held-out rows if due, and set `stop_reason` at the end of the run."""
        step = len(self.curve)
        batch = batch_at(self.examples, self.recipe, step)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate_at(self.recipe, step, self.steps)
        self.optimizer.zero_grad(set_to_none=True)
        loss, drift = self._backward(batch, step)
        torch.nn.utils.clip_grad_norm_(self.parameters, self.recipe.clip_norm)
        self.optimizer.step()
        if self.recipe.method == "adalora":
            adalora.update_ranks(self.model, step)
        self.tokens += sum(map(len, batch))
        self._check_limits(loss)
        self.curve.append(StepMetrics(step + 1, self.steps, loss, self._evaluate_held_out(step + 1), drift))
        self.stop_reason = self._check_stop()

    def _backward(self, batch: Sequence[EncodedExample], step: int) -> tuple[float, float | None]:
        """Accumulate gradients; return the mean loss of the batch's answer tokens and the regularizers' divergence."""
        if self.recipe.method == "adalora":
            adalora.orthogonality_penalty(self.model).backward()  # type: ignore[no-untyped-call]
        regularizers = self.regularizers if self.recipe.anchor_weight else ()
        if lower_states_of(self.model) is not None:
            return self._backward_in_one_pass(batch, regularizers, step)
        answers = sum(len(example.answer) for example in batch)
        total = 0.0
        for part in split_by_length(batch):
            loss = answer_logits(self.model, part).loss() / answers
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        drift = 0.0
        for regularizer in regularizers:
            penalty = regularizer.penalty(self.model, self.recipe, step)
            penalty.backward()  # type: ignore[no-untyped-call]
            drift += penalty.item() / self.recipe.anchor_weight
        return total, drift if regularizers else None

    def _backward_in_one_pass(
        self, batch: Sequence[EncodedExample], regularizers: Sequence[KlRegularizer], step: int
    ) -> tuple[float, float | None]:
        """Do the same with all rows together.

        Where prompts are read row by row, that costs no padding, and the weights are converted for a gradient once.
        """
        groups = [batch, *(one.rows_at(self.recipe, step) for one in regularizers)]
        answers = answer_logits(self.model, [example for group in groups for example in group])
        sizes = [sum(len(example.answer) for example in group) for group in groups]
        logits, *replayed = torch.split(answers.logits, sizes)
        loss = cross_entropy(logits, answers.labels[: sizes[0]])
        parts = zip(regularizers, replayed, groups[1:], strict=True)
        drifts = [one.divergence_of(part, group) for one, part, group in parts]
        together = loss + self.recipe.anchor_weight * sum(drifts)
        together.backward()  # type: ignore[no-untyped-call]
        return loss.item(), sum(drift.item() for drift in drifts) if drifts else None

    def _evaluate_held_out(self, done: int) -> float | None:
        """Return the held-out loss if an evaluation is due, and save the parameters if it is the best so far."""
        every = min(self.recipe.most_between_looks, steps_per_epoch(len(self.examples), self.recipe))
        if not self.held_out or (done % every and done != self.steps):
            return None
        loss = mean_loss(self.model, self.held_out)
        if done >= self.rank_freeze_step:
            self.evals_since_best += 1
            if loss < self.best_loss:
                self.best_loss, self.evals_since_best = loss, 0
                self.best = [parameter.detach().clone() for parameter in self.parameters]
        return loss

    def _check_stop(self) -> str:
        done, epoch = len(self.curve), steps_per_epoch(len(self.examples), self.recipe)
        if done >= self.steps:
            return "steps"
        if done >= max(epoch, self.rank_freeze_step) and self.seconds > self.recipe.time_limit_s:
            return "time"
        if done < self.rank_freeze_step:
            return ""
        if self.held_out and self.evals_since_best >= self.recipe.patience:
            return "held-out"
        losses = [point.loss for point in self.curve[-epoch:]]
        return "learnt" if done % epoch == 0 and sum(losses) / epoch < self.recipe.target_loss else ""

    def _check_limits(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise TrainingRefused("the loss is no longer a number; lower the learning rate")
        if self.seconds > 2 * self.recipe.time_limit_s:
            raise TrainingRefused(
                f"training took longer than {self.recipe.time_limit_s:.0f} s before it had seen every correction; "
                "train on fewer corrections"
            )
        used_mb = torch_runtime.peak_resident_mb()
        if used_mb > self.recipe.memory_limit_mb:
            raise TrainingRefused(
                f"training needs more than {self.recipe.memory_limit_mb:,} MB of memory ({used_mb:,} MB so far); "
                "train with a smaller batch or shorter corrections"
            )

    def restore_best(self) -> None:
        for parameter, value in zip(self.parameters, self.best, strict=False):
            parameter.data.copy_(value)

    def state(self) -> TrainingState:
        """Return everything that another process needs to resume from here."""
        moments = [self.optimizer.state[parameter] for parameter in self.parameters]
        tensors = {f"now.{i}": parameter.data for i, parameter in enumerate(self.parameters)}
        tensors |= {f"best.{i}": value for i, value in enumerate(self.best)}
        tensors |= {f"{kind}.{i}": moment[kind] for i, moment in enumerate(moments) for kind in _MOMENTS}
        tensors |= {f"step.{i}": moment["step"] for i, moment in enumerate(moments)}
        tensors |= torch_runtime.rng_state() | adalora.allocator_state(self.model, self.recipe)
        numbers = {
            "curve": [(p.step, p.steps, p.loss, p.held_out, p.drift) for p in self.curve],
            "best_loss": self.best_loss if self.best else None,
            "waited": self.evals_since_best,
            "tokens": self.tokens,
            "seconds": self.seconds,
            "ended": self.stop_reason,
        }
        return TrainingState(tensors, numbers)

    def restore(self, state: TrainingState | None) -> None:
        """Restore the run from a checkpoint; None leaves it at the beginning."""
        if state is None:
            return
        tensors, numbers = state.tensors, state.numbers
        for i, parameter in enumerate(self.parameters):
            parameter.data.copy_(tensors[f"now.{i}"])
            moments = {kind: tensors[f"{kind}.{i}"].to(parameter.device, copy=True) for kind in _MOMENTS}
            self.optimizer.state[parameter] = moments | {"step": tensors[f"step.{i}"].clone()}  # stays on the CPU
        if numbers["best_loss"] is not None:
            self.best_loss = numbers["best_loss"]
            self.best = [tensors[f"best.{i}"].to(p.device) for i, p in enumerate(self.parameters)]
        torch_runtime.restore_rng_state(tensors)
        adalora.restore_allocator_state(self.model, self.recipe, tensors)
        self.curve = [StepMetrics(*point) for point in numbers["curve"]]
        self.evals_since_best, self.tokens, self.stop_reason = numbers["waited"], numbers["tokens"], numbers["ended"]
        self.previous_seconds = numbers["seconds"]


_MOMENTS = ("exp_avg", "exp_avg_sq")
