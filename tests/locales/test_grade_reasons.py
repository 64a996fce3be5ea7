"""Why an answer got its grade is said in Chinese on the Chinese page, whatever the grader said."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.locales.grading_reasons import translate_grading_reason

ROOT = Path(__file__).parents[2] / "tutor"
GRADERS = [*(ROOT / "assessment").glob("*.py"), ROOT / "practice" / "quiz_sessions.py"]
GRADE_CONSTRUCTORS = {"right", "wrong", "partial", "unsure"}


def grader_reasons() -> Iterator[str]:
    """Every sentence that a grader gives as its reason; a blank in it is filled with a number."""
    for path in GRADERS:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in GRADE_CONSTRUCTORS and call.args:
                yield from string_literals(call.args[0])


def string_literals(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from string_literals(body)
            yield from string_literals(other)
        case ast.JoinedStr(values=values):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "3" for part in values)


def test_every_grader_reason_has_a_chinese_translation() -> None:
    found = set(grader_reasons())
    assert {"the right option", "another term", "the sign is wrong", "equal to the key, however it is written"} <= found
    assert not [reason for reason in found if translate_grading_reason(reason) == reason]


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
def test_quoted_text_is_not_translated(reason: str, chinese: str) -> None:
    assert translate_grading_reason(reason) == chinese
