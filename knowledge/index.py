"""The index of one course: an immutable generation on disk, built from passages, verified before it is used.

    <root>/<course>/current                     the name of the generation in use, replaced by os.replace
    <root>/<course>/<generation>-<nonce>/       vectors.npy tokens.npy (with offsets) entries.json faiss.index lexical/
                                                manifest.json (hashes of all of these, written last)

A cache: everything here can be built again from the catalogue.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Embedder, Vectors
from knowledge.errors import IndexDamaged
from knowledge.file_hash import sha256_of_file
from knowledge.languages import unread_share
from knowledge.languages.sentences import Span
from knowledge.late_interaction import TokenCodes, TokenScores, quantize_tokens, token_scores
from knowledge.lexical import LexicalIndex, RowIndices

FORMAT_VERSION = 4  # raise it when the same passages give another index; 4: raised and lowered digits are plain ones
SAME_VECTORS = (3, FORMAT_VERSION)  # formats whose vectors a new generation may take over
_FLAT_MAX_VECTORS = 1_000  # too few vectors to train a quantiser on
_IVF_MIN_VECTORS = 300_000
_BATCH = 64
_MAX_UNREAD_SHARE = 0.3  # of the letters of a text that is embedded

HalfVectors = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of one passage as the index stores them."""

    vectors: HalfVectors  # of the whole passage, then of each sentence
    token_codes: TokenCodes


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """One passage as it is indexed: `context` (titles) is put before `text`."""

    id: str
    context: str
    text: str
    sentences: tuple[Span, ...]  # in `text`

    @property
    def parts(self) -> list[str]:
        """The titles, then the sentences."""
        return [self.context, *(self.text[a:b] for a, b in self.sentences)]

    def cache_key(self, embedder: str) -> str:
        """Equal keys have equal vectors."""
        return hashlib.sha256(f"{embedder}\0{self.context}\0{self.text}".encode()).hexdigest()


def compute_passage_vectors(
    entries: Sequence[IndexedPassage], embedder: Embedder, on_progress: Callable[[int], None] = lambda done: None
) -> dict[str, PassageVectors]:
    """Return the vectors of the entries that the embedder can read, by cache key.

    `on_progress` is called between batches with the number of entries done, and may raise to stop.
    """
    readable = [e for e in entries if can_embed(embedder, e.text)]
    readable.sort(key=lambda e: len(e.text))
    found: dict[str, PassageVectors] = {}
    for start in range(0, len(readable), _BATCH):
        on_progress(start)
        batch = readable[start : start + _BATCH]
        texts = [f"{e.context}. {e.text}" for e in batch]
        spans = [_embedding_spans(e) for e in batch]
        for entry, encoding in zip(batch, embedder.encode_spans(texts, spans), strict=True):
            found[entry.cache_key(embedder.name)] = PassageVectors(
                encoding.span_vectors.astype(np.float16), quantize_tokens(encoding.token_vectors)
            )
    on_progress(len(readable))
    return found


def can_embed(embedder: Embedder, text: str) -> bool:
    """Whether vectors of this text mean anything: an English model does not read Chinese."""
    return unread_share(text, embedder.languages) < _MAX_UNREAD_SHARE


def concatenate_ranges(starts: RowIndices, counts: RowIndices) -> RowIndices:
    """Return the numbers start, start + 1, ... of each range, concatenated."""
    first = np.cumsum(counts) - counts
    return np.asarray(np.repeat(starts - first, counts) + np.arange(int(counts.sum())), np.int64)


def _embedding_spans(entry: IndexedPassage) -> list[Span]:
    shift = len(entry.context) + 2
    return [(0, shift + len(entry.text)), *((a + shift, b + shift) for a, b in entry.sentences)]


@dataclass(frozen=True, slots=True)
class CourseIndex:
    """One generation in memory. Passages are numbered from 0 in the order of `ids`."""

    generation: int
    embedder: str
    ids: tuple[str, ...]
    cache_keys: tuple[str, ...]
    vectors: HalfVectors  # of all passages, concatenated: the whole passage, then its sentences
    offsets: RowIndices  # passage i has the vectors offsets[i]:offsets[i + 1], none if the embedder cannot read it
    token_codes: TokenCodes  # of all passages, concatenated
    token_offsets: RowIndices
    lexical: LexicalIndex
    faiss_index: Any  # over the vectors of the whole passages that have one
    dense_rows: RowIndices  # the passages that have vectors
    unspaced: NDArray[np.bool_]  # the passages in a script written without spaces

    def nearest(self, query: Vectors, count: int) -> RowIndices:
        """Return the `count` passages whose vectors are nearest to a query's, best first."""
        if len(self.dense_rows) == 0:
            return np.empty(0, np.int64)
        _, found = self.faiss_index.search(query[None, :], min(count, len(self.dense_rows)))
        return np.asarray(self.dense_rows[found[0][found[0] >= 0]])

    def cosine_similarities(self, query: Vectors, rows: RowIndices) -> tuple[Vectors, Vectors]:
        """Return the cosine of each passage as a whole, and those of all their sentences, concatenated.

        Every passage in `rows` must have vectors.
        """
        whole = self.offsets[rows]
        counts = self.offsets[rows + 1] - whole
        cosines = self.vectors[concatenate_ranges(whole, counts)].astype(np.float32) @ query
        first = np.cumsum(counts) - counts
        return cosines[first], np.delete(cosines, first)

    def token_scores(self, question: TokenCodes, rows: RowIndices) -> TokenScores:
        """Compare the tokens of a question with those of passages."""
        starts = self.token_offsets[rows]
        counts = self.token_offsets[rows + 1] - starts
        return token_scores(question, self.token_codes[concatenate_ranges(starts, counts)], counts)

    def cached_vectors(self) -> Mapping[str, PassageVectors]:
        """Return the vectors of all passages by cache key, for the next generation."""
        rows = zip(self.cache_keys, *_bounds(self.offsets), *_bounds(self.token_offsets), strict=True)
        return {key: PassageVectors(self.vectors[a:b], self.token_codes[c:d]) for key, a, b, c, d in rows if a < b}


def write_generation(
    folder: Path,
    generation: int,
    entries: Sequence[IndexedPassage],
    vectors: Mapping[str, PassageVectors],
    embedder: Embedder,
    previous_faiss_index: Any = None,
) -> str:
    """Write a generation into the course's folder, make it the current one and return its name.

    `previous_faiss_index` is that of an earlier generation: its cells are reused where they still fit.
    """
    name = f"{generation:08d}-{secrets.token_hex(4)}"
    target = folder / name
    target.mkdir(parents=True)
    keys = [e.cache_key(embedder.name) for e in entries]
    empty = PassageVectors(
        np.zeros((0, embedder.dimension), np.float16), quantize_tokens(np.zeros((0, embedder.dimension), np.float32))
    )
    rows = [vectors.get(key, empty) for key in keys]
    np.save(target / "vectors.npy", np.concatenate([empty.vectors, *(r.vectors for r in rows)]))
    np.save(target / "offsets.npy", _offsets([len(r.vectors) for r in rows]))
    np.save(target / "tokens.npy", np.concatenate([empty.token_codes, *(r.token_codes for r in rows)]))
    np.save(target / "token_offsets.npy", _offsets([len(r.token_codes) for r in rows]))
    _write_json(target / "entries.json", {"ids": [e.id for e in entries], "keys": keys})
    LexicalIndex.build([e.parts for e in entries]).save(target / "lexical")
    whole = [r.vectors[0] for r in rows if len(r.vectors)]
    dense = build_faiss_index(np.asarray(whole, np.float32).reshape(-1, embedder.dimension), previous_faiss_index)
    _write_faiss(target / "faiss.index", dense)
    _write_json(target / "manifest.json", _manifest(target, generation, embedder.name))
    _switch_current(folder, name)
    return name


def _offsets(counts: Sequence[int]) -> RowIndices:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)


def _bounds(offsets: RowIndices) -> tuple[RowIndices, RowIndices]:
    return offsets[:-1], offsets[1:]


def _manifest(target: Path, generation: int, embedder: str) -> dict[str, Any]:
    files = sorted(p for p in target.rglob("*") if p.is_file())
    return {
        "format": FORMAT_VERSION,
        "generation": generation,
        "embedder": embedder,
        "sha256": {p.relative_to(target).as_posix(): sha256_of_file(p) for p in files},
    }


def _switch_current(folder: Path, name: str) -> None:
    """Switch the pointer, then delete every generation but this one and the one before."""
    before = current_generation(folder)
    fresh = folder / f".current-{secrets.token_hex(4)}"
    fresh.write_text(name, "utf-8")
    os.replace(fresh, folder / "current")
    for old in folder.iterdir():
        if old.is_dir() and old.name not in (name, before):
            shutil.rmtree(old, ignore_errors=True)


def current_generation(folder: Path) -> str | None:
    """Return the name of the generation in use, None when the course has no index yet."""
    try:
        return (folder / "current").read_text("utf-8").strip()
    except FileNotFoundError:
        return None


def current_embedder(folder: Path) -> str | None:
    """Return the name of the embedder of the generation in use, None when there is none that can be read."""
    name = current_generation(folder)
    try:
        return str(json.loads((folder / (name or "") / "manifest.json").read_text("utf-8"))["embedder"])
    except (OSError, ValueError, KeyError):
        return None


def course_folder(root: Path, course_id: str) -> Path:
    return root / f"c-{quote(course_id, safe='')}"


def load_generation(folder: Path, name: str, formats: Sequence[int] = (FORMAT_VERSION,)) -> CourseIndex:
    """Verify and open a generation of one of these formats; raises IndexDamaged."""
    target = folder / name
    try:
        manifest = verify_generation(target, formats)
        entries = json.loads((target / "entries.json").read_text("utf-8"))
        offsets = np.load(target / "offsets.npy", allow_pickle=False)
        lexical = LexicalIndex.load(target / "lexical")
        return CourseIndex(
            generation=int(manifest["generation"]),
            embedder=str(manifest["embedder"]),
            ids=tuple(entries["ids"]),
            cache_keys=tuple(entries["keys"]),
            vectors=np.load(target / "vectors.npy", mmap_mode="r", allow_pickle=False),
            offsets=offsets,
            token_codes=np.load(target / "tokens.npy", mmap_mode="r", allow_pickle=False),
            token_offsets=np.load(target / "token_offsets.npy", allow_pickle=False),
            lexical=lexical,
            faiss_index=_read_faiss(target / "faiss.index"),
            dense_rows=np.flatnonzero(np.diff(offsets)),
            unspaced=lexical.unspaced_texts(),
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise IndexDamaged(
            f"the index {target.name} cannot be read ({type(error).__name__}); it will be rebuilt"
        ) from error


def verify_generation(target: Path, formats: Sequence[int] = (FORMAT_VERSION,)) -> dict[str, Any]:
    """Return the manifest after comparing every file with its hash; raises IndexDamaged."""
    try:
        manifest: dict[str, Any] = json.loads((target / "manifest.json").read_text("utf-8"))
        if manifest["format"] not in formats:
            raise IndexDamaged(
                f"the index {target.name} has format {manifest['format']}, not {FORMAT_VERSION}; it will be rebuilt"
            )
        wrong = [name for name, sha in manifest["sha256"].items() if sha256_of_file(target / name) != sha]
    except (OSError, ValueError, KeyError) as error:
        raise IndexDamaged(f"the index {target.name} is incomplete; it will be rebuilt") from error
    if wrong:
        raise IndexDamaged(f"the index {target.name} has been changed ({', '.join(wrong)}); it will be rebuilt")
    return manifest


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def _write_faiss(path: Path, index: Any) -> None:
    import faiss

    faiss.write_index(index, str(path))


def _read_faiss(path: Path) -> Any:
    import faiss

    return faiss.read_index(str(path))


def build_faiss_index(rows: Vectors, previous: Any = None) -> Any:
    """Return a FAISS index by inner product: exact when small, 8-bit beyond that, with IVF cells when large.

    Training the cells takes most of the time. Those of `previous` are reused while their number suits the rows.
    """
    import faiss

    index: Any
    count, dimension = rows.shape
    metric = faiss.METRIC_INNER_PRODUCT
    if count < _FLAT_MAX_VECTORS:
        index = faiss.IndexFlatIP(dimension)
    elif count < _IVF_MIN_VECTORS:
        index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, metric)
    elif _can_reuse_ivf_cells(previous, count, dimension):
        index = faiss.clone_index(previous)
        index.reset()
    else:
        quantizer: Any = faiss.IndexFlatIP(dimension)
        cells = _ivf_cell_count(count)
        index = faiss.IndexIVFScalarQuantizer(quantizer, dimension, cells, faiss.ScalarQuantizer.QT_8bit, metric)
        index.own_fields = True
        quantizer.this.disown()
        index.nprobe = max(16, 2 * cells // 5)
        index.cp.niter, index.cp.spherical = 10, True
    if not index.is_trained:
        index.train(rows[:: max(1, count // 100_000)])
    index.add(rows)
    return index


def _ivf_cell_count(count: int) -> int:
    return int(2 * count**0.5)


def _can_reuse_ivf_cells(previous: Any, count: int, dimension: int) -> bool:
    import faiss

    if not isinstance(previous, faiss.IndexIVFScalarQuantizer) or previous.d != dimension:
        return False
    return bool(0.8 < previous.nlist / _ivf_cell_count(count) < 1.25)
