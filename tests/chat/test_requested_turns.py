"""Turns in which a learner asks for a move: a summary, something easier or harder, a quiz question, a definition."""

from __future__ import annotations

import pytest
from chat_variants import with_engine

from tutor.assessment.items import ItemKind
from tutor.engine.scripted import ScriptedEngine
from tutor.pedagogy.dialogue_moves import Move
from tutor.store.items import ItemState
from tutor.ui import chat_view

EQUATION = "Solve 5x - 8 = 27"
STANDARD_SIZE = 1_543_714_304  # parameters
DEFINED = b"# Light\n\nPhotolysis is the splitting of water by light energy. Chlorophyll catches the light for it.\n"


def test_quick_actions_refer_to_the_last_topic(say):
    say("Why do leaves look green?")
    summary = say("Summarise this")
    assert summary.guidance.move == Move.SUMMARISE and "[1]" in summary.answer and summary.citations
    assert all(c.quote in summary.answer for c in summary.citations)
    assert say("Easier, please").guidance.move == Move.EASIER


@pytest.mark.parametrize("asked", [("Why do leaves look green?", EQUATION), (EQUATION, "Why do leaves look green?")])
def test_a_summary_near_an_uncovered_exercise_covers_what_was_answered(say, asked):
    for text in (*asked, "x = 7"):
        say(text)
    summary = say("总结一下")
    assert summary.guidance.move == Move.SUMMARISE and "Chlorophyll absorbs" in summary.answer


def test_a_summary_of_nothing_asks_what_to_summarise(say):
    say(EQUATION)
    say("x = 7")
    assert say("总结一下").guidance.move == Move.SUMMARISE


def test_a_help_request_without_context_explains_what_can_be_asked(say):
    assert say("I don't know").guidance.move == Move.INVITE


def test_a_quick_action_without_context_is_not_answered_as_uncovered(say):
    for message in ("I don't know. Give me a hint", "Summarise this", "Give me an example"):
        turn = say(message)
        assert (turn.guidance.move, chat_view.format_badge(turn, "en")) == (turn.guidance.move, "")
    assert "not_covered" in chat_view.format_badge(say("Who won the football world cup?"), "en")


def add_quiz_document(services, course, instructor):
    """Give the course one gap question, and no other."""
    services.documents.ingest(
        instructor,
        course.id,
        "loops.md",
        b"# Loops\n\nA loop is a code block that runs a set of statements while a given condition holds.\n\n"
        b"Readers know well that a loop needs a condition in order to stop after some time.\n",
    )


def test_a_quick_action_quiz_question_is_answered_by_the_next_message_and_graded_once(
    services, course, instructor, say, ada
):
    add_quiz_document(services, course, instructor)
    asked = say("Quiz me on loops")
    assert asked.guidance.move == Move.QUIZ and asked.guidance.posed and "loop" not in asked.answer.split("**")[1][:1]
    row = services.quiz_sessions.get_question(ada, asked.guidance.posed)
    assert say("I don't know").guidance.posed == row.question.id
    right = say(row.item.keys[0])
    assert right.guidance.move == Move.CONFIRM and right.guidance.posed == ""
    say(row.item.keys[0], replaces_turn_id=right.id)
    after = services.quiz_sessions.get_question(ada, row.question.id)
    assert len(after.attempts) == 1 and after.attempts[0].aided
    assert say("Why do leaves look green?").guidance.move == Move.ANSWER


def test_asking_for_a_definition_instead_of_answering_is_not_graded(services, course, instructor, say, ada):
    add_quiz_document(services, course, instructor)
    asked = say("Quiz me on loops")
    aside = say("What is chlorophyll?")
    assert aside.guidance.move == Move.DEFINE and aside.guidance.posed == asked.guidance.posed
    assert services.quiz_sessions.get_question(ada, asked.guidance.posed).attempts == ()


def pin_question(services, course, instructor, kind):
    """Pin a question of this kind, so that it is posed before any other of the course."""
    question = {
        ItemKind.TRUE_FALSE: ("True or false: a loop repeats.", ["true"], []),
        ItemKind.NUMBER: ("How many bits has a byte?", ["8"], []),
        ItemKind.CHOICE: ("Which one repeats?", ["loop"], ["loop", "module", "string"]),
    }[kind]
    item = services.item_bank.add_item(instructor, course.id, kind, *question)
    services.item_bank.set_state(instructor, item.id, ItemState.PINNED)


@pytest.mark.parametrize("kind", [ItemKind.TRUE_FALSE, ItemKind.NUMBER, ItemKind.CHOICE])
@pytest.mark.parametrize("message", ["I have a cat", "blue", EQUATION, "Solve 3(x + 2) = 21"])
def test_a_non_answer_is_not_graded_and_leaves_the_question_open(services, course, instructor, say, ada, kind, message):
    pin_question(services, course, instructor, kind)
    asked = say("Quiz me")
    aside = say(message)
    assert aside.guidance.posed == asked.guidance.posed
    row = services.quiz_sessions.get_question(ada, asked.guidance.posed)
    assert row.attempts == () and not services.gradebook.entries(instructor, course.id)
    assert say(row.item.keys[0]).guidance.move == Move.CONFIRM


def test_an_exercise_sent_while_a_question_is_open_gets_a_hint(services, course, instructor, say):
    pin_question(services, course, instructor, ItemKind.NUMBER)
    say("Quiz me")
    assert say(EQUATION).guidance.move == Move.HINT


def test_a_true_false_key_is_given_in_the_language_of_the_statement(services, course, instructor, say):
    item = services.item_bank.add_item(instructor, course.id, ItemKind.TRUE_FALSE, "判断对错：“循环”会重复。", ["true"])
    services.item_bank.set_state(instructor, item.id, ItemState.PINNED)
    say("考考我")
    assert "答案是：对。" in say("错").answer


def test_course_definitions_bypass_a_small_model(services, course, instructor, say, engine):
    services.documents.ingest(instructor, course.id, "light.md", DEFINED)
    turn = say("What is photolysis?")
    assert turn.answer == "Photolysis is the splitting of water by light energy. [1]"
    assert turn.citations[0].quote == "Photolysis is the splitting of water by light energy."
    assert turn.guidance.move == Move.DEFINE and not engine.requests and turn.prompt_sha256
    assert say("What is photolysis?", replaces_turn_id=turn.id).model  # a retry asks the model


def test_an_imperative_definition_request_is_recognised_during_exercises_and_questions(
    services, course, instructor, say
):
    services.documents.ingest(instructor, course.id, "light.md", DEFINED)
    pin_question(services, course, instructor, ItemKind.NUMBER)
    say(EQUATION)
    assert say("Define photolysis").guidance.move == Move.DEFINE
    asked = say("Quiz me")
    aside = say("Define photolysis")
    assert (aside.guidance.move, aside.guidance.posed) == (Move.DEFINE, asked.guidance.posed)


def test_a_standard_model_with_a_long_window_neither_words_hints_nor_definitions_of_the_course(
    services, course, instructor, ada
):
    services.documents.ingest(instructor, course.id, "light.md", DEFINED)
    engine = ScriptedEngine(["Subtract 5x from both sides."], context_tokens=32_768, parameters=STANDARD_SIZE)
    chat = with_engine(services.chat, engine)
    *_, hinted = chat.ask(ada, course.id, EQUATION)
    *_, defined = chat.ask(ada, course.id, "What is photolysis?")
    assert hinted.turn.guidance.move == Move.HINT and "Subtract" not in hinted.turn.answer
    assert defined.turn.answer == "Photolysis is the splitting of water by light energy. [1]"
    assert engine.requests == []


def test_harder_during_a_word_problem_asks_a_course_question(services, course, instructor, say):
    add_quiz_document(services, course, instructor)
    assert say("Homework: what does the Calvin cycle build in the stroma?").guidance.move == Move.HINT
    harder = say("Something harder, please")
    assert harder.guidance.move == Move.HARDER and harder.guidance.posed
