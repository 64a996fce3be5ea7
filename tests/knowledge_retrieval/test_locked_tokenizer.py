"""Two threads that embed at once do not change each other's padding: what each reads is the same as alone."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.bundled_e5 import ConvertedE5
from knowledge.sentence_embedder import SentenceEmbedder
from tests.packed_e5_file import packed_file

TEXTS = ["the leaf is green.", "a", "the cat sat on the mat and the dog did not see it at all."]


@pytest.fixture
def embedder(tmp_path: Path) -> SentenceEmbedder:
    content = packed_file()
    (tmp_path / "model.bin").write_bytes(content)
    converted = ConvertedE5(tmp_path / "model.bin", tmp_path / "models", hashlib.sha256(content).hexdigest())
    converted.provide()
    return SentenceEmbedder(converted.folder, "tiny-model@1", frozenset({"en"}))


def pause_before_reading(tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a call wait between its settings and its reading, so that another call could come between."""
    set_options = tokenizer.set_truncation_and_padding

    def set_and_pause(*arguments: Any, **options: Any) -> None:
        set_options(*arguments, **options)
        time.sleep(0.02)

    monkeypatch.setattr(tokenizer, "set_truncation_and_padding", set_and_pause)


def test_passages_and_single_words_embedded_at_once_are_as_alone(
    embedder: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch
):
    passages, words = embedder.embed_passages(TEXTS), embedder.encode_queries(TEXTS)
    pause_before_reading(embedder._model().tokenizer, monkeypatch)
    with ThreadPoolExecutor(4) as pool:
        rows = [pool.submit(embedder.embed_passages, TEXTS) for _ in range(3)]
        encodings = [pool.submit(embedder.encode_queries, TEXTS) for _ in range(3)]
    assert all(np.allclose(row.result(), passages, atol=1e-6) for row in rows)
    for encoding in encodings:
        for found, alone in zip(encoding.result(), words, strict=True):
            assert np.allclose(found.token_vectors, alone.token_vectors, atol=1e-6)
