"""A correction answers the next turn: its learner at once, the course once an instructor has accepted it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.chat.answer_generation import AnswerGenerator
from tutor.chat.question_matching import is_same_question
from tutor.domain import Endorser, VerifiedAnswerRef
from tutor.engine.base import AdapterRef
from tutor.engine.scripted import ScriptedEngine
from tutor.store.turns import prompt_of
from tutor.ui import chat_view

GREEN = "Why do leaves look green?"
BETTER = "Chlorophyll reflects green light, so leaves look green to us."
OTHER = "Why does chlorophyll absorb red and blue light?"
GROUPS = Path(__file__).resolve().parents[2] / "bench" / "same_questions.tsv"


def test_a_learners_correction_is_given_to_them_at_once_and_to_nobody_else(services, ask, ada, bob):
    correction = services.feedback.submit_correction(ada, ask(ada, GREEN).id, BETTER, consent=False)
    adas_turn, bobs_turn = ask(ada, "Why are leaves green?"), ask(bob, GREEN)
    assert adas_turn.verified == VerifiedAnswerRef(correction.id, Endorser.LEARNER, whole=True)
    assert adas_turn.answer.startswith("Chlorophyll reflects green light")
    assert [citation.document for citation in adas_turn.citations] == ["Plants"]
    assert adas_turn.model is None and bobs_turn.verified is None and bobs_turn.model == "scripted"


def test_an_accepted_correction_is_given_to_everybody_and_takes_precedence(services, ask, ada, bob, instructor):
    correction = services.feedback.submit_correction(ada, ask(ada, GREEN).id, BETTER, consent=True)
    services.review_queue.decide(instructor, correction.id, accept=True)
    services.feedback.submit_correction(
        bob, ask(bob, "Why look leaves green at all?").id, "They just do.", consent=False
    )
    assert ask(bob, GREEN).verified == VerifiedAnswerRef(correction.id, Endorser.TEACHER, whole=True)


@pytest.mark.parametrize("change", ["withdrawn", "declined", "undone"])
def test_a_withdrawn_or_declined_correction_is_not_given(services, ask, ada, bob, instructor, change):
    correction = services.feedback.submit_correction(ada, ask(ada, GREEN).id, BETTER, consent=True)
    services.review_queue.decide(instructor, correction.id, accept=True)
    assert ask(bob, GREEN).verified
    match change:
        case "withdrawn":
            services.feedback.withdraw_correction(ada, correction.id)
        case "declined":
            services.review_queue.decide(instructor, correction.id, accept=False)
        case "undone":
            services.review_queue.undo_decision(instructor, correction.id)
    assert ask(bob, GREEN).verified is None


def test_different_questions_and_retries_go_to_the_model(services, ask, ada):
    services.feedback.submit_correction(ada, ask(ada, GREEN).id, BETTER, consent=False)
    assert ask(ada, "Why does chlorophyll absorb red and blue light?").verified is None
    first = ask(ada, GREEN)
    again = ask(ada, GREEN, conversation_id=first.conversation_id, replaces_turn_id=first.id)
    assert first.verified and again.verified is None and again.model == "scripted"


def test_an_accepted_correction_answers_an_uncovered_question(services, ask, ada, bob, instructor):
    question = "Who won the football world cup in Brazil?"
    turn = ask(ada, question)
    assert not turn.covered
    correction = services.feedback.submit_correction(ada, turn.id, "Germany, in 2014.", consent=False)
    services.review_queue.decide(instructor, correction.id, accept=True)
    answered = ask(bob, question)
    assert (answered.answer, answered.citations) == ("Germany, in 2014.", ())
    shown = chat_view.to_answer_message(answered, "en")["content"]
    assert "Checked by your instructor" in shown and "Not in your course material" in shown


def test_a_related_question_gives_a_larger_model_an_example(services, ask, ada, monkeypatch):
    services.feedback.submit_correction(ada, ask(ada, GREEN).id, BETTER, consent=False)
    monkeypatch.setattr(services.engine, "_parameters", 8_000_000_000)
    turn = ask(ada, "What makes leaves so green in summer?")
    engine = services.engine
    assert isinstance(engine, ScriptedEngine)
    prompt = [(message.role, message.content) for message in engine.requests[-1].messages]
    assert prompt[1:3] == [("user", GREEN), ("assistant", BETTER)]
    assert turn.verified and not turn.verified.whole and turn.model == "scripted"


def test_beside_an_adapter_the_model_is_shown_the_learners_nearest_better_answers(
    services, ask, ada, bob, instructor, monkeypatch
):
    services.feedback.submit_correction(ada, ask(ada, GREEN).id, BETTER, consent=True)
    services.feedback.submit_correction(ada, ask(ada, OTHER).id, "Two colours: red and blue.", consent=True)
    bobs = services.feedback.submit_correction(bob, ask(bob, "What is chlorophyll?").id, "A pigment.", consent=True)
    services.review_queue.decide(instructor, bobs.id, accept=True)
    monkeypatch.setattr(services.engine, "_parameters", 1_500_000_000)
    question = "What makes leaves so green in summer?"
    plain = ask(ada, question)
    assert plain.verified is None
    adapter = AdapterRef("ada-v1", Path(), "", services.engine.info().base_sha256)
    monkeypatch.setattr(AnswerGenerator, "_find_adapter", lambda self, turn, info: adapter)
    turn = ask(ada, question)
    shown = {m.content for m in services.engine.requests[-1].messages if m.role == "assistant"}
    assert shown == {BETTER, "Two colours: red and blue."}
    assert turn.verified and not turn.verified.whole and turn.model == "scripted"
    with services.database.read_connection() as connection:
        stored = prompt_of(connection, turn.id)
    assert [role for role, _ in stored] == ["system", "user"] and BETTER not in str(stored)


def groups() -> list[list[str]]:
    return [line.split("\t") for line in GROUPS.read_text("utf-8").splitlines() if not line.startswith("#")]


def test_near_misses_are_never_matched():
    matched = [(row[1], other) for row in groups() for other in row[5:] if is_same_question(row[1], other)]
    assert matched == []


def test_most_paraphrases_are_matched_including_held_out_ones():
    for kind, least in (("tuned", 0.7), ("held", 0.5)):
        pairs = [(row[1], other) for row in groups() if row[0] == kind for other in row[2:5]]
        assert sum(is_same_question(*pair) for pair in pairs) >= least * len(pairs)
