"""What is refused is said in the language of who reads it: every key that an error carries has its words."""

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
from tutor.assessment.item_checks import Fault
from tutor.errors import EngineBusy, InputRefused
from tutor.ui.error_boundary import spoken
from tutor.ui.words import WORDS
from tutor.ui.words.refusals import REFUSALS

ROOT = Path(__file__).parents[2]
ERRORS = {name for module in (tutor.errors, adapters.errors, gift, qti) for name in vars(module)}


def keyed() -> Iterator[tuple[str, set[str]]]:
    """The keys of the errors that the house raises, with the names of their values."""
    for path in (*(ROOT / "tutor").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) in ERRORS):
                continue
            given = {word.arg: word.value for word in call.keywords if word.arg}
            if isinstance(key := given.get("key"), ast.Constant) and isinstance(key.value, str):
                yield key.value, given.keys() - {"key"}


@pytest.mark.parametrize("language", [language for language in WORDS if language != "en"])
def test_every_refusal_with_a_key_is_said_with_no_more_blanks_than_it_fills(language: str):
    words = {**WORDS[language], **REFUSALS[language]}
    found = dict(keyed())
    assert {"quota", "question_too_long", "circle"} <= found.keys()
    for key, values in found.items():
        assert {name for _, name, _, _ in string.Formatter().parse(words[key]) if name} <= values, key


def test_an_error_without_a_key_is_said_by_its_kind():
    assert "密码" in spoken(DocumentLocked("exam.pdf is protected by a password"), "zh")
    assert "第 7 位" in spoken(EngineBusy(7), "zh")
    assert spoken(EngineBusy(7), "en") == str(EngineBusy(7))


def test_what_a_refusal_quotes_is_no_pattern_to_fill_in():
    assert "{x}" in spoken(InputRefused("m", key="skill_taken", name="{x}"), "zh")


def test_every_fault_of_an_item_is_said_in_every_language():
    for fault in Fault:
        said = spoken(InputRefused("m", key=f"item_{fault.name.lower()}", prompt="What is it?"), "zh")
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
def test_a_question_that_cannot_be_imported_is_refused_in_the_language_of_its_instructor(
    house, course, instructor, text
):
    count, (refusal,) = house.questions.take_in(instructor, course.id, text)
    assert count == 0
    assert re.search(r"[\u4e00-\u9fff]", spoken(refusal, "zh")) and spoken(refusal, "en") == str(refusal)
