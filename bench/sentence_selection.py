"""Measure how often the sentences that a small model reads contain the answer; fits `knowledge/sentence_selection.py`.

    python -m bench.sentence_selection --paragraphs P.jsonl --questions Q.jsonl [--count 1500]

Indexes all documents but the last four by title (those of `bench.grounding`), searches as a turn does, and prints for
the best passage of each question: the sharpness of the softmax (fitted in four folds by document), how often the best
sentence contains the answer, how often the selected ones do, how many they are, and how often the passage contains it
at all. For comparison: the first sentence alone, and the nearest by meaning. The last line is one JSON object.
Minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from bench.default_adapter_examples import held_out_titles
from bench.grounding import course_of, normalize
from bench.retrieval_corpora import commit, read_jsonl
from knowledge.languages.sentences import split_sentences
from knowledge.sentence_embedder import open_embedder
from knowledge.sentence_selection import SHARPNESS, query_term_coverage, select_top_p
from tutor.chat.prompt_builder import TOP_K

FOLDS = 4


@dataclass(frozen=True, slots=True)
class SentenceCase:
    """The sentences of the best passage for a question: their shares of its words, and which contain the answer."""

    title: str
    word_shares: tuple[float, ...]
    cosines: tuple[float, ...]
    holds_answer: tuple[bool, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1500)
    arguments = parser.parse_args()
    paragraphs = read_jsonl(arguments.paragraphs)
    titles = {row["title"] for row in paragraphs}
    rows = [row for row in paragraphs if row["title"] in titles - held_out_titles(titles, 4)]
    pids = {row["pid"] for row in rows}
    asked = [row for row in read_jsonl(arguments.questions) if row["pid"] in pids and not row.get("impossible")]
    with tempfile.TemporaryDirectory() as folder:
        cases = _cases(rows, random.Random(7).sample(asked, min(arguments.count, len(asked))), Path(folder))
    print(json.dumps({"benchmark": "selection", "commit": commit(), "questions": len(cases), **measure(cases)}))


def _cases(rows: Sequence[dict[str, Any]], asked: Sequence[dict[str, Any]], folder: Path) -> list[SentenceCase]:
    embedder = open_embedder("bundled", folder)
    library, cases = course_of(rows, folder, embedder), []
    for row in asked:
        hits = library.search("c", row["question"], TOP_K).hits
        if not hits:
            continue
        passage = hits[0].passage
        texts = [passage.text[a:b] for a, b in split_sentences(passage.text)]
        held = [
            passage.id == row["pid"] and any(normalize(gold) in normalize(text) for gold in row["answers"])
            for text in texts
        ]
        near = embedder.embed_passages(texts) @ embedder.embed_query(row["question"])
        cases.append(
            SentenceCase(
                hits[0].document.title,
                tuple(query_term_coverage(row["question"], hits)[: len(texts)]),
                tuple(near),
                tuple(held),
            )
        )
    return cases


def measure(cases: Sequence[SentenceCase]) -> dict[str, Any]:
    """Return the figures; the sharpness of a fold is fitted on the documents of the other folds."""
    fold = {title: number % FOLDS for number, title in enumerate(sorted({case.title for case in cases}))}
    selected = []
    for number in range(FOLDS):
        sharp = fit_sharpness([case for case in cases if fold[case.title] != number])
        selected += [
            _any_holds_answer(case, select_top_p(case.word_shares, sharp))
            for case in cases
            if fold[case.title] == number
        ]
    shipped = [(case, select_top_p(case.word_shares)) for case in cases]
    return {
        "sharpness": round(fit_sharpness(cases), 2),
        "sharpness_shipped": SHARPNESS,
        "kept_hold_the_answer": _mean(selected),
        "kept_hold_the_answer_shipped": _mean(_any_holds_answer(case, chosen) for case, chosen in shipped),
        "sentences_kept": _mean(len(chosen) for _, chosen in shipped),
        "sentences": _mean(len(case.word_shares) for case in cases),
        "best_holds_the_answer": _mean(case.holds_answer[int(np.argmax(case.word_shares))] for case in cases),
        "nearest_by_meaning_holds_the_answer": _mean(case.holds_answer[int(np.argmax(case.cosines))] for case in cases),
        "first_holds_the_answer": _mean(case.holds_answer[0] for case in cases),
        "passage_holds_the_answer": _mean(any(case.holds_answer) for case in cases),
    }


def fit_sharpness(cases: Sequence[SentenceCase]) -> float:
    """Return the factor with which the softmax over the shares makes the sentences with the answer most likely."""
    answerable = [
        (np.asarray(case.word_shares), np.asarray(case.holds_answer)) for case in cases if any(case.holds_answer)
    ]

    def loss(factor: float) -> float:
        masses = [(np.exp(factor * (shares - shares.max())), answers) for shares, answers in answerable]
        return float(-np.mean([np.log(mass[answers].sum() / mass.sum()) for mass, answers in masses]))

    return float(minimize_scalar(loss, bounds=(0.1, 50.0), method="bounded").x)


def _any_holds_answer(case: SentenceCase, chosen: Sequence[int]) -> bool:
    return any(case.holds_answer[at] for at in chosen)


def _mean(values: Any) -> float:
    return round(float(np.mean(list(values))), 4)


if __name__ == "__main__":
    main()
