"""Features of a short answer and its references, as numbers for the fitted grader.

Vectors come from an injected embedder; words, order, negation, numbers and opposites are compared here. Answers that
persons have graded are not used here: see `gaussian_process_grader.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import TextEncoding
from tutor.assessment.word_alignment import alignment_features
from tutor.assessment.word_diff import TokenizedText, find_opposites, tokenize

Vectors = NDArray[np.float32]


class AnswerEmbedder(Protocol):
    """Turns texts into unit vectors, one row a text, and embeds their words in context."""

    @property
    def name(self) -> str: ...
    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...
    def encode_queries(self, texts: Sequence[str]) -> list[TextEncoding]: ...


@dataclass(frozen=True, slots=True)
class EncodedText:
    """A text with its vector and those of its content words."""

    tokenized: TokenizedText
    vector: Vectors
    word_vectors: Vectors  # one row a content stem, in order, each word embedded alone
    token_vectors: Vectors  # one row a token, embedded in context


@dataclass(frozen=True, slots=True)
class GradingCase:
    """An answer with its question and reference answers."""

    question: EncodedText
    references: tuple[EncodedText, ...]
    answer: EncodedText


class TextEncoder:
    """Embeds texts and caches the vectors, because references and graded answers recur."""

    def __init__(self, embedder: AnswerEmbedder, words: int = 50_000, texts: int = 3_000) -> None:
        self._embedder = embedder
        self._limits = words, texts
        self._words: dict[str, Vectors] = {}
        self._texts: dict[str, TextEncoding] = {}

    def encode(self, texts: Sequence[str]) -> list[EncodedText]:
        read = [tokenize(text) for text in texts]
        words, seen = self._encode_missing(texts, [word for one in read for word in one.content_words])
        return [
            EncodedText(
                one,
                seen[text].span_vectors[0],
                _stack_vectors([words[w] for w in one.content_words], seen[text].span_vectors[0]),
                seen[text].token_vectors,
            )
            for text, one in zip(texts, read, strict=True)
        ]

    def _encode_missing(
        self, texts: Sequence[str], words: Sequence[str]
    ) -> tuple[dict[str, Vectors], dict[str, TextEncoding]]:
        """Return caches that contain all of these; a full cache is replaced, and other threads keep the old one."""
        if len(self._words) > self._limits[0]:
            self._words = {}
        if len(self._texts) > self._limits[1]:
            self._texts = {}
        known, seen = self._words, self._texts
        if new := [word for word in dict.fromkeys(words) if word not in known]:
            known |= zip(new, self._embedder.embed_passages(new), strict=True)
        if new := [text for text in dict.fromkeys(texts) if text not in seen]:
            seen |= zip(new, self._embedder.encode_queries(new), strict=True)
        return known, seen


def _stack_vectors(rows: Sequence[Vectors], like: Vectors) -> Vectors:
    return np.stack(rows) if rows else np.zeros((0, like.shape[0]), np.float32)


_MAX_FEATURES = (
    "cosine f1 soft_recall soft_f1 recall_new soft_new trigrams found backed found_new backed_new rest_cosine".split()
)


def extract_answer_features(case: GradingCase) -> dict[str, float]:
    """Return the features of a case by name."""
    question, answer = case.question, case.answer
    rows = [_reference_features(question, reference, answer) for reference in case.references]
    best = max(rows, key=lambda row: row["cosine"] + row["f1"] + row["soft_f1"])
    row = {f"best_{name}": value for name, value in best.items()}
    for name in _MAX_FEATURES:
        row[f"max_{name}"] = max(one[name] for one in rows)
    row["mean_cosine"] = float(np.mean([one["cosine"] for one in rows]))
    row["references"] = float(np.log1p(len(rows)))
    row |= _answer_features(question, answer)
    row["gain"] = row["max_cosine"] - row["with_question"]
    return row


def _answer_features(question: EncodedText, answer: EncodedText) -> dict[str, float]:
    new = [s for s in answer.tokenized.stems if s not in question.tokenized.content_stems]
    return {
        "with_question": float(answer.vector @ question.vector),
        "words": float(np.log1p(len(answer.tokenized.words))),
        "new_words": float(np.log1p(len(new))),
        "new_share": len(new) / max(1, len(answer.tokenized.stems)),
        "negations": float(min(2, answer.tokenized.negations)),
    }


def _reference_features(question: EncodedText, reference: EncodedText, answer: EncodedText) -> dict[str, float]:
    r, a, q = reference.tokenized, answer.tokenized, question.tokenized.content_stems
    shared = r.content_stems & a.content_stems
    recall, precision = len(shared) / max(1, len(r.content_stems)), len(shared) / max(1, len(a.content_stems))
    new = r.content_stems - q
    soft = _best_similarities(reference.word_vectors, answer.word_vectors)
    soft_back = _best_similarities(answer.word_vectors, reference.word_vectors)
    fresh = np.array([stem not in q for stem in r.stems], bool)
    soft_recall, soft_precision = (
        float(soft.mean()) if soft.size else 0.0,
        float(soft_back.mean()) if soft_back.size else 0.0,
    )
    return {
        "cosine": float(reference.vector @ answer.vector),
        "reference_question": float(reference.vector @ question.vector),
        "recall": recall,
        "precision": precision,
        "f1": _f1(recall, precision),
        "recall_new": len(new & a.content_stems) / len(new) if new else recall,
        "soft_recall": soft_recall,
        "soft_precision": soft_precision,
        "soft_f1": _f1(soft_recall, soft_precision),
        "soft_new": float(soft[fresh].mean()) if fresh.any() else soft_recall,
        "soft_worst": float(soft[fresh].min()) if fresh.any() else (float(soft.min()) if soft.size else 0.0),
        "strange": len(a.content_stems - r.content_stems - q) / max(1, len(a.content_stems)),
        "order": _lcs_ratio(r.stems, a.stems),
        "trigrams": _trigram_similarity(r.text, a.text),
        "longer": float(np.log((1 + len(a.words)) / (1 + len(r.words)))),
        "negation": float((r.negations - a.negations) % 2),
        "numbers_missing": float(len(r.numbers - a.numbers)),
        "numbers_strange": float(len(a.numbers - r.numbers - question.tokenized.numbers)),
        "opposites": float(min(2, len(find_opposites(a, r)))),
        "rest_cosine": float(
            orthogonal_component(reference.vector, question.vector)
            @ orthogonal_component(answer.vector, question.vector)
        ),
        **alignment_features(question.token_vectors, reference.token_vectors, answer.token_vectors),
    }


def orthogonal_component(vector: Vectors, question: Vectors) -> Vectors:
    """Return a unit vector without its component along the question's vector, normalised."""
    left = vector - (vector @ question) * question
    return np.asarray(left / max(1e-9, float(np.linalg.norm(left))), np.float32)


def _best_similarities(left: Vectors, right: Vectors) -> NDArray[Any]:
    """Return, for each word of left, the cosine with its nearest word of right."""
    if not len(left) or not len(right):
        return np.zeros(len(left), np.float32)
    return np.asarray((left @ right.T).max(axis=1))


def _f1(recall: float, precision: float) -> float:
    return 2 * recall * precision / (recall + precision) if recall + precision > 0 else 0.0


def _lcs_ratio(left: Sequence[str], right: Sequence[str]) -> float:
    """Return the length of the longest common subsequence over the length of the reference."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return float(table[-1][-1] / max(1, len(left)))


def _trigram_similarity(left: str, right: str) -> float:
    one, two = ({f" {t.lower()} "[i : i + 3] for i in range(len(t))} for t in (left, right))
    return float(len(one & two) / max(1.0, (len(one) * len(two)) ** 0.5))
