"""The syntax of GIFT, Moodle's question format: blocks, answers and escapes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.assessment.items import Item, ItemKind
from tutor.errors import InputRefused

_SPECIAL_CHARS = re.compile(r"([~=#{}:\\])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_QUESTION_BLOCK = re.compile(
    r"(?:::(?P<title>(?:\\.|[^:\\])*)::)?(?P<prompt>(?:\\.|[^{}\\])*)\{(?P<body>(?:\\.|[^{}\\])*)\}\s*$", re.DOTALL
)
_ANSWER = re.compile(r"(?P<sign>[=~])(?:%(?P<weight>-?\d+(?:\.\d+)?)%)?(?P<text>(?:\\.|[^=~\\])*)", re.DOTALL)


class NotGift(InputRefused):
    """This question cannot be read from, or written to, GIFT."""


@dataclass(frozen=True, slots=True)
class GiftQuestion:
    """A question of a GIFT file: `number` from 1, `body` between the braces, still escaped."""

    number: int
    id: str
    prompt: str
    body: str

    @property
    def is_numerical(self) -> bool:
        return self.body.startswith("#")

    @property
    def is_matching(self) -> bool:
        return "->" in self.body

    @property
    def answers(self) -> list[tuple[bool, str]]:
        """The answers with whether each is right; none for a numerical or a matching question."""
        return [] if self.is_numerical or self.is_matching else list(_parse_answers(self.body))


def parse_question(block: str, number: int) -> GiftQuestion:
    """Read one block; raises NotGift where it has no braces."""
    match = _QUESTION_BLOCK.fullmatch(block)
    if match is None:
        raise NotGift(
            f"question {number} has no answers in braces: {block[:60]!r}", key="gift_no_answers", text=block[:60]
        )
    item_id = unescape(match["title"] or "") or hashlib.sha256(block.encode()).hexdigest()[:16]
    return GiftQuestion(number, item_id, unescape(match["prompt"]), match["body"].strip())


def make_gift_item(
    question: GiftQuestion,
    kind: ItemKind,
    keys: tuple[str, ...],
    options: tuple[str, ...] = (),
    tolerance: float | None = None,
) -> Item:
    """Return the item of a question; raises NotGift where it is incomplete."""
    try:
        return Item(question.id, kind, question.prompt, keys, options, tolerance)
    except ValueError as error:
        raise NotGift(str(error), key="item_incomplete", prompt=question.prompt[:60]) from error


def escape(text: str) -> str:
    return _SPECIAL_CHARS.sub(r"\\\1", " ".join(text.split())).replace("->", r"-\>")


def unescape(text: str) -> str:
    return " ".join(_ESCAPED.sub(lambda m: " " if m[1] == "n" else m[1], text).split())


def format_answer(sign: str, text: str) -> str:
    """Return an answer with its sign; one that begins like a weight gets a weight in front."""
    weight = ("%100%" if sign == "=" else "%0%") if text.startswith("%") else ""
    return sign + weight + escape(text)


def _parse_answers(body: str) -> Iterator[tuple[bool, str]]:
    for match in _ANSWER.finditer(body):
        text = unescape(re.split(r"(?<!\\)#", match["text"])[0])
        yield match["sign"] == "=" or float(match["weight"] or 0) >= 100, text
