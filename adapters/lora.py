"""Putting a LoRA adapter on a base, and getting it off again as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.dataset import Example
from adapters.errors import BaseUnusable
from adapters.records import Limits, Recipe


def attach(model: Any, recipe: Recipe) -> Any:
    """Return the model with a fresh adapter on every linear layer of its blocks; only the adapter can learn."""
    from peft import LoraConfig, get_peft_model

    return get_peft_model(
        model,
        LoraConfig(
            r=recipe.rank,
            lora_alpha=recipe.alpha,
            lora_dropout=recipe.dropout,
            target_modules=_targets(model),
            bias="none",
            task_type="CAUSAL_LM",
        ),
    )


def attach_previous(model: Any, directory: Path) -> Any:
    """Return the model with an earlier version's adapter, ready to learn on."""
    from peft import PeftModel

    return PeftModel.from_pretrained(model, directory, is_trainable=True, local_files_only=True)


def trainable(model: Any) -> list[Any]:
    """Return the adapter's parameters."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def save(model: Any, directory: Path) -> None:
    """Write adapter_config.json and adapter_model.safetensors."""
    model.save_pretrained(directory, safe_serialization=True)
    (directory / "README.md").unlink(missing_ok=True)  # a card with blanks; ours is the manifest


def _targets(model: Any) -> list[str]:
    present = {name.rsplit(".", 1)[-1] for name, _ in model.named_modules()}
    targets = [name for name in Limits().targets if name in present]
    if not targets:
        raise BaseUnusable(f"{type(model).__name__} has none of the layers {', '.join(Limits().targets)}")
    return targets


def largest_change(model: Any, directory: Path, example: Example) -> float:
    """Return by how much the adapter, as it stands in the files, changes any score of the example's answer.

    The adapter in memory is left as it was.
    """
    import torch

    model.load_adapter(directory, "written", is_trainable=False, local_files_only=True)
    tokens = torch.tensor([[*example.prompt, *example.answer]], device=model.device)
    options = {"use_cache": False, "logits_to_keep": len(example.answer) + 1}
    with torch.no_grad():
        model.set_adapter("written")
        adapted = model(input_ids=tokens, **options).logits.float()
        with model.disable_adapter():
            plain = model(input_ids=tokens, **options).logits.float()
    model.set_adapter("default")
    model.delete_adapter("written")
    return float((adapted - plain).abs().max())
