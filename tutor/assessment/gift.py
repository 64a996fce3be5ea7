"""Items as GIFT text (Moodle's question format), export and import.

A round trip keeps prompt, kind, keys, options and tolerance: a short answer whose prompt has a gap is a gap. What GIFT
does not have is refused. Only an answer with full credit is a key.
"""

from __future__ import annotations

from collections.abc import Iterable

from tutor.assessment.gift_syntax import GiftQuestion, NotGift, escape, escape_prompt, parse_question, split_questions
from tutor.assessment.items import Item
from tutor.assessment.question_types.registry import question_type, question_types

MAX_CHARS = 2_000_000


def to_gift(items: Iterable[Item]) -> str:
    """Return items as GIFT; raises NotGift for a kind that GIFT does not have."""
    return "\n\n".join(_format_item(item) for item in items) + "\n"


def _format_item(item: Item) -> str:
    return f"::{escape(item.id)}::{escape_prompt(item.prompt)} {{{question_type(item.kind).to_gift(item)}}}"


def from_gift(text: str) -> list[Item]:
    """Read GIFT; comments and categories are skipped. Raises NotGift, which names the question."""
    if len(text) > MAX_CHARS:
        raise NotGift(
            f"the file has {len(text)} characters, at most {MAX_CHARS} are read",
            key="items_too_long",
            count=len(text),
            most=MAX_CHARS,
        )
    return [parse_gift_item(parse_question(block, number)) for number, block in enumerate(split_questions(text), 1)]


def parse_gift_item(question: GiftQuestion) -> Item:
    """Return the item of a question; raises NotGift where no type reads it."""
    for each in question_types():
        if (item := each.from_gift(question)) is not None:
            return item
    prompt = question.prompt[:60]
    if question.is_matching:
        raise NotGift(
            f"question {question.number} is a matching question, which is not supported: {prompt!r}",
            key="gift_matching",
            text=prompt,
        )
    raise NotGift(
        f"question {question.number} has no right answer: {prompt!r}", key="gift_no_right_answer", prompt=prompt
    )
