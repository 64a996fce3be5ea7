"""Answer a quiz item from one passage, knowing nothing about how items are generated.

It gets the prompt, the options and a text. It finds the sentence that shares most words with the prompt and takes the
answer from it, either by aligning prompt and sentence (`difflib`) or by the option that occurs there. If no sentence
covers the prompt, it gives no answer. It shares no code with the generator and its checks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from tutor.assessment.items import ItemKind

MIN_OVERLAP = 0.6  # minimum share of the words asked about in a sentence
_WORD = re.compile(r"[A-Za-z0-9'’.,-]*[A-Za-z0-9]|_{3,}|[㐀-鿿]")
_SMALL = frozenset("a an the of to in on for is are was were be and or that which this it as by with from at".split())
_ASKING = re.compile(
    r"^(?:Which term fits this description|Fill the gap|Which number fits|In your own words|True or false): ?|"
    r"^(?:哪个术语符合这个描述|填空|填数|判断对错)："
)


def answer_item(kind: ItemKind, prompt: str, options: Sequence[str], passage: str) -> str:
    """Return the answer from the passage, "" without one; steps are one a line."""
    sentences = _sentences(passage)
    asked = _ASKING.sub("", prompt)
    match kind:
        case ItemKind.CHOICE:
            return _choose_option(asked, options, sentences)
        case ItemKind.TRUE_FALSE:
            return _judge_statement(asked, sentences)
        case ItemKind.CLOZE | ItemKind.NUMBER:
            return _fill_gap(asked, sentences)
        case ItemKind.ORDERING:
            return _order_options(options, passage)
        case _:
            return _define_term(asked, sentences)


def _sentences(passage: str) -> list[str]:
    parts = re.split(r"(?<=[.!?])\s+|(?<=[。！？])|\n", passage)
    return [" ".join(part.split()) for part in parts if part.strip()]


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _content(text: str) -> set[str]:
    return {word.rstrip("s") for word in _words(text) if word not in _SMALL and not word.startswith("___")}


def _overlap(asked: str, sentence: str) -> float:
    wanted = _content(asked)
    return len(wanted & _content(sentence)) / len(wanted) if wanted else 0.0


def _best_sentence(asked: str, sentences: Sequence[str]) -> str:
    """Return the sentence with most of the words asked about, "" if none has enough of them."""
    best = max(sentences, key=lambda sentence: _overlap(asked, sentence), default="")
    return best if best and _overlap(asked, best) >= MIN_OVERLAP else ""


def _choose_option(asked: str, options: Sequence[str], sentences: Sequence[str]) -> str:
    """Return the only option whose words are in the sentence that fits the description."""
    there = _content(_best_sentence(asked, sentences))
    held = [option for option in options if _content(option) and _content(option) <= there]
    return held[0] if len(held) == 1 else ""


def _judge_statement(asked: str, sentences: Sequence[str]) -> str:
    quoted = re.findall(r'"([^"]*)"|“([^”]*)”', asked)
    description, term = (one or other for one, other in (quoted[0], quoted[-1]))
    sentence = _best_sentence(description, sentences)
    if not sentence:
        return ""
    return "true" if _content(term) <= _content(sentence) else "false"


def _fill_gap(asked: str, sentences: Sequence[str]) -> str:
    """Return the part of the sentence that fills the gap of the prompt."""
    sentence = _best_sentence(asked, sentences)
    left, right = _words(asked), _words(sentence)
    for _, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if any(word.startswith("___") for word in left[a:b]):
            return " ".join(right[c:d])
    return ""


def _order_options(options: Sequence[str], passage: str) -> str:
    """Return the steps in the order of the lines with their words; "" unless each step has a separate line."""
    lines = [line for line in passage.splitlines() if line.strip()]
    found = {step: max(range(len(lines)), key=lambda n: _overlap(step, lines[n]), default=0) for step in options}
    spoken = all(lines and _overlap(step, lines[at]) >= MIN_OVERLAP for step, at in found.items())
    return (
        "\n".join(sorted(options, key=found.__getitem__)) if spoken and len(set(found.values())) == len(found) else ""
    )


def _define_term(asked: str, sentences: Sequence[str]) -> str:
    """Return the sentence that defines the quoted term: it names the term and has most other words."""
    quoted = re.search(r"[“\"]([^”\"]+)[”\"]", asked)
    term = _content(quoted[1]) if quoted else set()
    naming = [s for s in sentences if term and term <= _content(s)]
    first = [s for s in naming if term <= _content(" ".join(s.split()[: len(term) + 2]))]
    last = [s for s in naming if term <= _content(" ".join(s.split()[-len(term) - 1 :]))]
    return next(iter([*first, *last, *naming]), "")
