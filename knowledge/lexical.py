"""Lexical search: BM25 over stemmed words, and over character uni- and bigrams where a script has no spaces.

Every run of a text is tokenised by its own script, so mixed passages and mixed questions work. Text is folded first
(`knowledge.languages.fold`), so traditional and simplified characters give the same terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.languages import fold, script_share, words
from knowledge.languages.scripts import UNSPACED
from knowledge.languages.stemming import stem

Floats = NDArray[np.float32]
RowIndices = NDArray[np.int64]

_RUN = re.compile(rf"(?P<unspaced>[{UNSPACED}]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>(?:(?![{UNSPACED}])[^\W\d_])+)")

_STARTS_UNSPACED = re.compile(f"[{UNSPACED}]")

STOP_WORDS = words("text", "STOP_WORDS", spaced=True)
_LONGEST_FIRST = sorted(words("text", "STOP_WORDS", spaced=False), key=lambda word: (-len(word), word))
_UNSPACED_STOP_WORDS = re.compile("|".join(map(re.escape, _LONGEST_FIRST)) or "(?!)")


def unspaced_share(text: str) -> float:
    """Return the share of the letters of `text` that belong to a script written without spaces, in [0, 1]."""
    return script_share(text, UNSPACED)


_RAISED = re.compile("[⁰¹²³⁴-⁹⁺⁻⁼⁽⁾]+")
_PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾₀₁₂₃₄₅₆₇₈₉", "0123456789+-=()0123456789")


def tokenize(text: str) -> list[str]:
    """Return the index terms of `text` in order, without stop words; 10²³ has those of 10^23, H₂O those of H2O."""
    plain = _RAISED.sub(lambda found: f"^{found.group()}", text).translate(_PLAIN_DIGITS)
    return list(_tokenize(fold(plain)))


def _tokenize(text: str) -> Iterator[str]:
    for run in _RUN.finditer(text):
        if run["unspaced"]:
            yield from _character_ngrams(run["unspaced"])
        elif run["number"]:
            yield run["number"].replace(",", "")
        elif (word := run["word"].lower()) not in STOP_WORDS:
            yield stem(word)


def _character_ngrams(run: str) -> Iterator[str]:
    for piece in _UNSPACED_STOP_WORDS.split(run):
        for at, character in enumerate(piece):
            yield character
            if at + 1 < len(piece):
                yield piece[at : at + 2]


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 (Lucene's variant, k1 1.2, b 0.75) over texts numbered from 0, with the position of each term.

    A text has parts (its titles, then its sentences). `tokens` are the term numbers of all texts, concatenated; `parts`
    gives for each token the number of its part.
    """

    tokens: NDArray[np.int32]
    parts: NDArray[np.int32]
    offsets: RowIndices  # text i has the tokens offsets[i]:offsets[i + 1]
    part_counts: RowIndices
    _bm25: Any = field(repr=False)  # None when no text has a term

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> LexicalIndex:
        """Index texts, each given as its parts."""
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
        """Return the number of a term, -1 for a term that occurs in no text."""
        return int(self._bm25.vocab_dict.get(term, -1)) if self._bm25 is not None else -1

    def bm25_scores(self, query: Sequence[str]) -> Floats:
        """Return the BM25 score of every text for the terms of a query."""
        total = np.zeros(self.size, np.float32)
        for term in query:
            rows, values = self._postings(term)
            total[rows] += values
        return total

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of a term, in [0, ~ln n]."""
        count = len(self._postings(term)[0])
        return float(np.log(1 + (self.size - count + 0.5) / (count + 0.5)))

    def unspaced_texts(self) -> NDArray[np.bool_]:
        """Return for each text whether most of its terms belong to a script written without spaces."""
        counts = np.diff(self.offsets)
        if self._bm25 is None:
            return np.zeros(self.size, np.bool_)
        vocabulary = self._bm25.vocab_dict
        unspaced = np.zeros(max(vocabulary.values(), default=0) + 1, np.bool_)
        unspaced[[number for term, number in vocabulary.items() if _STARTS_UNSPACED.match(term)]] = True
        owners = np.repeat(np.arange(self.size), counts)
        found = np.bincount(owners[unspaced[self.tokens]], minlength=self.size)
        return np.asarray(2 * found > counts)

    def save(self, folder: Path) -> None:
        """Write the index to a new folder, without pickle."""
        folder.mkdir(parents=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        if self._bm25 is not None:
            self._bm25.save(folder / "bm25", show_progress=False, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read an index that `save` wrote."""
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
