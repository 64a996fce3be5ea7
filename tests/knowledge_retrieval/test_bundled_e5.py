"""The bundled multilingual embedder is converted once, from the pinned file only, and nothing half-made is used."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge import bundled_e5, e5_folder, sentence_embedder
from knowledge.bundled_e5 import ConvertedE5
from knowledge.e5_tokenizer import build_tokenizer
from knowledge.errors import EmbedderUnusable
from knowledge.packed_e5 import PackedVocabulary, read_packed_model
from knowledge.sentence_embedder import SentenceEmbedder
from tests.packed_e5_file import HIDDEN, PIECES, VOCABULARY, packed_file, q4_0

TEXTS = ["the leaf is green.", "a", "叶子", "the cat sat on the mat and the dog did not see it at all."]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> ConvertedE5:
    root = tmp_path_factory.mktemp("e5")
    (root / "model.bin").write_bytes(packed_file())
    made = tiny(root)
    made.provide()
    return made


@pytest.fixture(scope="module")
def embedder(converted: ConvertedE5) -> SentenceEmbedder:
    return SentenceEmbedder(converted.folder, "tiny-e5-small@1", frozenset({"en"}), _use_int8=True)


def tiny(root: Path, content: bytes = packed_file()) -> ConvertedE5:
    return ConvertedE5(root / "model.bin", root / "models", hashlib.sha256(content).hexdigest())


def leftovers(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "models").iterdir() if path.is_dir())


def test_four_bit_blocks_are_scaled_numbers_from_minus_eight_to_seven():
    model = read_packed_model(packed_file(seed=3))
    random = np.random.default_rng(3)
    blocks = VOCABULARY * HIDDEN // 32
    scales = random.uniform(0.02, 0.06, blocks).astype(np.float16).astype(np.float32)
    numbers = random.integers(0, 16, (blocks, 32))
    assert np.allclose(model.tensor("emb.word"), ((numbers - 8) * scales[:, None]).ravel())
    assert len(q4_0(scales, numbers)) == 18 * blocks


def test_a_folder_is_converted_once(converted: ConvertedE5):
    before = (converted.folder / "model.safetensors").stat().st_mtime_ns
    converted.provide()
    assert (converted.folder / "model.safetensors").stat().st_mtime_ns == before
    assert bundled_e5.is_intact(converted.folder)


def test_a_file_with_another_hash_is_refused_and_nothing_is_written(tmp_path: Path):
    (tmp_path / "model.bin").write_bytes(packed_file(seed=1))
    with pytest.raises(EmbedderUnusable, match="not the pinned version"):
        tiny(tmp_path).provide()
    assert leftovers(tmp_path) == []


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(EmbedderUnusable, match=r"model\.bin of .* run `make setup`"):
        bundled_e5.verify_packed(tmp_path / "model.bin")


@pytest.mark.parametrize("length", [2, 20, 300, 3000])
def test_a_cut_off_file_is_refused(tmp_path: Path, length: int):
    content = packed_file()[:length]
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(EmbedderUnusable, match=r"cut off|another format"):
        tiny(tmp_path, content).provide()
    assert leftovers(tmp_path) == []


def test_a_killed_conversion_is_begun_again(tmp_path: Path):
    """A process that dies while it writes leaves a partial folder; the next one removes it and converts anew."""
    (tmp_path / "model.bin").write_bytes(packed_file())
    code = (
        "import os, sys; from pathlib import Path; import knowledge.bundled_e5 as b\n"
        "def die(model, folder): (folder / 'model.safetensors').write_bytes(b'half'); os._exit(9)\n"
        "b.write_folder = die; root = Path(sys.argv[1])\n"
        "b.ConvertedE5(root / 'model.bin', root / 'models', sys.argv[2]).provide()"
    )
    sha256 = tiny(tmp_path).sha256
    assert subprocess.run([sys.executable, "-c", code, tmp_path, sha256], check=False).returncode == 9
    assert leftovers(tmp_path)[0].startswith(".e5-partial-")
    tiny(tmp_path).provide()
    assert leftovers(tmp_path) == [tiny(tmp_path).folder.name]
    assert bundled_e5.is_intact(tiny(tmp_path).folder)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "manifest.json", "1_Pooling/config.json"])
def test_a_damaged_folder_is_converted_again(tmp_path: Path, name: str):
    (tmp_path / "model.bin").write_bytes(packed_file())
    made = tiny(tmp_path)
    made.provide()
    (made.folder / name).write_bytes(b"damaged")
    assert not bundled_e5.is_intact(made.folder)
    made.provide()
    assert bundled_e5.is_intact(made.folder)


def test_a_full_disk_is_a_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "model.bin").write_bytes(packed_file())
    monkeypatch.setattr(bundled_e5, "write_folder", refuse)
    with pytest.raises(EmbedderUnusable, match="No space left on device.*TUTOR_EMBEDDER=minilm"):
        tiny(tmp_path).provide()
    assert leftovers(tmp_path) == []


def test_questions_and_passages_are_read_under_their_prefixes(converted: ConvertedE5, embedder: SentenceEmbedder):
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(converted.folder), device="cpu")
    for text in TEXTS:
        asked, told = plain.encode(
            [e5_folder.QUERY_PROMPT + text, e5_folder.PASSAGE_PROMPT + text], normalize_embeddings=True
        )
        assert float(embedder.embed_query(text) @ asked) > 0.99
        assert float(embedder.embed_passages([text])[0] @ told) > 0.99
        assert abs(float(embedder.embed_query(text) @ told)) < float(embedder.embed_query(text) @ asked)


def test_a_text_has_the_same_vector_whoever_is_embedded_beside_it(embedder: SentenceEmbedder):
    together = embedder.embed_passages(TEXTS)
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    assert np.array_equal(together, alone)
    spans = [[(0, len(text))] for text in TEXTS]
    for text, one in zip(TEXTS, embedder.encode_spans(TEXTS, spans), strict=True):
        assert np.array_equal(one.token_vectors, embedder.encode_spans([text], [[(0, len(text))]])[0].token_vectors)


def test_texts_share_the_cores_in_threads_that_give_way_to_answers(
    embedder: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch
):
    own, reading = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), []
    model, alone = embedder._model(), embedder.embed_passages(TEXTS)
    encode = model.encode

    def note(part, **options):
        reading.append((threading.get_ident(), os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))
        return encode(part, **options)

    monkeypatch.setattr(sentence_embedder, "_count_workers", lambda: 2)
    monkeypatch.setattr(model, "encode", note)
    assert np.array_equal(embedder.embed_passages(TEXTS), alone)
    assert len(reading) == len(TEXTS) and threading.get_ident() not in {thread for thread, _ in reading}
    assert all(priority >= 10 for _, priority in reading)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own


def test_the_tokenizer_normalises_as_sentencepiece_does():
    tokenizer = build_tokenizer(PackedVocabulary(tuple(PIECES), tuple([-1.0] * len(PIECES)), 0, 2, 1, 3))
    tokens = tokenizer.encode("\ufeffＡｂ\n\u0007the\u200bﬁ～".lower()).tokens
    assert tokens == ["<s>", "\u2581", "a", "b", "\u2581the", "\u2581", "f", "i", "～", "</s>"]
