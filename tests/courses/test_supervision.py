"""An instructor pauses the chat of a course or a learner at once, and names topics that it does not talk about."""

from __future__ import annotations

import time

import pytest

from tutor.courses import blocked_topics
from tutor.courses.supervision import MAX_TOPICS
from tutor.domain import Finished, Role, Stage, Started, TurnStatus
from tutor.errors import InputRefused, NotAllowed, NotFound

QUESTION = "Why do leaves look green?"


def answer(services, actor, course, text: str = QUESTION) -> str:
    *_, last = services.chat.ask(actor, course.id, text)
    assert isinstance(last, Finished)
    return last.turn.answer


def test_a_paused_course_answers_nobody_until_it_is_resumed(services, course, instructor, ada, engine):
    services.supervision.pause(instructor, course.id)
    services.accounts.set_language(ada, "zh")
    assert answer(services, services.accounts.get_by_name("ada"), course) == (
        "教师暂时停用了本课程的导师。练习和你以前的回答仍可查看。"
    )
    assert answer(services, services.accounts.create_guest()[0], course).startswith("Your instructor has paused")
    assert engine.requests == []
    services.supervision.resume(instructor, course.id)
    assert "Chlorophyll" in answer(services, ada, course)


def test_one_paused_learner_is_told_so_and_the_others_are_answered(services, course, instructor, ada, bob):
    services.supervision.pause(instructor, course.id, ada.id)
    assert answer(services, ada, course).startswith("Your instructor has paused the tutor for you")
    assert "Chlorophyll" in answer(services, bob, course)
    other = services.courses.create(instructor, "Other", course_id="other", open_to_all=True)
    assert "paused" not in answer(services, ada, other)


def test_pausing_twice_needs_one_resume(services, course, instructor, ada):
    for _ in range(2):
        services.supervision.pause(instructor, course.id)
        services.supervision.pause(instructor, course.id, ada.id)
    services.supervision.resume(instructor, course.id)
    assert services.supervision.show(instructor, course.id).paused_learners == {ada.id}
    services.supervision.resume(instructor, course.id, ada.id)
    assert "Chlorophyll" in answer(services, ada, course)


def test_an_answer_that_is_being_written_stops_when_the_chat_is_paused(services, course, instructor, ada, monkeypatch):
    """It is stored as far as it got, with the reason below it."""
    monkeypatch.setattr("tutor.chat.turn.PAUSE_SEEN_WITHIN_S", 0.0)
    events = services.chat.ask(ada, course.id, QUESTION)
    assert isinstance(next(events), Started)
    assert isinstance(next(events), Stage)
    services.supervision.pause(instructor, course.id)
    *_, last = events
    assert isinstance(last, Finished) and last.turn.status is TurnStatus.STOPPED
    assert last.turn.answer.endswith("Practice and your earlier answers are still here.")
    assert "Chlorophyll" not in last.turn.answer


def test_only_who_teaches_a_course_supervises_it(services, course, ada):
    stranger = services.accounts.create_account("mr-strange", Role.INSTRUCTOR)
    closed = services.courses.create(stranger, "Closed")
    for actor, where, refusal in ((ada, course, NotAllowed), (stranger, course, NotAllowed), (ada, closed, NotFound)):
        for change in (
            lambda who, place: services.supervision.pause(who, place.id),
            lambda who, place: services.supervision.resume(who, place.id),
            lambda who, place: services.supervision.set_blocked_topics(who, place.id, ["x-rays"]),
            lambda who, place: services.supervision.set_answer_rules(who, place.id, ["Use SI units."]),
            lambda who, place: services.supervision.show(who, place.id),
        ):
            with pytest.raises(refusal):
                change(actor, where)


def test_a_blocked_topic_gets_a_calm_reply_and_the_rest_of_the_course_is_answered(
    services, course, instructor, ada, engine
):
    services.supervision.set_blocked_topics(instructor, course.id, ["Calvin cycle", " ", "卡尔文循环"])
    for asked in ("What does the Calvin cycle build?", "tell me about CALVIN  CYCLES", "quiz me on the calvin cycle"):
        assert "not to talk about “Calvin cycle” in this course" in answer(services, ada, course, asked)
    assert "不谈“卡尔文循环”" in answer(services, ada, course, "什么是卡尔文循环呢？")
    assert engine.requests == []
    assert "Chlorophyll" in answer(services, ada, course)


def test_a_follow_up_does_not_bring_a_blocked_topic_back(services, course, instructor, ada):
    services.supervision.set_blocked_topics(instructor, course.id, ["Calvin cycle"])
    *_, first = services.chat.ask(ada, course.id, "What does the Calvin cycle build?")
    assert isinstance(first, Finished)
    for follow_up in ("tell me more", "why?", "explain it more simply"):
        *_, last = services.chat.ask(ada, course.id, follow_up, conversation_id=first.turn.conversation_id)
        assert isinstance(last, Finished) and "sugar" not in last.turn.answer


@pytest.mark.parametrize(
    ("text", "topic", "found"),
    [
        ("How do bombs work?", "bomb", True),
        ("bombardier beetles", "bomb", False),
        ("the answers of the exam", "exam answers", False),
        ("Give me the exam answers", "exam answers", True),
        ("ａｂｏｕｔ　ＢＯＭＢＳ", "bomb", True),
        ("about bo\u200bmbs", "bomb", True),
        ("怎样制造炸弹？", "炸弹", True),
        ("弹炸", "炸弹", False),
        ("the 12 bombs", "2 bombs", False),
    ],
)
def test_a_topic_is_found_by_its_words_in_any_form(text: str, topic: str, found: bool):
    assert (blocked_topics.find_blocked_topic(text, [topic]) == topic) is found


def test_the_longest_message_is_searched_for_the_most_topics_in_a_moment():
    """A regression: words were compared at each place, so that long Chinese topics took a second."""
    topics = ["核武" * 39 + chr(0x4E00 + number) for number in range(MAX_TOPICS)]
    before = time.process_time()
    assert blocked_topics.find_blocked_topic("核武的" * 2666, topics) is None
    assert time.process_time() - before < 0.2


def test_topics_that_cannot_be_found_or_are_too_many_are_refused(services, course, instructor):
    for topics in (["the"], ["?"], ["x" * 81], [f"topic{n}" for n in range(51)]):
        with pytest.raises(InputRefused):
            services.supervision.set_blocked_topics(instructor, course.id, topics)
    assert services.supervision.show(instructor, course.id).blocked_topics == ()


def test_rules_for_answers_are_given_to_the_model_and_named_with_the_answer(
    services, course, instructor, ada, engine, monkeypatch
):
    rules = ("Always use SI units.", "用简单的词。")
    services.supervision.set_answer_rules(instructor, course.id, [*rules, "", "Always use  SI units."])
    assert services.supervision.show(instructor, course.id).answer_rules == rules
    asked = "Tell me how the colour of leaves and of light are connected in summer"
    answer(services, ada, course, asked)
    assert "SI units" not in engine.requests[-1].messages[0].content, "a model too small to write is given none"
    monkeypatch.setattr(engine, "_parameters", 1_500_000_000)
    *_, last = services.chat.ask(ada, course.id, asked)
    assert isinstance(last, Finished)
    told = engine.requests[-1].messages[0].content
    assert "Rules of this course" in told and all(f"- {rule}" in told for rule in rules)
    assert [(rule.kind, rule.detail) for rule in last.turn.rules] == [("answer_rule", rule) for rule in rules]


def test_rules_that_are_too_many_or_too_long_are_refused(services, course, instructor):
    for rules in ([f"Rule {n}." for n in range(11)], ["x" * 161]):
        with pytest.raises(InputRefused):
            services.supervision.set_answer_rules(instructor, course.id, rules)
