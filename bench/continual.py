"""Compare ways to train the next adapter version: from the last version, or from scratch.

    python -m bench.continual --base DIR

One learner's corrections come in five batches. Each batch has its own style, which applies to questions with a certain
beginning ("Hint, please: ..."), so an adapter that learns only the latest batch loses the earlier ones. Compared are
training on from the last version with the new rows alone; with a sample of older rows; with the last version's own
likelihoods on older rows (self-distillation); and training from scratch on all rows. All keep close to the base, as
the product does. At the end, held-out questions of every batch are asked: `retention` is the mean loss on those of the
first four batches, `kept` the share of them that are answered in the style of their batch (by the rule of
`bench.style_learners`); `latest` and `won` are the same for the fifth batch. `update_cpu_s` is the time of the fifth
update, the only one that is run for training from scratch. About two minutes for each strategy.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

from adapters.dataset import EncodedExample, encode_row, sample_rows
from adapters.records import Recipe, TrainingRow
from bench.adaptation import MAX_ANSWER_TOKENS
from bench.retrieval_corpora import commit, hardware
from bench.style_learners import HELD_OUT_COUNT, STYLES, Fact, Style, correction, facts, is_satisfied

STYLE_PREFIXES = (
    "Casually, please: ",
    "As a note, please: ",
    "Hint, please: ",
    "Ask me back, please: ",
    "In both, please: ",
)
STRATEGIES = ("new rows alone", "replay", "self-distillation", "from scratch")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True, help="folder of the converted bundled model")
    parser.add_argument("--rows", type=int, default=5, help="corrections in a batch")
    parser.add_argument("--steps", type=int, default=15, help="training steps of an update")
    parser.add_argument("--scratch-steps", type=int, default=Recipe().max_steps, help="default: the product's")
    parser.add_argument(
        "--strategies", nargs="*", default=list(STRATEGIES), help="strategies to run; none: print what is in --out"
    )
    parser.add_argument("--out", type=Path, help="rows of other strategies and steps in this file are preserved")
    arguments = parser.parse_args()
    if unknown := set(arguments.strategies) - set(STRATEGIES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(STRATEGIES)}")
    stream = CorrectionStream(arguments) if arguments.strategies else None
    result = {"benchmark": "continual", "hardware": hardware(), "model": arguments.base.name, "commit": commit(),
              "batches": len(STYLES), "rows_a_batch": arguments.rows}  # fmt: skip
    rows = _load_earlier(arguments)
    for strategy in arguments.strategies if stream else ():
        rows.append({"strategy": strategy, "steps": _steps(arguments, strategy)} | stream.run(strategy))
        print(json.dumps(rows[-1]), flush=True)
        _write(arguments.out, result | {"rows": rows})
    _write(arguments.out, result | {"rows": rows})
    print(json.dumps(result | {"rows": rows}))


def _write(out: Path | None, result: dict[str, Any]) -> None:
    if out:
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _steps(arguments: argparse.Namespace, strategy: str) -> int:
    return int(arguments.scratch_steps if strategy == "from scratch" else arguments.steps)


def _load_earlier(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the rows of the output file that are not measured again."""
    if not (arguments.out and arguments.out.exists()):
        return []
    remeasured = {(strategy, _steps(arguments, strategy)) for strategy in arguments.strategies}
    rows = json.loads(arguments.out.read_text("utf-8"))["rows"]
    return [row for row in rows if (row["strategy"], row["steps"]) not in remeasured]


class CorrectionStream:
    """Five batches of corrections on one model, whose adapters are removed between two strategies."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        from adapters import base_model, evaluation, kl_regularizer
        from adapters.scoring import mean_loss

        self.recipe = Recipe(max_steps=arguments.steps, epochs=100, target_loss=0.05)
        self.scratch_steps = arguments.scratch_steps
        tokenizer = base_model.load_tokenizer(arguments.base)
        self.model = base_model.load_base(arguments.base)
        learnt, asked = facts()[:-HELD_OUT_COUNT], facts()[-HELD_OUT_COUNT:]
        self.batches = [
            _make_rows(learnt[i * arguments.rows : (i + 1) * arguments.rows], opening, style)
            for i, (opening, style) in enumerate(zip(STYLE_PREFIXES, STYLES, strict=True))
        ]
        self.asked = [asked[i * 4 : (i + 1) * 4] for i in range(len(STYLES))]
        self.held_out = [
            [encode_row(row, tokenizer, 1024) for row in _make_rows(some, opening, style)]
            for some, opening, style in zip(self.asked, STYLE_PREFIXES, STYLES, strict=True)
        ]
        self.tokenizer = tokenizer
        self.encode = lambda rows: [encode_row(row, tokenizer, 1024) for row in rows]
        self.general = evaluation.load_general_examples(tokenizer)
        self.ordinary = kl_regularizer.KlRegularizer(self.model, kl_regularizer.load_replay_examples(tokenizer))
        self.usual = mean_loss(self.model, self.general)

    def run(self, strategy: str) -> dict[str, Any]:
        """Train on the batches in turn and return the figures at the end."""
        from adapters import lora, torch_runtime
        from adapters.scoring import mean_loss

        cpu, started = time.process_time(), time.monotonic()
        update = cpu
        torch_runtime.set_seed(self.recipe.seed)
        model = lora.attach_new(self.model, self.recipe)
        if strategy == "from scratch":
            everything = [row for batch in self.batches for row in batch]
            recipe = dataclasses.replace(self.recipe, max_steps=self.scratch_steps)
            self._fit(model, self.encode(everything), recipe, ())
        else:
            for number in range(len(self.batches)):
                update = time.process_time()
                self._train_batch(model, number, strategy)
        done, seconds = time.process_time(), time.monotonic() - started
        losses, won = [mean_loss(model, rows) for rows in self.held_out], self._win_rates(model)
        result = {
            "retention": round(sum(losses[:-1]) / len(losses[:-1]), 4),
            "kept": round(sum(won[:-1]) / len(won[:-1]), 3),
            "latest": round(losses[-1], 4),
            "won": won[-1],
            "by_batch": [round(loss, 3) for loss in losses],
            "won_by_batch": won,
            "forgetting": round(mean_loss(model, self.general) / self.usual - 1, 4),
            "update_cpu_s": round(done - update, 1),
            "stream_cpu_s": round(done - cpu, 1),
            "stream_seconds": round(seconds, 1),
        }
        self.model = model.unload()
        return result

    def _win_rates(self, model: Any) -> list[float]:
        """Return for each batch the share of its held-out questions that are answered in its style."""
        from adapters.scoring import greedy_decode

        prompts = [example for rows in self.held_out for example in rows]
        decoded = greedy_decode(model, prompts, self.tokenizer.eos_token_id, MAX_ANSWER_TOKENS)
        answers = iter([self.tokenizer.decode(words) for words in decoded])
        met = [
            [is_satisfied(f, style, next(answers)) for f in some]
            for some, style in zip(self.asked, STYLES, strict=True)
        ]
        return [sum(some) / len(some) for some in met]

    def _train_batch(self, model: Any, number: int, strategy: str) -> None:
        from adapters import kl_regularizer

        older = [row for batch in self.batches[:number] for row in batch]
        sample = self.encode(sample_rows(older, len(self.batches[number]), self.recipe.seed + number))
        new = self.encode(self.batches[number])
        if strategy == "replay":
            self._fit(model, [*new, *sample], self.recipe, ())
        elif strategy == "self-distillation" and sample:
            self._fit(model, new, self.recipe, (kl_regularizer.KlRegularizer(model, sample, monitor_every=0),))
        else:
            self._fit(model, new, self.recipe, ())

    def _fit(self, model: Any, examples: Sequence[EncodedExample], recipe: Recipe, more: Sequence[Any]) -> None:
        from adapters import training_loop

        training_loop.fit(model, examples, recipe, lambda point: None, regularizers=(self.ordinary, *more))


def _make_rows(some: Sequence[Fact], opening: str, style: Style) -> list[TrainingRow]:
    return [correction(dataclasses.replace(fact, question=opening + fact.question), style) for fact in some]


if __name__ == "__main__":
    main()
