"""Reads the weights of a GGUF file one tensor at a time, with torch alone.

`write_tensor_index` lists the tensors of a file once; afterwards a tensor is a slice of the file. The block formats are
those of ggml (ggml-quants.c of https://github.com/ggml-org/llama.cpp), of which `Q4_K_M` files use the ones here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from tutor.errors import ModelUnusable

INDEX_FILE = "tensors.json"
BLOCK = 256  # weights of a K-quant block
GROUP = 32  # weights of Q4_K that share a scale and a minimum
_BLOCK_BYTES = {"Q4_K": 144, "Q6_K": 210}


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """Where a tensor is in the file. `shape` is that of torch: outputs before inputs."""

    kind: str  # "F32", "F16", "Q4_K" or "Q6_K"
    shape: tuple[int, ...]
    offset: int  # bytes from the beginning of the file
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor as it is in the file: `raw` is uint8, [rows, bytes of a row]."""

    kind: str
    shape: tuple[int, ...]
    raw: Tensor

    def dequantize(self) -> Tensor:
        """Return the values in fp32."""
        return _DEQUANTIZE[self.kind](self.raw).view(self.shape)

    def row_blocks(self, rows: int) -> Iterator[Tensor]:
        """Yield the values in fp32, `rows` rows at a time: small blocks stay in the processor's cache."""
        for start in range(0, len(self.raw), rows):
            yield _DEQUANTIZE[self.kind](self.raw[start : start + rows]).view(-1, self.shape[-1])

    def rows(self, indices: Tensor) -> Tensor:
        """Return the values of some rows in fp32, [..., inputs]."""
        chosen = self.raw[indices.flatten()]
        return _DEQUANTIZE[self.kind](chosen).view(*indices.shape, self.shape[-1])


class GgufWeights:
    """The tensors of `model.gguf` in a folder, by their GGUF names."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "model.gguf"
        try:
            listed = json.loads((folder / INDEX_FILE).read_text("utf-8"))
            self.entries: Mapping[str, TensorEntry] = {
                name: TensorEntry(one["kind"], tuple(one["shape"]), one["offset"], one["size"])
                for name, one in listed.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelUnusable(
                f"{folder / INDEX_FILE} cannot be read ({error}); delete the folder {folder}"
            ) from error

    def read(self, name: str) -> StoredTensor:
        """Return a tensor in memory of its own: the file is not mapped. Raises ModelUnusable."""
        entry = self.entries.get(name)
        if entry is None:
            raise ModelUnusable(f"{self._file} has no tensor {name}; it is not the model that was expected")
        raw = torch.empty(entry.size, dtype=torch.uint8)
        with self._file.open("rb", buffering=0) as stream:
            stream.seek(entry.offset)
            if stream.readinto(raw.numpy().data) != entry.size:
                raise ModelUnusable(f"{self._file} is cut short at {name}; delete it, and it is fetched again")
        return StoredTensor(entry.kind, entry.shape, raw.view(math.prod(entry.shape[:-1]), -1))


def write_tensor_index(gguf: Path, folder: Path) -> None:
    """List the tensors of a file in `folder`. Raises ModelUnusable for a block format that cannot be read."""
    from gguf import GGUFReader

    entries = {}
    for one in GGUFReader(gguf).tensors:
        kind = one.tensor_type.name
        if kind not in _DEQUANTIZE:
            raise ModelUnusable(f"{gguf} holds {one.name} as {kind}, which this tutor cannot read; use a Q4_K_M file")
        shape = tuple(int(size) for size in reversed(one.shape))
        entries[one.name] = asdict(TensorEntry(kind, shape, int(one.data_offset), int(one.n_bytes)))
    (folder / INDEX_FILE).write_text(json.dumps(entries), "utf-8")


@dataclass(frozen=True, slots=True)
class GroupedCodes:
    """Q4_K by groups of 32 inputs: a weight is code * scale + offset."""

    codes: Tensor  # uint8, 0 to 15, [rows, inputs]
    scales: Tensor  # fp32, [rows, groups]
    offsets: Tensor  # fp32, [rows, groups]


def split_q4_k(raw: Tensor) -> GroupedCodes:
    """Return the codes, scales and offsets of Q4_K rows, uint8 [rows, bytes]."""
    rows = raw.shape[0]
    blocks = raw.reshape(-1, _BLOCK_BYTES["Q4_K"])
    d, d_min = _halves(blocks[:, 0:2]), _halves(blocks[:, 2:4])
    low, high, mixed = blocks[:, 4:8], blocks[:, 8:12], blocks[:, 12:16]
    scales = torch.cat([low & 63, (mixed & 15) | ((low >> 6) << 4)], dim=1)
    mins = torch.cat([high & 63, (mixed >> 4) | ((high >> 6) << 4)], dim=1)
    nibbles = blocks[:, 16:].reshape(-1, BLOCK // 64, 1, 32)
    codes = torch.cat([nibbles & 15, nibbles >> 4], dim=2)  # 32 low nibbles, then the 32 high ones of the same bytes
    return GroupedCodes(codes.reshape(rows, -1), (d * scales).reshape(rows, -1), (-d_min * mins).reshape(rows, -1))


def _dequantize_q4_k(raw: Tensor) -> Tensor:
    split = split_q4_k(raw)
    groups = split.codes.reshape(*split.scales.shape, GROUP).float()
    return torch.addcmul(split.offsets[..., None], groups, split.scales[..., None])


def _dequantize_q6_k(raw: Tensor) -> Tensor:
    blocks = raw.reshape(-1, _BLOCK_BYTES["Q6_K"])
    low, high = blocks[:, :128].reshape(-1, 2, 64), blocks[:, 128:192].reshape(-1, 2, 32)
    nibbles = torch.cat([low & 15, low >> 4], dim=2)  # [blocks, halves, 128]
    bits = torch.cat([(high >> shift) & 3 for shift in (0, 2, 4, 6)], dim=2)
    codes = (nibbles | (bits << 4)).view(torch.int8) - 32
    scales = blocks[:, 192:208].contiguous().view(torch.int8).float() * _halves(blocks[:, 208:210])
    return codes.reshape(-1, 16, 16).float() * scales[..., None]


def _halves(raw: Tensor) -> Tensor:
    return raw.contiguous().view(torch.float16).float()


_DEQUANTIZE: Mapping[str, Callable[[Tensor], Tensor]] = {
    "F32": lambda raw: raw.contiguous().view(torch.float32),
    "F16": lambda raw: raw.contiguous().view(torch.float16).float(),
    "Q4_K": _dequantize_q4_k,
    "Q6_K": _dequantize_q6_k,
}
