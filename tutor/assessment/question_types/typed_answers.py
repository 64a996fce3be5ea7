"""The exchange of questions whose answer is typed: each key is a whole answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.assessment.gift_syntax import GiftQuestion, NotGift, format_answer, make_gift_item
from tutor.assessment.items import Item, ItemKind

_WILDCARD = re.compile(r"\\.|([*])", re.DOTALL)


def format_keys(keys: Sequence[str]) -> str:
    """Return keys as right answers of GIFT; a star is escaped, where Moodle would take it for any text."""
    return " ".join(format_answer("=", key).replace("*", r"\*") for key in keys)


def typed_item(question: GiftQuestion, kind: ItemKind) -> Item | None:
    """Return the item of a question whose answers are all typed; None for another question.

    Raises NotGift for a key with a wildcard.
    """
    if not question.answers or any(answer.sign != "=" for answer in question.answers):
        return None
    keys = tuple(answer.text for answer in question.answers if answer.is_right)
    if any(mark[1] for mark in _WILDCARD.finditer(question.body)):
        raise NotGift(
            f"question {question.number} accepts any text at a star, which is not supported: {question.prompt[:60]!r}",
            key="gift_wildcard",
            prompt=question.prompt[:60],
        )
    return make_gift_item(question, kind, keys) if keys else None
