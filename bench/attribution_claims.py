"""Claims for the support check: statements built from questions and answers, some true of their passage, some not.

"Who discovered radium?" and "Marie Curie" become "Marie Curie discovered radium". Readers wrote the questions in their
own words, so a true claim is a paraphrase. An untrue claim has the answer to another question of the same article and
kind, or comes from another article, or is true while its passage is not among those shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.retrieval_corpora import Corpus, Question, build_index, cached_vectors, make_entry, read_jsonl
from knowledge.embedding import Embedder
from knowledge.lexical import tokenize
from knowledge.qa_to_statement import qa_to_statement
from knowledge.ranking import choose_model, find_candidates

PASSAGES_SHOWN = 4  # passages that are searched for each claim


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, the texts that may support it, and whether they do. `article` groups claims for folds."""

    text: str
    passages: tuple[str, ...]
    supported: bool
    kind: str  # "true", "other answer", "other article", "not shown"
    article: str


def build_claims(
    paragraphs: Path, questions: Path, embedder: Embedder, vector_file: Path | None, sample: int
) -> list[Claim]:
    """Return about `sample` questions as claims of each kind, always the same ones."""
    rows = read_jsonl(paragraphs)
    number = {row["pid"]: i for i, row in enumerate(rows)}
    asked = [q for q in read_jsonl(questions) if not q.get("impossible") and q["pid"] in number]
    entries = tuple(make_entry(row["pid"], row["title"], row["text"]) for row in rows)
    corpus = Corpus(
        entries, tuple(r["title"] for r in rows), tuple(Question(q["question"], number[q["pid"]]) for q in asked)
    )
    vectors, query_rows = cached_vectors(corpus, embedder, vector_file)
    index = build_index(corpus, embedder, vectors)
    random = np.random.default_rng(11)
    claims: list[Claim] = []
    for at in random.permutation(len(asked))[:sample]:
        one = corpus.questions[at]
        assert one.gold is not None
        found = find_candidates(index, one.text, query_rows[at] if len(index.dense_rows) else None)
        scores = choose_model(found, index.embedder).order_scores(found)
        order = found.rows[np.argsort(-scores, kind="stable")].tolist()
        shown = [one.gold, *(r for r in order if r != one.gold)][:PASSAGES_SHOWN]
        others = [r for r in order if r != one.gold][:PASSAGES_SHOWN]
        strangers = [r for r in random.permutation(len(rows))[:200] if rows[r]["title"] != rows[one.gold]["title"]]
        claims += _claims_of(asked[at], asked, rows, (shown, others, strangers[:PASSAGES_SHOWN]), random)
    return claims


def _claims_of(
    question: dict[str, Any],
    asked: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]],
    shown: tuple[Sequence[int], Sequence[int], Sequence[int]],
    random: np.random.Generator,
) -> Iterator[Claim]:
    right, others, strangers = (tuple(rows[r]["text"] for r in places) for places in shown)
    title = rows[shown[0][0]]["title"]
    true = qa_to_statement(question["question"], question["answers"][0])
    if not true:
        return
    yield Claim(true, right, True, "true", title)
    yield Claim(true, strangers, False, "other article", title)
    if not any(answer.casefold() in text.casefold() for answer in question["answers"] for text in others):
        yield Claim(true, others, False, "not shown", title)
    if wrong := _wrong_answer(question, asked, rows, title, random):
        yield Claim(qa_to_statement(question["question"], wrong), right, False, "other answer", title)


def _wrong_answer(
    question: dict[str, Any],
    asked: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]],
    title: str,
    random: np.random.Generator,
) -> str:
    """Return an answer to a question of the article with the same beginning; it shares no word with the right ones."""
    right = {term for answer in question["answers"] for term in tokenize(answer)}
    titles = {row["pid"]: row["title"] for row in rows}
    kind = _question_word(question["question"])
    for at in random.permutation(len(asked))[:4000]:
        other = asked[at]
        answer = other["answers"][0]
        if titles[other["pid"]] != title or _question_word(other["question"]) != kind:
            continue
        words = set(tokenize(answer))
        if words and not words & right and not words <= set(tokenize(question["question"])):
            return str(answer)
    return ""


def _question_word(question: str) -> str:
    found = re.search(r"\b(who|whom|where|when|how \w+|what year|what|which)\b", question.lower())
    return found.group() if found else ""
