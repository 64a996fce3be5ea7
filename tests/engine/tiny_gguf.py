"""A random Qwen2 model in a GGUF file, in the formats of a Q4_K_M file, with adapters for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from tiny_models import TEMPLATE, TinyModel, make_adapter

HIDDEN, INNER, HEADS, KEY_HEADS, LAYERS = 256, 512, 4, 2, 2
VOCABULARY = 192  # a whole number of the blocks of 64 outputs of the 4-bit kernel


def random_blocks(kind: str, rows: int, inputs: int, rng: np.random.Generator, size: float = 0.1) -> np.ndarray:
    """Return random weights of about `size` in a block format, uint8 [rows, bytes]."""
    blocks = rows * inputs // 256
    if kind == "Q4_K":
        raw = rng.integers(0, 256, (blocks, 144), dtype=np.uint8)
        raw[:, 0:4] = np.array([size / 300, size / 45], dtype=np.float16).view(np.uint8)
    else:
        raw = rng.integers(0, 256, (blocks, 210), dtype=np.uint8)
        raw[:, 208:210] = np.array([size / 2000], dtype=np.float16).view(np.uint8)
    return raw.reshape(rows, -1)


def make_letter_tokenizer() -> Any:
    """Return a tokenizer with a token for each ASCII character.

    transformers reads the tokenizer of a Qwen2 model as a `Qwen2Tokenizer`, whatever was saved; one with a token for
    each word would come back without words, and all prompts would be the same.
    """
    from transformers import Qwen2Tokenizer

    names = ["<|unk|>", "<|im_start|>", "<|im_end|>"]
    letters = [
        *map(chr, range(33, 127)),
        "\u0120",
        "\u010a",
    ]  # the last two are how byte-level BPE writes space and line feed
    vocabulary = {token: number for number, token in enumerate([*names, *letters])}
    special = {"unk_token": names[0], "bos_token": names[1], "eos_token": names[2], "pad_token": names[2]}
    tokenizer: Any = Qwen2Tokenizer(vocab=vocabulary, merges=[], **special)
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def make_tiny_gguf(root: Path, adapters: int) -> TinyModel:
    from gguf import GGMLQuantizationType, GGUFWriter
    from transformers import Qwen2Config, Qwen2ForCausalLM

    from tutor.engine.files import sha256_of
    from tutor.engine.gguf_tensors import write_tensor_index
    from tutor.engine.model_files import ModelFiles, base_hash

    folder = root / "model"
    folder.mkdir()
    rng = np.random.default_rng(7)
    writer = GGUFWriter(folder / "model.gguf", "qwen2")

    def weight(name: str, outputs: int, inputs: int, kind: str = "Q4_K") -> None:
        raw = random_blocks(kind, outputs, inputs, rng)
        writer.add_tensor(f"{name}.weight", raw, raw_dtype=GGMLQuantizationType[kind])

    def vector(name: str, size: int, middle: float = 0.0) -> None:
        writer.add_tensor(name, (middle + 0.1 * rng.standard_normal(size)).astype(np.float32))

    head = HIDDEN // HEADS
    weight("token_embd", VOCABULARY, HIDDEN)
    weight("output", VOCABULARY, HIDDEN, "Q6_K")
    vector("output_norm.weight", HIDDEN, 1.0)
    for n in range(LAYERS):
        vector(f"blk.{n}.attn_norm.weight", HIDDEN, 1.0)
        vector(f"blk.{n}.ffn_norm.weight", HIDDEN, 1.0)
        for name, outputs, kind in (("q", HIDDEN, "Q4_K"), ("k", KEY_HEADS * head, "Q4_K"), ("v", 128, "Q6_K")):
            weight(f"blk.{n}.attn_{name}", outputs, HIDDEN, kind)
            vector(f"blk.{n}.attn_{name}.bias", outputs)
        weight(f"blk.{n}.attn_output", HIDDEN, HIDDEN)
        weight(f"blk.{n}.ffn_gate", INNER, HIDDEN)
        weight(f"blk.{n}.ffn_up", INNER, HIDDEN)
        weight(f"blk.{n}.ffn_down", HIDDEN, INNER, "Q6_K")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    config = Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=HIDDEN,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KEY_HEADS,
        max_position_embeddings=2048,
        tie_word_embeddings=False,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    config.save_pretrained(folder)
    make_letter_tokenizer().save_pretrained(folder)
    write_tensor_index(folder / "model.gguf", folder)
    base = base_hash([("model.gguf", sha256_of(folder / "model.gguf"))])
    empty: Any = Qwen2ForCausalLM(config)
    refs = [
        make_adapter(empty, root / f"a{i}", f"wren-{i}-v1", (2, 4, 8)[i % 3], base, 100 + i) for i in range(adapters)
    ]
    return TinyModel(ModelFiles(folder, "tiny-gguf", base, weights_format="gguf"), refs)
