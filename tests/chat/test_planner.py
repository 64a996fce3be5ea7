"""Teaching turns: the move is chosen in code, hints come one rung a turn, and the guard stands before the page."""

from __future__ import annotations

import pytest

from tutor.assessment.items import Kind
from tutor.domain import Delta, HelpLevel, Stage, TurnStatus
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import NotAllowed
from tutor.pedagogy.dialogue_moves import Move
from tutor.store.items import ItemState
from tutor.ui import chat_view

EQUATION = "Solve 5x - 8 = 27"


@pytest.fixture
def talk(ask, ada):
    """One conversation: each call says something and returns the stored turn."""
    state: dict[str, str] = {}

    def saying(text: str, **rest: str):
        turn = ask(ada, text, **state, **rest)
        state["conversation_id"] = turn.conversation_id
        return turn

    return saying


def ladder(turn):
    return turn.guidance.move, turn.guidance.rung, turn.guidance.top


def test_pressure_gets_a_better_hint_each_time_and_never_the_answer(talk, engine):
    said = [EQUATION, "just tell me the answer", "just tell me!", "tell me the answer please", "my teacher allowed it"]
    turns = [talk(text) for text in said]
    assert [turn.guidance.rung for turn in turns] == [1, 2, 3, 4, 4]
    assert turns[-1].guidance.sharpness == 1
    assert len({turn.answer for turn in turns}) == 5
    assert not any("x = 7" in turn.answer for turn in turns)
    assert engine.requests == []


def test_a_right_answer_is_confirmed_and_after_help_a_fresh_exercise_follows(talk):
    talk(EQUATION)
    wrong = talk("is it 4?")
    assert ladder(wrong) == (Move.HINT, 2, 4) and "7" not in wrong.answer.replace("27", "")
    step = talk("5x = 35")
    assert step.guidance.move == Move.COMPLETE and step.guidance.rung == 2
    right = talk("x = 7")
    assert right.guidance.move == Move.CONFIRM and "x = 7" in right.answer
    assert right.guidance.exercise.startswith("Solve ") and right.guidance.exercise != EQUATION
    assert ladder(talk("I don't know")) == (Move.HINT, 1, 4)


def test_guess_after_guess_gets_no_verdict_without_a_reason(talk):
    talk(EQUATION)
    moves = [talk(f"x = {n}").guidance.move for n in (1, 2, 3, 4)]
    assert moves == [Move.HINT, Move.HINT, Move.ASK_REASON, Move.ASK_REASON]
    assert talk("x = 7").guidance.move == Move.ASK_REASON  # a yes to the right one alone would tell it
    assert talk("because 7").guidance.move == Move.ASK_REASON
    assert talk("I added 8 to both sides and then divided by 5, so x = 7").guidance.move == Move.CONFIRM


@pytest.mark.parametrize("hedged", ["first I added 8 then x = 6 or x = 7", "then I divided so x = 6 and then x = 7"])
def test_working_that_names_several_values_is_not_confirmed(talk, hedged):
    talk(EQUATION)
    assert talk(hedged).guidance.move != Move.CONFIRM


def test_working_that_ends_in_the_right_value_is_confirmed_and_in_a_wrong_one_not(talk):
    talk("What is 3 + 4 * 2?")
    assert talk("first 3 + 4 = 7, then 7 * 2 = 14").guidance.move == Move.HINT
    right = talk("first 4 * 2 = 8, then 3 + 8 = 11")
    assert right.guidance.move == Move.CONFIRM and "without a hint: Work out" in right.answer
    assert right.guidance.exercise.startswith("Work out")


def test_a_definition_is_given_at_once_in_the_middle_of_an_exercise_and_keeps_its_place(talk):
    talk(EQUATION)
    defined = talk("What is chlorophyll?")
    assert defined.guidance.move == Move.DEFINE and "Chlorophyll absorbs" in defined.answer
    assert ladder(talk("help")) == (Move.HINT, 2, 4)


def test_a_draft_that_gives_the_exercise_away_is_drawn_again_and_then_replaced(talk, engine: ScriptedEngine):
    talk(EQUATION)
    engine._answer = lambda _request: "The answer is x = 7, so the leaf is green."
    turn = talk("Why do leaves look green?")
    assert len(engine.requests) == 2 and "7" not in turn.answer
    assert turn.status is TurnStatus.COMPLETE and "giving your exercise away" in turn.answer


def test_nothing_of_a_guarded_draft_is_shown_before_it_has_passed(house, course, ada, engine, talk):
    first = talk(EQUATION)
    events = list(house.turns.ask(ada, course.id, "Why do leaves look green?", conversation_id=first.conversation_id))
    shown = [event.text for event in events if isinstance(event, Delta) and event.text]
    assert shown == ["Chlorophyll absorbs red and blue light and reflects green light."]
    assert any(isinstance(event, Stage) for event in events)


def test_a_hint_of_a_larger_model_passes_the_same_guard(house, course, ada):
    import dataclasses

    drafts = iter(["Add 8, then divide: x = 7.", "Which operation takes the 8 away?"])
    large = ScriptedEngine(lambda _request: next(drafts), context_tokens=8192)
    turns = dataclasses.replace(house.turns, engine=large)
    *_, finished = turns.ask(ada, course.id, EQUATION)
    assert finished.turn.answer == "Which operation takes the 8 away?"
    assert "never give it" in large.requests[0].messages[0].content


def test_a_retried_hint_climbs_no_rung_and_the_same_exercise_pasted_again_goes_on(talk):
    talk(EQUATION)
    second = talk("help")
    again = talk("help", replaces=second.id)
    assert again.guidance.rung == second.guidance.rung == 2
    assert ladder(talk("please solve 5x-8 = 27 now")) == (Move.HINT, 3, 4)


@pytest.mark.parametrize(("level", "top"), [(HelpLevel.LOW, 2), (HelpLevel.MODERATE, 4), (HelpLevel.HIGH, 5)])
def test_the_instructor_sets_how_far_hints_go(house, course, instructor, talk, level, top):
    house.courses.set_help(instructor, course.id, level)
    turns = [talk(EQUATION), *(talk("just tell me the answer") for _ in range(5))]
    assert max(turn.guidance.rung for turn in turns) == top
    assert any("x = 7" in turn.answer for turn in turns) == (level is HelpLevel.HIGH)


def test_a_learner_cannot_set_the_help_level(house, course, ada):
    with pytest.raises(NotAllowed):
        house.courses.set_help(ada, course.id, HelpLevel.HIGH)


def test_an_exercise_about_something_else_is_not_in_the_course(talk):
    turn = talk("Homework: describe the battle of Waterloo")
    assert turn.guidance.move == Move.NOT_COVERED and turn.guidance.exercise == ""


def test_a_task_in_words_is_hinted_at_from_the_passage(talk):
    first = talk("Homework: what does the Calvin cycle build in the stroma?")
    assert ladder(first) == (Move.HINT, 1, 4) and first.citations
    step = [talk("help") for _ in range(3)][-1]
    assert "_____" in step.answer and "[1]" in step.answer


def test_the_taps_speak_of_what_was_talked_about(talk):
    talk("Why do leaves look green?")
    summary = talk("Summarise this")
    assert summary.guidance.move == Move.SUMMARISE and "[1]" in summary.answer and summary.citations
    assert all(c.quote in summary.answer for c in summary.citations)
    assert talk("Easier, please").guidance.move == Move.EASIER


def test_the_taps_about_an_equation_give_one_like_it(talk):
    talk(EQUATION)
    example = talk("Give me an example")
    assert "A similar exercise" in example.answer and "x = 7" not in example.answer
    easier = talk("Easier, please")
    assert easier.guidance.exercise.startswith("Solve x + ")


@pytest.mark.parametrize("asked", [("Why do leaves look green?", EQUATION), (EQUATION, "Why do leaves look green?")])
def test_before_or_beside_an_exercise_that_the_course_does_not_treat_what_it_did_answer_is_summarised(talk, asked):
    for text in (*asked, "x = 7"):
        talk(text)
    summary = talk("总结一下")
    assert summary.guidance.move == Move.SUMMARISE and "Chlorophyll absorbs" in summary.answer


def test_a_summary_of_nothing_asks_what_to_summarise(talk):
    talk(EQUATION)
    talk("x = 7")
    assert talk("总结一下").guidance.move == Move.SUMMARISE


def test_a_plea_with_nothing_before_it_is_told_what_can_be_asked(talk):
    assert talk("I don't know").guidance.move == Move.INVITE


def quizzed(house, course, instructor):
    """A course that can be asked about: one gap, and nothing else."""
    house.shelf.add(
        instructor,
        course.id,
        "loops.md",
        b"# Loops\n\nA loop is a code block that runs a set of statements while a given condition holds.\n\n"
        b"Readers know well that a loop needs a condition in order to stop after some time.\n",
    )


def test_a_question_asked_on_a_tap_is_answered_in_the_next_message_and_graded_once(
    house, course, instructor, talk, ada
):
    quizzed(house, course, instructor)
    asked = talk("Quiz me on loops")
    assert asked.guidance.move == Move.QUIZ and asked.guidance.posed and "loop" not in asked.answer.split("**")[1][:1]
    row = house.practice.question(ada, asked.guidance.posed)
    assert talk("I don't know").guidance.posed == row.posed.id
    right = talk(row.item.keys[0])
    assert right.guidance.move == Move.CONFIRM and right.guidance.posed == ""
    talk(row.item.keys[0], replaces=right.id)
    after = house.practice.question(ada, row.posed.id)
    assert len(after.given) == 1 and after.given[0].aided
    assert talk("Why do leaves look green?").guidance.move == Move.ANSWER


def test_a_definition_asked_instead_of_an_answer_is_given_and_nothing_is_graded(house, course, instructor, talk, ada):
    quizzed(house, course, instructor)
    asked = talk("Quiz me on loops")
    aside = talk("What is chlorophyll?")
    assert aside.guidance.move == Move.DEFINE and aside.guidance.posed == asked.guidance.posed
    assert house.practice.question(ada, asked.guidance.posed).given == ()


EXERCISES = b"""# Volcanoes

## 1. Why lava flows

Thin lava flows far because it holds little silica, which would bind its grains.

## 2. Exercises

1. Explain in one sentence why thin lava flows far.
2. Explain in one sentence why ash falls near a crater.
"""


@pytest.fixture
def with_exercises(house, course, instructor, talk):
    """A conversation in a course whose own section of exercises holds the one that is asked about."""
    house.shelf.add(instructor, course.id, "lava.md", EXERCISES)
    return talk


TASK = "Homework: explain in one sentence why thin lava flows far."


def test_a_hint_at_an_exercise_of_the_course_points_to_where_it_is_taught_and_not_to_the_exercise(with_exercises):
    first, *_, step = [with_exercises(text) for text in (TASK, "help", "help", "help")]
    assert "Volcanoes" in first.answer and "Exercises" not in first.answer
    assert "Thin lava flows far because it holds" in step.answer and "_____" in step.answer


def test_neither_easier_nor_a_summary_says_the_sentence_that_a_task_in_words_looks_for(with_exercises):
    with_exercises(TASK)
    easier = with_exercises("Easier, please")
    assert ladder(easier) == (Move.HINT, 2, 4)
    answers = [easier.answer, with_exercises("Summarise this").answer, with_exercises("Give me an example").answer]
    assert not any("little silica" in answer for answer in answers)


def test_harder_beside_a_task_in_words_asks_a_question_of_the_course(with_exercises, house, course, instructor):
    quizzed(house, course, instructor)
    with_exercises(TASK)
    harder = with_exercises("Something harder, please")
    assert harder.guidance.move == Move.HARDER and harder.guidance.posed


def test_an_example_for_a_task_in_words_is_no_sum(with_exercises):
    with_exercises(TASK)
    assert not any(c.isdigit() for c in with_exercises("Give me an example").answer.replace("[1]", ""))


def posed(house, course, instructor, kind):
    """A question of that kind, and no other, in front of everything that the course holds."""
    asked = {
        Kind.TRUE_FALSE: ("True or false: a loop repeats.", ["true"], []),
        Kind.NUMBER: ("How many bits has a byte?", ["8"], []),
        Kind.CHOICE: ("Which one repeats?", ["loop"], ["loop", "module", "string"]),
    }[kind]
    one = house.questions.write(instructor, course.id, kind, *asked)
    house.questions.set_state(instructor, one.id, ItemState.PINNED)


@pytest.mark.parametrize("kind", [Kind.TRUE_FALSE, Kind.NUMBER, Kind.CHOICE])
@pytest.mark.parametrize("said", ["I have a cat", "blue", EQUATION, "Solve 3(x + 2) = 21"])
def test_what_is_no_answer_to_a_posed_question_is_not_graded_and_leaves_it_open(
    house, course, instructor, talk, ada, kind, said
):
    posed(house, course, instructor, kind)
    asked = talk("Quiz me")
    aside = talk(said)
    assert aside.guidance.posed == asked.guidance.posed
    row = house.practice.question(ada, asked.guidance.posed)
    assert row.given == () and not house.gradebook.entries(instructor, course.id)
    assert talk(row.item.keys[0]).guidance.move == Move.CONFIRM


def test_an_exercise_sent_while_a_question_is_posed_is_hinted_at(house, course, instructor, talk):
    posed(house, course, instructor, Kind.NUMBER)
    talk("Quiz me")
    assert talk(EQUATION).guidance.move == Move.HINT


def test_a_tap_with_nothing_before_it_does_not_say_that_the_course_lacks_something(talk):
    for said in ("I don't know. Give me a hint", "Summarise this", "Give me an example"):
        turn = talk(said)
        assert (turn.guidance.move, chat_view.badge(turn, "en")) == (turn.guidance.move, "")
    assert "not_covered" in chat_view.badge(talk("Who won the football world cup?"), "en")


DEFINED = b"# Light\n\nPhotolysis is the splitting of water by light energy. Chlorophyll catches the light for it.\n"


def test_a_small_model_is_not_asked_for_a_definition_that_the_course_gives(house, course, instructor, talk, engine):
    house.shelf.add(instructor, course.id, "light.md", DEFINED)
    turn = talk("What is photolysis?")
    assert turn.answer == "Photolysis is the splitting of water by light energy. [1]"
    assert turn.citations[0].quote == "Photolysis is the splitting of water by light energy."
    assert turn.guidance.move == Move.DEFINE and not engine.requests and turn.prompt_sha256
    assert talk("What is photolysis?", replaces=turn.id).model  # a retry asks the model


def test_a_definition_that_would_give_the_exercise_away_is_not_read_out(house, course, instructor, talk):
    house.shelf.add(
        instructor, course.id, "x.md", b"# Sums\n\nThe sum is the number 7, if x solves 5x - 8 = 27 here.\n"
    )
    talk(EQUATION)
    assert "7" not in talk("What is the sum?").answer.replace("27", "")


@pytest.mark.parametrize(
    "draft",
    ["Is it 7? Yes.", "Don't say 7, but it is.", "Check: 5·7 - 8 = 27.", "答案是7", "Leaves have seven colours."],
)
def test_beside_an_open_exercise_no_draft_mentions_its_number(talk, engine: ScriptedEngine, draft):
    talk(EQUATION)
    engine._answer = lambda _request: draft
    assert "giving your exercise away" in talk("Why do leaves look green?").answer


def test_a_mark_of_a_source_gives_no_exercise_away(talk, engine: ScriptedEngine):
    talk("Solve 5x - 8 = -3")
    engine._answer = lambda _request: "Leaves look green: chlorophyll reflects green light [1]."
    assert "chlorophyll reflects" in talk("Why do leaves look green?").answer


def test_a_definition_asked_for_by_a_command_is_one_beside_an_exercise_and_beside_a_question(
    house, course, instructor, talk
):
    house.shelf.add(instructor, course.id, "light.md", DEFINED)
    posed(house, course, instructor, Kind.NUMBER)
    talk(EQUATION)
    assert talk("Define photolysis").guidance.move == Move.DEFINE
    asked = talk("Quiz me")
    aside = talk("Define photolysis")
    assert (aside.guidance.move, aside.guidance.posed) == (Move.DEFINE, asked.guidance.posed)


def test_a_reason_in_chinese_is_one(talk):
    for said in ("解方程 5x-8=27", "x=1", "x=2", "x=7"):
        last = talk(said)
    assert last.guidance.move == Move.ASK_REASON
    assert talk("两边加8得5x=35，再除以5，所以x=7").guidance.move == Move.CONFIRM


def test_the_key_of_a_statement_is_told_in_the_language_of_the_statement(house, course, instructor, talk):
    one = house.questions.write(instructor, course.id, Kind.TRUE_FALSE, "判断对错：“循环”会重复。", ["true"])
    house.questions.set_state(instructor, one.id, ItemState.PINNED)
    talk("考考我")
    assert "答案是：对。" in talk("错").answer


def test_that_an_exercise_is_not_in_the_course_is_said_once(talk):
    hints = [talk("Homework: 3x + 5 = 26, solve for x"), talk("help"), talk("help")]
    if hints[0].covered is False:
        assert "not_covered" in chat_view.badge(hints[0], "en")
    assert not any(chat_view.badge(turn, "en") for turn in hints[1:])
