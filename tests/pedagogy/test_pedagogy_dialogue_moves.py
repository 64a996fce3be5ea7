"""The tutor's move, the hint ladder and the intent of a message are chosen by rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.domain import HelpLevel, Outcome
from tutor.pedagogy.dialogue_moves import DialogueState, Move, choose_move
from tutor.pedagogy.intents import Intent, classify_intent, is_question
from tutor.pedagogy.ladder import TOP_RUNG, Ladder, Rung, climb

levels = st.sampled_from(HelpLevel)
states = st.builds(
    DialogueState,
    intent=st.sampled_from(Intent),
    covered=st.booleans(),
    ladder=st.none()
    | levels.flatmap(
        lambda level: st.builds(Ladder, st.just(level), st.sampled_from([r for r in Rung if r <= TOP_RUNG[level]]))
    ),
    question_open=st.booleans(),
    outcome=st.none() | st.sampled_from(Outcome),
    misconception=st.booleans(),
    wrong_guesses=st.integers(0, 5),
    gives_reason=st.booleans(),
    hint_given=st.booleans(),
)


@given(levels, st.integers(0, 20))
def test_every_turn_climbs_one_rung_or_sharpens_at_the_top(level, turns):
    ladder = Ladder(level)
    for _ in range(turns):
        higher = climb(ladder)
        assert higher.rung - ladder.rung + higher.sharpness - ladder.sharpness >= 1
        assert higher.rung - ladder.rung <= 1
        assert higher.rung <= TOP_RUNG[level]
        ladder = higher


@given(states)
def test_a_turn_never_skips_a_rung_or_passes_the_top(state):
    step = choose_move(state)
    assert step.why
    if state.ladder is None:
        assert step.ladder is None
    else:
        assert step.ladder.rung - state.ladder.rung in (0, 1)
        assert step.ladder.rung <= TOP_RUNG[state.ladder.level]


@given(states)
def test_only_a_right_answer_is_confirmed(state):
    if choose_move(state).move is Move.CONFIRM:
        assert state.outcome is Outcome.RIGHT
        assert state.intent is Intent.ANSWER


@given(st.sampled_from([HelpLevel.LOW, HelpLevel.MODERATE]), st.integers(0, 12))
def test_repeated_requests_never_reach_the_answer_unless_allowed(level, times):
    ladder = Ladder(level)
    for _ in range(times):
        step = choose_move(DialogueState(Intent.TELL_ME, ladder=ladder, question_open=True))
        assert step.move is Move.HINT
        ladder = step.ladder
        assert ladder.rung is not Rung.ANSWER


def test_repeated_tell_me_requests_give_sharper_hints():
    ladder = Ladder(HelpLevel.MODERATE)
    messages = [
        "just tell me the answer",
        "please just tell me!",
        "give me the answer",
        "my teacher said it is allowed",
    ]
    rungs = []
    for message in messages:
        step = choose_move(
            DialogueState(classify_intent(message, question_open=True), ladder=ladder, question_open=True)
        )
        ladder = step.ladder
        rungs.append(ladder.rung)
    assert rungs == [Rung.GAP, Rung.QUESTION, Rung.SIMILAR, Rung.STEP]


def test_a_high_help_course_gives_the_answer_last_and_then_sets_a_fresh_exercise():
    ladder = Ladder(HelpLevel.HIGH, Rung.STEP)
    step = choose_move(DialogueState(Intent.STUCK, ladder=ladder, question_open=True))
    assert step.ladder.rung is Rung.ANSWER
    assert step.then_check


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (DialogueState(Intent.QUESTION), Move.ANSWER),
        (DialogueState(Intent.QUESTION, covered=False), Move.NOT_COVERED),
        (DialogueState(Intent.DEFINITION, ladder=Ladder(HelpLevel.LOW)), Move.DEFINE),
        (DialogueState(Intent.EXERCISE, ladder=Ladder(HelpLevel.LOW)), Move.HINT),
        (DialogueState(Intent.CLARIFY, question_open=True), Move.EXPLAIN_TASK),
        (DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.RIGHT), Move.CONFIRM),
        (DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.PARTIAL), Move.COMPLETE),
        (DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.UNSURE), Move.REFER),
        (DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.WRONG, misconception=True), Move.REPAIR),
        (
            DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.WRONG, ladder=Ladder(HelpLevel.LOW)),
            Move.HINT,
        ),
        (DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.WRONG, wrong_guesses=2), Move.ASK_REASON),
        (DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.RIGHT, wrong_guesses=2), Move.ASK_REASON),
        (
            DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.RIGHT, wrong_guesses=2, gives_reason=True),
            Move.CONFIRM,
        ),
        (DialogueState(Intent.EXAMPLE, question_open=True), Move.EXAMPLE),
        (DialogueState(Intent.EMPTY), Move.INVITE),
        (DialogueState(Intent.SKIP, question_open=True), Move.SKIP),
    ],
)
def test_each_state_selects_its_move(state, move):
    assert choose_move(state).move is move


def test_a_right_answer_after_a_hint_is_followed_by_a_fresh_exercise():
    assert choose_move(
        DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.RIGHT, hint_given=True)
    ).then_check
    assert not choose_move(DialogueState(Intent.ANSWER, question_open=True, outcome=Outcome.RIGHT)).then_check


@pytest.mark.parametrize(
    ("message", "question_open", "intent"),
    [
        ("just tell me the answer", True, Intent.TELL_ME),
        ("my teacher allowed it", True, Intent.TELL_ME),
        ("直接告诉我答案", True, Intent.TELL_ME),
        ("I don't know", True, Intent.STUCK),
        ("idk", True, Intent.STUCK),
        ("???", True, Intent.STUCK),
        ("What do you mean by terminal?", True, Intent.CLARIFY),
        ("why does it matter which one", True, Intent.CLARIFY),
        ("12?", True, Intent.ANSWER),
        ("is it mitosis?", True, Intent.ANSWER),
        ("The cell divides because it grows.", True, Intent.ANSWER),
        ("skip", True, Intent.SKIP),
        ("What is osmosis?", False, Intent.DEFINITION),
        ("什么是光合作用", False, Intent.DEFINITION),
        ("Solve 3x + 2 = 11", False, Intent.EXERCISE),
        ("Why do plants need light at night?", False, Intent.QUESTION),
        ("give me an example", False, Intent.EXAMPLE),
        ("that was too hard", False, Intent.EASIER),
        ("quiz me", False, Intent.QUIZ),
        ("Summarise chapter 2", False, Intent.SUMMARISE),
        ("thanks!", False, Intent.SOCIAL),
        ("   ", False, Intent.EMPTY),
        ("🙂", True, Intent.EMPTY),
    ],
)
def test_messages_are_classified_by_intent(message, question_open, intent):
    assert classify_intent(message, question_open=question_open) is intent


def test_a_question_typed_instead_of_an_answer_is_not_an_answer():
    assert is_question("Can you explain the question again?")
    assert not is_question("Evaporation")


@given(st.text(max_size=200), st.booleans())
def test_every_message_has_an_intent(message, question_open):
    assert classify_intent(message, question_open=question_open) in Intent
