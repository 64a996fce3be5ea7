"""The syntax of GIFT, Moodle's question format: blocks, answers with their credit, feedback, text formats and escapes.

Every scan is linear in the text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.assessment.items import Item, ItemKind
from tutor.assessment.markup import html_text
from tutor.domain import BLANK
from tutor.errors import InputRefused

FULL_CREDIT = 100.0
MAX_ANSWERS = 50
MAX_QUESTION_CHARS = 20_000
_SPECIAL_CHARS = re.compile(r"([~=#{}:\\])")
# A backslash before any other character is itself: "\(" opens a formula. "\n" is a line break, but not in "\neq".
_ESCAPED = re.compile(r"\\([~=#{}:\\>*]|n(?!(?:eq?|u|abla|ot(?:in)?|eg|exists|i|mid|parallel|leq|geq)(?![A-Za-z])))")
_IGNORED_LINE = re.compile(r"^[ \t]*(?://|\$CATEGORY:).*$", re.MULTILINE)
_TITLE = re.compile(r"::((?:\\.|[^:\\]|:(?!:))*)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_MARK = re.compile(r"\\.|[{}]|\n[ \t]*\n|\n[ \t]*(?=::)", re.DOTALL)
_FEEDBACK = re.compile(r"\\.|(#)", re.DOTALL)
_ANSWER_SIGN = re.compile(r"\\.|([=~])", re.DOTALL)
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d{1,10})?)%")


class NotGift(InputRefused):
    """This question cannot be read from, or written to, GIFT."""


@dataclass(frozen=True, slots=True)
class GiftAnswer:
    """An answer of a question; `credit` is in percent, and without a weight that of its sign."""

    sign: str
    credit: float
    text: str

    @property
    def is_right(self) -> bool:
        """Whether it earns full credit; part of the credit is not right."""
        return self.credit >= FULL_CREDIT


@dataclass(frozen=True, slots=True)
class GiftQuestion:
    """A question of a GIFT file: `number` from 1, `body` between the braces, still escaped and without feedback.

    A question whose answers stand inside its sentence has a gap there.
    """

    number: int
    id: str
    prompt: str
    body: str
    text_format: str = ""

    @property
    def is_numerical(self) -> bool:
        return self.body.startswith("#")

    @property
    def is_matching(self) -> bool:
        return "->" in self.body

    @property
    def has_gap(self) -> bool:
        return BLANK in self.prompt

    @property
    def answers(self) -> list[GiftAnswer]:
        """The answers; none for a numerical or a matching question."""
        if self.is_numerical or self.is_matching:
            return []
        return list(parse_answers(self.body, self.text_format))

    @property
    def takes_several(self) -> bool:
        """Whether several answers together earn the credit, as in "choose all that apply"."""
        parts = [answer.credit for answer in self.answers if answer.credit > 0]
        return len(parts) > 1 and max(parts) < FULL_CREDIT and abs(sum(parts) - FULL_CREDIT) < 1


def split_questions(text: str) -> Iterator[str]:
    """Yield the blocks of a file: they end at an empty line, or before the next title, outside braces.

    A title without answers belongs to the block that follows.
    """
    text = _IGNORED_LINE.sub("", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    depth, start, seen_answers = 0, 0, False
    waiting = ""
    for mark in _MARK.finditer(text):
        found = mark.group()
        if found == "{":
            depth, seen_answers = depth + 1, True
        elif found == "}":
            depth = max(0, depth - 1)
        elif found[0] == "\n" and depth == 0 and (found.count("\n") > 1 or seen_answers):
            block, start = text[start : mark.start()].strip(), mark.end()
            if block and not seen_answers and block.startswith("::") and not waiting:
                waiting = block
            elif block:
                yield _joined(waiting, block)
                waiting = ""
            seen_answers = False
    if rest := _joined(waiting, text[start:].strip()):
        yield rest


def _joined(waiting: str, block: str) -> str:
    if not waiting:
        return block
    return f"{waiting}\n{block}" if block and not block.startswith("::") else block or waiting


def parse_question(block: str, number: int) -> GiftQuestion:
    """Read one block; raises NotGift where it has no braces."""
    if len(block) > MAX_QUESTION_CHARS:
        raise NotGift(
            f"question {number} has {len(block)} characters, at most {MAX_QUESTION_CHARS} are read",
            key="items_too_long",
            count=len(block),
            most=MAX_QUESTION_CHARS,
        )
    title = _TITLE.match(block)
    rest = block[title.end() :] if title else block
    opening, closing = _braces(rest)
    if opening < 0:
        raise NotGift(
            f"question {number} has no answers in braces: {block[:60]!r}", key="gift_no_answers", text=block[:60]
        )
    text_format, before = _split_format(rest[:opening])
    after = rest[closing + 1 :].strip()
    joint = "" if after[:1] in ".,;:?!)" else " "
    written = f"{before.rstrip()} {BLANK}{joint}{after}" if after else before
    item_id = unescape(title[1] if title else "") or hashlib.sha256(block.encode()).hexdigest()[:16]
    prompt = read_text(written, text_format)
    return GiftQuestion(number, item_id, prompt, _without_feedback(rest[opening + 1 : closing]), text_format)


def _braces(text: str) -> tuple[int, int]:
    """Return where the answers begin and end; (-1, -1) where there are none, or more than one set of them."""
    marks = [mark for mark in re.finditer(r"\\.|[{}]", text, re.DOTALL) if mark.group() in "{}"]
    if [mark.group() for mark in marks] != ["{", "}"]:
        return -1, -1
    return marks[0].start(), marks[1].start()


def _split_format(text: str) -> tuple[str, str]:
    match = _FORMAT.match(text)
    return (match[1].lower(), text[match.end() :]) if match else ("", text)


def _without_feedback(body: str) -> str:
    """Return the answers without the feedback on each and on all of them."""
    body = body.strip()
    if not body.startswith("#"):
        return "".join(_cut_feedback(part) for part in _split_answers(body)).strip()
    return "#" + "".join(_cut_feedback(part) for part in _split_answers(body[1:])).strip()


def _split_answers(body: str) -> Iterator[str]:
    """Yield the text before the first answer and then each answer with its sign."""
    start = 0
    for mark in _ANSWER_SIGN.finditer(body):
        if mark[1] and mark.start() > start:
            yield body[start : mark.start()]
            start = mark.start()
    yield body[start:]


def _cut_feedback(answer: str) -> str:
    hash_sign = next((mark.start() for mark in _FEEDBACK.finditer(answer) if mark[1]), len(answer))
    return answer[:hash_sign]


def parse_answers(body: str, text_format: str = "") -> Iterator[GiftAnswer]:
    """Yield the answers of a body without feedback; raises NotGift where there are too many."""
    parts = [part for part in _split_answers(body) if part[:1] in ("=", "~")]
    if len(parts) > MAX_ANSWERS:
        raise NotGift(
            f"a question has {len(parts)} answers, at most {MAX_ANSWERS} are read",
            key="gift_many_answers",
            count=len(parts),
            most=MAX_ANSWERS,
        )
    for part in parts:
        weight = _WEIGHT.match(part, 1)
        own_format, written = _split_format(part[weight.end() if weight else 1 :])
        credit = float(weight[1]) if weight else FULL_CREDIT if part[0] == "=" else 0.0
        yield GiftAnswer(part[0], credit, read_text(written, own_format or text_format))


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


def escape_prompt(text: str) -> str:
    """Return a prompt; one that a reader could take for HTML, or for a format's name, says that it is plain."""
    return ("[plain]" if re.search(r"[<&]|^\s*\[", text) else "") + escape(text)


def unescape(text: str) -> str:
    return " ".join(_ESCAPED.sub(lambda m: " " if m[1] == "n" else m[1], text).split())


def read_text(written: str, text_format: str) -> str:
    """Return the plain text of a prompt or an answer in a format; raises NeedsPicture."""
    text = unescape(written)
    is_html = text_format == "html" or (text_format == "moodle" and _TAG.search(text))
    return html_text(text) if is_html else text


def format_answer(sign: str, text: str) -> str:
    """Return an answer with its sign; one that begins like a weight or a format's name says what it is."""
    weight = ("%100%" if sign == "=" else "%0%") if text.startswith("%") else ""
    plain = "[plain]" if _FORMAT.match(text) else ""
    return sign + weight + plain + escape(text)
