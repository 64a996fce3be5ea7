"""Turns about a learner's own exercise: hints climb one rung a turn, and neither a reply nor a draft gives it away."""

from __future__ import annotations

import pytest
from chat_variants import with_engine

from tutor.chat import extracts
from tutor.domain import HelpLevel, Stage, Token, TurnStatus
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import NotAllowed
from tutor.pedagogy.dialogue_moves import Move
from tutor.ui import chat_view

EQUATION = "Solve 5x - 8 = 27"


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


def test_another_equation_with_the_same_solution_starts_a_new_exercise(say):
    say(EQUATION)
    assert say("just tell me the answer").guidance.rung == 2
    other = say("Now solve 4x + 1 = 29")
    assert "4x + 1 = 29" in other.guidance.exercise and ladder_state(other) == (Move.HINT, 1, 4)
    again = say("Solve 5x = 35")  # a line of the working of the first
    assert again.guidance.rung == 3  # goes on where its help was left


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


def test_quick_actions_on_an_equation_give_a_similar_one(say):
    say(EQUATION)
    example = say("Give me an example")
    assert "A similar exercise" in example.answer and "x = 7" not in example.answer
    easier = say("Easier, please")
    assert easier.guidance.exercise.startswith("Solve x + ")


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


def test_an_example_for_a_word_problem_is_not_arithmetic(say_in_exercise_course):
    say_in_exercise_course(TASK)
    assert not any(c.isdigit() for c in say_in_exercise_course("Give me an example").answer.replace("[1]", ""))


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


def test_a_chinese_reason_is_recognised(say):
    for message in ("解方程 5x-8=27", "x=1", "x=2", "x=7"):
        last = say(message)
    assert last.guidance.move == Move.ASK_REASON
    assert say("两边加8得5x=35，再除以5，所以x=7").guidance.move == Move.CONFIRM


def test_an_uncovered_exercise_is_reported_once(say):
    hints = [say("Homework: 3x + 5 = 26, solve for x"), say("help"), say("help")]
    if hints[0].covered is False:
        assert "not_covered" in chat_view.format_badge(hints[0], "en")
    assert not any(chat_view.format_badge(turn, "en") for turn in hints[1:])
