"""Measure how well personal data is found in sentences, and what else is taken for it.

    python -m bench.scrub [--errors] [--compare] [--out bench/results/scrub.json]

`bench/scrub_sentences.tsv` has 1,232 sentences, nearly half of them technical, in English and Chinese, with personal
data in double brackets. The part `dev` may be read while the scrubber is changed; the part `unseen` was written after
the last change, and whoever reads its errors makes it `dev` and writes new ones. A find is right when it overlaps a
labelled stretch, a label is found when a find overlaps it. `--errors` prints those of `dev`. `--compare` also measures
the other recognisers whose packages are installed (`bench/scrub_recognizers.py`). The last line is one JSON object.
Seconds; with others, a minute.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.pii_scrubbing import scrub
from bench.documents import commit, hardware

SENTENCES = Path(__file__).with_name("scrub_sentences.tsv")
_LABEL = re.compile(r"\[\[(.+?)\]\]")
_PLACEHOLDER = re.compile(r"\[[a-z-]+\]")
Span = tuple[int, int]
Finder = Callable[[str], list[Span]]


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence with the stretches of personal data in it."""

    part: str
    language: str
    kind: str
    text: str
    labels: tuple[Span, ...]


def read_sentences() -> Iterator[LabelledSentence]:
    """Yield the labelled sentences of the file."""
    for line in SENTENCES.read_text("utf-8").splitlines()[1:]:
        part, language, kind, marked = line.split("\t")
        parts = _LABEL.split(marked)  # every second part is a label
        starts = [sum(map(len, parts[:n])) for n in range(len(parts))]
        labels = tuple((starts[n], starts[n] + len(parts[n])) for n in range(1, len(parts), 2))
        yield LabelledSentence(part, language, kind, "".join(parts), labels)


def find_spans(text: str) -> list[Span]:
    """Return the stretches that the scrubber replaces."""
    kept = _PLACEHOLDER.split(scrub(text).text)
    match = re.fullmatch("(.+?)".join(map(re.escape, kept)), text, re.DOTALL)
    return [match.span(n) for n in range(1, len(kept))] if match else []


def count_finds(sentence: LabelledSentence, find: Finder, *, show_errors: bool = False) -> Counter[str]:
    """Return the numbers of labels, labels found, finds, and finds that are right."""
    finds = find(sentence.text)
    found = [a for a in sentence.labels if any(_overlap(a, b) for b in finds)]
    right = [b for b in finds if any(_overlap(a, b) for a in sentence.labels)]
    if show_errors and (len(found) < len(sentence.labels) or len(right) < len(finds)):
        print(f"{sentence.text} => {scrub(sentence.text).text}")
    return Counter(labels=len(sentence.labels), found=len(found), finds=len(finds), right=len(right))


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--errors", action="store_true", help="print the errors in the part that may be read")
    parser.add_argument("--compare", action="store_true", help="also measure other recognisers that are installed")
    parser.add_argument("--out", type=Path, help="also write the result to this file")
    options = parser.parse_args()
    result: dict[str, dict[str, object]] = {"ours": measure(find_spans, ("en", "zh"), show_errors=options.errors)}
    if options.compare:
        from bench.scrub_recognizers import open_finders

        result |= {name: measure(find, (language,)) for name, language, find in open_finders(find_spans)}
    report = {"hardware": hardware(), "commit": commit(), "sentences": len(list(read_sentences()))} | (
        result if options.compare else result["ours"]
    )
    if options.out:
        options.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(json.dumps(report))


def measure(find: Finder, languages: Sequence[str], *, show_errors: bool = False) -> dict[str, object]:
    """Return precision and recall of a finder by part and language; errors in `dev` are printed if asked for."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in read_sentences():
        if sentence.language in languages:
            found = count_finds(sentence, find, show_errors=show_errors and sentence.part == "dev")
            counts[f"{sentence.part}_{sentence.language}"] += found
            if len(languages) > 1:
                counts[sentence.part] += found
    return {name: _rates(count) for name, count in sorted(counts.items())}


def _rates(count: Counter[str]) -> dict[str, float | int]:
    precision, recall = count["right"] / max(1, count["finds"]), count["found"] / max(1, count["labels"])
    return {"labels": count["labels"], "precision": round(precision, 3), "recall": round(recall, 3)}


if __name__ == "__main__":
    main()
