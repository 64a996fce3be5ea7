"""An embedder that remembers the last questions, so that a turn embeds its question once for all that compare it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge.embedding import Embedder, TextEncoding, Vectors
from knowledge.languages.sentences import Span

MAX_CACHED_QUERIES = 64  # an encoding of a question takes some ten kilobytes


@dataclass(frozen=True, slots=True)
class QueryCachingEmbedder:
    """Another embedder, with its encodings of the most recent questions in memory."""

    embedder: Embedder
    _encodings: OrderedDict[str, TextEncoding] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return self.embedder.name

    @property
    def dimension(self) -> int:
        return self.embedder.dimension

    @property
    def languages(self) -> frozenset[str]:
        return self.embedder.languages

    @property
    def is_ready(self) -> bool:
        return self.embedder.is_ready

    def prepare(self) -> None:
        self.embedder.prepare()

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self.embedder.embed_passages(texts)

    def embed_query(self, text: str) -> Vectors:
        (encoding,) = self.encode_queries([text])
        return np.asarray(encoding.span_vectors[0])

    def encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]:
        with self._lock:
            found = {text: self._encodings[text] for text in texts if text in self._encodings}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found.update(zip(missing, self.embedder.encode_queries(missing), strict=True))
        with self._lock:
            for text in texts:
                self._encodings[text] = found[text]
                self._encodings.move_to_end(text)
            while len(self._encodings) > MAX_CACHED_QUERIES:
                self._encodings.popitem(last=False)
        return [found[text] for text in texts]

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[TextEncoding]:
        return self.embedder.encode_spans(texts, spans)
