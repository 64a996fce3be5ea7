"""Errors are shown in the reader's language: every key of an error has a message."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import adapters.errors
import tutor.errors
from knowledge.errors import DocumentLocked
from tutor.assessment import gift, qti
from tutor.assessment.item_checks import ItemFault
from tutor.errors import EngineBusy, InputRefused
from tutor.locales import CATALOGS
from tutor.locales.sentences import as_sentence
from tutor.ui.error_boundary import error_message

ROOT = Path(__file__).parents[2]
ERRORS = {name for module in (tutor.errors, adapters.errors, gift, qti) for name in vars(module)}


def errors_with_message_keys() -> Iterator[tuple[str, set[str]]]:
    """The keys of all errors raised, with the names of their values."""
    for path in (*(ROOT / "tutor").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) in ERRORS):
                continue
            given = {word.arg: word.value for word in call.keywords if word.arg}
            if isinstance(key := given.get("key"), ast.Constant) and isinstance(key.value, str):
                yield key.value, given.keys() - {"key"}


@pytest.mark.parametrize("language", [language for language in CATALOGS if language != "en"])
def test_every_error_key_is_translated_with_known_placeholders(language: str):
    words = CATALOGS[language]
    found = dict(errors_with_message_keys())
    assert {"quota", "question_too_long", "prerequisite_cycle"} <= found.keys()
    for key, values in found.items():
        assert {name for _, name, _, _ in string.Formatter().parse(words[key]) if name} <= values, key


def test_an_error_without_key_is_translated_by_its_class():
    assert "密码" in error_message(DocumentLocked("exam.pdf is protected by a password"), "zh")
    assert "第 7 位" in error_message(EngineBusy(7), "zh")
    assert error_message(EngineBusy(7), "en") == as_sentence(str(EngineBusy(7)))


def test_quoted_text_is_not_used_as_a_format_string():
    assert "{x}" in error_message(InputRefused("m", key="skill_taken", name="{x}"), "zh")


def test_every_item_fault_is_translated():
    for fault in ItemFault:
        said = error_message(InputRefused("m", key=f"item_{fault.name.lower()}", prompt="What is it?"), "zh")
        assert "What is it?" in said and said != "m"


@pytest.mark.parametrize(
    "text",
    [
        "What is it?",
        "What is it? {~a ~b ~c}",
        "Match {=a -> b =c -> d}",
        "How many? {#many}",
        '<assessmentItem identifier="q"><p>What?</p></assessmentItem>',
        '<assessmentItem identifier="q" a=1></assessmentItem>',
    ],
)
def test_import_errors_are_in_the_instructors_language(services, course, instructor, text):
    count, (refusal,) = services.item_bank.import_items(instructor, course.id, text)
    assert count == 0
    assert re.search(r"[\u4e00-\u9fff]", error_message(refusal, "zh")) and error_message(refusal, "en") == as_sentence(
        str(refusal)
    )
