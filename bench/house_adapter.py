"""Trains the house adapter: what makes the small bundled model answer in the course's words.

`python -m bench.house_adapter --rows ROWS.jsonl --base DIR --out DIR` fits one LoRA adapter on rows of
`bench.house_rows`. The gradient flows through the prompt, which is what teaches reading. A prompt's beginning that
several rows share is read once, with all their questions behind it, each of which sees the beginning and itself alone:
the same sums for a quarter of the work.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.dataset import Example
from adapters.records import ChatMessage, Recipe, TrainingRow
from bench.corpora import read_lines

if TYPE_CHECKING:
    import torch

    from adapters.anchor import Anchor

MOST_TOKENS = 1_100  # in a pack
STEP_PACKS = 2  # about sixteen rows
SAVED_EVERY = 100  # steps


@dataclass(frozen=True, slots=True)
class Pack:
    """Rows behind a beginning that they share: `shared` tokens, then of each row what is left of prompt and answer."""

    shared: tuple[int, ...]
    rows: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]  # (rest of the prompt, answer)

    def __len__(self) -> int:
        return len(self.shared) + sum(len(rest) + len(answer) for rest, answer in self.rows)


def packed(examples: Sequence[Example]) -> Pack:
    """Return rows as one pack; at least the last token of each prompt stays with its row."""
    shortest = min(len(example.prompt) for example in examples) - 1
    first = examples[0].prompt
    same = next((i for i in range(shortest) if any(e.prompt[i] != first[i] for e in examples)), shortest)
    return Pack(first[:same], tuple((e.prompt[same:], e.answer) for e in examples))


def packs(groups: Sequence[Sequence[Example]], most: int = MOST_TOKENS) -> Iterator[Pack]:
    """Yield the packs of each group of rows, none longer than `most` tokens unless a single row is."""
    for group in groups:
        some: list[Example] = []
        for example in group:
            if some and len(packed([*some, example])) > most:
                yield packed(some)
                some = []
            some.append(example)
        yield packed(some)


def losses(model: Any, pack: Pack) -> torch.Tensor:
    """Return the mean loss of each row's answer tokens [rows], with a graph through everything."""
    import torch
    from torch.nn.functional import cross_entropy

    tokens, positions = list(pack.shared), list(range(len(pack.shared)))
    owners, says, right = (
        [0] * len(tokens),
        list[int](),
        list[int](),
    )  # the row of each token, where it speaks, what is right
    for owner, (rest, answer) in enumerate(pack.rows, start=1):
        row = (*rest, *answer[:-1])
        says += range(len(tokens) + len(rest) - 1, len(tokens) + len(row))
        right += answer
        positions += range(len(pack.shared), len(pack.shared) + len(row))
        owners += [owner] * len(row)
        tokens += row
    own = torch.tensor(owners)
    seen = torch.ones(len(tokens), len(tokens), dtype=torch.bool).tril() & ((own == own[:, None]) | (own == 0))
    causal = model.get_base_model()
    hidden = causal.model(
        input_ids=torch.tensor([tokens]),
        position_ids=torch.tensor([positions]),
        attention_mask=torch.zeros(len(tokens), len(tokens)).masked_fill_(~seen, float("-inf"))[None, None],
        use_cache=False,
    ).last_hidden_state[0]
    each = cross_entropy(causal.lm_head(hidden[says]).float(), torch.tensor(right), reduction="none")
    return torch.stack([part.mean() for part in each.split([len(answer) for _, answer in pack.rows])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True, help="the converted plain model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument("--epochs", type=float, default=1.6)
    parser.add_argument("--anchor-weight", type=float, default=3.0, help="of staying as it was on ordinary text")
    arguments = parser.parse_args()
    recipe = Recipe(
        rank=arguments.rank,
        alpha=2 * arguments.rank,
        learning_rate=arguments.learning_rate,
        warmup_share=0.05,
        anchor_weight=arguments.anchor_weight,
        anchor_rows=1,
    )
    print(json.dumps(fit(arguments.rows, arguments.base, arguments.out, recipe, arguments.epochs)))


def fit(rows: Path, directory: Path, out: Path, recipe: Recipe, epochs: float) -> dict[str, float]:
    """Train, write PEFT files in bf16 now and then and at the end, and return what it took."""
    from adapters import base, loop, lora
    from adapters.anchor import Anchor, ordinary_examples
    from adapters.passes import mean_loss

    tokenizer = base.load_tokenizer(directory)
    todo = list(packs(groups(rows, tokenizer)))
    loop.seed(recipe.seed)
    model = lora.attach(base.load_base(directory), recipe)
    anchor = Anchor(model, ordinary_examples(tokenizer))
    before = mean_loss(model, anchor.watched)
    steps, began = round(epochs * len(todo) / STEP_PACKS), time.monotonic()
    for step, (loss, drift) in enumerate(_steps(model, todo, anchor, recipe, steps), start=1):
        if step % 10 == 0:
            print(
                f"{time.monotonic() - began:7.0f} s  step {step}/{steps}  loss {loss:.3f}  drift {drift:.4f}",
                flush=True,
            )
        if step % SAVED_EVERY == 0 or step == steps:
            _save(model, out)
    return {
        "rows": sum(len(pack.rows) for pack in todo),
        "steps": steps,
        "seconds": round(time.monotonic() - began),
        "forgetting": round(mean_loss(model, anchor.watched) / before - 1, 4),  # on ordinary questions
    }


def _steps(
    model: Any, todo: Sequence[Pack], anchor: Anchor, recipe: Recipe, steps: int
) -> Iterator[tuple[float, float]]:
    """Learn, and yield after each step the mean loss of its rows and how far ordinary text has moved."""
    import torch

    from adapters.lora import trainable
    from adapters.pace import rate

    parameters = trainable(model)
    optimizer = torch.optim.AdamW(parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    dice, queue = random.Random(recipe.seed), list[Pack]()
    for step in range(steps):
        if len(queue) < STEP_PACKS:
            queue += dice.sample(todo, len(todo))
        batch, queue = queue[:STEP_PACKS], queue[STEP_PACKS:]
        for group in optimizer.param_groups:
            group["lr"] = rate(recipe, step, steps)
        rows, total = sum(len(pack.rows) for pack in batch), 0.0
        for pack in batch:
            loss = losses(model, pack).sum() / rows
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        pull = anchor.pull(model, recipe, step)
        pull.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, recipe.clip_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        yield total, pull.item() / recipe.anchor_weight


def groups(path: Path, tokenizer: Any) -> list[list[Example]]:
    """Return the rows of a file as tokens, those of one paragraph together."""
    from adapters.dataset import encode

    def example(row: dict[str, Any]) -> Example:
        messages = tuple(ChatMessage(m["role"], m["content"]) for m in row["messages"])
        return encode(TrainingRow(row["id"], messages), tokenizer, MOST_TOKENS)

    return [[example(row) for row in rows] for _, rows in groupby(read_lines(path), key=lambda row: row["group"])]


def _save(model: Any, out: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    from adapters import lora

    lora.save(model, out)
    file = out / "adapter_model.safetensors"
    save_file({name: value.to(torch.bfloat16) for name, value in load_file(file).items()}, file, {"format": "pt"})


if __name__ == "__main__":
    main()
