"""Items as Moodle XML, export and import.

Moodle's two formats have the same questions, so that answers are read and written as those of GIFT; XML has besides the
order of steps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from tutor.assessment.gift import parse_gift_item
from tutor.assessment.gift_syntax import MAX_ANSWERS, GiftAnswer, GiftQuestion, NotGift, escape, parse_answers
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.markup import html_text
from tutor.assessment.question_types.registry import question_type
from tutor.errors import InputRefused

_MOODLE_TYPES = {
    ItemKind.CHOICE: "multichoice",
    ItemKind.TRUE_FALSE: "truefalse",
    ItemKind.SHORT_TEXT: "shortanswer",
    ItemKind.CLOZE: "shortanswer",
    ItemKind.NUMBER: "numerical",
    ItemKind.ORDERING: "ordering",
}
_READ = frozenset(_MOODLE_TYPES.values())


class NotMoodleXml(InputRefused):
    """This question cannot be read from, or written to, Moodle XML."""


def split_moodle_xml(text: str) -> Iterator[Any]:
    """Yield the questions of a quiz, without its categories and texts; raises NotMoodleXml."""
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotMoodleXml(
            f"the document is not safe, well-formed XML ({type(error).__name__})", key="qti_no_xml"
        ) from error
    for question in root.iter("question"):
        if question.get("type") not in ("category", "description"):
            yield question


def join_moodle_xml(questions: Sequence[str]) -> str:
    """Return a quiz of questions that are written as XML."""
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *questions, "</quiz>", ""))


def to_moodle_xml(item: Item) -> str:
    """Write one item as an element; raises InputRefused for a kind that Moodle does not have."""
    if item.kind not in _MOODLE_TYPES:
        raise NotMoodleXml(
            f"question {item.id} is of kind {item.kind.value}, which Moodle does not support; export it as QTI",
            key="gift_kind",
            prompt=item.prompt[:60],
            kind=item.kind.value,
        )
    root = Element("question", {"type": _MOODLE_TYPES[item.kind]})
    _write_text(root, "name", item.prompt[:60])
    _write_text(root, "questiontext", item.prompt, text_format="plain_text")
    SubElement(root, "idnumber").text = item.id
    if item.kind is ItemKind.CHOICE:
        SubElement(root, "single").text = "true"
        SubElement(root, "shuffleanswers").text = "true"
    for text, credit, margin in _answers(item):
        answer = SubElement(root, "answer", {"fraction": f"{credit:g}", "format": "plain_text"})
        SubElement(answer, "text").text = text
        if margin is not None:
            SubElement(answer, "tolerance").text = margin
    return tostring(root, encoding="unicode")


def _answers(item: Item) -> Iterator[tuple[str, float, str | None]]:
    """Yield text, credit in percent and margin of each answer of an item."""
    if item.kind is ItemKind.ORDERING:
        yield from ((option, float(item.keys.index(option) + 1), None) for option in item.options)
        return
    body = question_type(item.kind).to_gift(item)
    if item.kind is ItemKind.TRUE_FALSE:
        yield from ((value, 100.0 * (value.upper() == body), None) for value in ("true", "false"))
        return
    if item.kind is not ItemKind.NUMBER:
        for answer in parse_answers(body):
            star = answer.text.replace("*", r"\*") if item.kind is not ItemKind.CHOICE else answer.text
            yield star, answer.credit, None
        return
    for value in body.removeprefix("#").split("=") if body.startswith("#=") else [body.removeprefix("#")]:
        if value.strip():
            yield _number_answer(value.strip(), item)


def _number_answer(value: str, item: Item) -> tuple[str, float, str | None]:
    if ".." in value:
        low, high = map(float, value.split(".."))
        return f"{(low + high) / 2:.15g}", 100.0, f"{(high - low) / 2:.15g}"
    number, colon, margin = value.partition(":")
    return number, 100.0, margin if colon else None


def _write_text(parent: Element, name: str, text: str, text_format: str = "") -> None:
    holder = SubElement(parent, name, {"format": text_format} if text_format else {})
    SubElement(holder, "text").text = text


def parse_moodle_question(question: Any, number: int) -> Item:
    """Return the item of a question's element; raises InputRefused."""
    kind = question.get("type") or ""
    if kind not in _READ:
        raise NotMoodleXml(f"{kind} is not supported", key="qti_interaction", name=kind[:40])
    prompt = _read_text(question.find("questiontext"))
    written = question.findall("answer")
    if len(written) > MAX_ANSWERS:
        raise NotMoodleXml(
            f"a question has {len(written)} answers, at most {MAX_ANSWERS} are read",
            key="gift_many_answers",
            count=len(written),
            most=MAX_ANSWERS,
        )
    answers = [_read_answer(answer) for answer in written]
    identity = (question.findtext("idnumber") or "").strip()
    item_id = identity or hashlib.sha256(tostring(question, encoding="utf-8")).hexdigest()[:16]
    if kind == "ordering":
        return _ordering(item_id, prompt, answers)
    margins = [(answer.findtext("tolerance") or "").strip() for answer in written]
    body = _gift_body(kind, answers, margins)
    return parse_gift_item(GiftQuestion(number, item_id, prompt, body))


def _gift_body(kind: str, answers: Sequence[GiftAnswer], margins: Sequence[str]) -> str:
    """Return answers as the body of a GIFT question."""
    if kind == "truefalse":
        right = [answer.text.strip().lower() for answer in answers if answer.is_right]
        return right[0].upper() if right and right[0] in ("true", "false") else ""
    if kind == "numerical":
        values = zip(answers, margins, strict=True)
        return "#" + " ".join(
            f"=%{answer.credit:g}%{escape(answer.text)}" + (f":{margin}" if margin else "") for answer, margin in values
        )
    sign = "~" if kind == "multichoice" else "="
    written = [f"{sign}%{answer.credit:g}%[plain]{_escaped(answer.text, kind)}" for answer in answers]
    return " ".join(written)


def _escaped(text: str, kind: str) -> str:
    """Return a typed answer with its wildcards left open, and its escaped stars escaped."""
    if kind != "shortanswer":
        return escape(text)
    return escape(text).replace(r"\\*", r"\*")


def _ordering(item_id: str, prompt: str, answers: Sequence[GiftAnswer]) -> Item:
    """Return steps in order: their credits are their places, or rise with them."""
    steps = sorted(answers, key=lambda answer: answer.credit)
    keys, options = tuple(answer.text for answer in steps), tuple(answer.text for answer in answers)
    if len(keys) < 2 or len({answer.credit for answer in steps}) < len(steps):
        raise NotMoodleXml(
            f"the steps of {prompt[:60]!r} have no order", key="gift_no_right_answer", prompt=prompt[:60]
        )
    try:
        return Item(item_id, ItemKind.ORDERING, prompt, keys, options if options != keys else tuple(sorted(keys)))
    except ValueError as error:
        raise NotGift(str(error), key="item_incomplete", prompt=prompt[:60]) from error


def _read_answer(answer: Any) -> GiftAnswer:
    try:
        credit = float(answer.get("fraction") or 0)
    except ValueError:
        credit = 0.0
    return GiftAnswer("=", credit, _read_text(answer))


def _read_text(holder: Any) -> str:
    """Return the text of an element with a format, which is HTML unless it says otherwise."""
    if holder is None:
        return ""
    text = holder.findtext("text") or ""
    if holder.get("format", "html") in ("html", "moodle_auto_format"):
        return html_text(text)
    return " ".join(text.split())
