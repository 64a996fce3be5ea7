"""Check the quiz items that are generated from a textbook.

    python -m bench.quiz_items --course FOLDER_OF_MARKDOWN [--show N]

The generator sees plain text only. The book's own bold terms, which it does not see, are the gold standard: an item
with a defined term as its key is confirmed when the book sets that term in bold (`term_in_bold`). `key_right` is a
second reading of the whole passage by plain string search: the completed sentence must occur in it, and no wrong
option's may. `answerable` is the share of items that `bench.quiz_solver`, which shares no code with the generator,
gets right from the cited passage alone; `answerable_from_another` is the same with another passage of the book.
Seconds.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.quiz_solver import answer_item
from knowledge.documents import Locator, LocatorKind, Passage
from tutor.assessment.grading import Grader
from tutor.assessment.item_checks import find_fault
from tutor.assessment.item_generation import generate_items
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.question_types.registry import question_type
from tutor.domain import BLANK, Outcome

_BOLD = re.compile(r"\*\*([^*\n]{2,60})\*\*")


def passages_of(path: Path) -> list[Passage]:
    """Return the paragraphs of a Markdown chapter as plain text, each as a passage."""
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"(?m)^>\s?", "", text)
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    found = []
    for number, block in enumerate(re.split(r"\n\s*\n", text)):
        plain = re.sub(r"\*\*|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", block).strip()
        if len(plain) < 40 or plain.startswith(("#", "[Figure", "|")):
            continue
        name = f"{path.stem}-{number}"
        locator = Locator(LocatorKind.SECTION, number + 1, path.stem)
        found.append(Passage(name, path.stem, "bench", number, plain, locator, (), 0, len(plain)))
    return found


def is_confirmed(item: Item, text: str) -> bool:
    """Whether plain string search finds in the passage what the key says."""
    plain, key = " ".join(text.split()).lower(), item.keys[0].lower()
    body = item.prompt.partition(": ")[2].lower()
    match item.kind:
        case ItemKind.CHOICE:
            return body.rstrip("?") in plain and _defines_only(
                item.source.quote if item.source else "", key, item.options
            )
        case ItemKind.CLOZE | ItemKind.NUMBER:
            return body.replace(BLANK.lower(), key) in plain
        case ItemKind.TRUE_FALSE:
            found_term = re.search(r'describes the term "([^"]+)"', item.prompt)
            quoted = re.search(r'^True or false: "(.*)" describes', item.prompt)
            assert found_term and quoted and item.source
            holds = re.search(rf"\b{re.escape(found_term[1].lower())}\b", item.source.quote.lower()) is not None
            return quoted[1].lower() in plain and holds == (key == "true")
        case _:
            at = [plain.find(" ".join(step.split()).lower()) for step in item.keys]
            return -1 not in at and at == sorted(at)


def _defines_only(quote: str, key: str, options: tuple[str, ...]) -> bool:
    """Whether the quoted definition contains the key and none of the other options."""
    return [o.lower() for o in options if re.search(rf"\b{re.escape(o.lower())}\b", quote.lower())] == [key]


def reader_solves(items: Sequence[Item], texts: Mapping[str, str], *, shift: int = 0) -> list[bool]:
    """Return whether the solver's answer to each item is right; `shift` gives it the passage of a later item."""
    grader, found = Grader(), []
    shown = [texts[item.source.passage_id] for item in items if item.source]
    for n, item in enumerate(items):
        solution = answer_item(item.kind, item.prompt, item.options, shown[(n + shift) % len(shown)])
        found.append(bool(solution) and grader.grade(item, solution).outcome is Outcome.RIGHT)
    return found


def reader_solves_from_other_passages(items: Sequence[Item], texts: Mapping[str, str]) -> list[bool]:
    """Return the same with passages a third of the book away; an item with the same passage is left out."""
    shift = len(items) // 3 or 1
    other = [items[(n + shift) % len(items)].source for n in range(len(items))]
    own = [item.source for item in items]
    found = reader_solves(items, texts, shift=shift)
    return [
        one
        for one, mine, theirs in zip(found, own, other, strict=True)
        if mine and theirs and mine.passage_id != theirs.passage_id
    ]


def share_of_true(found: Sequence[bool]) -> float:
    return round(sum(found) / max(1, len(found)), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--course", type=Path, required=True)
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    paths = sorted(arguments.course.glob("*.md"))
    passages = [passage for path in paths for passage in passages_of(path)]
    bold = {term.strip().lower() for path in paths for term in _BOLD.findall(path.read_text(encoding="utf-8"))}
    started = time.perf_counter()
    items = generate_items(passages)
    took = time.perf_counter() - started
    texts = {passage.id: passage.text for passage in passages}
    right = [is_confirmed(item, texts[item.source.passage_id]) for item in items if item.source]
    grader = Grader()
    graded = [grader.grade(item, question_type(item.kind).own_answer(item)).outcome is Outcome.RIGHT for item in items]
    solved = reader_solves(items, texts)
    elsewhere = reader_solves_from_other_passages(items, texts)
    by_kind = {
        kind.value: share_of_true([ok for item, ok in zip(items, solved, strict=True) if item.kind is kind])
        for kind in dict.fromkeys(item.kind for item in items)
    }
    about_terms = [item for item in items if item.kind is ItemKind.CHOICE]
    result = {
        "bench": "quiz",
        "workload": f"{arguments.course.name}: {len(paths)} chapters, {len(passages)} passages",
        "hardware": f"{platform.machine()} CPU",
        "model": "none",
        "items": len(items),
        "kinds": dict(Counter(item.kind.value for item in items)),
        "key_right": share_of_true(right),
        "key_accepted_by_grader": share_of_true(graded),
        "answerable": share_of_true(solved),
        "answerable_by_kind": by_kind,
        "answerable_from_another": share_of_true(elsewhere),
        "degenerate": sum(bool(find_fault(item)) for item in items),
        "duplicates": len(items) - len({(item.prompt, item.keys) for item in items}),
        "term_in_bold": round(sum(item.keys[0].lower() in bold for item in about_terms) / max(1, len(about_terms)), 4),
        "seconds": round(took, 2),
    }
    for item in items[: arguments.show]:
        print(f"[{item.kind}] {item.prompt}\n    options {item.options}\n    key {item.keys}")
    for item, ok in zip(items, right, strict=True):
        if not ok:
            print(f"not confirmed: {item.prompt} {item.keys}")
    for item, ok in zip(items, solved, strict=True):
        if arguments.show and not ok:
            solution = (
                answer_item(item.kind, item.prompt, item.options, texts[item.source.passage_id]) if item.source else ""
            )
            print(f"not answered: {item.prompt}\n    key {item.keys}\n    said {solution!r}")
    for name, value in result.items():
        print(f"{name:24} {value}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
