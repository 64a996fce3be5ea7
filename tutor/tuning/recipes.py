"""What a training takes, by the format of the base's weights: its recipe, and memory."""

from __future__ import annotations

from dataclasses import replace

from adapters.errors import TrainingRefused
from adapters.records import Recipe
from tutor.engine.model_files import ModelFiles

# Why these values: docs/decisions/0034-upper-layer-adapters.md.
UPPER_LAYERS = 4  # of 28: a pass through them costs a sixth of one through all
MAX_STEPS = 40
GGUF_TRAINING_MEMORY = 4_800_000_000  # bytes that must be free; 4.4 GB were used at the peak
UPPER_LAYERS_RECIPE = Recipe(upper_layers=UPPER_LAYERS, max_steps=MAX_STEPS, memory_limit_mb=6_000)


def recipe_for(files: ModelFiles, recipe: Recipe) -> Recipe:
    """Return `recipe` as it is for safetensors, and for a GGUF base with adapters on the upper layers only."""
    if files.weights_format != "gguf":
        return recipe
    return replace(
        recipe,
        upper_layers=UPPER_LAYERS,
        max_steps=min(recipe.max_steps, MAX_STEPS),
        memory_limit_mb=min(recipe.memory_limit_mb, UPPER_LAYERS_RECIPE.memory_limit_mb),
    )


def require_memory(files: ModelFiles, free: int) -> None:
    """Raise TrainingRefused if the `free` bytes do not suffice to train an adapter of this base."""
    if files.weights_format != "gguf" or free >= GGUF_TRAINING_MEMORY:
        return
    needed_gb, free_gb = f"{GGUF_TRAINING_MEMORY / 1e9:.1f}", f"{free / 1e9:.1f}"
    raise TrainingRefused(
        f"training an adapter of {files.name} needs {needed_gb} GB of free memory, {free_gb} GB are free; "
        "close other programs, or train when fewer people are asking",
        key="training_no_memory",
        model=files.name,
        needed=needed_gb,
        free=free_gb,
    )
