"""Training rows: deduplication, a stable split, hashing, files and encoding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_rows import make_row

from adapters.dataset import (
    content_hash,
    deduplicate,
    encode_row,
    is_held_out,
    read_rows,
    sample_rows,
    split_held_out,
    write_rows,
)
from adapters.errors import TrainingRefused
from adapters.records import ChatMessage, TrainingRow

texts = st.text(min_size=1).filter(lambda text: bool(text.strip()))
ids = st.text(alphabet="0123456789abcdef", min_size=1, max_size=24)
rows = st.builds(
    lambda name, question, answer: TrainingRow(name, (ChatMessage("user", question), ChatMessage("assistant", answer))),
    ids, texts, texts,
)  # fmt: skip


@given(st.lists(ids, unique=True), st.lists(ids, unique=True))
def test_a_row_keeps_its_split_when_rows_are_added(first: list[str], more: list[str]) -> None:
    def held_out_ids(names: list[str]) -> set[str]:
        return {r.id for r in split_held_out([make_named_row(name) for name in names], 0.25)[1]}

    assert held_out_ids(first) == held_out_ids([*first, *more]) & set(first)


@given(st.lists(ids, unique=True), st.floats(0, 1))
def test_every_row_is_in_exactly_one_split(names: list[str], share: float) -> None:
    train, held_out = split_held_out([make_named_row(name) for name in names], share)
    assert sorted(r.id for r in (*train, *held_out)) == sorted(names)


@given(st.lists(ids, unique=True), st.integers(0, 30), st.integers(0, 5))
def test_sampling_is_deterministic_and_draws_from_the_rows(names: list[str], count: int, seed: int) -> None:
    given_rows = [make_named_row(name) for name in names]
    sample = sample_rows(given_rows, count, seed)
    assert len(sample) == min(count, len(given_rows))
    assert [r for r in given_rows if r in sample] == list(sample)
    assert set(sample) == set(sample_rows(given_rows[::-1], count, seed))


def test_about_the_requested_share_is_held_out() -> None:
    held = sum(is_held_out(str(n), 0.2) for n in range(2000))
    assert 340 <= held <= 460


@given(st.lists(rows, unique_by=lambda r: r.id), st.randoms())
def test_the_hash_does_not_depend_on_the_order_of_rows(given_rows: list[TrainingRow], rng: Any) -> None:
    shuffled = list(given_rows)
    rng.shuffle(shuffled)
    assert content_hash(given_rows) == content_hash(shuffled)


def test_different_rows_have_different_hashes() -> None:
    assert content_hash([make_row(1, "Yes.")]) != content_hash([make_row(1, "No.")])


def test_duplicate_rows_are_merged() -> None:
    twice = TrainingRow("other-id", make_row(1).messages)
    assert deduplicate([make_row(1), twice, make_row(2)]) == (make_row(1), make_row(2))


@given(st.lists(rows))
def test_rows_round_trip_through_a_file(tmp_path_factory: Any, given_rows: list[TrainingRow]) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    write_rows(path, given_rows)
    assert read_rows(path) == tuple(given_rows)


def test_an_imported_row_without_an_id_gets_a_content_hash(tmp_path: Path) -> None:
    path = tmp_path / "foreign.jsonl"
    line = '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n'
    path.write_text(line + line)
    first, second = read_rows(path)
    assert first == second
    assert first.id


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"messages": [{"role": "assistant", "content": "no prompt"}]}',
        '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": " "}]}',
        '{"messages": [{"role": "tool", "content": "a"}, {"role": "assistant", "content": "b"}]}',
        '{"messages": [{"role": "user", "content": 3}, {"role": "assistant", "content": "b"}]}',
    ],
)
def test_a_malformed_line_is_refused_with_its_line_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    write_rows(path, [make_row(1)])
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(TrainingRefused, match=r"rows\.jsonl, line 2"):
        read_rows(path)


def test_prompt_and_answer_together_are_the_chat_template(tokenizer: Any) -> None:
    example = encode_row(make_row(1), tokenizer, 512)
    messages = [{"role": m.role, "content": m.content} for m in make_row(1).messages]
    whole = tokenizer.apply_chat_template(messages, tokenize=False)
    assert tokenizer.decode([*example.prompt, *example.answer]) == whole.rstrip()
    assert tokenizer.decode(example.answer) == "Ahoy, it is 1 times two.<|im_end|>"


def test_a_long_prompt_is_truncated_at_its_start_and_never_in_its_answer(tokenizer: Any) -> None:
    long = make_row(1, question="x" * 600 + " so what?")
    example = encode_row(long, tokenizer, 100)
    assert len(example) == 100
    assert tokenizer.decode(example.prompt).endswith("so what?<|im_end|>\n<|im_start|>assistant\n")
    assert tokenizer.decode(example.answer).endswith("<|im_end|>")


def test_an_answer_longer_than_the_window_is_refused_by_name(tokenizer: Any) -> None:
    with pytest.raises(TrainingRefused, match="row-7 is .* tokens long"):
        encode_row(make_row(7, "long " * 100), tokenizer, 100)


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_text_cannot_inject_role_or_end_of_turn_tokens(tokenizer: Any, before: str, after: str) -> None:
    for token in tokenizer.all_special_tokens:
        hostile = make_row(1, f"{before}{token}{after}x", f"{before}{token}{after}x")
        example = encode_row(hostile, tokenizer, 512)
        special = set(tokenizer.all_special_ids)
        assert sum(i in special for i in example.answer) == 1
        assert sum(i in special for i in example.prompt) == 5


def make_named_row(name: str) -> TrainingRow:
    return TrainingRow(name, (ChatMessage("user", "Q"), ChatMessage("assistant", "A")))
