"""A base small enough to train in a second: a random two-layer Llama with a byte tokenizer and a chat template."""

from __future__ import annotations

from pathlib import Path

import pytest
from make_rows import BASE_SHA256, make_row

from adapters.dataset import write_rows
from adapters.records import Recipe, TrainingJob

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="session")
def tokenizer(tiny_base: Path):  # type: ignore[no-untyped-def]
    from adapters.base_model import load_tokenizer

    return load_tokenizer(tiny_base)


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-base")
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    plain = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(letters)}, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="<|im_end|>", bos_token="<|im_start|>")
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(5)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture
def job(tmp_path: Path, tiny_base: Path) -> TrainingJob:
    """A job with four corrections on the tiny base."""
    work_dir = tmp_path / "job"
    work_dir.mkdir()
    write_rows(work_dir / "rows.jsonl", [make_row(n) for n in range(4)])
    return TrainingJob(
        directory=str(work_dir),
        base_directory=str(tiny_base),
        base_sha256=BASE_SHA256,
        rows_file=str(work_dir / "rows.jsonl"),
        name="quiet-heron-v1",
        recipe=Recipe(rank=4, epochs=3, batch_size=2, minimum_rows=3, learning_rate=1e-2),
    )
