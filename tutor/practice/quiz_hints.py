"""Hints at a question of a quiz, each with more help than the one before, none with the answer. Pure.

First where the course speaks of it, then what narrows it down. What a hint says is built from the item in code.
"""

from __future__ import annotations

import hashlib

from tutor.assessment.items import Item, ItemKind
from tutor.domain import HelpLevel
from tutor.pedagogy.exercise import parse_exercise
from tutor.pedagogy.hint_text import HintContext, blank_out, hint_for_rung
from tutor.pedagogy.ladder import Ladder, Rung

MAX_HINTS = 3
_TEXTS = {
    "en": {
        "place": "The course speaks of it in “{place}”.",
        "no_place": "Read the question once more, word by word: what exactly is asked?",
        "not": "It is not “{option}”.",
        "neither": "It is neither “{option}” nor “{other}”.",
        "compare": "Find the sentence that the statement is taken from, and compare the term, word for word.",
        "opposite": "Say the statement with another term of the course in its place: does it fit better or worse?",
        "letters": "The missing term has {words} and {letters} letters.",
        "word": "one word",
        "words": "{n} words",
        "around": "Look at what stands before and after the gap: what kind of thing can stand there?",
        "pair": "“{first}” comes before “{second}”.",
        "number": "The sentence of the course goes on like this: “{quote}”",
        "short": "A good answer goes like this: “{quote}”",
        "sentence": "One full sentence is enough: begin with “{term} …”, say what it is and what it does.",
        "last": "That was the last hint. Try it, or skip the question and read the passage.",
    },
    "zh": {
        "place": "课程在“{place}”里讲到了它。",
        "no_place": "把题目逐字再读一遍：到底问的是什么？",
        "not": "不是“{option}”。",
        "neither": "既不是“{option}”，也不是“{other}”。",
        "compare": "找到这句话的出处，把术语逐字比较。",
        "opposite": "换成课程里的另一个术语读一遍：更合适还是更不合适？",
        "letters": "空缺的术语有 {letters} 个字。",
        "word": "一个词",
        "words": "{n} 个词",
        "around": "看看空格前后：那里可以填什么样的东西？",
        "pair": "“{first}”在“{second}”之前。",
        "number": "课程里的这句话是：“{quote}”",
        "short": "好的回答是这样的：“{quote}”",
        "sentence": "写一个完整的句子就够了：以“{term}……”开头，说明它是什么、有什么作用。",
        "last": "这是最后一个提示。试一试，或者跳过这一题去读原文。",
    },
}


def quiz_hint(item: Item, number: int, location: str, language: str) -> str:
    """Return hint `number` (from 1); after the last one, that there is no more."""
    words = _TEXTS["zh" if language == "zh" else "en"]
    if number <= 1:
        return words["place"].format(place=location) if location else words["no_place"]
    if number > MAX_HINTS:
        return words["last"]
    match item.kind:
        case ItemKind.CHOICE:
            return _elimination_hint(item, number - 1, words)
        case ItemKind.TRUE_FALSE:
            return words["compare" if number == 2 else "opposite"]
        case ItemKind.CLOZE:
            return words["around"] if number == 2 else _length_hint(item.keys[0], words)
        case ItemKind.ORDERING | ItemKind.LIST:
            at = number - 2 if number - 1 < len(item.keys) else 0
            return words["pair"].format(first=item.keys[at], second=item.keys[at + 1])
        case ItemKind.NUMBER | ItemKind.FORMULA:
            return _number_hint(item, number, words, language)
        case ItemKind.SHORT_TEXT:
            return _short_text_hint(item, number, words)
    return words["no_place"]


def _elimination_hint(item: Item, count: int, words: dict[str, str]) -> str:
    """Wrong options, always the same ones; two options are left at least."""
    wrong = sorted(
        (o for o in item.options if o not in item.keys), key=lambda o: hashlib.sha256((item.id + o).encode()).digest()
    )
    if count < 2 or len(wrong) < 3:
        return words["not"].format(option=wrong[0])
    return words["neither"].format(option=wrong[0], other=wrong[1])


def _length_hint(key: str, words: dict[str, str]) -> str:
    count = len(key.split())
    said = words["word"] if count == 1 else words["words"].format(n=count)
    return words["letters"].format(words=said, letters=sum(c.isalnum() for c in key))


def _number_hint(item: Item, number: int, words: dict[str, str], language: str) -> str:
    exercise = parse_exercise(item.prompt)
    if exercise.equation is not None:
        rung = Rung.QUESTION if number == 2 else Rung.STEP
        return hint_for_rung(exercise, Ladder(HelpLevel.MODERATE, rung), HintContext(), language)
    if item.source is None or number == 2:
        return words["around"]
    return words["number"].format(quote=blank_out(item.source.quote, item.keys))


def _short_text_hint(item: Item, number: int, words: dict[str, str]) -> str:
    if number == 2:
        return words["sentence"].format(
            term=item.prompt.rstrip("?？.").split(" ")[-1] if item.prompt.isascii() else "…"
        )
    longest = sorted(set(item.keys[0].strip(".").split()), key=len, reverse=True)[
        : max(2, len(item.keys[0].split()) // 3)
    ]
    return words["short"].format(quote=blank_out(item.keys[0], longest))
