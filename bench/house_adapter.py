"""Trains the house adapter: what makes the small bundled model answer in the course's words.

`python -m bench.house_adapter rows --paragraphs P.jsonl --questions Q.jsonl --out ROWS.jsonl` writes training rows from
a reading-comprehension set: the product's own prompt with two or three passages of one document, the right one at any
place, and as the answer the sentence that holds the answer words. `train --rows ROWS.jsonl --base DIR --out DIR` fits
one LoRA adapter on them. Documents named by `--hold-out` (the last ones by title) are left for measuring.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.corpora import read_lines
from knowledge.sentences import sentences
from tutor import prompting
from tutor.trimming import PassageText

LONGEST_ANSWER_WORDS = 45


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(required=True)
    rows = steps.add_parser("rows")
    rows.add_argument("--paragraphs", type=Path, required=True)
    rows.add_argument("--questions", type=Path, required=True)
    rows.add_argument("--out", type=Path, required=True)
    rows.add_argument("--count", type=int, default=1200)
    rows.add_argument("--hold-out", type=int, default=4, help="documents, the last by title, that give no rows")
    rows.add_argument("--seed", type=int, default=17)
    rows.set_defaults(run=write_rows)
    train = steps.add_parser("train")
    train.add_argument("--rows", type=Path, required=True)
    train.add_argument("--base", type=Path, required=True)
    train.add_argument("--out", type=Path, required=True)
    train.add_argument("--rank", type=int, default=16)
    train.add_argument("--learning-rate", type=float, default=4e-4)
    train.add_argument("--epochs", type=int, default=1)
    train.set_defaults(run=fit)
    arguments = parser.parse_args()
    arguments.run(arguments)


def held_out(titles: set[str], count: int) -> set[str]:
    """Return the documents that give no rows."""
    return set(sorted(titles)[len(titles) - count :])


def write_rows(arguments: argparse.Namespace) -> None:
    """Write rows of one `messages` list each, and one JSON line that counts them."""
    dice = random.Random(arguments.seed)
    paragraphs = {row["pid"]: row for row in read_lines(arguments.paragraphs)}
    away = held_out({row["title"] for row in paragraphs.values()}, arguments.hold_out)
    asked = [row for row in read_lines(arguments.questions) if not row.get("impossible")]
    asked = [row for row in asked if paragraphs[row["pid"]]["title"] not in away]
    dice.shuffle(asked)
    with arguments.out.open("w", encoding="utf-8") as file:
        written = 0
        for row in _rows(asked, paragraphs, dice):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            written += 1
            if written == arguments.count:
                break
    print(json.dumps({"rows": written, "held_out": sorted(away)}))


def _rows(asked: list[dict[str, Any]], paragraphs: dict[str, Any], dice: random.Random) -> Iterator[dict[str, Any]]:
    by_title: dict[str, list[str]] = {}
    for pid, row in paragraphs.items():
        by_title.setdefault(row["title"], []).append(pid)
    prompt = prompting.load("answer.en")
    for question in asked:
        gold = paragraphs[question["pid"]]
        answer = answer_sentence(gold["text"], question["answers"][0])
        if answer is None:
            continue
        others = [pid for pid in by_title[gold["title"]] if pid != question["pid"]]
        shown = [gold, *(paragraphs[pid] for pid in dice.sample(others, dice.choice((1, 1, 2))))]
        dice.shuffle(shown)
        passages = tuple(PassageText(row["pid"], row["title"].replace("_", " "), "", row["text"]) for row in shown)
        messages = [*prompt.render(passages=passages, question=question["question"]), ("assistant", answer)]
        yield {"id": question["id"], "messages": [{"role": role, "content": text} for role, text in messages]}


def answer_sentence(text: str, answer: str) -> str | None:
    """Return the sentence of the text that holds the answer; None where it is too long to be an answer."""
    start = text.find(answer)
    for first, last in sentences(text):
        if first <= start < last:
            sentence = text[first:last].strip()
            return sentence if answer in sentence and len(sentence.split()) <= LONGEST_ANSWER_WORDS else None
    return None


def fit(arguments: argparse.Namespace) -> None:
    """Train, and write PEFT files in bf16."""
    import torch
    from safetensors.torch import load_file, save_file

    from adapters import base, loop, lora
    from adapters.dataset import encode
    from adapters.records import ChatMessage, Point, Recipe, TrainingRow

    recipe = Recipe(
        rank=arguments.rank,
        alpha=2 * arguments.rank,
        learning_rate=arguments.learning_rate,
        epochs=arguments.epochs,
        max_steps=10_000,
        batch_size=8,
        max_tokens=900,
        warmup_share=0.05,
        time_limit_s=6 * 3600,
    )
    tokenizer = base.load_tokenizer(arguments.base)
    rows = [
        TrainingRow(row["id"], tuple(ChatMessage(m["role"], m["content"]) for m in row["messages"]))
        for row in read_lines(arguments.rows)
    ]
    examples = [encode(row, tokenizer, recipe.max_tokens) for row in rows]
    loop.seed(recipe.seed)
    model = lora.attach(base.load_base(arguments.base), recipe)
    began = time.monotonic()

    def watch(point: Point) -> None:
        print(f"{time.monotonic() - began:7.0f} s  step {point.step}/{point.steps}  loss {point.loss:.3f}", flush=True)

    fitted = loop.fit(model, examples, recipe, watch)
    lora.save(model, arguments.out)
    file = arguments.out / "adapter_model.safetensors"
    save_file({name: value.to(torch.bfloat16) for name, value in load_file(file).items()}, file, {"format": "pt"})
    print(
        json.dumps({"rows": len(rows), "tokens": fitted.tokens, "seconds": fitted.seconds, "loss": fitted.losses[-1]})
    )


if __name__ == "__main__":
    main()
