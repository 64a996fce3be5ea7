"""Embedding: the protocol that turns text into unit vectors, and an embedder without a model for tests.

One forward pass gives a passage's vector and the vectors of its sentences, each read in the context of the passage
("late chunking": Günther et al., 2024). The models are in `sentence_embedder.py`.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.languages import codes
from knowledge.languages.sentences import Span

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """The result of one forward pass over a text: unit vectors of the spans asked for, and of its tokens."""

    span_vectors: Vectors  # spans x dimension
    token_vectors: Vectors  # tokens x dimension, each read in its context


class Embedder(Protocol):
    """Turns text into L2-normalised float32 vectors. Every method may be called from any thread."""

    @property
    def name(self) -> str:
        """Identifies the weights: vectors of two embedders with the same name are comparable."""
        ...

    @property
    def dimension(self) -> int: ...

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages whose questions find their passages; measured for a model that is not known."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether the weights are in memory; until then the first call loads them."""
        ...

    def prepare(self) -> None:
        """Load the weights now. At their first use the bundled ones are converted, which takes half a minute."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one row for each text."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return one vector."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]:
        """Return an encoding for each question; its only span is the question, as `embed_query` returns it."""
        ...

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[TextEncoding]:
        """Return an encoding for each text with its spans, each span read in the context of its text."""
        ...


def l2_normalize(vectors: NDArray[Any]) -> Vectors:
    """Return the rows scaled to length one; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


@dataclass(frozen=True, slots=True)
class HashingEmbedder:
    """An embedder without a model: words are hashed to dimensions, so texts that share words are near each other."""

    dimension: int = 64
    languages: frozenset[str] = frozenset(codes())
    is_ready: bool = True

    @property
    def name(self) -> str:
        return f"hashing-{self.dimension}"

    def prepare(self) -> None:
        pass

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.strip(".,;:!?()\"'").encode()) % self.dimension] += 1
        return l2_normalize(rows)

    def embed_query(self, text: str) -> Vectors:
        return np.asarray(self.embed_passages([text])[0])

    def encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]:
        return self.encode_spans(texts, [[(0, len(text))] for text in texts])

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[TextEncoding]:
        return [
            TextEncoding(self.embed_passages([t[a:b] for a, b in s]), self.embed_passages(t.split()))
            for t, s in zip(texts, spans, strict=True)
        ]
