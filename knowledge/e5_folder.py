"""Writes multilingual-e5-small as a folder that sentence-transformers loads: a BERT network, an XLM-R tokenizer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.e5_tokenizer import build_tokenizer
from knowledge.packed_e5 import PackedModel, PackedVocabulary

QUERY_PROMPT, PASSAGE_PROMPT = "query: ", "passage: "

_EMBEDDINGS = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {  # weight and bias of each are `.w` and `.b` in the packed file
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_NORMS = ("aln", "oln")


def write_folder(model: PackedModel, folder: Path) -> None:
    """Write configuration, tokenizer and weights into an existing folder; raises OSError."""
    from safetensors.numpy import save_file

    save_file(dict(_weights(model)), folder / "model.safetensors", {"format": "pt"})
    build_tokenizer(model.vocabulary).save(str(folder / "tokenizer.json"))
    for name, content in _configuration(model).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _weights(model: PackedModel) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the tensors under the names of a `BertModel`; the table of words is half as wide, it came from 4 bits."""
    hidden, wide = model.settings.hidden, model.settings.intermediate
    yield "embeddings.word_embeddings.weight", model.tensor("emb.word", hidden).astype(np.float16)
    for packed, name in _EMBEDDINGS.items():
        yield name, model.tensor(packed, hidden if "ln" not in packed else 0)
    yield from _unused_pooler(hidden)
    for layer in range(model.settings.layers):
        for part, name in _LAYER.items():
            columns = 0 if part in _NORMS else wide if part == "fo" else hidden
            yield f"encoder.layer.{layer}.{name}.weight", model.tensor(f"l{layer}.{part}.w", columns)
            yield f"encoder.layer.{layer}.{name}.bias", model.tensor(f"l{layer}.{part}.b")


def _unused_pooler(hidden: int) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the pooler that a `BertModel` expects; mean pooling does not use it."""
    yield "pooler.dense.weight", np.zeros((hidden, hidden), np.float32)
    yield "pooler.dense.bias", np.zeros(hidden, np.float32)


def _configuration(model: PackedModel) -> dict[str, Any]:
    return {
        "config.json": _network(model),
        "tokenizer_config.json": _tokenizer(model.vocabulary, model.settings.positions),
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": model.settings.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY_PROMPT, "document": PASSAGE_PROMPT},
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": model.settings.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
    }


def _network(model: PackedModel) -> dict[str, Any]:
    sizes = model.settings
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "vocab_size": sizes.vocabulary,
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.intermediate,
        "hidden_act": "gelu",
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.token_types,
        "layer_norm_eps": sizes.epsilon,
        "pad_token_id": model.vocabulary.padding,
    }


def _tokenizer(vocabulary: PackedVocabulary, longest: int) -> dict[str, Any]:
    pieces = vocabulary.pieces
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": longest,
        "bos_token": pieces[vocabulary.begin],
        "cls_token": pieces[vocabulary.begin],
        "eos_token": pieces[vocabulary.end],
        "sep_token": pieces[vocabulary.end],
        "pad_token": pieces[vocabulary.padding],
        "unk_token": pieces[vocabulary.unknown],
    }
