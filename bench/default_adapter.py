"""Train the default adapter, which makes the small bundled model answer in the words of the course.

    python -m bench.default_adapter --rows ROWS.jsonl --base DIR --out DIR

Fits one LoRA adapter on the rows of `bench.default_adapter_examples`. The gradient flows through the prompt, because
reading is what is to be learnt. A beginning of the prompt that several rows share is computed once, followed by all
their questions, each of which attends to the beginning and to itself: the same result for a quarter of the work. Hours
on a CPU, minutes on a GPU.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.dataset import EncodedExample
from adapters.records import ChatMessage, Recipe, TrainingRow
from bench.retrieval_corpora import read_jsonl

if TYPE_CHECKING:
    import torch

    from adapters.kl_regularizer import KlRegularizer

MAX_PACK_TOKENS = 1_100
STEP_ROWS = 16
LENGTH_BUCKET_STEPS = 12  # steps whose packs are sorted by length, which saves padding
KL_EVERY = 3  # steps; the KL term is scaled up, as if it were computed at every step
SAVE_EVERY = 100  # steps
SCHEDULE_STEPS = 10_000  # into which the whole run is divided for the learning rate


@dataclass(frozen=True, slots=True)
class PackedExamples:
    """Rows with a shared beginning: the `shared` tokens, then the rest of prompt and answer of each row."""

    prefix: tuple[int, ...]
    rows: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]  # (rest of the prompt, answer)

    def __len__(self) -> int:
        return len(self.prefix) + sum(len(rest) + len(answer) for rest, answer in self.rows)


def make_pack(examples: Sequence[EncodedExample]) -> PackedExamples:
    """Return rows as one pack; at least the last token of each prompt remains with its row."""
    shortest = min(len(example.prompt) for example in examples) - 1
    first = examples[0].prompt
    same = next((i for i in range(shortest) if any(e.prompt[i] != first[i] for e in examples)), shortest)
    return PackedExamples(first[:same], tuple((e.prompt[same:], e.answer) for e in examples))


def pack_groups(groups: Sequence[Sequence[EncodedExample]], most: int = MAX_PACK_TOKENS) -> Iterator[PackedExamples]:
    """Yield the packs of each group of rows, none longer than `most` tokens unless a single row is."""
    for group in groups:
        some: list[EncodedExample] = []
        for example in group:
            if some and len(make_pack([*some, example])) > most:
                yield make_pack(some)
                some = []
            some.append(example)
        yield make_pack(some)


def packed_losses(model: Any, packs: Sequence[PackedExamples]) -> torch.Tensor:
    """Return the mean loss of each row's answer tokens [rows of all packs], with gradients through all tokens."""
    import torch
    from torch.nn.functional import cross_entropy

    laid = [_lay_out(pack) for pack in packs]
    longest, device = max(len(one.tokens) for one in laid), model.device
    # [packs, 1, longest, longest]; padding attends to itself, so that no row of the mask is empty
    mask = torch.full((len(laid), 1, longest, longest), float("-inf"))
    for one, seen in zip(laid, mask[:, 0], strict=True):
        size, own = len(one.tokens), torch.tensor(one.owners)
        seen.fill_diagonal_(0.0)
        seen[:size, :size][torch.ones(size, size).tril().bool() & ((own == own[:, None]) | (own == 0))] = 0.0
    causal = model.get_base_model()
    hidden = causal.model(
        input_ids=_pad([one.tokens for one in laid], longest).to(device),
        position_ids=_pad([one.positions for one in laid], longest).to(device),
        attention_mask=mask.to(device, model.dtype),
        use_cache=False,
    ).last_hidden_state.flatten(0, 1)
    says = [number * longest + place for number, one in enumerate(laid) for place in one.predict_at]
    right = torch.tensor([token for one in laid for token in one.targets], device=device)
    each = cross_entropy(causal.lm_head(hidden[says]).float(), right, reduction="none")
    lengths = [len(answer) for pack in packs for _, answer in pack.rows]
    return torch.stack([part.mean() for part in torch.split(each, lengths)])


@dataclass(frozen=True, slots=True)
class _PackedSequence:
    """A pack as one sequence of tokens; `owners` is the row of each token, 0 for the shared beginning."""

    tokens: list[int]
    positions: list[int]
    owners: list[int]
    predict_at: list[int]  # positions that predict a token of an answer
    targets: list[int]  # and that token


def _lay_out(pack: PackedExamples) -> _PackedSequence:
    shared = len(pack.prefix)
    line = _PackedSequence(list(pack.prefix), list(range(shared)), [0] * shared, [], [])
    for owner, (rest, answer) in enumerate(pack.rows, start=1):
        row = (*rest, *answer[:-1])
        line.predict_at.extend(range(len(line.tokens) + len(rest) - 1, len(line.tokens) + len(row)))
        line.targets.extend(answer)
        line.positions.extend(range(shared, shared + len(row)))
        line.owners.extend([owner] * len(row))
        line.tokens.extend(row)
    return line


def _pad(lines: Sequence[list[int]], longest: int) -> torch.Tensor:
    import torch

    return torch.tensor([line + [0] * (longest - len(line)) for line in lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True, help="the converted plain model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument("--epochs", type=float, default=1.6)
    parser.add_argument("--step-rows", type=int, default=STEP_ROWS)
    parser.add_argument("--seconds", type=float, help="end after this time, and let the learning rate fall until then")
    parser.add_argument(
        "--anchor-weight",
        type=float,
        default=3.0,
        help="weight of the KL term that keeps the model unchanged on ordinary text",
    )
    arguments = parser.parse_args()
    recipe = Recipe(
        rank=arguments.rank,
        alpha=2 * arguments.rank,
        learning_rate=arguments.learning_rate,
        warmup_share=0.05,
        anchor_weight=arguments.anchor_weight,
        anchor_rows=1,
        batch_size=arguments.step_rows,
    )
    seconds = arguments.seconds or math.inf
    print(json.dumps(fit(arguments.rows, arguments.base, arguments.out, recipe, arguments.epochs, seconds)))


def fit(
    rows: Path, directory: Path, out: Path, recipe: Recipe, epochs: float, seconds: float = math.inf
) -> dict[str, float]:
    """Train, write PEFT files in bf16 at intervals and at the end, and return the cost.

    The base is not quantised to 4 bits: the conversion adds the adapter to these very weights.
    """
    from adapters import base_model, lora, torch_runtime
    from adapters.kl_regularizer import KlRegularizer, load_replay_examples
    from adapters.scoring import mean_loss

    tokenizer = base_model.load_tokenizer(directory)
    todo = list(pack_groups(load_groups(rows, tokenizer)))
    torch_runtime.set_seed(recipe.seed)
    model = lora.attach_new(_load_base(directory), recipe)
    anchor = KlRegularizer(model, load_replay_examples(tokenizer))
    before = mean_loss(model, anchor.monitored)
    count, started, step = sum(len(pack.rows) for pack in todo), time.monotonic(), 0
    for step, (progress, loss) in enumerate(_train_steps(model, todo, anchor, recipe, epochs, seconds), start=1):
        if step % 10 == 0:
            print(f"{time.monotonic() - started:7.0f} s  step {step}  {progress:.1%}  loss {loss:.3f}", flush=True)
        if step % SAVE_EVERY == 0:
            _save(model, out)
    _save(model, out)
    return {
        "rows": count,
        "steps": step,
        "seconds": round(time.monotonic() - started),
        "forgetting": round(mean_loss(model, anchor.monitored) / before - 1, 4),  # on ordinary questions
    }


def _load_base(directory: Path) -> Any:
    """Return the model of a folder, in bf16 on a GPU, in fp32 without one."""
    import torch
    from transformers import AutoModelForCausalLM

    device, dtype = ("cuda", torch.bfloat16) if torch.cuda.is_available() else ("cpu", torch.float32)
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=dtype, local_files_only=True)
    return model.requires_grad_(False).to(device).train()


def _autocast(model: Any) -> Any:
    """Compute products in bf16 on a GPU; the adapter itself remains in fp32."""
    import torch

    return torch.autocast("cuda", torch.bfloat16, enabled=model.device.type == "cuda")


def _train_steps(
    model: Any, todo: Sequence[PackedExamples], anchor: KlRegularizer, recipe: Recipe, epochs: float, seconds: float
) -> Iterator[tuple[float, float]]:
    """Train, and yield after each step the share of the work that is done and the mean loss of the step's rows."""
    import torch

    from adapters.lora import trainable_parameters
    from adapters.schedule import learning_rate_at

    parameters = trainable_parameters(model)
    optimizer = torch.optim.AdamW(parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    queue, started = _batches(todo, recipe), time.monotonic()
    wanted, trained_rows, step, progress = epochs * sum(len(pack.rows) for pack in todo), 0, 0, 0.0
    while progress < 1:
        batch = next(queue)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate_at(recipe, int(progress * SCHEDULE_STEPS), SCHEDULE_STEPS)
        loss = _backward(model, batch)
        if step % KL_EVERY == 0:
            with _autocast(model):
                pull = KL_EVERY * anchor.penalty(model, recipe, step)
            pull.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, recipe.clip_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step, trained_rows = step + 1, trained_rows + sum(len(pack.rows) for pack in batch)
        progress = max(trained_rows / wanted, (time.monotonic() - started) / seconds)
        yield progress, loss


def _batches(todo: Sequence[PackedExamples], recipe: Recipe) -> Iterator[list[PackedExamples]]:
    """Yield the packs of each step without end, at least `batch_size` rows of similar length unless there are fewer."""
    dice = random.Random(recipe.seed)
    while True:
        order, batches = dice.sample(todo, len(todo)), list[list[PackedExamples]]()
        share = math.ceil(len(todo) * recipe.batch_size * LENGTH_BUCKET_STEPS / sum(len(pack.rows) for pack in todo))
        for first in range(0, len(order), share):
            batches.append([])
            for pack in sorted(order[first : first + share], key=len):
                if sum(len(one.rows) for one in batches[-1]) >= recipe.batch_size:
                    batches.append([])
                batches[-1].append(pack)
        yield from dice.sample(batches, len(batches))


def _backward(model: Any, batch: Sequence[PackedExamples]) -> float:
    """Accumulate the gradient of a step's rows, on a CPU pack by pack, and return their mean loss."""
    rows, total = sum(len(pack.rows) for pack in batch), 0.0
    for some in [batch] if model.device.type == "cuda" else [[pack] for pack in batch]:
        with _autocast(model):
            loss = packed_losses(model, some).sum() / rows
        loss.backward()  # type: ignore[no-untyped-call]
        total += loss.item()
    return total


def load_groups(path: Path, tokenizer: Any) -> list[list[EncodedExample]]:
    """Return the rows of a file as tokens, those of one paragraph together."""
    from adapters.dataset import encode_row

    def example(row: dict[str, Any]) -> EncodedExample:
        messages = tuple(ChatMessage(m["role"], m["content"]) for m in row["messages"])
        return encode_row(TrainingRow(row["id"], messages), tokenizer, MAX_PACK_TOKENS)

    return [[example(row) for row in rows] for _, rows in groupby(read_jsonl(path), key=lambda row: row["group"])]


def _save(model: Any, out: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    from adapters import lora

    lora.save(model, out)
    file = out / "adapter_model.safetensors"
    save_file({name: value.to(torch.bfloat16) for name, value in load_file(file).items()}, file, {"format": "pt"})


if __name__ == "__main__":
    main()
