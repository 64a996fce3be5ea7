"""Measure how well answers are grounded: retrieved passages, the product's own prompt, the bundled model.

    python -m bench.grounding --paragraphs P.jsonl --questions Q.jsonl [--models bundled plain] [--count 100]

Indexes the paragraphs of the held-out documents, asks questions about them as a turn does, and prints for each model:
token F1 against the gold answers, the share of answers that contain a gold answer, that cite the gold passage, whose
quotes contain a gold answer, and that have no unsupported sentence, and how often coverage abstained. The first model
answers a second time with whole passages; otherwise a small model reads only the sentences that
`knowledge/sentence_selection.py` selects. The last line is one JSON object. About seven minutes for 100 questions.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import string
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.default_adapter_examples import held_out_titles
from bench.retrieval_corpora import hardware, read_jsonl
from knowledge.attribution import attribute_answer
from knowledge.catalog import MemoryCatalog
from knowledge.documents import Document, Hit, Locator, LocatorKind, Passage, SearchResult
from knowledge.embedding import Embedder
from knowledge.library import Library
from knowledge.sentence_embedder import open_embedder
from tutor.chat.citations import add_citations, strip_citation_marks
from tutor.chat.prompt_builder import TOP_K, PromptBuilder
from tutor.engine.base import Engine, EngineState, GenerationRequest, text_of
from tutor.engine.factory import open_engine
from tutor.platform.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--models", nargs="+", default=["bundled", "plain"])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument(
        "--hold-out", type=int, default=4, help="number of documents that are asked about, the last by title"
    )
    parser.add_argument("--data-dir", type=Path, help="folder for converted models")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        embedder = open_embedder("bundled", root / "models")
        library, asked = _course(arguments, root, embedder)
        results = {}
        for number, model in enumerate(arguments.models):
            engine = _open_engine(settings := Settings(model=model, data_dir=arguments.data_dir or root))
            briefing = PromptBuilder(engine, lambda *_: "", settings)
            ways = {model: briefing}
            if number == 0:
                ways[f"{model}, whole passage"] = replace(briefing, select_sentences=_whole_passage)
            for name, asking in ways.items():
                started = time.monotonic()
                results[name] = _measure(asking, library, embedder, asked)
                results[name]["seconds"] = round(time.monotonic() - started, 1)
                print(name, results[name], flush=True)
            engine.close()
    print(json.dumps({"hardware": hardware(), "questions": len(asked), "models": results}))


def _whole_passage(question: str, hits: Sequence[Hit]) -> str:
    return hits[0].passage.text


def _course(arguments: argparse.Namespace, root: Path, embedder: Embedder) -> tuple[Library, list[dict[str, Any]]]:
    """Return a library of the held-out documents and the questions about them."""
    paragraphs = read_jsonl(arguments.paragraphs)
    titles = held_out_titles({row["title"] for row in paragraphs}, arguments.hold_out)
    rows = [row for row in paragraphs if row["title"] in titles]
    pids = {row["pid"] for row in rows}
    asked = [row for row in read_jsonl(arguments.questions) if row["pid"] in pids and not row.get("impossible")]
    return course_of(rows, root, embedder), random.Random(5).sample(asked, min(arguments.count, len(asked)))


def course_of(paragraphs: Sequence[dict[str, Any]], root: Path, embedder: Embedder) -> Library:
    """Return a library with the paragraphs as course "c"; each is a passage of the document with its title."""
    catalog, now = MemoryCatalog(), datetime.now(UTC)
    for title in sorted({row["title"] for row in paragraphs}):
        rows = [row for row in paragraphs if row["title"] == title]
        name = title.replace("_", " ")
        catalog.add(
            Document(title, "c", title, name, title, "text/plain", len(rows), len(rows), (), now),
            [_passage(row, title, number) for number, row in enumerate(rows)],
        )
    library = Library(root / "index", catalog, embedder)
    library.rebuild_index("c")
    return library


def _passage(row: dict[str, Any], title: str, number: int) -> Passage:
    where = Locator(LocatorKind.SECTION, number + 1, f"paragraph {number + 1}")
    return Passage(row["pid"], title, "c", number, row["text"], where, (), 0, len(row["text"]))


def _open_engine(settings: Settings) -> Engine:
    engine = open_engine(settings)
    while engine.info().state is EngineState.LOADING:
        time.sleep(0.1)
    return engine


def _measure(
    briefing: PromptBuilder, library: Library, embedder: Embedder, asked: list[dict[str, Any]]
) -> dict[str, float]:
    def one(row: dict[str, Any]) -> dict[str, float]:
        found = library.search("c", row["question"], TOP_K)
        answer = _answer(briefing, found, row["question"])
        marked, citations = add_citations(
            answer, attribute_answer(answer, found.hits, embedder, row["question"]), found.hits, "en"
        )
        return {
            "token_f1": max(token_f1(answer, gold) for gold in row["answers"]),
            "gold_words": float(any(normalize(gold) in normalize(answer) for gold in row["answers"])),
            "retrieved": float(any(hit.passage.id == row["pid"] for hit in found.hits)),
            "right_passage_cited": float(any(c.passage_id == row["pid"] for c in citations)),
            "gold_in_quotes": float(any(normalize(g) in normalize(c.quote) for g in row["answers"] for c in citations)),
            "supported": float("own words" not in marked),
            "abstained": float(not found.covered),
            "words": float(len(answer.split())),
        }

    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(one, asked))
    return {name: round(sum(row[name] for row in rows) / len(rows), 3) for name in rows[0]}


def _answer(briefing: PromptBuilder, found: SearchResult, question: str) -> str:
    messages, _ = briefing.build_answer_prompt("", "c", question, found, "en")
    request = GenerationRequest(messages, learner=question, max_tokens=100, time_limit_s=600)
    return strip_citation_marks(text_of(briefing.engine.stream(request)))


def normalize(text: str) -> str:
    """Return text in lower case without punctuation and articles, the form in which reading comprehension is scored."""
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def token_f1(answer: str, gold: str) -> float:
    """Return the harmonic mean of precision and recall over words."""
    given, wanted = normalize(answer).split(), normalize(gold).split()
    shared = sum((Counter(given) & Counter(wanted)).values())
    return 2 * shared / (len(given) + len(wanted)) if shared else 0.0


if __name__ == "__main__":
    main()
