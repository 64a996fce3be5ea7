"""Items as GIFT text (Moodle's question format), out and in: choice, true/false, number, short answer.

A round trip keeps kind, prompt, keys, options and tolerance. What GIFT cannot say is refused with its title.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from tutor.assessment.items import Item, ItemKind
from tutor.errors import InputRefused

MAX_CHARS = 2_000_000
_SPECIAL_CHARS = re.compile(r"([~=#{}:\\])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_QUESTION_BLOCK = re.compile(
    r"(?:::(?P<title>(?:\\.|[^:\\])*)::)?(?P<prompt>(?:\\.|[^{}\\])*)\{(?P<body>(?:\\.|[^{}\\])*)\}\s*$", re.DOTALL
)
_ANSWER = re.compile(r"(?P<sign>[=~])(?:%(?P<weight>-?\d+(?:\.\d+)?)%)?(?P<text>(?:\\.|[^=~\\])*)", re.DOTALL)


class NotGift(InputRefused):
    """This question cannot be read from, or written to, GIFT."""


def to_gift(items: Iterable[Item]) -> str:
    return (
        "\n\n".join(f"::{_escape(item.id)}::{_escape(item.prompt)} {{{_answer_block(item)}}}" for item in items) + "\n"
    )


def _answer_block(item: Item) -> str:
    match item.kind:
        case ItemKind.TRUE_FALSE:
            return item.keys[0].upper()
        case ItemKind.NUMBER:
            tolerance = "" if item.tolerance is None else f":{item.tolerance * abs(float(item.keys[0])):g}"
            return f"#{_escape(item.keys[0])}{tolerance}"
        case ItemKind.CHOICE:
            return " ".join(_format_answer("=" if option in item.keys else "~", option) for option in item.options)
        case ItemKind.CLOZE | ItemKind.SHORT_TEXT:
            return " ".join(_format_answer("=", key) for key in item.keys)
    raise NotGift(
        f"question {item.id} is of kind {item.kind.value}, which GIFT does not have; export it as QTI",
        key="gift_kind",
        prompt=item.prompt[:60],
        kind=item.kind.value,
    )


def from_gift(text: str) -> list[Item]:
    """Read GIFT; comments and categories are skipped. Raises NotGift naming the question."""
    if len(text) > MAX_CHARS:
        raise NotGift(
            f"the file has {len(text)} characters, at most {MAX_CHARS} are read",
            key="items_too_long",
            count=len(text),
            most=MAX_CHARS,
        )
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("//", "$CATEGORY"))]
    blocks = re.split(r"\n\s*\n", "\n".join(lines))
    return [_parse_question(block.strip(), number) for number, block in enumerate(blocks, 1) if block.strip()]


def _parse_question(block: str, number: int) -> Item:
    match = _QUESTION_BLOCK.fullmatch(block)
    if match is None:
        raise NotGift(
            f"question {number} has no answers in braces: {block[:60]!r}", key="gift_no_answers", text=block[:60]
        )
    prompt, body = _unescape(match["prompt"]), match["body"].strip()
    identity = _unescape(match["title"] or "") or hashlib.sha256(block.encode()).hexdigest()[:16]
    if body.upper() in ("T", "TRUE", "F", "FALSE"):
        return _make_item(identity, ItemKind.TRUE_FALSE, prompt, ("true" if body.upper()[0] == "T" else "false",))
    if body.startswith("#"):
        return _number_item(identity, prompt, body[1:].strip().removeprefix("="), number)
    if "->" in body:
        raise NotGift(
            f"question {number} is a matching question, which is not read: {prompt[:60]!r}",
            key="gift_matching",
            text=prompt[:60],
        )
    return _text_item(identity, prompt, list(_parse_answers(body)), number)


def _number_item(item_id: str, prompt: str, body: str, number: int) -> Item:
    value, _, margin = (part.strip() for part in _unescape(body).partition(":"))
    try:
        size = abs(float(value))
        tolerance = float(margin) / size if margin and size else None
    except ValueError as error:
        raise NotGift(
            f"question {number}: {body[:40]!r} is no number", key="gift_no_number", text=body[:40], prompt=prompt[:60]
        ) from error
    return _make_item(item_id, ItemKind.NUMBER, prompt, (value,), tolerance=tolerance)


def _parse_answers(body: str) -> Iterator[tuple[bool, str]]:
    for match in _ANSWER.finditer(body):
        text = _unescape(re.split(r"(?<!\\)#", match["text"])[0])
        yield match["sign"] == "=" or float(match["weight"] or 0) >= 100, text


def _text_item(item_id: str, prompt: str, answers: list[tuple[bool, str]], number: int) -> Item:
    keys = tuple(text for right, text in answers if right)
    if not keys:
        raise NotGift(
            f"question {number} has no right answer: {prompt[:60]!r}", key="gift_no_right_answer", prompt=prompt[:60]
        )
    if all(right for right, _ in answers):
        return _make_item(item_id, ItemKind.SHORT_TEXT, prompt, keys)
    return _make_item(item_id, ItemKind.CHOICE, prompt, keys, tuple(text for _, text in answers))


def _make_item(
    item_id: str,
    kind: ItemKind,
    prompt: str,
    keys: tuple[str, ...],
    options: tuple[str, ...] = (),
    tolerance: float | None = None,
) -> Item:
    try:
        return Item(item_id, kind, prompt, keys, options, tolerance)
    except ValueError as error:
        raise NotGift(str(error), key="item_incomplete", prompt=prompt[:60]) from error


def _escape(text: str) -> str:
    return _SPECIAL_CHARS.sub(r"\\\1", " ".join(text.split())).replace("->", r"-\>")


def _unescape(text: str) -> str:
    return " ".join(_ESCAPED.sub(lambda m: " " if m[1] == "n" else m[1], text).split())


def _format_answer(sign: str, text: str) -> str:
    """An answer with its sign; one that begins like a weight gets one of its own."""
    weight = ("%100%" if sign == "=" else "%0%") if text.startswith("%") else ""
    return sign + weight + _escape(text)
