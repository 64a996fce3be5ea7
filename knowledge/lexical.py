"""Lexical search: BM25 over stemmed words, and over character uni- and bigrams where a script has no spaces.

Every run of a text is read by its own script, so mixed passages and mixed questions work. Nothing here knows vectors.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import Stemmer
from numpy.typing import NDArray

Floats = NDArray[np.float32]
RowIndices = NDArray[np.int64]

# Han, kana and hangul; Thai, Lao, Khmer and Burmese have no spaces either.
_UNSPACED_SCRIPTS = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f"
)
_RUN = re.compile(
    rf"(?P<cjk>[{_UNSPACED_SCRIPTS}]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>(?:(?![{_UNSPACED_SCRIPTS}])[^\W\d_])+)"
)
_LETTER = re.compile(r"[^\W\d_]")
_CJK = re.compile(f"[{_UNSPACED_SCRIPTS}]")

STOP_WORDS = frozenset(
    """
    a about after all also am an and any are as at be because been before being between both but by can could did
    do does doing during each for from further had has have having he her here hers him his how i if in into is it
    its itself just me might more most must my no nor not now of off on once only or other our out over own s same
    shall she should so some such t than that the their them then there these they this those through to too under
    until up us very was we were what when where which while who whom whose why will with would you your
    """.split()
)
# Chinese words that ask or join, as the English stop words do; a run is cut where they stand.
_STOP_WORDS_ZH = re.compile(
    "为什么|什么样|什么|怎么样|怎么|怎样|如何|为何|哪里|哪儿|哪些|哪个|哪一|多少|是否|是不是|能不能|请问|以及|或者"
    "|[的了吗呢吧啊呀是谁哪]"
)
_stemmers = threading.local()  # a Snowball stemmer may not be shared between threads


def cjk_share(text: str) -> float:
    """Return the share of the letters of `text` that belong to a script written without spaces."""
    letters = len(_LETTER.findall(text))
    return len(_CJK.findall(text)) / letters if letters else 0.0


def tokenize(text: str) -> list[str]:
    """Return the index terms of `text` in order, stop words left out."""
    return list(_tokenize(text))


def _tokenize(text: str) -> Iterator[str]:
    stem = _stemmer().stemWord
    for run in _RUN.finditer(text):
        if run["cjk"]:
            yield from _cjk_ngrams(run["cjk"])
        elif run["number"]:
            yield run["number"].replace(",", "")
        elif (word := run["word"].lower()) not in STOP_WORDS:
            yield stem(word)


def _cjk_ngrams(run: str) -> Iterator[str]:
    for piece in _STOP_WORDS_ZH.split(run):
        for at, character in enumerate(piece):
            yield character
            if at + 1 < len(piece):
                yield piece[at : at + 2]


def _stemmer() -> Any:
    if not hasattr(_stemmers, "english"):
        _stemmers.english = Stemmer.Stemmer("english")
    return _stemmers.english


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 (Lucene's form, k1 1.2, b 0.75) over texts numbered from 0, and where in each text its terms stand.

    A text comes in parts (its titles, then its sentences); `tokens` are the term numbers of all texts one after the
    other, `parts` says in which part of its text each token stands.
    """

    tokens: NDArray[np.int32]
    parts: NDArray[np.int32]
    offsets: RowIndices  # text i has the tokens offsets[i]:offsets[i + 1]
    part_counts: RowIndices
    _bm25: Any = field(repr=False)  # None where no text has a term

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> LexicalIndex:
        import bm25s
        from bm25s.tokenization import Tokenized

        vocabulary: dict[str, int] = {}
        number = vocabulary.setdefault
        numbers: list[list[int]] = []
        parts: list[int] = []
        for text in texts:
            found = [(number(term, len(vocabulary)), at) for at, part in enumerate(text) for term in tokenize(part)]
            numbers.append([term for term, _ in found])
            parts += [at for _, at in found]
        bm25 = None
        if vocabulary:
            bm25 = bm25s.BM25(k1=1.2, b=0.75)
            bm25.index(Tokenized(numbers, vocabulary), create_empty_token=False, show_progress=False)
        return cls(
            np.fromiter((n for one in numbers for n in one), np.int32),
            np.asarray(parts, np.int32),
            np.concatenate([[0], np.cumsum([len(n) for n in numbers], dtype=np.int64)]).astype(np.int64),
            np.asarray([len(text) for text in texts], np.int64),
            bm25,
        )

    @property
    def size(self) -> int:
        return len(self.part_counts)

    def term_id(self, term: str) -> int:
        """Return the number of a term, -1 for one that no text holds."""
        return int(self._bm25.vocab_dict.get(term, -1)) if self._bm25 is not None else -1

    def bm25_scores(self, query: Sequence[str]) -> Floats:
        """Return the BM25 score of every text for the terms of a query."""
        total = np.zeros(self.size, np.float32)
        for term in query:
            rows, values = self._postings(term)
            total[rows] += values
        return total

    def idf(self, term: str) -> float:
        """Return how rare a term is, in [0, ~ln n]; a term that no text holds is the rarest."""
        count = len(self._postings(term)[0])
        return float(np.log(1 + (self.size - count + 0.5) / (count + 0.5)))

    def save(self, folder: Path) -> None:
        """Write the index into a new folder, without pickle."""
        folder.mkdir(parents=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        if self._bm25 is not None:
            self._bm25.save(folder / "bm25", show_progress=False, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        import bm25s

        arrays = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in _ARRAYS}
        saved = folder / "bm25"
        bm25 = bm25s.BM25.load(saved, load_corpus=False, allow_pickle=False) if saved.is_dir() else None
        return cls(**arrays, _bm25=bm25)

    def _postings(self, term: str) -> tuple[NDArray[Any], NDArray[Any]]:
        number = self.term_id(term)
        if number < 0:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        scores = self._bm25.scores
        span = slice(scores["indptr"][number], scores["indptr"][number + 1])
        return scores["indices"][span], scores["data"][span]


_ARRAYS = ("tokens", "parts", "offsets", "part_counts")
