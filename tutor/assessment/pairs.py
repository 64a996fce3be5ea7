"""What a short answer and its question's references have in common, as numbers for the fitted grader.

Vectors come from an injected embedder; words, order, negation, numbers and opposites are read here. Nearest answers
of the same question that a person has graded add their own features, which are zero when there are none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tutor.assessment.words import Words, opposites, read_words

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors, one row a text."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its vector and those of its content words."""

    words: Words
    vector: Vectors
    word_vectors: Vectors  # one row a content stem, in order


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known when an answer is graded; `graded` are other answers to the question with verdicts."""

    question: Text
    references: tuple[Text, ...]
    answer: Text
    graded: tuple[tuple[Text, bool], ...] = ()


class Reader:
    """Reads texts with an embedder and remembers their vectors, as references and graded answers come again."""

    def __init__(self, embedder: Embedder, limit: int = 50_000) -> None:
        self._embedder = embedder
        self._limit = limit
        self._vectors: dict[str, Vectors] = {}

    def read(self, texts: Sequence[str]) -> list[Text]:
        words = [read_words(text) for text in texts]
        self._learn([*texts, *(w for one in words for w in one.carriers)])
        return [
            Text(one, self._vectors[text], _stack([self._vectors[w] for w in one.carriers], self._vectors[text]))
            for text, one in zip(texts, words, strict=True)
        ]

    def _learn(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if len(self._vectors) + len(new) > self._limit:
            self._vectors.clear()
            new = list(dict.fromkeys(texts))
        if new:
            self._vectors |= zip(new, self._embedder.embed_passages(new), strict=True)


def _stack(rows: Sequence[Vectors], like: Vectors) -> Vectors:
    return np.stack(rows) if rows else np.zeros((0, like.shape[0]), np.float32)


def features(case: Case) -> dict[str, float]:
    """Describe a case as named numbers."""
    question, answer = case.question, case.answer
    rows = [_against(question, reference, answer) for reference in case.references]
    best = max(rows, key=lambda row: row["cosine"] + row["f1"] + row["soft_f1"])
    row = {f"best_{name}": value for name, value in best.items()}
    for name in ("cosine", "f1", "soft_recall", "soft_f1", "recall_new", "soft_new", "trigrams"):
        row[f"max_{name}"] = max(one[name] for one in rows)
    row["mean_cosine"] = float(np.mean([one["cosine"] for one in rows]))
    row["references"] = float(np.log1p(len(rows)))
    row |= _alone(question, answer)
    row["gain"] = row["max_cosine"] - row["with_question"]
    return row | neighbours(answer, case.graded)


def _alone(question: Text, answer: Text) -> dict[str, float]:
    new = [s for s in answer.words.stems if s not in question.words.content]
    return {
        "with_question": float(answer.vector @ question.vector),
        "words": float(np.log1p(len(answer.words.words))),
        "new_words": float(np.log1p(len(new))),
        "new_share": len(new) / max(1, len(answer.words.stems)),
        "negations": float(min(2, answer.words.negations)),
    }


def _against(question: Text, reference: Text, answer: Text) -> dict[str, float]:
    r, a, q = reference.words, answer.words, question.words.content
    shared = r.content & a.content
    recall, precision = len(shared) / max(1, len(r.content)), len(shared) / max(1, len(a.content))
    new = r.content - q
    soft = _soft(reference.word_vectors, answer.word_vectors)
    soft_back = _soft(answer.word_vectors, reference.word_vectors)
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
        "recall_new": len(new & a.content) / len(new) if new else recall,
        "soft_recall": soft_recall,
        "soft_precision": soft_precision,
        "soft_f1": _f1(soft_recall, soft_precision),
        "soft_new": float(soft[fresh].mean()) if fresh.any() else soft_recall,
        "soft_worst": float(soft[fresh].min()) if fresh.any() else (float(soft.min()) if soft.size else 0.0),
        "strange": len(a.content - r.content - q) / max(1, len(a.content)),
        "order": _order(r.stems, a.stems),
        "trigrams": _trigrams(r.text, a.text),
        "longer": float(np.log((1 + len(a.words)) / (1 + len(r.words)))),
        "negation": float((r.negations - a.negations) % 2),
        "numbers_missing": float(len(r.numbers - a.numbers)),
        "numbers_strange": float(len(a.numbers - r.numbers - question.words.numbers)),
        "opposites": float(min(2, len(opposites(a, r)))),
    }


def _soft(left: Vectors, right: Vectors) -> NDArray[Any]:
    """For each word of left the likeness of its nearest word of right."""
    if not len(left) or not len(right):
        return np.zeros(len(left), np.float32)
    return np.asarray((left @ right.T).max(axis=1))


def _f1(recall: float, precision: float) -> float:
    return 2 * recall * precision / (recall + precision) if recall + precision > 0 else 0.0


def _order(left: Sequence[str], right: Sequence[str]) -> float:
    """Longest common subsequence of stems over the length of the reference."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return float(table[-1][-1] / max(1, len(left)))


def _trigrams(left: str, right: str) -> float:
    one, two = ({f" {t.lower()} "[i : i + 3] for i in range(len(t))} for t in (left, right))
    return float(len(one & two) / max(1.0, (len(one) * len(two)) ** 0.5))


NEAREST = 7


def neighbours(answer: Text, graded: Sequence[tuple[Text, bool]]) -> dict[str, float]:
    """What the graded answers say; every feature is 0 when there are none of one verdict to compare."""
    row = {"graded": float(np.log1p(len(graded)))}
    if not graded:
        return row
    verdicts = np.array([verdict for _, verdict in graded])
    cosine = np.array([float(answer.vector @ other.vector) for other, _ in graded])
    overlap = np.array([_overlap(answer.words, other.words) for other, _ in graded])
    row["prior"] = (verdicts.sum() + 1) / (len(verdicts) + 2) - 0.5
    for name, likeness in (("near", cosine), ("words", overlap), ("both", (cosine + overlap) / 2)):
        order = np.argsort(-likeness)[:NEAREST]
        weight = np.exp(8 * (likeness[order] - likeness[order[0]]))
        row[f"{name}_vote"] = float(((verdicts[order] - 0.5) * weight).sum() / (weight.sum() + 0.5)) * float(
            likeness[order[0]]
        )
        if 0 < verdicts.sum() < len(verdicts):
            row[f"{name}_gap"] = float(likeness[verdicts].max() - likeness[~verdicts].max())
        row[f"{name}_best"] = float(likeness[order[0]]) * (1 if verdicts[order[0]] else -1)
    return row | _centres(answer, [other for other, _ in graded], verdicts)


def _centres(answer: Text, others: Sequence[Text], verdicts: NDArray[np.bool_]) -> dict[str, float]:
    """Where the answer lies between the centres of the right and the wrong answers."""
    if not 0 < verdicts.sum() < len(verdicts):
        return {}
    vectors = np.stack([other.vector for other in others])
    right, wrong = vectors[verdicts].mean(0), vectors[~verdicts].mean(0)
    direction = right - wrong
    return {"centre": float((answer.vector - (right + wrong) / 2) @ direction / (np.linalg.norm(direction) + 1e-6))}


def _overlap(left: Words, right: Words) -> float:
    union = left.content | right.content
    return len(left.content & right.content) / len(union) if union else float(left.words == right.words)


def as_row(named: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([named.get(name, 0.0) for name in names])
