"""Why an answer got its grade is said in Chinese on the Chinese page, whatever the grader said."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.ui.words.reasons import in_chinese

ROOT = Path(__file__).parents[2] / "tutor"
GRADERS = [*(ROOT / "assessment").glob("*.py"), ROOT / "practice" / "quiz_sessions.py"]
SAYING = {"right", "wrong", "partial", "unsure"}


def said() -> Iterator[str]:
    """Every sentence that a grader gives as its reason; a blank in it is filled with a number."""
    for path in GRADERS:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in SAYING and call.args:
                yield from sentences(call.args[0])


def sentences(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from sentences(body)
            yield from sentences(other)
        case ast.JoinedStr(values=values):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "3" for part in values)


def test_every_reason_of_every_grader_has_its_chinese_words() -> None:
    found = set(said())
    assert {"the right option", "another term", "the sign is wrong", "equal to the key, however it is written"} <= found
    assert not [reason for reason in found if in_chinese(reason) == reason]


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("names “the stroma”, “ATP”", "提到了“the stroma”, “ATP”"),
        ("misses “ATP”", "缺少“ATP”"),
        ("misses 2 of 3", "3 项中缺少 2 项"),
        ("says the opposite of the reference in a word", "有一个词与参考答案意思相反"),
        ("A synonym of our lecture.", "A synonym of our lecture."),
    ],
)
def test_what_it_quotes_stays_as_it_was_written(reason: str, chinese: str) -> None:
    assert in_chinese(reason) == chinese
