"""Questions about a figure are answered from its caption and the text around it; a vision model gets its page."""

from __future__ import annotations

import io
from typing import Any

import pytest
from chat_variants import with_generator

from knowledge.languages import detect_language
from tutor.chat import fixed_replies
from tutor.domain import Course, Person
from tutor.engine.base import AdapterRef
from tutor.engine.scripted import ScriptedEngine
from tutor.services import Services

BOOK = (
    "Leaves hold many chloroplasts, and light reaches them first.",
    "Figure 2.1: The chloroplast with its stroma and its thylakoids.",
    "Roots take up water and salts from the soil.",
)


@pytest.fixture
def course_with_figures(services: Services, course: Course, instructor: Person) -> Course:
    """The course with a printed page that has a figure caption."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    file, style = io.BytesIO(), getSampleStyleSheet()["Normal"]
    story = [part for text in BOOK for part in (Paragraph(text, style), Spacer(1, 40))]
    SimpleDocTemplate(file).build(story)
    services.documents.ingest(instructor, course.id, "leaf.pdf", file.getvalue())
    return course


@pytest.mark.parametrize("question", ["What does Figure 2.1 show?", "图 2.1 说明了什么？"])
def test_the_figure_caption_is_in_the_prompt(
    ask: Any, course_with_figures: Course, ada: Person, engine: ScriptedEngine, question: str
) -> None:
    turn = ask(ada, question)
    assert turn.covered
    assert "The chloroplast with its stroma" in engine.requests[-1].messages[-1].content
    assert not engine.requests[-1].messages[-1].images  # this engine has no vision model
    assert turn.answer.endswith(fixed_replies.unseen_figure_note(detect_language(question, "en")))
    assert "picture" not in fixed_replies.strip_notes(turn.answer) and "图" not in fixed_replies.strip_notes(
        turn.answer
    )


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("What does Figure 9.9 show?", "I found no Figure 9.9 in your course material. It has Figure 2.1."),
        ("图 9.9 说明了什么？", "在你的课程材料里没有找到图 9.9。课程中有图 2.1。"),
    ],
)
def test_a_missing_figure_is_reported(
    ask: Any, course_with_figures: Course, ada: Person, engine: ScriptedEngine, question: str, reply: str
) -> None:
    turn = ask(ada, question)
    assert turn.answer == reply and turn.covered is False and not engine.requests


def test_a_vision_model_gets_the_page_image_without_adapter(
    services: Services, ask: Any, course_with_figures: Course, ada: Person, engine: ScriptedEngine, tmp_path: Any
) -> None:
    engine._vision_model = "eyes"
    adapter = AdapterRef("ada-v1", tmp_path, "0", "0")
    chat = with_generator(services.chat, find_active_adapter=lambda _learner, _course, _base: adapter)
    *_, finished = chat.ask(ada, course_with_figures.id, "What does Figure 2.1 show?")
    (picture,) = engine.requests[-1].messages[-1].images
    assert "was not looked at" not in finished.turn.answer
    assert picture.startswith(b"\x89PNG") and engine.requests[-1].adapter is None
    assert (finished.turn.model, finished.turn.adapter) == ("eyes", None)
    list(chat.ask(ada, course_with_figures.id, "Why do leaves look green?"))
    assert not engine.requests[-1].messages[-1].images and engine.requests[-1].adapter == adapter


def test_an_unrenderable_figure_page_is_reported(
    services: Services, course_with_figures: Course, ada: Person, engine: ScriptedEngine
) -> None:
    engine._vision_model = "eyes"
    chat = with_generator(services.chat, render_page=lambda _document, _passage: None)
    *_, finished = chat.ask(ada, course_with_figures.id, "What does Figure 2.1 show?")
    assert finished.turn.answer.endswith(fixed_replies.unseen_figure_note("en"))
