"""A question about passages in another language is answered in the language of the question."""

from __future__ import annotations

from tutor.chat.prompt_builder import PromptBuilder
from tutor.domain import Course
from tutor.services import Services


def system_message(services: Services, course: Course, language: str) -> str:
    builder = PromptBuilder(services.engine, lambda *_: "", services.settings)
    found = services.library.search(course.id, "What does chlorophyll absorb?")
    messages, _ = builder.build_answer_prompt("ada", course.id, "为什么？", found, language)
    return messages[0].content


def test_the_model_is_told_to_answer_in_the_language_of_the_question(services: Services, course: Course):
    assert "只用中文回答" in system_message(services, course, "zh")


def test_nothing_is_added_where_question_and_passages_have_one_language(services: Services, course: Course):
    assert "another language" not in system_message(services, course, "en")
