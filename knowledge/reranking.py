"""Reranking: a slower reader may put the best passages of a search in another order, where one is configured.

The bundled library has none: its own order meets the goals, and no cross-encoder can be had offline. `WordsInOrder` is
the trivial twin. A cross-encoder in a folder is read here, and only here.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from knowledge.errors import EmbedderUnusable
from knowledge.lexical import tokenize

RERANK_DEPTH = 20  # passages that a reranker reads


class Reranker(Protocol):
    """Says how well each text answers a query; only the order of the numbers counts. Called from any thread."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]: ...


@dataclass(frozen=True, slots=True)
class WordOrderReranker:
    """The trivial twin: the more of the query's words a text holds in the query's order, the better."""

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        wanted = tokenize(query)
        return [float(_count_in_order(wanted, tokenize(text))) for text in texts]


def _count_in_order(wanted: Sequence[str], text: Sequence[str]) -> int:
    found, at = 0, 0
    for term in wanted:
        if term in text[at:]:
            at = text.index(term, at) + 1
            found += 1
    return found


@dataclass(slots=True)
class CrossEncoderReranker:
    """A cross-encoder of sentence-transformers in a folder with `model.safetensors`, loaded when first used."""

    folder: Path
    _loaded: Any = field(default=None, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load_cross_encoder(self.folder)
        found = self._loaded.predict([(query, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in found]


def _load_cross_encoder(folder: Path) -> Any:
    if not (folder / "model.safetensors").is_file():
        raise EmbedderUnusable(f"the folder {folder} holds no model.safetensors, so it cannot rerank passages")
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoder(
            str(folder), trust_remote_code=False, local_files_only=True, model_kwargs={"use_safetensors": True}
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EmbedderUnusable(f"the reranker in {folder.name} cannot be loaded ({type(error).__name__})") from error
