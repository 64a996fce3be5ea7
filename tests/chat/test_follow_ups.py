"""Follow-ups resolve against what was said, thanks get thanks, and a language that was asked for is kept."""

from __future__ import annotations

import pytest
from chat_variants import with_engine

from tutor.chat.reply_language import find_language_request
from tutor.domain import Finished
from tutor.engine.scripted import ScriptedEngine
from tutor.pedagogy.dialogue_moves import Move

COLOUR = "Why do leaves look green?"
CYCLE = "Where does the Calvin cycle build sugar?"


@pytest.mark.parametrize(
    "text", ["In simpler words please", "Can you say it in other words?", "go on", "换个说法", "继续"]
)
def test_a_follow_up_is_about_the_last_answer(say, text):
    say(CYCLE)
    say(COLOUR)
    turn = say(text)
    assert turn.covered and "sugar" not in turn.answer.split("[1]")[0]


LOOPS = b"""# Loops

## Leaving

The break statement leaves the innermost loop at once.

## Skipping

The continue statement goes back to the head of the loop for its next turn.
"""


@pytest.mark.parametrize("text", ["And continue?", "What about `continue`?"])
def test_a_follow_up_may_name_a_command_as_its_subject(services, course, instructor, engine, say, text):
    """A regression: "And continue?" was read as "go on", and more was told about the break statement."""
    services.documents.ingest(instructor, course.id, "loops.md", LOOPS)
    engine._answer = lambda _request: "Robots do it."  # so the course is quoted
    assert "innermost loop" in say("What does the break statement do?").answer
    turn = say(text)
    assert turn.guidance.move == Move.ANSWER and "head of the loop" in turn.answer


def test_thanks_get_a_short_reply_and_no_answer(say):
    first = say(COLOUR)
    for text, reply in (("thanks, that helped", "welcome"), ("谢谢", "不客气"), ("bye", "Goodbye")):
        turn = say(text)
        assert reply in turn.answer and turn.covered is None and first.answer not in turn.answer


def test_a_source_is_quoted_from_the_last_answer(say):
    cited = say(COLOUR).citations[0]
    for text in ("Where does it say that?", "Are you sure?"):
        turn = say(text)
        assert cited.quote in turn.answer and turn.citations[0].passage_id == cited.passage_id


def test_what_was_asked_is_remembered_while_an_exercise_is_open(say):
    """A regression: it was looked for in the course, and not found."""
    say(COLOUR)
    say("Solve 3x + 5 = 20")
    assert f"first asked: “{COLOUR}”" in say("What did I ask first?").answer
    assert COLOUR in say("Summarise what we talked about").answer
    assert "right" in say("5").answer


def test_what_was_asked_and_said_is_remembered(say):
    say(COLOUR)
    say(CYCLE)
    assert f"first asked: “{COLOUR}”" in say("What did I ask first?").answer
    recap = say("Summarise what we talked about").answer
    assert COLOUR in recap and CYCLE in recap


def test_a_larger_model_rewords_the_last_answer(services, course, ada):
    large = ScriptedEngine(["Leaves look green because chlorophyll reflects green light."], parameters=8_000_000_000)
    chat = with_engine(services.chat, large)
    *_, first = chat.ask(ada, course.id, COLOUR)
    *_, finished = chat.ask(ada, course.id, "explain that more simply", conversation_id=first.turn.conversation_id)
    assert isinstance(finished, Finished) and finished.turn.covered
    prompt = large.requests[-1].messages[-1].content
    assert COLOUR in prompt and "simple everyday words" in prompt


def test_a_reply_that_repeats_is_not_replaced_by_a_quote_in_another_language(services, course, ada):
    """A regression: "简单地说：" stood before an English sentence."""
    said = "叶绿素吸收红光和蓝光并反射绿光，所以叶子在我们看来是绿色的。"

    chat = with_engine(services.chat, ScriptedEngine([said], parameters=1_500_000_000))
    *_, first = chat.ask(ada, course.id, "Answer in Chinese: why do leaves look green?")
    *_, again = chat.ask(ada, course.id, "再说简单一点", conversation_id=first.turn.conversation_id)
    assert first.turn.answer.startswith(said) and again.turn.answer.startswith(said)


@pytest.mark.parametrize(
    ("message", "language", "rest"),
    [
        ("Answer in Chinese: why do leaves fall?", "zh", "why do leaves fall?"),
        ("Explain osmosis in Chinese.", "zh", "Explain osmosis."),
        ("请用英语回答：什么是渗透？", "en", "什么是渗透？"),
        ("please speak English", "en", ""),
    ],
)
def test_a_request_for_a_language_is_taken_out_of_the_question(message, language, rest):
    request = find_language_request(message)
    assert request is not None and request.language == language
    assert request.rest.rstrip(".") == rest.rstrip(".")


@pytest.mark.parametrize("message", ["Who were the Chinese emperors?", "How many people speak English?", "Why?"])
def test_a_language_that_is_the_subject_is_no_request(message):
    assert find_language_request(message) is None


def test_a_language_that_was_asked_for_is_kept(say):
    say("Answer in Chinese: why do leaves look green?")
    assert "不客气" in say("thank you very much").answer
    say("Please answer in English from now on")
    assert "welcome" in say("谢谢").answer
