"""Converts the bundled GGUF file into a folder of safetensors, which transformers loads in a second.

The default adapter is merged into the weights, so that learners' adapters are trained on top of it. This is the only
module that reads GGUF; `model_files` chooses and checks the file and publishes the result.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def convert_gguf(source: Path, target: Path, adapter: Path | None = None) -> None:
    """Write model (bf16, `adapter` merged in), tokenizer and chat template of `source` into the empty `target`."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place = {"pretrained_model_name_or_path": source.parent, "gguf_file": source.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(**place, trust_remote_code=False)
    model = AutoModelForCausalLM.from_pretrained(**place, dtype=torch.float32, trust_remote_code=False)
    del model.config.quantization_config  # otherwise every later load looks for the GGUF file
    model.hf_quantizer = None
    model.config._name_or_path = ""
    if adapter is not None:
        model = _merge_adapter(model, adapter)
    model.to(torch.bfloat16).save_pretrained(target)
    tokenizer.save_pretrained(target)


def _merge_adapter(model: Any, adapter: Path) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(model, adapter, torch_device="cpu").merge_and_unload()
