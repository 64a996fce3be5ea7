"""A GGUF base in the serving benchmarks: its adapters, and the usual ways to run it with PEFT.

PEFT knows no kernel of ours and no GGUF file. `PeftLinear` lets it adapt the layers of a kernel, and `DenseFp32` gives
it the dequantized weights, which is what it has on a CPU without 4-bit kernels.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tutor.engine.gguf_loading import load_gguf
from tutor.engine.gguf_tensors import StoredTensor
from tutor.engine.kernels.base import KernelLinear
from tutor.engine.lora_files import TARGET_MODULES
from tutor.engine.model_files import ModelFiles
from tutor.engine.model_loading import LoadedModel

BYTES_PER_WEIGHT = {"int8-rows": 1.0, "int4-groups": 0.625, "nf4": 0.5625, "fp32": 4.0}  # that a product reads


class PeftLinear(nn.Linear):
    """A layer of a kernel as PEFT accepts it; its own weight holds nothing."""

    def __init__(self, layer: KernelLinear) -> None:
        nn.Module.__init__(self)
        self.in_features, self.out_features = layer.in_features, layer.out_features
        shape = (layer.out_features, layer.in_features)
        self.weight = nn.Parameter(torch.zeros(1, 1).expand(shape), requires_grad=False)
        self.register_parameter("bias", None)
        self.kernel_layer = layer

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.kernel_layer(x)
        return y


class DenseFp32:
    """Plain fp32 layers of torch: one product for all rows, as transformers computes it."""

    name = "transformers-fp32"
    device_type, dtype = "cpu", torch.float32

    def make_linear(self, weight: StoredTensor, bias: Tensor | None) -> nn.Module:
        layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, device="meta")
        layer.weight = nn.Parameter(weight.dequantize(), requires_grad=False)
        if bias is not None:
            layer.bias = nn.Parameter(bias, requires_grad=False)
        return layer


def peft_view(loaded: LoadedModel) -> LoadedModel:
    """Return a second model on the same kernel layers, which PEFT can adapt."""
    shared = [module for module in loaded.model.modules() if isinstance(module, KernelLinear)]
    shared.append(loaded.model.get_input_embeddings())
    model = copy.deepcopy(loaded.model, {id(module): module for module in shared})
    for path, layer in list(model.named_modules()):
        parent, _, name = path.rpartition(".")
        if name in TARGET_MODULES and isinstance(layer, KernelLinear):
            setattr(model.get_submodule(parent), name, PeftLinear(layer))
    return replace(loaded, model=model)


def load_dense(files: ModelFiles, loaded: LoadedModel) -> LoadedModel:
    """Return the model with its weights in fp32 (four bytes a weight) and the layers of torch."""
    model = load_gguf(files.directory, DenseFp32()).eval().requires_grad_(False)
    return replace(loaded, model=model, precision="fp32", kernel=DenseFp32.name)


def write_random_adapter(base: Path, folder: Path, config: Any, layers: int | None) -> None:
    """Write a random PEFT adapter for the last `layers` layers (None: all) of the model in the folder `base`."""
    from safetensors.torch import save_file
    from transformers import AutoConfig, AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(base, local_files_only=True))
    tensors = {}
    for path, layer in model.named_modules():
        if path.rpartition(".")[2] in TARGET_MODULES and in_upper_layers(path, model.config, layers):
            tensors[f"base_model.model.{path}.lora_A.weight"] = torch.randn(config.r, layer.in_features) * 0.01
            tensors[f"base_model.model.{path}.lora_B.weight"] = torch.randn(layer.out_features, config.r) * 0.01
    folder.mkdir()
    save_file(tensors, folder / "adapter_model.safetensors")
    config.save_pretrained(folder)


def in_upper_layers(path: str, config: Any, layers: int | None) -> bool:
    """Whether a module's path is in one of the last `layers` decoder layers; None: in any."""
    number = int(path.split("layers.")[1].split(".")[0])
    return layers is None or number >= config.num_hidden_layers - layers


def weights_read(loaded: LoadedModel) -> int:
    """Return the bytes of base weights that one step reads: all but the table of the embedding."""
    config = loaded.model.config
    return int((loaded.parameters - config.vocab_size * config.hidden_size) * BYTES_PER_WEIGHT[loaded.kernel])
