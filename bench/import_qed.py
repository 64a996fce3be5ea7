"""Convert QED to our format of reading-comprehension sets.

    python -m bench.import_qed --files train-*.jsonl --out FOLDER

QED (Lamm et al., "QED: A Framework and Dataset for Explanations in Question Answering", TACL 2021; CC BY-SA) has real
questions of Google's users, the paragraph of Wikipedia that answers each, and the words of the answer. Its text is
tokenised, with a space around every punctuation mark; here the spaces are removed, and questions get a capital at the
beginning and a question mark. Seconds.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.retrieval_corpora import read_jsonl

MAX_PARAGRAPH_WORDS = 220  # words; a longer paragraph is a table or a list
_DETOKENIZE_RULES = (
    (re.compile(r"(``|'')"), '"'),
    (re.compile(r" -- "), " – "),
    (re.compile(r"(?<=\w) - (?=\w)"), "-"),
    (re.compile(r" ([,.;:?!%)\]}])"), r"\1"),
    (re.compile(r"([(\[{$£€]) "), r"\1"),
    (re.compile(r" (n't|'(?:s|re|ve|ll|d|m)?)(?=[\s,.;:]|$)"), r"\1"),
    (re.compile(r'(?<!\w)" ([^"]*?) "'), r'"\1"'),
)


def detokenize(text: str) -> str:
    """Return text without the spaces that a tokenizer put around punctuation."""
    text = " ".join(text.split())
    for pattern, joined in _DETOKENIZE_RULES:
        text = pattern.sub(joined, text)
    return text


def read_qed(lines: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Yield (paragraph, question) for each line whose only answer is still found in its paragraph."""
    seen: set[str] = set()
    for line in lines:
        text, spans = detokenize(line["paragraph_text"]), [detokenize(answer) for answer in line["answer_text"]]
        fits = len(spans) == 1 and spans[0] and spans[0] in text and len(text.split()) <= MAX_PARAGRAPH_WORDS
        if fits and line["question_text"] not in seen:
            seen.add(line["question_text"])
            pid = str(line["example_id"])
            asked = line["question_text"].strip(" ?")
            question = f"{asked[:1].upper()}{asked[1:]}?"
            yield (
                {"pid": pid, "title": line["title_text"], "text": text},
                {"id": pid, "pid": pid, "question": question, "answers": spans},
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=Path, nargs="+", required=True, help="nq-train-0N-qed.jsonlines")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    found = list(read_qed([line for path in arguments.files for line in read_jsonl(path)]))
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, part in (("paragraphs.jsonl", [p for p, _ in found]), ("questions.jsonl", [q for _, q in found])):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        (arguments.out / name).write_text(text, encoding="utf-8")
    print(json.dumps({"questions": len(found)}))


if __name__ == "__main__":
    main()
