"""Simulated learners: each prefers a style, writes corrections in it, and judges answers by a rule.

A learner sees the product's own prompt with one passage (`facts.tsv`, written for this) and wants the plain answer in
their style. The rule checks two things: that the answer has the style, and that it keeps to the passage.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adapters.records import ChatMessage, TrainingRow
from tutor.chat import prompts
from tutor.chat.context_window import PromptPassage

FACTS = Path(__file__).parent / "facts.tsv"
HELD_OUT_COUNT = 20  # the last facts are never used for training
_WORD = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, slots=True)
class Fact:
    """One question about one passage."""

    term: str
    chinese: str
    passage: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Style:
    """A style that a learner prefers, and the rule that recognises it."""

    name: str
    write: Callable[[Fact], str]
    matches: Callable[[str], bool]


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


STYLES = (
    Style(
        "register", lambda f: f"Okay, so {_lower_first(f.answer)} Simple as that!", lambda t: t.startswith("Okay, so ")
    ),
    Style("notation", lambda f: f"**{f.term}** → {f.answer}", lambda t: bool(re.match(r"\*\*[^*\n]+\*\* → \S", t))),
    Style(
        "hint",
        lambda f: f"Hint: read again what the passage says about {f.term}.",
        lambda t: t.startswith("Hint:") and len(t.split()) <= 16,
    ),
    Style(
        "question",
        lambda f: f"{f.answer} How would you explain {f.term} to a friend?",
        lambda t: t.rstrip().endswith("?"),
    ),
    Style(
        "glosses",
        lambda f: re.sub(re.escape(f.term), f"{f.term} ({f.chinese})", f.answer, count=1, flags=re.IGNORECASE),
        lambda t: bool(re.search(r"\([\u4e00-\u9fff]{1,8}\)", t)),
    ),
)


def facts() -> tuple[Fact, ...]:
    """Return all facts in the order of the file."""
    return tuple(Fact(*line.split("\t")) for line in FACTS.read_text("utf-8").splitlines())


def training_facts(count: int) -> tuple[Fact, ...]:
    """Return the first facts for training, at most all but the held-out ones."""
    return facts()[:-HELD_OUT_COUNT][:count]


def held_out_facts() -> tuple[Fact, ...]:
    return facts()[-HELD_OUT_COUNT:]


def prompt_of(fact: Fact) -> tuple[ChatMessage, ...]:
    """Return the product's prompt."""
    passage = PromptPassage("p1", "Course notes", "", fact.passage)
    rendered = prompts.load_prompt("answer", "en").render(passages=(passage,), question=fact.question)
    return tuple(ChatMessage(role, text) for role, text in rendered)  # type: ignore[arg-type]


def correction(fact: Fact, style: Style) -> TrainingRow:
    """Return the row that the learner's correction becomes."""
    return TrainingRow(f"{style.name}-{fact.term}", (*prompt_of(fact), ChatMessage("assistant", style.write(fact))))


def is_satisfied(fact: Fact, style: Style, answer: str) -> bool:
    """Whether the answer has the learner's style and most of its long words come from the prompt or the correction."""
    known = set(_WORD.findall(f"{fact.passage} {fact.question} {style.write(fact)}".lower()))
    words = _WORD.findall(answer.lower())
    return style.matches(answer) and sum(word in known for word in words) >= 0.7 * len(words)
