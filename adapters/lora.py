"""Attaches LoRA adapters to a base model, scales them, saves them and loads them again."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import Any

from adapters import adalora
from adapters.dataset import EncodedExample
from adapters.errors import BaseUnusable
from adapters.files import WEIGHTS
from adapters.records import AdapterLimits, Recipe
from adapters.scoring import answer_logits, no_grad_no_dropout
from adapters.vault import CLEAR, Vault


def attach_new(model: Any, recipe: Recipe, steps: int = 0) -> Any:
    """Return the model with a new adapter on the linear layers of its blocks; only the adapter is trainable.

    With `recipe.upper_layers` only the last blocks get one. AdaLoRA starts with 1.5 times `recipe.rank` and ends, after
    `steps`, with `recipe.rank` on average.
    """
    from peft import AdaLoraConfig, LoraConfig, get_peft_model

    common: dict[str, Any] = {
        "lora_dropout": recipe.dropout,
        "target_modules": find_target_modules(model, recipe.upper_layers),
        "bias": "none",
        "task_type": "CAUSAL_LM",
    }
    if recipe.method == "lora":
        return get_peft_model(model, LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, **common))
    first = recipe.rank * 3 // 2
    # PEFT divides AdaLoRA's alpha by the initial rank; this gives the same scale as for plain LoRA
    alpha = round(recipe.alpha * first / recipe.rank)
    config = AdaLoraConfig(
        init_r=first, target_r=recipe.rank, lora_alpha=alpha, **adalora.budget_schedule(steps), **common
    )
    return get_peft_model(model, config)


def attach_saved(model: Any, directory: Path, *, trainable: bool = True, vault: Vault = CLEAR) -> Any:
    """Return the model with the adapter of a directory, always in training mode.

    PEFT puts a model that is not trainable into inference mode, in which the next pass would pack its base.
    """
    from peft import PeftConfig, get_peft_model, set_peft_model_state_dict
    from safetensors.torch import load

    config = PeftConfig.from_pretrained(str(directory), local_files_only=True)
    config.inference_mode = not trainable
    adapted = get_peft_model(model, config)
    set_peft_model_state_dict(adapted, load(vault.read(directory / WEIGHTS)))
    return adapted.train()


def trainable_parameters(model: Any) -> list[Any]:
    """Return the parameters of the adapter."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def scale_adapter(model: Any, factor: float) -> None:
    """Multiply the adapter's contribution by `factor`."""
    for name, parameter in model.named_parameters():
        if "lora_E" in name or ("lora_B" in name and not _is_adalora(model)):
            parameter.data.mul_(factor)


def save(model: Any, directory: Path, vault: Vault = CLEAR) -> None:
    """Write adapter_config.json and adapter_model.safetensors, always as plain LoRA."""
    from safetensors.torch import save as to_bytes

    directory.mkdir()
    config, tensors = _adalora_as_lora(model) if _is_adalora(model) else _config_and_tensors(model)
    config.inference_mode = True
    config.save_pretrained(str(directory))
    vault.write(directory / WEIGHTS, to_bytes(tensors, {"format": "pt"}))


def _config_and_tensors(model: Any) -> tuple[Any, dict[str, Any]]:
    from peft import get_peft_model_state_dict

    tensors = get_peft_model_state_dict(model, save_embedding_layers=False)
    return copy(model.peft_config["default"]), {name: tensor.contiguous() for name, tensor in tensors.items()}


def _adalora_as_lora(model: Any) -> tuple[Any, dict[str, Any]]:
    from peft import LoraConfig

    tensors, rank = adalora.to_plain_lora(model)
    targets = sorted({name.split(".lora_")[0].rpartition(".")[2] for name in tensors})
    config = LoraConfig(r=rank, lora_alpha=rank, target_modules=targets, bias="none", task_type="CAUSAL_LM")
    return config, tensors


def reload_from_files(model: Any, directory: Path, vault: Vault = CLEAR) -> Any:
    """Return the base of this model with the adapter of a directory in place of the one in memory."""
    return attach_saved(model.unload(), directory, trainable=False, vault=vault)


def max_logit_change(model: Any, example: EncodedExample) -> float:
    """Return the largest change that the adapter makes to a logit of the example's answer."""
    with no_grad_no_dropout(model):
        adapted = answer_logits(model, [example]).logits
        with model.disable_adapter():
            plain = answer_logits(model, [example]).logits
    return float((adapted - plain).abs().max())


def _is_adalora(model: Any) -> bool:
    return any(config.peft_type == "ADALORA" for config in getattr(model, "peft_config", {}).values())


def find_target_modules(model: Any, upper_layers: int = 0) -> list[str]:
    """Return the names of the layers that get an adapter, in all blocks or as paths in the last `upper_layers` ones.

    Raises BaseUnusable if there are none.
    """
    paths = [name for name, _ in model.named_modules() if name.rpartition(".")[2] in AdapterLimits().targets]
    if not paths:
        raise BaseUnusable(
            f"{type(model).__name__} has none of the layers {', '.join(AdapterLimits().targets)}; use another model"
        )
    if upper_layers:
        first = model.config.num_hidden_layers - upper_layers
        return [path for path in paths if int(path.split(".layers.")[1].split(".")[0]) >= first]
    present = {path.rpartition(".")[2] for path in paths}
    return [name for name in AdapterLimits().targets if name in present]
