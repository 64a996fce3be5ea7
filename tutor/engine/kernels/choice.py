"""Chooses the kernel of a base model: the one that is named, or the fastest on this machine by a short measurement."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from tutor.engine.gguf_tensors import StoredTensor
from tutor.engine.kernels.base import Kernel
from tutor.engine.kernels.fp32 import Fp32
from tutor.engine.kernels.int4_groups import Int4Groups
from tutor.engine.kernels.int8_rows import Int8Rows
from tutor.engine.kernels.nf4 import Nf4
from tutor.errors import ModelUnusable

log = logging.getLogger(__name__)

AUTO = "auto"
KERNELS: Mapping[str, Callable[[], Kernel]] = {one.name: one for one in (Int8Rows, Int4Groups, Nf4, Fp32)}
CPU_KERNELS = tuple(name for name, kernel in KERNELS.items() if kernel is not Nf4)
CANDIDATES = (Int8Rows.name, Int4Groups.name)  # fp32 is a reference: no machine of a school has the memory
# What a turn costs: about 5 chunks of 64 prompt tokens and 120 tokens of an answer.
CHUNK_ROWS, CHUNKS, ANSWER_TOKENS = 64, 5, 120
_REPETITIONS = 3


def choose_kernel(name: str, sample: Callable[[], StoredTensor]) -> Kernel:
    """Return the kernel called `name`; "auto" is NF4 on CUDA, elsewhere the fastest for `sample`.

    `sample` returns a large weight of the model. Raises ModelUnusable for an unknown name.
    """
    has_gpu = torch.cuda.is_available()
    if name == AUTO and has_gpu:
        return Nf4()
    if name == Nf4.name and not has_gpu:
        others = ", ".join((AUTO, *CPU_KERNELS))
        raise ModelUnusable(f"TUTOR_KERNEL={name} needs a GPU with CUDA; set it to one of {others}")
    if name != AUTO:
        if name not in KERNELS:
            raise ModelUnusable(
                f"TUTOR_KERNEL={name} is not one of {', '.join((AUTO, *KERNELS))}; set it to one of these"
            )
        return KERNELS[name]()
    weight = sample()
    costs = {candidate: turn_cost_s(KERNELS[candidate](), weight) for candidate in CANDIDATES}
    fastest = min(costs, key=lambda candidate: costs[candidate])
    log.info("kernel %s: %s", fastest, ", ".join(f"{one} {cost:.3f} s" for one, cost in costs.items()))
    return KERNELS[fastest]()


@torch.inference_mode()
def turn_cost_s(kernel: Kernel, weight: StoredTensor) -> float:
    """Return the seconds that one layer takes in a typical turn."""
    layer = kernel.make_linear(weight, None)
    one, chunk = torch.randn(1, weight.shape[1]), torch.randn(CHUNK_ROWS, weight.shape[1])
    return ANSWER_TOKENS * _best_s(layer, one) + CHUNKS * _best_s(layer, chunk)


def _best_s(layer: Callable[[Tensor], Tensor], x: Tensor) -> float:
    layer(x)
    times = []
    for _ in range(_REPETITIONS):
        start = time.perf_counter()
        layer(x)
        times.append(time.perf_counter() - start)
    return min(times)
