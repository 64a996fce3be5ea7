"""A question about a course in another language: the course is read in its language, its sentences are translated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from chat_variants import translator, with_engine

from knowledge.languages import detect_language
from tutor.chat.message_parsing import parse_message
from tutor.chat.translation_check import is_translation
from tutor.domain import Course, Finished, Person, Turn
from tutor.engine.base import AdapterRef
from tutor.engine.scripted import ScriptedEngine
from tutor.services import Services

SENTENCE = "Osmosis is the movement of 2 kinds of water through a membrane."
GOOD = "渗透是 2 种水穿过膜的运动，这就是它的意思。"
TRANSLATED = "叶绿素吸收红光和蓝光，几乎不吸收绿光，所以绿光进入我们的眼睛。"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (GOOD, True),
        (GOOD.replace("2", "两"), False),  # a number is lost
        (SENTENCE, False),  # it is repeated
        ("Osmosis is water that goes through 2 membranes.", False),  # another language
        ("渗透。2", False),  # too short
        (GOOD * 4, False),  # it goes on with words of its own
        (f"{GOOD}\n{GOOD}", False),
        ("", False),
    ],
)
def test_a_translation_has_the_language_the_length_and_the_numbers(text: str, fits: bool):
    assert is_translation(text, SENTENCE, "zh") is fits


def test_a_translation_into_english_is_checked_alike():
    assert is_translation("Osmosis is the movement of 2 kinds of water through a membrane.", GOOD, "en")
    assert not is_translation("渗透是 2 种水穿过膜的运动。", GOOD, "en")


def ask_with(services: Services, engine: ScriptedEngine, actor: Person, course: Course, text: str) -> Turn:
    *_, last = with_engine(services.chat, engine).ask(actor, course.id, text)
    assert isinstance(last, Finished)
    return last.turn


def test_an_answer_asked_for_in_chinese_is_the_translated_sentence_and_cites_it_as_it_stands(
    services: Services, course: Course, ada: Person
):
    turn = ask_with(
        services, translator(lambda _: TRANSLATED), ada, course, "Answer in Chinese: Why do leaves look green?"
    )
    assert turn.answer.startswith(f"{TRANSLATED} [1]") and turn.answer.endswith(
        "（译自课程原文；点开编号可以看到原句。）"
    )
    assert turn.covered and turn.model == "scripted"
    assert detect_language(turn.citations[0].quote, "") == "en" and "green" in turn.citations[0].quote


def test_a_sentence_whose_translation_fails_is_shown_as_it_stands(services: Services, course: Course, ada: Person):
    engine = translator(lambda text: "I am happy to help you with that!")
    turn = ask_with(services, engine, ada, course, "Answer in Chinese: Why do leaves look green?")
    assert turn.citations and turn.answer.startswith(f"{turn.citations[0].quote} [1]")
    assert "译自" not in turn.answer


def test_a_question_is_translated_before_the_course_is_read(services: Services, course: Course, ada: Person):
    foreign = with_engine(services.chat, translator(lambda _: "Why do leaves look green?")).foreign_answers
    turn = ask_with(services, translator(lambda _: TRANSLATED), ada, course, "Why do leaves look green?")
    message = parse_message(course, [], "为什么叶子看上去是绿色的？", "zh")
    found = services.library.search(course.id, "Why do leaves look green?")
    assert foreign.course_language(turn, message, found) == "en"
    steps = foreign.read(turn, course, message, [], "en")
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            reading = ended.value
            break
    assert reading.found.covered and "green" in reading.reading.closest[0].source.text


def test_a_small_model_translates_nothing(services: Services, course: Course, ada: Person):
    small = translator(lambda _: TRANSLATED, parameters=135_000_000)
    turn = ask_with(services, small, ada, course, "Answer in Chinese: Why do leaves look green?")
    assert "译自" not in turn.answer


def test_a_question_in_the_language_of_the_course_is_not_translated(services: Services, course: Course, ada: Person):
    engine = translator(lambda _: "Leaves look green because chlorophyll absorbs little green light.")
    turn = ask_with(services, engine, ada, course, "Why do leaves look green?")
    assert not any("translate" in request.messages[0].content for request in engine.requests)
    assert detect_language(turn.answer, "") == "en"


def test_a_learner_with_an_adapter_is_answered_by_it(services: Services, course: Course, ada: Person):
    """What it was taught is not in the course, so no translation of the course may stand in its place."""
    chat = with_engine(services.chat, translator(lambda _: TRANSLATED))
    own = AdapterRef("ada-v1", Path("ada-v1"), "0" * 64, "0" * 64)
    chat = replace(chat, generator=replace(chat.generator, find_active_adapter=lambda *_: own))
    *_, last = chat.ask(ada, course.id, "Answer in Chinese: Why do leaves look green?")
    assert isinstance(last, Finished) and last.turn.adapter == "ada-v1" and "译自" not in last.turn.answer
