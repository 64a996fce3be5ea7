"""Reasons of grades are stored in English and shown in the reader's language, whatever version stored them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.locales import CATALOGS
from tutor.locales.en.grading_reasons import RETIRED
from tutor.locales.grading_reasons import PREFIX, grading_reason, translate_grading_reason

ROOT = Path(__file__).parents[2] / "tutor"
GRADERS = [*(ROOT / "assessment").rglob("*.py"), *(ROOT / "practice").glob("*.py")]
GRADE_CONSTRUCTORS = {"right_grade", "wrong_grade", "partial_grade", "unsure_grade", "grading_reason"}


def reason_names() -> Iterator[str]:
    """The names of all reasons that a grader gives."""
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


def test_every_grader_reason_has_a_message_and_every_message_is_used() -> None:
    messages = {key.removeprefix(PREFIX) for key in CATALOGS["en"] if key.startswith(PREFIX)}
    assert {"right_option", "other_term", "wrong_sign", "formula_equal"} <= messages
    assert set(reason_names()) == messages


@pytest.mark.parametrize("language", [language for language in CATALOGS if language != "en"])
def test_every_stored_reason_is_translated(language: str) -> None:
    current = [message for key, message in CATALOGS["en"].items() if key.startswith(PREFIX)]
    for message in [*current, *RETIRED]:
        values = {
            "missing": 2,
            "count": 3,
            "right": 2,
            "most": 4,
            "phrases": "“ATP”",
            "kind": "code",
            "noun": "'pears'",
        }
        stored = message.format(**values)
        assert translate_grading_reason(stored, language) != stored


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("names “the stroma”, “ATP”", "提到了“the stroma”, “ATP”"),
        ("misses “ATP”", "缺少“ATP”"),
        ("misses 2 of 3", "3 项中缺少 2 项"),
        ("says the opposite of the reference in a word", "有一个词与参考答案意思相反"),
        ("the instructor took the decision back", "教师收回了决定"),
        ("A synonym of our lecture.", "A synonym of our lecture."),
    ],
)
def test_quoted_text_is_not_translated(reason: str, chinese: str) -> None:
    assert translate_grading_reason(reason, "zh") == chinese


def test_a_reason_is_stored_in_english_and_shown_unchanged_to_english_readers() -> None:
    assert grading_reason("misses_count", missing=2, count=3) == "misses 2 of 3"
    assert translate_grading_reason("misses 2 of 3", "en") == "misses 2 of 3"
