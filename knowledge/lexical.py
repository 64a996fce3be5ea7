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
Rows = NDArray[np.int64]

# Han, kana and hangul; Thai, Lao, Khmer and Burmese have no spaces either.
_NO_SPACES = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f"
_RUN = re.compile(rf"(?P<cjk>[{_NO_SPACES}]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>(?:(?![{_NO_SPACES}])[^\W\d_])+)")
_LETTER = re.compile(r"[^\W\d_]")
_CJK = re.compile(f"[{_NO_SPACES}]")

STOP_WORDS = frozenset(
    """
    a about after all also am an and any are as at be because been before being between both but by can could did
    do does doing during each for from further had has have having he her here hers him his how i if in into is it
    its itself just me might more most must my no nor not now of off on once only or other our out over own s same
    shall she should so some such t than that the their them then there these they this those through to too under
    until up us very was we were what when where which while who whom whose why will with would you your
    """.split()
)
_stemmers = threading.local()  # a Snowball stemmer may not be shared between threads


def cjk_share(text: str) -> float:
    """Return the share of the letters of `text` that belong to a script written without spaces."""
    letters = len(_LETTER.findall(text))
    return len(_CJK.findall(text)) / letters if letters else 0.0


def terms(text: str) -> list[str]:
    """Return the index terms of `text` in order, stop words left out."""
    return [term for term, _ in located_terms(text)]


def located_terms(text: str) -> list[tuple[str, int]]:
    """Return the index terms of `text` with the code point where each begins."""
    return list(_located(text))


def _located(text: str) -> Iterator[tuple[str, int]]:
    stem = _stemmer().stemWord
    for run in _RUN.finditer(text):
        if run["cjk"]:
            yield from _grams(run["cjk"], run.start())
        elif run["number"]:
            yield run["number"].replace(",", ""), run.start()
        elif (word := run["word"].lower()) not in STOP_WORDS:
            yield stem(word), run.start()


def _grams(run: str, start: int) -> Iterator[tuple[str, int]]:
    for offset, character in enumerate(run):
        yield character, start + offset
        if offset + 1 < len(run):
            yield run[offset : offset + 2], start + offset


def _stemmer() -> Any:
    if not hasattr(_stemmers, "english"):
        _stemmers.english = Stemmer.Stemmer("english")
    return _stemmers.english


@dataclass(slots=True)
class LexicalIndex:
    """BM25 (Lucene's form, k1 1.2, b 0.75) over texts numbered from 0."""

    size: int
    _bm25: Any = field(repr=False, default=None)

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        import bm25s

        tokens = [terms(text) for text in texts]
        if not any(tokens):
            return cls(len(texts))
        bm25 = bm25s.BM25(k1=1.2, b=0.75)
        bm25.index(tokens, show_progress=False)
        return cls(len(texts), bm25)

    def scores(self, query: Sequence[str]) -> Floats:
        """Return the BM25 score of every text for the terms of a query."""
        total = np.zeros(self.size, np.float32)
        for term in query:
            rows, values = self._postings(term)
            total[rows] += values
        return total

    def contributions(self, query: Sequence[str], rows: Rows) -> Floats:
        """Return a table, rows by terms: what each term adds to the score of each text."""
        table = np.zeros((len(rows), len(query)), np.float32)
        for column, term in enumerate(query):
            postings, values = self._postings(term)
            if len(postings) == 0:
                continue
            at = np.minimum(np.searchsorted(postings, rows), len(postings) - 1)
            table[:, column] = np.where(postings[at] == rows, values[at], 0.0)
        return table

    def idf(self, term: str) -> float:
        """Return how rare a term is, in [0, ~ln n]; a term that no text holds is the rarest."""
        count = len(self._postings(term)[0])
        return float(np.log(1 + (self.size - count + 0.5) / (count + 0.5)))

    def save(self, folder: Path) -> None:
        """Write the index without pickle; an empty one leaves an empty folder."""
        folder.mkdir(parents=True)
        if self._bm25 is not None:
            self._bm25.save(folder, show_progress=False, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        import bm25s

        if not any(folder.iterdir()):
            return cls(size)
        return cls(size, bm25s.BM25.load(folder, load_corpus=False, allow_pickle=False))

    def _postings(self, term: str) -> tuple[NDArray[Any], NDArray[Any]]:
        number = self._bm25.vocab_dict.get(term) if self._bm25 is not None else None
        if number is None:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        scores = self._bm25.scores
        span = slice(scores["indptr"][number], scores["indptr"][number + 1])
        return scores["indices"][span], scores["data"][span]
