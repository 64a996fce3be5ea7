"""What must not be shown is held back while the model writes; ordinary sentences are shown as soon as they end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tutor.chat.held_stream import HeldStream
from tutor.courses.message_alerts import MessageAlerts
from tutor.domain import Finished, Queued, Started, Token, TurnStatus
from tutor.engine.base import AdapterRef
from tutor.errors import InputRefused
from tutor.locales import t
from tutor.pedagogy.concerns import Concern, ConcernKind

WRITTEN = "Tell me how the colour of leaves and of light are connected in summer"  # the model writes the answer
HARM, MORE = "Take the dagger and cut.", "Leaves look green to us."
SURE = Concern(ConcernKind.SELF_HARM, 0.9)


@pytest.fixture
def harmful(services, monkeypatch):
    """Take each sentence with a dagger for a harmful one, though the embedder of tests is another."""
    monkeypatch.setattr(MessageAlerts, "can_find", True)
    monkeypatch.setattr(MessageAlerts, "find", lambda _, text: SURE if "dagger" in text else None)


def streamed(events) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


def words(text: str, *before: Queued):
    yield from before
    yield from (Token(piece) for piece in text.replace(" ", " |").split("|"))


@pytest.fixture
def adapted(services):
    """The chat as a learner has it whose adapter answers: its sentences need not be the course's."""
    generator = replace(
        services.chat.generator,
        find_active_adapter=lambda *_: AdapterRef("quiet-heron-v1", Path("x"), "0" * 64, "0" * 64),
    )
    return replace(services.chat, generator=generator)


def test_ordinary_sentences_are_shown_when_they_end_and_nothing_is_lost():
    seen: list[str] = []
    held = HeldStream(lambda sentence: bool(seen.append(sentence)))
    said = "Leaves are green. 叶子是绿的。它吸收光。 They make sugar"
    shown = [event.text for event in held.stream(words(said)) if isinstance(event, Token)]
    assert "".join(shown) == said and held.held == ""
    assert seen == ["Leaves are green.", "叶子是绿的。", "它吸收光。", "They make sugar"]
    assert shown.index("Leaves ") < 5, "the first sentence is shown when the next one begins"


def test_a_sentence_that_was_checked_already_is_shown_before_the_next_one_is_written():
    def checked():
        yield from (Token("Leaves are "), Token("green."), Token(""), Token(" They grow."))

    shown = [event.text for event in HeldStream(lambda _: False).stream(checked()) if isinstance(event, Token)]
    assert shown == ["", "", "Leaves are ", "green.", "", " They grow."]


def test_a_sentence_to_be_held_and_all_after_it_is_not_shown_but_kept():
    held = HeldStream(lambda sentence: "dagger" in sentence)
    shown = streamed(held.stream(words(f"Leaves are green. {HARM} {MORE}")))
    assert "dagger" not in shown and "Take" not in shown and shown.startswith("Leaves are green.")
    assert shown + held.held == f"Leaves are green. {HARM} {MORE}"


def test_the_place_in_the_queue_is_passed_on_and_without_a_filter_nothing_waits():
    assert [*HeldStream(None).stream(words("a", Queued(1)))] == [Queued(1), Token("a")]
    events = [*HeldStream(lambda _: False).stream(words("a", Queued(1)))]
    assert events == [Queued(1), Token(""), Token("a")]


def test_a_text_without_the_end_of_a_sentence_is_shown_in_parts():
    held = HeldStream(lambda _: False)
    shown = [event.text for event in held.stream(words("x = y " * 200)) if isinstance(event, Token)]
    first = next(at for at, piece in enumerate(shown) if piece)
    assert first < 250 and "".join(shown) == "x = y " * 200


def test_harm_that_a_model_writes_is_never_streamed_nor_stored(services, adapted, course, ada, engine, harmful):
    engine._answer = lambda _request: f"Leaves and light. {HARM} {MORE}"
    events = [*adapted.ask(ada, course.id, WRITTEN)]
    assert engine.requests and "dagger" not in streamed(events)
    assert isinstance(events[-1], Finished) and events[-1].turn.answer == t("en", "answer_withheld")


def test_harm_is_not_stored_either_when_the_learner_stops_the_answer(services, adapted, course, ada, engine, harmful):
    engine._answer = lambda _request: f"{HARM} " + f"{MORE} " * 30
    events = adapted.ask(ada, course.id, WRITTEN)
    started = next(events)
    assert isinstance(started, Started)
    for _ in range(20):
        next(events)
    events.close()
    turn = services.conversations.get_turn(ada, started.turn.conversation_id, started.turn.id)
    assert turn.status is TurnStatus.STOPPED and "dagger" not in turn.answer


def test_a_topic_that_the_course_keeps_out_is_not_streamed_and_the_rule_is_named(
    services, adapted, course, instructor, ada, engine
):
    services.supervision.set_blocked_topics(instructor, course.id, ["stomata"])
    engine._answer = lambda _request: "Light is absorbed by leaves. Stomata let the gas in."
    events = [*adapted.ask(ada, course.id, WRITTEN)]
    assert engine.requests and "omata let" not in streamed(events)
    assert isinstance(events[-1], Finished)
    turn = events[-1].turn
    assert "not to talk about “stomata”" in turn.answer and [rule.kind for rule in turn.rules] == ["topic"]


def test_what_the_course_says_about_a_blocked_topic_is_not_quoted(services, course, instructor, ada, ask):
    services.supervision.set_blocked_topics(instructor, course.id, ["stroma"])
    turn = ask(ada, "What builds sugar from carbon dioxide?")
    assert "stroma" not in turn.answer.replace("“stroma”", "")


def test_the_comparison_of_two_answers_is_filtered_and_refused_while_the_chat_is_paused(
    services, course, instructor, ada
):
    services.supervision.pause(instructor, course.id, ada.id)
    with pytest.raises(InputRefused):
        services.chat.preview_prompt(ada, course.id, "Why do leaves look green?")
    services.supervision.resume(instructor, course.id, ada.id)
    services.supervision.set_blocked_topics(instructor, course.id, ["leaves"])
    with pytest.raises(InputRefused):
        services.chat.preview_prompt(ada, course.id, "Why do leaves look green?")
    assert services.side_by_side.must_hold(course.id)("Leaves are green.")
