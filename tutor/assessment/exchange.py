"""Items as text in the exchange formats: which format a text is in, and an item written in each.

Lengths are checked before anything is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice

from tutor.assessment.gift import parse_gift_item, to_gift
from tutor.assessment.gift_syntax import parse_question, split_questions
from tutor.assessment.items import Item
from tutor.assessment.moodle_xml import join_moodle_xml, parse_moodle_question, split_moodle_xml, to_moodle_xml
from tutor.assessment.qti import from_qti, split_documents, to_qti
from tutor.errors import InputRefused

MAX_CHARS = 2_000_000
MAX_BLOCKS = 2_000
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WRITERS: Mapping[str, Callable[[Item], str]] = {
    "gift": lambda item: to_gift([item]).strip(),
    "qti": to_qti,
    "moodle": to_moodle_xml,
}
EXPORT_FORMATS = tuple(_WRITERS)


def format_item(item: Item, file_format: str) -> str:
    """Return one item in a format of EXPORT_FORMATS; raises InputRefused where the format does not have its kind."""
    return _WRITERS[file_format](item)


def join_items(texts: Sequence[str], file_format: str) -> str:
    """Return one file of items that are written in a format."""
    return join_moodle_xml(texts) if file_format == "moodle" else "\n\n".join(texts) + "\n"


def parse_items(text: str) -> tuple[list[Item], list[InputRefused]]:
    """Return the items of a text in any of the formats, and why each of the others cannot be read."""
    if len(text) > MAX_CHARS:
        raise InputRefused(
            f"the file has {len(text)} characters, at most {MAX_CHARS} are read",
            key="items_too_long",
            count=len(text),
            most=MAX_CHARS,
        )
    text = _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).removeprefix("\ufeff")
    readers = _readers(text)
    if not readers:
        raise InputRefused("there are no questions in this text; paste GIFT, Moodle XML, or QTI items", key="no_items")
    items: list[Item] = []
    refused: list[InputRefused] = []
    for read in readers:
        try:
            items.append(read())
        except InputRefused as refusal:
            refused.append(refusal)
    return items, refused


def _readers(text: str) -> list[Callable[[], Item]]:
    """Return a function for each question, which reads it."""
    start = text.lstrip()[:2000]
    if start.startswith("<"):
        if "<quiz" in start:
            questions = islice(split_moodle_xml(text), MAX_BLOCKS)
            return [partial(parse_moodle_question, one, n) for n, one in enumerate(questions, 1)]
        documents = list(islice(split_documents(text), MAX_BLOCKS)) or [text]
        return [partial(from_qti, one) for one in documents]
    blocks = islice(split_questions(text), MAX_BLOCKS)
    return [partial(_read_gift, one, n) for n, one in enumerate(blocks, 1)]


def _read_gift(block: str, number: int) -> Item:
    return parse_gift_item(parse_question(block, number))
