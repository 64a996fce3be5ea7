"""The LoRA bank: a different adapter in every row of a batch, in one batched product per layer.

Row i of every stacked matrix belongs to row i of the KV cache; a row without an adapter holds zeros and adds exactly
nothing. A product of a row does not depend on its neighbours (torch.bmm multiplies each row on its own), so neither
does a learner's answer. Layers that read the same input (q, k, v; gate, up) share one stacked A.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, nn

from tutor.engine.fused_linear import each_alone, fuse, unpack
from tutor.engine.lora_files import TARGETS, LoraWeights, Site

Rows = slice | Tensor
_SHARED_INPUT = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))


class _Group:
    """Layers that are called with the same input tensor, one after the other: W x and A x are computed once for all."""

    def __init__(self, sites: list[Site], layers: list[nn.Module], *, unpacked: bool) -> None:
        self.sites = sites
        self.on = False
        self._unpacked = unpack(layers) if unpacked else None
        self._fused = fuse(layers)
        self._layers = layers if self._fused is None else []
        ends = list(accumulate(site.outputs for site in sites))
        self._columns = [slice(end - site.outputs, end) for site, end in zip(sites, ends, strict=True)]
        self._rank = 0
        self._a = self._a_now = torch.empty(0)  # [rows, members * rank, inputs]
        self._b: list[Tensor] = []  # one [rows, rank, outputs] a member
        self._b_now: list[Tensor] = []
        self._input: Tensor | None = None
        self._product = self._reduced = self._a

    def allocate(self, rows: int, rank: int, dtype: torch.dtype, device: torch.device) -> None:
        self._rank = rank
        self._a = torch.zeros(rows, len(self.sites) * rank, self.sites[0].inputs, dtype=dtype, device=device)
        self._b = [torch.zeros(rows, rank, site.outputs, dtype=dtype, device=device) for site in self.sites]

    def base_bytes(self) -> int:
        layers = self._layers if self._fused is None else [self._fused]
        return sum(t.nbytes for layer in layers for t in (*layer.parameters(), *layer.buffers()))

    def select(self, rows: Rows | None) -> None:
        """Prepare the next forward pass: which rows of the bank it computes, None for the base alone."""
        self._input = None
        self.on = rows is not None
        if rows is not None:
            self._a_now = self._a[rows].transpose(1, 2)
            self._b_now = [b[rows] for b in self._b]

    def write(self, row: int, weights: LoraWeights | None) -> None:
        self._a[row].zero_()
        for member, (site, b) in enumerate(zip(self.sites, self._b, strict=True)):
            b[row].zero_()
            if weights is not None and site.path in weights.pairs:
                a_new, b_new = weights.pairs[site.path]
                self._a[row, member * self._rank : member * self._rank + weights.rank] = a_new
                b[row, : weights.rank] = b_new

    def swap(self, x: int, y: int, keep_both: bool) -> None:
        for stacked in (self._a, *self._b):
            kept = stacked[y].clone() if keep_both else None
            stacked[y] = stacked[x]
            if kept is not None:
                stacked[x] = kept

    def product(self, member: int, x: Tensor) -> Tensor:
        """Return W x + s B A x of one member for every row."""
        if x is not self._input:
            self._input = x
            self._product = self._all(x)
            if self.on:
                self._reduced = torch.bmm(x.to(self._a.dtype), self._a_now)
        y: Tensor = self._layers[member](x) if self._fused is None else self._product[..., self._columns[member]]
        if self.on:
            reduced = self._reduced[..., member * self._rank : (member + 1) * self._rank]
            y = y.add_(torch.bmm(reduced, self._b_now[member]))
        return y.to(x.dtype)

    def _all(self, x: Tensor) -> Tensor:
        """Return the outputs of all members side by side; nothing where they are computed one by one."""
        if self._fused is None:
            return self._product
        if self._unpacked is not None and x.shape[1] > 1:
            return each_alone(x, self._unpacked)
        product: Tensor = self._fused(x)
        return product


class BankLinear(nn.Module):
    """A frozen linear layer that adds each row's own adapter while the bank is switched on."""

    def __init__(self, group: _Group, member: int) -> None:
        super().__init__()
        self._group, self._member = group, member

    def forward(self, x: Tensor) -> Tensor:
        return self._group.product(self._member, x)


class LoraBank:
    """The stacked adapters of all rows. Grows its rank when an adapter needs more than those seen so far.

    The layers' weights are held unpacked too, for reading prompts on a CPU, where that takes at most `unpacked_bytes`.
    """

    def __init__(
        self, model: nn.Module, rows: int, dtype: torch.dtype = torch.float32, unpacked_bytes: int = 0
    ) -> None:
        self.rank = 0
        self.sites: dict[str, Site] = {}
        self._dtype, self._rows = dtype, rows
        self._device = next(model.parameters()).device
        self._held: list[LoraWeights | None] = [None] * rows
        paths = _groups(model)
        unpacked = self._device.type == "cpu" and _fp32_bytes(model, paths) <= unpacked_bytes
        self._groups = [self._wrap(model, names, unpacked=unpacked) for names in paths]

    def base_bytes(self) -> int:
        """Return the bytes of the layers' own weights that a step must read."""
        return sum(group.base_bytes() for group in self._groups)

    def holds(self, row: int) -> LoraWeights | None:
        return self._held[row]

    def put(self, row: int, weights: LoraWeights | None) -> None:
        """Make `row` compute with `weights`, or with the base alone."""
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

    def select(self, rows: list[int]) -> None:
        """Say which rows the next forward pass computes, in its order."""
        chosen: Rows | None = None
        if any(self._held[row] is not None for row in rows):
            dense = rows == list(range(rows[0], rows[0] + len(rows)))
            chosen = slice(rows[0], rows[0] + len(rows)) if dense else torch.tensor(rows, device=self._device)
        for group in self._groups:
            group.select(chosen)

    def _grow(self, rank: int) -> None:
        self.rank = rank
        for group in self._groups:
            group.allocate(self._rows, rank, self._dtype, self._device)
            for row, weights in enumerate(self._held):
                if weights is not None:
                    group.write(row, weights)

    def _wrap(self, model: nn.Module, paths: list[str], *, unpacked: bool) -> _Group:
        layers: list[tuple[str, Any]] = [(path, model.get_submodule(path)) for path in paths]
        sites = [Site(path, layer.in_features, layer.out_features) for path, layer in layers]
        group = _Group(sites, [layer for _, layer in layers], unpacked=unpacked)
        for member, path in enumerate(paths):
            parent, _, name = path.rpartition(".")
            setattr(model.get_submodule(parent), name, BankLinear(group, member))
        self.sites |= {site.path: site for site in sites}
        return group


def _groups(model: nn.Module) -> list[list[str]]:
    """Return the paths of all target layers, those that share an input together."""
    shared: Mapping[str, int] = {name: i for i, names in enumerate(_SHARED_INPUT) for name in names}
    groups: dict[tuple[str, int | str], list[str]] = {}
    for path, _ in model.named_modules():
        parent, _, name = path.rpartition(".")
        if name in TARGETS:
            groups.setdefault((parent, shared.get(name, name)), []).append(path)
    return list(groups.values())


def _fp32_bytes(model: nn.Module, groups: list[list[str]]) -> int:
    layers: list[Any] = [model.get_submodule(path) for paths in groups for path in paths]
    return sum(4 * layer.in_features * layer.out_features for layer in layers)
