"""AdaLoRA (Zhang et al. 2023): distributes the rank budget over the layers while training.

Ranks shrink on a schedule over the first two thirds of a run; losses are evaluated only after that. The adapter is
saved as plain LoRA: the singular values are multiplied in, and pruned ranks are left out.
"""

from __future__ import annotations

from typing import Any

import torch

from adapters.records import Recipe

ORTHOGONALITY_WEIGHT = 0.5  # of the penalty on singular vectors, as in the paper


def budget_schedule(steps: int) -> dict[str, int]:
    """Return PEFT's schedule of the ranks: warm-up, shrinking, final ranks."""
    return {"tinit": steps // 6, "tfinal": steps - rank_freeze_step(steps), "deltaT": 1, "total_step": steps}


def rank_freeze_step(steps: int) -> int:
    """Return the step from which the ranks no longer change."""
    return 2 * steps // 3


def update_ranks(model: Any, step: int) -> None:
    """Let PEFT update the rank budget; call it after the optimizer step, before gradients are cleared."""
    model.base_model.update_and_allocate(step)


def orthogonality_penalty(model: Any) -> torch.Tensor:
    """Return the weighted distance of the singular vectors from orthogonality."""
    total, count = torch.zeros((), device=model.device), 0
    for name, matrix in model.named_parameters():
        if matrix.requires_grad and ("lora_A" in name or "lora_B" in name):
            product = matrix @ matrix.T if "lora_A" in name else matrix.T @ matrix
            total = total + torch.linalg.matrix_norm(product - torch.eye(len(product), device=product.device))
            count += 1
    return ORTHOGONALITY_WEIGHT * total / max(1, count)


def to_plain_lora(model: Any) -> tuple[dict[str, torch.Tensor], int]:
    """Return the tensors and the rank of the equivalent plain LoRA adapter with alpha = rank."""
    layers = {name: module for name, module in model.named_modules() if hasattr(module, "lora_E")}
    active = {name: (layer.lora_E["default"][:, 0] != 0).nonzero()[:, 0] for name, layer in layers.items()}
    rank = max(1, max(map(len, active.values())))
    tensors = {}
    for name, layer in layers.items():
        factor = layer.scaling["default"] / (layer.ranknum["default"] + 1e-5)
        down = (layer.lora_A["default"] * layer.lora_E["default"] * factor)[active[name]]
        up = layer.lora_B["default"][:, active[name]]
        missing = rank - len(down)
        tensors[f"{name}.lora_A.weight"] = torch.nn.functional.pad(down.detach(), (0, 0, 0, missing)).contiguous()
        tensors[f"{name}.lora_B.weight"] = torch.nn.functional.pad(up.detach(), (0, missing)).contiguous()
    return tensors, rank


def allocator_state(model: Any, recipe: Recipe) -> dict[str, torch.Tensor]:
    """Return the state of the rank allocator for a checkpoint; empty for plain LoRA."""
    if recipe.method != "adalora":
        return {}
    allocator, config = model.base_model.rankallocator, model.peft_config["default"]
    tensors = {
        f"{kind}:{name}": value for kind in _ALLOCATOR_AVERAGES for name, value in getattr(allocator, kind).items()
    }
    pattern = config.rank_pattern or {}
    return tensors | {f"pattern:{name}": torch.tensor(mask, dtype=torch.bool) for name, mask in pattern.items()}


def restore_allocator_state(model: Any, recipe: Recipe, tensors: dict[str, torch.Tensor]) -> None:
    """Restore the state of the rank allocator from a checkpoint; does nothing for plain LoRA."""
    if recipe.method != "adalora":
        return
    allocator, config = model.base_model.rankallocator, model.peft_config["default"]
    for kind in _ALLOCATOR_AVERAGES:
        setattr(
            allocator, kind, {name: value.to(model.device) for name, value in _with_prefix(tensors, f"{kind}:").items()}
        )
    config.rank_pattern = {name: value.tolist() for name, value in _with_prefix(tensors, "pattern:").items()}


def _with_prefix(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


_ALLOCATOR_AVERAGES = ("ipt", "exp_avg_ipt", "exp_avg_unc")
