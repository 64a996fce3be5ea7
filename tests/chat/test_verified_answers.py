"""A better answer works in the next turn: for its learner at once, for the course once a teacher accepted it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.chat.question_matching import same_question
from tutor.domain import Verified, Voice
from tutor.engine.scripted import ScriptedEngine
from tutor.ui import chat_view

GREEN = "Why do leaves look green?"
BETTER = "Chlorophyll reflects green light, so leaves look green to us."
GROUPS = Path(__file__).resolve().parents[2] / "bench" / "same_questions.tsv"


def test_her_own_better_answer_is_given_to_her_at_once_with_its_source_and_to_nobody_else(house, ask, ada, bob):
    correction = house.feedback.correct(ada, ask(ada, GREEN).id, BETTER, consent=False)
    hers, his = ask(ada, "Why are leaves green?"), ask(bob, GREEN)
    assert hers.verified == Verified(correction.id, Voice.LEARNER, whole=True)
    assert hers.answer.startswith("Chlorophyll reflects green light")
    assert [citation.document for citation in hers.citations] == ["Plants"]
    assert hers.model is None and his.verified is None and his.model == "scripted"


def test_what_a_teacher_accepted_is_given_to_everybody_and_before_her_own(house, ask, ada, bob, instructor):
    correction = house.feedback.correct(ada, ask(ada, GREEN).id, BETTER, consent=True)
    house.reviews.decide(instructor, correction.id, accept=True)
    house.feedback.correct(bob, ask(bob, "Why look leaves green at all?").id, "They just do.", consent=False)
    assert ask(bob, GREEN).verified == Verified(correction.id, Voice.TEACHER, whole=True)


@pytest.mark.parametrize("what", ["withdrawn", "declined", "undone"])
def test_what_stands_no_more_is_not_given_any_more(house, ask, ada, bob, instructor, what):
    correction = house.feedback.correct(ada, ask(ada, GREEN).id, BETTER, consent=True)
    house.reviews.decide(instructor, correction.id, accept=True)
    assert ask(bob, GREEN).verified
    match what:
        case "withdrawn":
            house.feedback.withdraw(ada, correction.id)
        case "declined":
            house.reviews.decide(instructor, correction.id, accept=False)
        case "undone":
            house.reviews.undo(instructor, correction.id)
    assert ask(bob, GREEN).verified is None


def test_another_question_and_a_retry_are_answered_by_the_model(house, ask, ada):
    house.feedback.correct(ada, ask(ada, GREEN).id, BETTER, consent=False)
    assert ask(ada, "Why does chlorophyll absorb red and blue light?").verified is None
    told = ask(ada, GREEN)
    again = ask(ada, GREEN, conversation_id=told.conversation_id, replaces=told.id)
    assert told.verified and again.verified is None and again.model == "scripted"


def test_a_teacher_can_answer_what_the_course_does_not_cover(house, ask, ada, bob, instructor):
    question = "Who won the football world cup in Brazil?"
    turn = ask(ada, question)
    assert not turn.covered
    correction = house.feedback.correct(ada, turn.id, "Germany, in 2014.", consent=False)
    house.reviews.decide(instructor, correction.id, accept=True)
    answered = ask(bob, question)
    assert (answered.answer, answered.citations) == ("Germany, in 2014.", ())
    shown = chat_view.answered(answered, "en")["content"]
    assert "Checked by your teacher" in shown and "Not in your course material" in shown


def test_a_related_question_gives_a_larger_model_an_example(house, ask, ada, monkeypatch):
    house.feedback.correct(ada, ask(ada, GREEN).id, BETTER, consent=False)
    monkeypatch.setattr(house.engine, "_context", 8192)
    turn = ask(ada, "What makes leaves so green in summer?")
    engine = house.engine
    assert isinstance(engine, ScriptedEngine)
    said = [(message.role, message.content) for message in engine.requests[-1].messages]
    assert said[1:3] == [("user", GREEN), ("assistant", BETTER)]
    assert turn.verified and not turn.verified.whole and turn.model == "scripted"


def groups() -> list[list[str]]:
    return [line.split("\t") for line in GROUPS.read_text("utf-8").splitlines() if not line.startswith("#")]


def test_near_misses_are_never_taken_for_the_same_question():
    taken = [(row[1], other) for row in groups() for other in row[5:] if same_question(row[1], other)]
    assert taken == []


def test_most_paraphrases_are_recognised_also_those_written_after_the_rules():
    for kind, least in (("tuned", 0.7), ("held", 0.5)):
        pairs = [(row[1], other) for row in groups() if row[0] == kind for other in row[2:5]]
        assert sum(same_question(*pair) for pair in pairs) >= least * len(pairs)
