"""The default adapter: its training rows, and packs of rows with a shared prefix, which give the same losses."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from make_rows import make_row

from bench.default_adapter import fit, load_groups, make_pack, pack_groups, packed_losses
from bench.default_adapter_examples import examples_about, format_answer, majority_answer, make_rows

TEXT = "Chlorophyll is a green pigment. It absorbs mostly blue and red light, and so a leaf looks green."
PARAGRAPH = {"pid": "p", "title": "Leaf", "text": TEXT}
QUESTION = {"id": "q", "pid": "p", "question": "Which light does it absorb?", "answers": ["blue and red light", "blue"]}


@pytest.fixture
def examples(tokenizer: Any) -> list[Any]:
    from adapters.dataset import encode_row

    questions = ["Why is a leaf green?", "Why is the sky blue?", "Who?"]
    return [encode_row(make_row(n, question=q), tokenizer, 512) for n, q in enumerate(questions)]


def test_packed_losses_equal_single_row_losses(tiny_base: Path, examples: list[Any]) -> None:
    from torch.nn.functional import cross_entropy

    from adapters import base_model, lora
    from adapters.records import Recipe
    from adapters.scoring import answer_logits

    model = lora.attach_new(base_model.load_base(tiny_base), Recipe())
    alone = [answer_logits(model, [example], train_prompt=True) for example in examples]
    expected = [cross_entropy(one.logits, one.labels).item() for one in alone]
    assert packed_losses(model, [make_pack(examples)]).tolist() == pytest.approx(expected, abs=1e-4)


def test_gradients_flow_through_the_shared_prefix(tiny_base: Path, examples: list[Any]) -> None:
    import torch

    from adapters import base_model, lora
    from adapters.records import Recipe
    from adapters.scoring import answer_logits

    model = lora.attach_new(base_model.load_base(tiny_base), Recipe())
    together = torch.autograd.grad(packed_losses(model, [make_pack(examples)]).sum(), lora.trainable_parameters(model))
    alone = [answer_logits(model, [e], train_prompt=True).loss() / len(e.answer) for e in examples]
    apart = torch.autograd.grad(torch.stack(alone).sum(), lora.trainable_parameters(model))
    for one, other in zip(together, apart, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3)


def test_a_pack_holds_the_shared_prefix_once_and_every_row(examples: list[Any]) -> None:
    pack = make_pack(examples)
    assert len(pack) < sum(map(len, examples))
    assert [pack.prefix + rest for rest, _ in pack.rows] == [example.prompt for example in examples]
    assert [answer for _, answer in pack.rows] == [example.answer for example in examples]


def test_no_pack_exceeds_the_limit_unless_a_single_row_does(examples: list[Any]) -> None:
    longest = max(map(len, examples))
    found = list(pack_groups([examples], most=longest))
    assert sum(len(pack.rows) for pack in found) == len(examples)
    assert all(len(pack) <= longest for pack in found)
    assert [len(pack.rows) for pack in pack_groups([examples], most=1)] == [1, 1, 1]


def test_the_majority_answer_becomes_the_target():
    assert majority_answer(["in 1973", "1973", "1973 "]) == "1973"
    assert majority_answer(["the stroma", "stroma"]) == "stroma"
    assert format_answer("the stroma") == "The stroma." and format_answer("U.S.") == "U.S."


def test_defined_terms_yield_definition_questions():
    examples = examples_about(TEXT, [QUESTION], random.Random(1))
    assert ("Which light does it absorb?", "Blue.") in [(one.question, one.answer) for one in examples]
    (definition,) = [one for one in examples if one.answer == "Chlorophyll is a green pigment."]
    assert "Chlorophyll" in definition.question


def test_rows_use_the_product_prompt_with_the_passage():
    rows = list(make_rows([PARAGRAPH], [QUESTION], random.Random(1)))
    assert {one["group"] for one in rows} == {"p"}
    for one in rows:
        roles = [message["role"] for message in one["messages"]]
        assert roles == ["system", "user", "assistant"]
        assert TEXT in one["messages"][1]["content"]


def test_training_writes_an_adapter_that_gives_the_answers(tmp_path: Path, tiny_base: Path, tokenizer: Any) -> None:
    from adapters import base_model, lora
    from adapters.records import Recipe
    from adapters.scoring import mean_loss

    rows = list(make_rows([PARAGRAPH], [QUESTION], random.Random(1)))
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    figures = fit(
        tmp_path / "rows.jsonl", tiny_base, tmp_path / "out", Recipe(learning_rate=3e-2, anchor_weight=0.1), epochs=60
    )
    assert (figures["rows"], figures["steps"]) == (len(rows), 60)
    (example,) = [e for e in load_groups(tmp_path / "rows.jsonl", tokenizer)[0] if e.row_id == "q"]
    before = mean_loss(base_model.load_base(tiny_base), [example])
    trained = lora.attach_saved(base_model.load_base(tiny_base), tmp_path / "out", trainable=False)
    assert mean_loss(trained, [example]) < 0.9 * before


def test_batched_packs_equal_single_packs(tiny_base: Path, examples: list[Any]) -> None:
    import torch

    from adapters import base_model, lora
    from adapters.records import Recipe

    model = lora.attach_new(base_model.load_base(tiny_base), Recipe())
    one, other = make_pack(examples[:2]), make_pack(examples[2:])
    assert len(one) != len(other)
    torch.testing.assert_close(
        packed_losses(model, [one, other]), torch.cat([packed_losses(model, [one]), packed_losses(model, [other])])
    )


def test_a_distractor_paragraph_is_added_to_the_prompt():
    other = {"pid": "o", "title": "Sky", "text": "A blue sky absorbs little light."}
    rows = list(make_rows([PARAGRAPH, other], [QUESTION], random.Random(1), beside=1.0))
    assert all(TEXT in one["messages"][1]["content"] and other["text"] in one["messages"][1]["content"] for one in rows)


def test_chinese_questions_get_chinese_prompts_and_answers():
    paragraph = {"pid": "z", "title": "叶绿素", "text": "叶绿素吸收红光和蓝光，所以叶子看起来是绿色的。"}
    question = {"id": "q", "pid": "z", "question": "叶绿素吸收什么光？", "answers": ["红光和蓝光"]}
    (row,) = make_rows([paragraph], [question], random.Random(1))
    system, user, answer = (message["content"] for message in row["messages"])
    assert "辅导老师" in system and "问题：叶绿素吸收什么光？" in user and answer == "红光和蓝光。"


def test_qed_text_is_detokenized_consistently():
    from bench.import_qed import read_qed as qed_rows

    line = {
        "example_id": 7,
        "title_text": "Leaf",
        "question_text": "what does chlorophyll take in",
        "paragraph_text": "A leaf ( `` folium '' ) is green : its chlorophyll does n't keep green , but blue - red .",
        "answer_text": ["blue - red"],
    }
    without_answer = {**line, "question_text": "what else", "answer_text": ["yellow"]}
    ((paragraph, question),) = qed_rows([line, line, without_answer])
    assert paragraph["text"] == 'A leaf ("folium") is green: its chlorophyll doesn\'t keep green, but blue-red.'
    assert question["question"] == "What does chlorophyll take in?" and question["answers"] == ["blue-red"]
