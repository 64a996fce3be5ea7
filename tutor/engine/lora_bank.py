"""The LoRA bank: a different adapter in every row of a batch, computed in one batched product per layer.

Row i of every stacked matrix belongs to row i of the KV cache; the row of a learner without an adapter holds zeros and
adds exactly nothing. torch.bmm multiplies each row separately, so an answer does not depend on the other rows. Layers
that read the same input (q, k, v; gate, up) share one stacked A. Layers that no adapter of the batch changes are
computed as those of the base: adapters on the upper layers cost nothing below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, nn

from tutor.engine.fused_linear import dequantize_linears, fuse_linears, matmul_per_row
from tutor.engine.heap import reserve_zeros
from tutor.engine.layer_threads import layer_threads
from tutor.engine.lora_files import TARGET_MODULES, LoraWeights, TargetLayer

RowIndex = slice | Tensor
_SHARED_INPUT = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))


class _LayerGroup:
    """Layers that are called one after another with the same input x: W x and A x are computed once for all of them."""

    def __init__(self, targets: list[TargetLayer], layers: list[nn.Module], *, dequantize: bool) -> None:
        self.targets = targets
        self.is_active = False
        self._adapted: set[int] = set()  # rows whose adapter changes one of the layers
        self._unpacked = dequantize_linears(layers) if dequantize else None
        self._fused = fuse_linears(layers)
        self._layers = layers if self._fused is None else []
        ends = list(accumulate(target.outputs for target in targets))
        self._columns = [slice(end - target.outputs, end) for target, end in zip(targets, ends, strict=True)]
        self._rank = 0
        self._a = self._a_now = torch.empty(0)  # [rows, members * rank, inputs]
        self._b: list[Tensor] = []  # one [rows, rank, outputs] a member
        self._b_now: list[Tensor] = []
        self._input: Tensor | None = None
        self._product = self._reduced = self._a

    def allocate(self, rows: int, rank: int, dtype: torch.dtype, device: torch.device) -> None:
        self._rank = rank
        self._adapted = set()
        self._a = reserve_zeros((rows, len(self.targets) * rank, self.targets[0].inputs), dtype, device)
        self._b = [reserve_zeros((rows, rank, target.outputs), dtype, device) for target in self.targets]

    def changes_any(self, rows: Iterable[int]) -> bool:
        """Return whether the adapter of one of the rows changes one of the layers."""
        return not self._adapted.isdisjoint(rows)

    def select_rows(self, rows: RowIndex | None) -> None:
        """Select the rows of the bank for the next forward pass; None computes the base alone."""
        self._input = None
        self.is_active = rows is not None
        if rows is not None:
            self._a_now = self._a[rows].transpose(1, 2)
            self._b_now = [b[rows] for b in self._b]

    def write(self, row: int, weights: LoraWeights | None) -> None:
        has_changes = weights is not None and any(target.path in weights.pairs for target in self.targets)
        if not has_changes and row not in self._adapted:
            return  # its matrices are zeros already
        self._mark(row, has_changes)
        self._a[row].zero_()
        for member, (target, b) in enumerate(zip(self.targets, self._b, strict=True)):
            b[row].zero_()
            if weights is not None and target.path in weights.pairs:
                a_new, b_new = weights.pairs[target.path]
                self._a[row, member * self._rank : member * self._rank + weights.rank] = a_new
                b[row, : weights.rank] = b_new

    def _mark(self, row: int, is_adapted: bool) -> None:
        (self._adapted.add if is_adapted else self._adapted.discard)(row)

    def swap(self, x: int, y: int, keep_both: bool) -> None:
        if self._adapted.isdisjoint((x, y)):
            return
        at_x, at_y = x in self._adapted, y in self._adapted
        self._mark(y, at_x)
        self._mark(x, at_y if keep_both else at_x)
        for stacked in (self._a, *self._b):
            old_y = stacked[y].clone() if keep_both else None
            stacked[y] = stacked[x]
            if old_y is not None:
                stacked[x] = old_y

    def product(self, member: int, x: Tensor) -> Tensor:
        """Return W x + s B A x of one layer of the group for every row."""
        if x is not self._input:
            self._input = x
            self._product = self._fused_product(x)
            if self.is_active:
                self._reduced = torch.bmm(x.to(self._a.dtype), self._a_now)
        y: Tensor = self._layers[member](x) if self._fused is None else self._product[..., self._columns[member]]
        if self.is_active:
            reduced = self._reduced[..., member * self._rank : (member + 1) * self._rank]
            y = y.add_(torch.bmm(reduced, self._b_now[member]))
        return y.to(x.dtype)

    def _fused_product(self, x: Tensor) -> Tensor:
        """Return the outputs of all layers side by side, or a placeholder where they are computed one by one."""
        if self._fused is None:
            return self._product
        if self._unpacked is not None and x.shape[1] > 1:
            return matmul_per_row(x, self._unpacked)
        product: Tensor = self._fused(x)
        return product


class BankLinear(nn.Module):
    """A frozen linear layer that adds the adapter of each row while the bank is active."""

    def __init__(self, group: _LayerGroup, member: int) -> None:
        super().__init__()
        self._group, self._member = group, member

    def forward(self, x: Tensor) -> Tensor:
        return self._group.product(self._member, x)


class LoraBank:
    """The stacked adapters of all rows. The rank grows when an adapter needs more.

    On a CPU the layers' weights are also held dequantized, which reads prompts faster, if that takes at most
    `unpacked_bytes`.
    """

    def __init__(
        self, model: nn.Module, rows: int, dtype: torch.dtype = torch.float32, unpacked_bytes: int = 0
    ) -> None:
        self.rank = 0
        self._dtype, self._rows = dtype, rows
        self._device = next(model.parameters()).device
        self._held: list[LoraWeights | None] = [None] * rows
        paths = _group_target_layers(model)
        unpacked = self._device.type == "cpu" and _fp32_bytes(model, paths) <= unpacked_bytes
        with layer_threads() as pool:  # a kernel packs the weights of a layer when it is fused, in one thread
            self._groups = list(pool.map(lambda names: _wrap_layers(model, names, dequantize=unpacked), paths))
        self.targets = {target.path: target for group in self._groups for target in group.targets}

    def adapter_at(self, row: int) -> LoraWeights | None:
        return self._held[row]

    def set_adapter(self, row: int, weights: LoraWeights | None) -> None:
        """Let `row` compute with `weights`, or with the base alone."""
        if weights is not None and weights.rank > self.rank:
            self._grow(weights.rank)
        if weights is self._held[row]:
            return
        self._held[row] = weights
        for group in self._groups if self.rank else ():
            group.write(row, weights)

    def swap(self, x: int, y: int, keep_both: bool) -> None:
        if self._held[x] is not self._held[y]:
            for group in self._groups:
                group.swap(x, y, keep_both)
        self._held[x], self._held[y] = self._held[y] if keep_both else self._held[x], self._held[x]

    def select_rows(self, rows: list[int]) -> None:
        """Select the rows of the next forward pass, in its order."""
        chosen: RowIndex | None = None
        if any(self._held[row] is not None for row in rows):
            dense = rows == list(range(rows[0], rows[0] + len(rows)))
            chosen = slice(rows[0], rows[0] + len(rows)) if dense else torch.tensor(rows, device=self._device)
        for group in self._groups:
            group.select_rows(chosen if group.changes_any(rows) else None)

    def _grow(self, rank: int) -> None:
        self.rank = rank
        for group in self._groups:
            group.allocate(self._rows, rank, self._dtype, self._device)
            for row, weights in enumerate(self._held):
                if weights is not None:
                    group.write(row, weights)


def _wrap_layers(model: nn.Module, paths: list[str], *, dequantize: bool) -> _LayerGroup:
    """Put layers that share their input into one group, and let the model call it in their place."""
    layers: list[tuple[str, Any]] = [(path, model.get_submodule(path)) for path in paths]
    targets = [TargetLayer(path, layer.in_features, layer.out_features) for path, layer in layers]
    group = _LayerGroup(targets, [layer for _, layer in layers], dequantize=dequantize)
    for member, path in enumerate(paths):
        parent, _, name = path.rpartition(".")
        setattr(model.get_submodule(parent), name, BankLinear(group, member))
    return group


def _group_target_layers(model: nn.Module) -> list[list[str]]:
    """Return the paths of all target layers, grouped by shared input."""
    shared: Mapping[str, int] = {name: i for i, names in enumerate(_SHARED_INPUT) for name in names}
    groups: dict[tuple[str, int | str], list[str]] = {}
    for path, _ in model.named_modules():
        parent, _, name = path.rpartition(".")
        if name in TARGET_MODULES:
            groups.setdefault((parent, shared.get(name, name)), []).append(path)
    return list(groups.values())


def _fp32_bytes(model: nn.Module, groups: list[list[str]]) -> int:
    layers: list[Any] = [model.get_submodule(path) for paths in groups for path in paths]
    return sum(4 * layer.in_features * layer.out_features for layer in layers)
