"""Rows answer in the words of the passage; read behind a beginning that they share, they cost what each costs alone."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from adapter_rows import row

from bench.house_adapter import fit, groups, losses, packed, packs
from bench.house_rows import as_answer, asked_of, gold, rows

TEXT = "Chlorophyll is a green pigment. It absorbs mostly blue and red light, and so a leaf looks green."
PARAGRAPH = {"pid": "p", "title": "Leaf", "text": TEXT}
QUESTION = {"id": "q", "pid": "p", "question": "Which light does it absorb?", "answers": ["blue and red light", "blue"]}


@pytest.fixture
def examples(tokenizer: Any) -> list[Any]:
    from adapters.dataset import encode

    asked = ["Why is a leaf green?", "Why is the sky blue?", "Who?"]
    return [encode(row(n, question=q), tokenizer, 512) for n, q in enumerate(asked)]


def test_rows_read_together_cost_what_each_costs_alone(tiny_base: Path, examples: list[Any]) -> None:
    from torch.nn.functional import cross_entropy

    from adapters import base, lora
    from adapters.passes import scores
    from adapters.records import Recipe

    model = lora.attach(base.load_base(tiny_base), Recipe())
    alone = [scores(model, [example], through_prompt=True) for example in examples]
    wanted = [cross_entropy(one.logits, one.right).item() for one in alone]
    assert losses(model, packed(examples)).tolist() == pytest.approx(wanted, abs=1e-4)


def test_gradients_flow_through_the_shared_beginning(tiny_base: Path, examples: list[Any]) -> None:
    import torch

    from adapters import base, lora
    from adapters.passes import scores
    from adapters.records import Recipe

    model = lora.attach(base.load_base(tiny_base), Recipe())
    together = torch.autograd.grad(losses(model, packed(examples)).sum(), lora.trainable(model))
    alone = [scores(model, [e], through_prompt=True).loss() / len(e.answer) for e in examples]
    apart = torch.autograd.grad(torch.stack(alone).sum(), lora.trainable(model))
    for one, other in zip(together, apart, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3)


def test_a_pack_reads_a_shared_beginning_once_and_holds_every_row(examples: list[Any]) -> None:
    pack = packed(examples)
    assert len(pack) < sum(map(len, examples))
    assert [pack.shared + rest for rest, _ in pack.rows] == [example.prompt for example in examples]
    assert [answer for _, answer in pack.rows] == [example.answer for example in examples]


def test_no_pack_is_longer_than_allowed_unless_one_row_is(examples: list[Any]) -> None:
    longest = max(map(len, examples))
    found = list(packs([examples], most=longest))
    assert sum(len(pack.rows) for pack in found) == len(examples)
    assert all(len(pack) <= longest for pack in found)
    assert [len(pack.rows) for pack in packs([examples], most=1)] == [1, 1, 1]


def test_a_question_is_answered_with_the_words_most_readers_gave():
    assert gold(["in 1973", "1973", "1973 "]) == "1973"
    assert gold(["the stroma", "stroma"]) == "stroma"
    assert as_answer("the stroma") == "The stroma." and as_answer("U.S.") == "U.S."


def test_a_term_that_the_paragraph_explains_is_asked_about():
    asked = asked_of(TEXT, [QUESTION], random.Random(1))
    assert ("Which light does it absorb?", "Blue.") in [(one.question, one.answer) for one in asked]
    (meaning,) = [one for one in asked if one.answer == "Chlorophyll is a green pigment."]
    assert "Chlorophyll" in meaning.question


def test_rows_hold_the_prompt_of_the_product_and_the_passage():
    told = list(rows([PARAGRAPH], [QUESTION], random.Random(1)))
    assert {one["group"] for one in told} == {"p"}
    for one in told:
        roles = [message["role"] for message in one["messages"]]
        assert roles == ["system", "user", "assistant"]
        assert TEXT in one["messages"][1]["content"]


def test_what_is_trained_is_written_as_an_adapter_that_says_the_answers(
    tmp_path: Path, tiny_base: Path, tokenizer: Any
) -> None:
    from adapters import base, lora
    from adapters.passes import mean_loss
    from adapters.records import Recipe

    told = list(rows([PARAGRAPH], [QUESTION], random.Random(1)))
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told), encoding="utf-8")
    took = fit(
        tmp_path / "rows.jsonl", tiny_base, tmp_path / "out", Recipe(learning_rate=3e-2, anchor_weight=0.1), epochs=60
    )
    assert (took["rows"], took["steps"]) == (len(told), 30)
    (example,) = [e for e in groups(tmp_path / "rows.jsonl", tokenizer)[0] if e.row_id == "q"]
    before = mean_loss(base.load_base(tiny_base), [example])
    learnt = lora.attach_previous(base.load_base(tiny_base), tmp_path / "out", trainable=False)
    assert mean_loss(learnt, [example]) < 0.9 * before
