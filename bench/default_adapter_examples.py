"""Write training rows for the default adapter from a reading-comprehension set.

    python -m bench.default_adapter_examples --help

The prompt is the product's own. A question of the set is answered with its gold words; some questions ask for a full
sentence, or for the meaning of a term, and are answered with a sentence of the paragraph. Every other paragraph
follows an earlier question and answer of its article, and a share of them (`--beside`) comes with the paragraph most
similar to their questions, before or after it. Rows of one paragraph follow one another: they share the beginning of
their prompt, which `bench.default_adapter` computes once. The documents of `--hold-out` (the last of `--sets` by
title) give no rows. Minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.retrieval_corpora import read_jsonl
from knowledge.languages import detect_language
from knowledge.languages.sentences import split_sentences
from tutor.chat import prompts
from tutor.chat.context_window import PromptPassage

MAX_SENTENCE_WORDS = 45
MAX_ANSWER_WORDS = 30
DISTRACTOR_FIRST_SHARE = 0.3  # of the paragraphs with another one come second
SENTENCE_SHARE = 0.12  # of the questions are asked a second time, for a sentence
FULL_SENTENCE_TEMPLATES = (
    "Answer in a full sentence: {}",
    "{} Answer in one sentence.",
    "{} Please explain.",
    "Explain: {}",
)
DEFINITION_TEMPLATES = ("What is {}?", "Define {}.", "What does {} mean?", "Explain {}.")
_DEFINITION = re.compile(
    r"^((?:The |A |An )?[A-Z]?[\w'\-]+(?: [\w'\-]+){0,3}) (?:is|are|was|were) (?:an?|the|any|one) "
)
_VAGUE = frozenset(
    "it its this these that those there here he she they we his her their one another other such some many most each "
    "both since while when where if although as in on at by for from with of to and but or so also what who all".split()
)  # a sentence with this beginning says little about the meaning of its subject
_ARTICLE = re.compile(r"^(?:the|an?) ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QaExample:
    """A question and its answer."""

    id: str
    question: str
    answer: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sets", type=Path, nargs="+", required=True, help="folders of paragraphs.jsonl, questions.jsonl"
    )
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="sets without held-out documents")
    parser.add_argument("--beside", type=float, default=0.0, help="share of paragraphs that come with another one")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--hold-out", type=int, default=4, help="number of documents, the last by title, that give no rows"
    )
    parser.add_argument("--seed", type=int, default=17)
    arguments = parser.parse_args()
    paragraphs, questions = _read(arguments.sets)
    away = held_out_titles({row["title"] for row in paragraphs}, arguments.hold_out)
    more, asked = _read(arguments.also)
    remaining = [row for row in (*paragraphs, *more) if row["title"] not in away]
    written, dice = 0, random.Random(arguments.seed)
    with arguments.out.open("w", encoding="utf-8") as file:
        for row in make_rows(remaining, [*questions, *asked], dice, arguments.beside):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            written += 1
    print(json.dumps({"rows": written, "held_out": sorted(away)}))


def _read(folders: Sequence[Path]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return paragraphs and answerable questions of all sets; a paragraph of two sets counts once."""
    paragraphs: dict[str, dict[str, Any]] = {}  # by text
    questions: list[dict[str, Any]] = []
    for folder in folders:
        here = {row["pid"]: row for row in read_jsonl(folder / "paragraphs.jsonl")}
        for row in here.values():
            paragraphs.setdefault(row["text"], {**row, "pid": f"{folder.name}-{row['pid']}"})
        for row in read_jsonl(folder / "questions.jsonl"):
            if not row.get("impossible"):
                questions.append({**row, "pid": paragraphs[here[row["pid"]]["text"]]["pid"]})
    return list(paragraphs.values()), questions


def held_out_titles(titles: set[str], count: int) -> set[str]:
    """Return the documents that give no rows."""
    return set(sorted(titles)[len(titles) - count :])


def make_rows(
    paragraphs: Sequence[dict[str, Any]],
    questions: Sequence[dict[str, Any]],
    dice: random.Random,
    beside: float = 0.0,
) -> Iterator[dict[str, Any]]:
    """Yield `{"id", "group", "messages"}`, with the rows of a paragraph in sequence."""
    by_paragraph: dict[str, list[dict[str, Any]]] = {}
    for question in questions:
        by_paragraph.setdefault(question["pid"], []).append(question)
    near = most_similar_paragraphs(paragraphs, by_paragraph) if beside else []
    earlier_by_article: dict[str, list[QaExample]] = {}  # by article: the questions so far
    for number, paragraph in enumerate(paragraphs):
        asked = examples_about(paragraph["text"], by_paragraph.get(paragraph["pid"], []), dice)
        earlier = earlier_by_article.setdefault(paragraph["title"], [])
        before = [dice.choice(earlier)] if earlier and number % 2 else []
        shown = [_passage(paragraph)]
        if dice.random() < beside and detect_language(paragraph["text"], "en") == "en":  # two in Chinese do not fit
            shown.insert(int(dice.random() >= DISTRACTOR_FIRST_SHARE), _passage(paragraphs[near[number]]))
        for one in asked:
            prompt = prompts.load_prompt("answer", detect_language(one.question, "en"))
            system, user = prompt.render(passages=shown, question=one.question)
            context = [pair for past in before for pair in (("user", past.question), ("assistant", past.answer))]
            messages = [system, *context, user, ("assistant", one.answer)]
            chat = [{"role": role, "content": text} for role, text in messages]
            yield {"id": one.id, "group": paragraph["pid"], "messages": chat}
        earlier += asked


def most_similar_paragraphs(
    paragraphs: Sequence[dict[str, Any]], questions: Mapping[str, Sequence[dict[str, Any]]]
) -> list[int]:
    """Return for each paragraph the index of the other paragraph that best fits its questions, by shared rare words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    texts = words.fit_transform([f"{row['title']} {row['text']}" for row in paragraphs])
    asked = words.transform(" ".join(q["question"] for q in questions.get(row["pid"], [])) for row in paragraphs)
    found = []
    for number, row in enumerate(asked):
        scores = (row @ texts.T).toarray()[0]
        scores[number] = -1.0
        found.append(int(scores.argmax()))
    return found


def _passage(paragraph: dict[str, Any]) -> PromptPassage:
    return PromptPassage(paragraph["pid"], paragraph["title"].replace("_", " "), "", paragraph["text"])


def examples_about(text: str, questions: Sequence[dict[str, Any]], dice: random.Random) -> list[QaExample]:
    """Return the questions about a paragraph: those of the set, some for a sentence, and the meanings of terms."""
    asked = []
    for row in questions:
        words = majority_answer(row["answers"])
        if len(words.split()) > MAX_ANSWER_WORDS:
            continue
        asked.append(QaExample(row["id"], row["question"].strip(), format_answer(words)))
        sentence = answer_sentence(text, words)
        if sentence and dice.random() < SENTENCE_SHARE:
            asked.append(
                QaExample(
                    row["id"] + "-whole", dice.choice(FULL_SENTENCE_TEMPLATES).format(row["question"].strip()), sentence
                )
            )
    for first, last in split_sentences(text):
        sentence = text[first:last].strip()
        defined = _DEFINITION.match(sentence)
        if defined and len(sentence.split()) <= MAX_SENTENCE_WORDS and not _is_vague(defined[1]):
            term = _ARTICLE.sub("", defined[1])
            asked.append(QaExample(f"{len(asked)}-{term}", dice.choice(DEFINITION_TEMPLATES).format(term), sentence))
    return asked


def majority_answer(answers: Sequence[str]) -> str:
    """Return the answer that most readers gave; the shortest of equally frequent ones."""
    counts = Counter(answer.strip() for answer in answers)
    return min(counts, key=lambda answer: (-counts[answer], len(answer)))


def format_answer(words: str) -> str:
    """Return the answer as a chat message: with a capital and a full stop."""
    if detect_language(words, "en") == "zh":
        return f"{words.rstrip(' ，；：。,.')}。"
    return f"{words[:1].upper()}{words[1:].rstrip(' ,;:.')}."


def answer_sentence(text: str, answer: str) -> str | None:
    """Return the sentence of the text that contains the answer; None if it is too long for an answer."""
    start = text.find(answer)
    for first, last in split_sentences(text):
        if first <= start < last:
            sentence = text[first:last].strip()
            whole = sentence[:1].isupper() and answer in sentence
            return sentence if whole and len(sentence.split()) <= MAX_SENTENCE_WORDS else None
    return None


def _is_vague(term: str) -> bool:
    return term.split()[0].lower() in _VAGUE


if __name__ == "__main__":
    main()
