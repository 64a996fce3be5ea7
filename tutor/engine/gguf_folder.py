"""Writes what transformers needs beside a GGUF file: configuration, tokenizer, chat template, and a list of tensors.

The file itself stays as it was published; its weights are read from it at every start.
"""

from __future__ import annotations

from pathlib import Path

from tutor.engine.gguf_tensors import write_tensor_index

COMPANIONS = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
    "tensors.json",
)


def write_companions(gguf: Path, folder: Path) -> None:
    """Write the files of COMPANIONS for `gguf` into `folder`. Takes about half a minute for a large vocabulary.

    Raises ModelUnusable for a file in a format that cannot be read.
    """
    from transformers import AutoConfig, AutoTokenizer, GenerationConfig

    write_tensor_index(gguf, folder)
    place = {"pretrained_model_name_or_path": gguf.parent, "gguf_file": gguf.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(**place, trust_remote_code=False)
    config = AutoConfig.from_pretrained(**place, trust_remote_code=False)
    config._name_or_path = ""
    config.save_pretrained(folder)
    GenerationConfig(eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
