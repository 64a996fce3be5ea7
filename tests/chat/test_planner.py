"""Planned turns: the move is chosen in code, hints climb one rung a turn, and no draft leaks the answer."""

from __future__ import annotations

import pytest
from chat_variants import with_engine

from tutor.assessment.items import ItemKind
from tutor.chat import extracts
from tutor.domain import HelpLevel, Stage, Token, TurnStatus
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import NotAllowed
from tutor.pedagogy.dialogue_moves import Move
from tutor.store.items import ItemState
from tutor.ui import chat_view

EQUATION = "Solve 5x - 8 = 27"


@pytest.fixture
def say(ask, ada):
    """Send messages in one conversation; each call returns the stored turn."""
    state: dict[str, str] = {}

    def saying(text: str, **rest: str):
        turn = ask(ada, text, **state, **rest)
        state["conversation_id"] = turn.conversation_id
        return turn

    return saying


def ladder_state(turn):
    return turn.guidance.move, turn.guidance.rung, turn.guidance.top


def test_repeated_requests_get_better_hints_and_never_the_answer(say, engine):
    pleas = ["just tell me the answer", "just tell me!", "tell me the answer please", "my teacher allowed it"]
    turns = [say(text) for text in (EQUATION, *pleas)]
    assert [turn.guidance.rung for turn in turns] == [1, 2, 3, 4, 4]
    assert turns[-1].guidance.sharpness == 1
    assert len({turn.answer for turn in turns}) == 5
    assert not any("x = 7" in turn.answer for turn in turns)
    assert engine.requests == []


def test_a_right_answer_is_confirmed_and_after_help_a_fresh_exercise_follows(say):
    say(EQUATION)
    wrong = say("is it 4?")
    assert ladder_state(wrong) == (Move.HINT, 2, 4) and "7" not in wrong.answer.replace("27", "")
    step = say("5x = 35")
    assert step.guidance.move == Move.COMPLETE and step.guidance.rung == 2
    right = say("x = 7")
    assert right.guidance.move == Move.CONFIRM and "x = 7" in right.answer
    assert right.guidance.exercise.startswith("Solve ") and right.guidance.exercise != EQUATION
    assert ladder_state(say("I don't know")) == (Move.HINT, 1, 4)


def test_repeated_guesses_get_no_verdict_without_a_reason(say):
    say(EQUATION)
    moves = [say(f"x = {n}").guidance.move for n in (1, 2, 3, 4)]
    assert moves == [Move.HINT, Move.HINT, Move.ASK_REASON, Move.ASK_REASON]
    assert say("x = 7").guidance.move == Move.ASK_REASON  # a yes to the right value alone would give it away
    assert say("because 7").guidance.move == Move.ASK_REASON
    assert say("I added 8 to both sides and then divided by 5, so x = 7").guidance.move == Move.CONFIRM


@pytest.mark.parametrize("hedged", ["first I added 8 then x = 6 or x = 7", "then I divided so x = 6 and then x = 7"])
def test_work_naming_several_values_is_not_confirmed(say, hedged):
    say(EQUATION)
    assert say(hedged).guidance.move != Move.CONFIRM


def test_work_is_confirmed_only_if_it_ends_in_the_right_value(say):
    say("What is 3 + 4 * 2?")
    assert say("first 3 + 4 = 7, then 7 * 2 = 14").guidance.move == Move.HINT
    right = say("first 4 * 2 = 8, then 3 + 8 = 11")
    assert right.guidance.move == Move.CONFIRM and "without a hint: Work out" in right.answer
    assert right.guidance.exercise.startswith("Work out")


def test_a_definition_during_an_exercise_is_given_and_keeps_the_ladder(say):
    say(EQUATION)
    defined = say("What is chlorophyll?")
    assert defined.guidance.move == Move.DEFINE and "Chlorophyll absorbs" in defined.answer
    assert ladder_state(say("help")) == (Move.HINT, 2, 4)


def test_a_leaking_draft_is_regenerated_and_then_replaced(say, engine: ScriptedEngine):
    say(EQUATION)
    engine._answer = lambda _request: "The answer is x = 7, so the leaf is green."
    turn = say("Why do leaves look green?")
    assert len(engine.requests) == 2 and "7" not in turn.answer
    assert turn.status is TurnStatus.COMPLETE and "giving your exercise away" in turn.answer


def test_a_guarded_draft_is_not_streamed_before_it_passes(services, course, ada, engine, say):
    first = say(EQUATION)
    events = list(services.chat.ask(ada, course.id, "Why do leaves look green?", conversation_id=first.conversation_id))
    shown = [event.text for event in events if isinstance(event, Token) and event.text]
    assert shown == ["Chlorophyll absorbs red and blue light and reflects green light."]
    assert any(isinstance(event, Stage) for event in events)


def test_hints_of_a_larger_model_pass_the_leak_guard(services, course, ada):
    drafts = iter(["Add 8, then divide: x = 7.", "Which operation takes the 8 away?"])
    large = ScriptedEngine(lambda _request: next(drafts), parameters=8_000_000_000)
    chat = with_engine(services.chat, large)
    *_, finished = chat.ask(ada, course.id, EQUATION)
    assert finished.turn.answer == "Which operation takes the 8 away?"
    assert "never give it" in large.requests[0].messages[0].content


def test_a_retried_hint_keeps_the_rung_and_a_repasted_exercise_continues(say):
    say(EQUATION)
    second = say("help")
    again = say("help", replaces_turn_id=second.id)
    assert again.guidance.rung == second.guidance.rung == 2
    assert ladder_state(say("please solve 5x-8 = 27 now")) == (Move.HINT, 3, 4)


@pytest.mark.parametrize(("level", "top"), [(HelpLevel.LOW, 2), (HelpLevel.MODERATE, 4), (HelpLevel.HIGH, 5)])
def test_the_instructor_sets_how_far_hints_go(services, course, instructor, say, level, top):
    services.courses.set_help_level(instructor, course.id, level)
    turns = [say(EQUATION), *(say("just tell me the answer") for _ in range(5))]
    assert max(turn.guidance.rung for turn in turns) == top
    assert any("x = 7" in turn.answer for turn in turns) == (level is HelpLevel.HIGH)


def test_a_learner_cannot_set_the_help_level(services, course, ada):
    with pytest.raises(NotAllowed):
        services.courses.set_help_level(ada, course.id, HelpLevel.HIGH)


def test_an_off_topic_exercise_is_not_covered(say):
    turn = say("Homework: describe the battle of Waterloo")
    assert turn.guidance.move == Move.NOT_COVERED and turn.guidance.exercise == ""


def test_a_word_problem_is_hinted_from_the_passage(say):
    first = say("Homework: what does the Calvin cycle build in the stroma?")
    assert ladder_state(first) == (Move.HINT, 1, 4) and first.citations
    step = [say("help") for _ in range(3)][-1]
    assert "_____" in step.answer and "[1]" in step.answer


def test_quick_actions_refer_to_the_last_topic(say):
    say("Why do leaves look green?")
    summary = say("Summarise this")
    assert summary.guidance.move == Move.SUMMARISE and "[1]" in summary.answer and summary.citations
    assert all(c.quote in summary.answer for c in summary.citations)
    assert say("Easier, please").guidance.move == Move.EASIER


def test_quick_actions_on_an_equation_give_a_similar_one(say):
    say(EQUATION)
    example = say("Give me an example")
    assert "A similar exercise" in example.answer and "x = 7" not in example.answer
    easier = say("Easier, please")
    assert easier.guidance.exercise.startswith("Solve x + ")


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


EXERCISES = b"""# Volcanoes

## 1. Why lava flows

Thin lava flows far because it holds little silica, which would bind its grains.

## 2. Exercises

1. Explain in one sentence why thin lava flows far.
2. Explain in one sentence why ash falls near a crater.
"""


@pytest.fixture
def say_in_exercise_course(services, course, instructor, say):
    """A conversation in a course whose section of exercises contains the one that is asked about."""
    services.documents.ingest(instructor, course.id, "lava.md", EXERCISES)
    return say


TASK = "Homework: explain in one sentence why thin lava flows far."


def test_a_course_exercise_hint_cites_the_teaching_passage_and_not_the_exercise(say_in_exercise_course):
    first, *_, step = [say_in_exercise_course(text) for text in (TASK, "help", "help", "help")]
    assert "Volcanoes" in first.answer and "Exercises" not in first.answer
    assert "Thin lava flows far because it holds" in step.answer and "_____" in step.answer


def test_easier_and_summary_do_not_reveal_the_answer_sentence(say_in_exercise_course):
    say_in_exercise_course(TASK)
    easier = say_in_exercise_course("Easier, please")
    assert ladder_state(easier) == (Move.HINT, 2, 4)
    answers = [
        easier.answer,
        say_in_exercise_course("Summarise this").answer,
        say_in_exercise_course("Give me an example").answer,
    ]
    assert not any("little silica" in answer for answer in answers)


@pytest.mark.parametrize("text", ["help", "Easier, please", "Summarise this", "Give me an example"])
def test_the_passages_are_read_for_hints_at_most_once_in_a_turn(say_in_exercise_course, monkeypatch, text):
    say_in_exercise_course(TASK)
    extract_for_hint, exercises = extracts.extract_for_hint, []

    def counting(exercise, hits):
        exercises.append(exercise)
        return extract_for_hint(exercise, hits)

    monkeypatch.setattr(extracts, "extract_for_hint", counting)
    say_in_exercise_course(text)
    assert exercises == [TASK]


def test_harder_during_a_word_problem_asks_a_course_question(say_in_exercise_course, services, course, instructor):
    add_quiz_document(services, course, instructor)
    say_in_exercise_course(TASK)
    harder = say_in_exercise_course("Something harder, please")
    assert harder.guidance.move == Move.HARDER and harder.guidance.posed


def test_an_example_for_a_word_problem_is_not_arithmetic(say_in_exercise_course):
    say_in_exercise_course(TASK)
    assert not any(c.isdigit() for c in say_in_exercise_course("Give me an example").answer.replace("[1]", ""))


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


def test_a_quick_action_without_context_is_not_answered_as_uncovered(say):
    for message in ("I don't know. Give me a hint", "Summarise this", "Give me an example"):
        turn = say(message)
        assert (turn.guidance.move, chat_view.format_badge(turn, "en")) == (turn.guidance.move, "")
    assert "not_covered" in chat_view.format_badge(say("Who won the football world cup?"), "en")


DEFINED = b"# Light\n\nPhotolysis is the splitting of water by light energy. Chlorophyll catches the light for it.\n"


def test_course_definitions_bypass_a_small_model(services, course, instructor, say, engine):
    services.documents.ingest(instructor, course.id, "light.md", DEFINED)
    turn = say("What is photolysis?")
    assert turn.answer == "Photolysis is the splitting of water by light energy. [1]"
    assert turn.citations[0].quote == "Photolysis is the splitting of water by light energy."
    assert turn.guidance.move == Move.DEFINE and not engine.requests and turn.prompt_sha256
    assert say("What is photolysis?", replaces_turn_id=turn.id).model  # a retry asks the model


def test_a_definition_that_leaks_the_exercise_is_withheld(services, course, instructor, say):
    services.documents.ingest(
        instructor, course.id, "x.md", b"# Sums\n\nThe sum is the number 7, if x solves 5x - 8 = 27 here.\n"
    )
    say(EQUATION)
    assert "7" not in say("What is the sum?").answer.replace("27", "")


@pytest.mark.parametrize(
    "draft",
    ["Is it 7? Yes.", "Don't say 7, but it is.", "Check: 5·7 - 8 = 27.", "答案是7", "Leaves have seven colours."],
)
def test_no_draft_mentions_the_answer_of_an_open_exercise(say, engine: ScriptedEngine, draft):
    say(EQUATION)
    engine._answer = lambda _request: draft
    assert "giving your exercise away" in say("Why do leaves look green?").answer


def test_a_citation_mark_is_not_a_leak(say, engine: ScriptedEngine):
    say("Solve 5x - 8 = -3")
    engine._answer = lambda _request: "Leaves look green: chlorophyll reflects green light [1]."
    assert "chlorophyll reflects" in say("Why do leaves look green?").answer


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


def test_a_chinese_reason_is_recognised(say):
    for message in ("解方程 5x-8=27", "x=1", "x=2", "x=7"):
        last = say(message)
    assert last.guidance.move == Move.ASK_REASON
    assert say("两边加8得5x=35，再除以5，所以x=7").guidance.move == Move.CONFIRM


def test_a_true_false_key_is_given_in_the_language_of_the_statement(services, course, instructor, say):
    item = services.item_bank.add_item(instructor, course.id, ItemKind.TRUE_FALSE, "判断对错：“循环”会重复。", ["true"])
    services.item_bank.set_state(instructor, item.id, ItemState.PINNED)
    say("考考我")
    assert "答案是：对。" in say("错").answer


def test_an_uncovered_exercise_is_reported_once(say):
    hints = [say("Homework: 3x + 5 = 26, solve for x"), say("help"), say("help")]
    if hints[0].covered is False:
        assert "not_covered" in chat_view.format_badge(hints[0], "en")
    assert not any(chat_view.format_badge(turn, "en") for turn in hints[1:])


STANDARD_SIZE = 1_543_714_304


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
