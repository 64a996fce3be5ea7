"""Messages that need a person get a calm reply, the instructor an alert; what a course teaches is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tutor.domain import Finished, Person, Role, Turn
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.locales import t
from tutor.pedagogy.concerns import HARMLESS, AlertLevel, Concern, ConcernKind, ConcernModel, load_concern_model
from tutor.store.audit import Act
from tutor.ui.alerts_panel import render_alerts

SURE, POSSIBLE = Concern(ConcernKind.SELF_HARM, 0.9), Concern(ConcernKind.VIOLENCE, 0.4)
CHEATING = Concern(ConcernKind.CHEATING, 0.9)
QUESTION = "Why do leaves look green?"


@pytest.fixture
def tell(services: Any, course: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Turn]:
    """Send a message that the model takes for a given concern; return the stored turn."""

    def send(actor: Person, text: str, concern: Concern | None) -> Turn:
        monkeypatch.setattr("tutor.courses.message_alerts.MessageAlerts.find", lambda *_: concern)
        *_, last = services.chat.ask(actor, course.id, text)
        assert isinstance(last, Finished)
        return last.turn

    return send


def alerts(services: Any, actor: Person, course: Any) -> list[tuple[str, str, str | None]]:
    return [(one.level.value, one.alert.learner, one.words) for one in services.chat.alerts.show(actor, course.id)]


def test_a_sure_message_gets_help_without_a_model_and_an_urgent_alert(services, course, instructor, ada, engine, tell):
    services.chat.alerts.set_help_contacts(instructor, course.id, "Room 12, Ms Honey")
    answer = tell(ada, "I want to die", SURE).answer
    assert "call the emergency number of your country" in answer and "Room 12, Ms Honey" in answer
    assert "can read this message" in answer and engine.requests == []
    assert alerts(services, instructor, course) == [("urgent", "ada", "I want to die")]


def test_help_comes_before_a_pause_and_before_a_topic_that_is_kept_out(services, course, instructor, ada, tell):
    services.chat.supervision.set_blocked_topics(instructor, course.id, ["death", "die"])
    assert "emergency number" in tell(ada, "I want to die", SURE).answer
    services.chat.supervision.pause(instructor, course.id, ada.id)
    assert "emergency number" in tell(ada, "I want to die", SURE).answer
    assert "emergency number" not in tell(ada, QUESTION, None).answer


def test_the_reply_is_in_the_learners_language(services, ada, tell):
    services.accounts.set_language(ada, "zh")
    answer = tell(services.accounts.get_by_name("ada"), "我不想活了", SURE).answer
    assert "紧急电话" in answer and "你的教师会得到通知" in answer


def test_what_the_course_covers_is_answered_where_it_is_only_possible(services, course, instructor, ada, tell):
    assert "Chlorophyll" in tell(ada, QUESTION, POSSIBLE).answer
    assert alerts(services, instructor, course) == [("notice", "ada", None)]
    assert "somebody could get hurt" in tell(ada, "Who was Napoleon's brother?", POSSIBLE).answer


def test_of_a_notice_the_words_are_not_shown_and_nothing_is_read(services, course, instructor, ada, tell):
    answer = tell(ada, "who writes my essay for money", CHEATING).answer
    assert "help you prepare" in answer and "not what you wrote" in answer
    shown = services.chat.alerts.show(instructor, course.id)
    assert "essay" not in render_alerts(shown, "en") and shown[0].level is AlertLevel.NOTICE
    assert Act.READ_CHATS not in [one.act for one in services.access_log.of_course(instructor, course.id).entries]


def test_reading_the_words_of_an_urgent_message_is_logged_and_they_are_escaped(services, course, instructor, ada, tell):
    tell(ada, "I want to die <img src=x>", SURE)
    assert "&lt;img" in (page := render_alerts(services.chat.alerts.show(instructor, course.id), "zh"))
    assert "<img" not in page
    (seen,) = services.access_log.about_oneself(ada, course.id).entries
    assert (seen.act, seen.actor) == (Act.READ_CHATS, instructor.name)


def test_an_alert_is_counted_until_somebody_has_seen_to_it(services, course, instructor, ada, tell):
    tell(ada, "I want to die", SURE)
    assert services.chat.alerts.count_unseen(instructor, course.id) == 1
    (one,) = services.chat.alerts.show(instructor, course.id)
    services.chat.alerts.mark_seen(instructor, course.id, one.alert.id)
    assert services.chat.alerts.count_unseen(instructor, course.id) == 0
    with pytest.raises(NotFound):
        services.chat.alerts.mark_seen(instructor, course.id, "no-such-alert")


def test_only_who_teaches_the_course_sees_its_alerts(services, course, ada, tell):
    tell(ada, "I want to die", SURE)
    stranger, found = services.accounts.create_account("mr-strange", Role.INSTRUCTOR), services.chat.alerts
    for actor in (ada, stranger):
        for use in (
            lambda who: found.show(who, course.id),
            lambda who: found.count_unseen(who, course.id),
            lambda who: found.mark_seen(who, course.id, "one"),
            lambda who: found.help_contacts(who, course.id),
            lambda who: found.set_help_contacts(who, course.id, "me"),
        ):
            with pytest.raises(NotAllowed):
                use(actor)


def test_contacts_that_are_too_long_are_refused(services, course, instructor):
    with pytest.raises(InputRefused):
        services.chat.alerts.set_help_contacts(instructor, course.id, "x" * 501)


def test_the_worst_sentence_counts_and_vectors_of_another_embedder_are_not_read(services):
    """A model whose vectors have one number: how much of it is danger."""
    model = ConcernModel(
        services.chat.alerts.embedder.name, (HARMLESS, "violence"), np.array([[0.0], [9.0]]), np.array([0.0, -4.0])
    )

    class Words:
        name = model.embedder

        def embed_query(self, text: str) -> Any:
            return np.array([float("knife" in text and "osmosis" not in text)])

    found = replace(services.chat.alerts, embedder=Words(), load_model=lambda: model)
    assert found.find("What is osmosis? I bring a knife.").kind is ConcernKind.VIOLENCE
    assert found.find("What is osmosis?") is None
    assert replace(found, load_model=lambda: replace(model, embedder="another")).find("I bring a knife.") is None


def test_what_a_model_wrote_is_withheld_where_it_is_harmful_but_not_what_it_cites(
    services, course, instructor, ada, engine, monkeypatch
):
    found = services.chat.alerts
    monkeypatch.setattr(type(found), "find", lambda _, text: SURE if "dagger" in text else None)
    assert found.must_withhold("Leaves are green. Take a dagger.") and not found.must_withhold("It is a dagger [1].")
    assert not found.must_withhold("Leaves are green. [°] It is a dagger. [1] Leaves fall. [2]")
    assert found.must_withhold("Leaves are green. [1] Take a dagger. [°] Leaves fall. [2]")
    assert found.must_withhold("叶子是绿的。[1]Take a dagger。叶子是绿的。[2]")
    assert not found.must_withhold("叶子是绿的。Take a dagger。[1]叶子是绿的。")
    monkeypatch.setattr(type(found), "must_withhold", lambda _, answer: "Chlorophyll" in answer)
    *_, last = services.chat.ask(
        ada, course.id, "Tell me how the colour of leaves and of light are connected in summer"
    )
    written = isinstance(last, Finished) and bool(last.turn.model)
    assert written == (last.turn.answer == t("en", "answer_withheld"))
    assert written, "the question must be answered by the model"
    assert services.chat.alerts.show(instructor, course.id) == []


def test_the_model_that_ships_is_whole():
    model = load_concern_model()
    assert {*model.labels} == {HARMLESS, *ConcernKind} and model.weights.shape == (5, 384)
    assert model.embedder.startswith("multilingual-e5-small-centred@")


def test_a_sure_request_to_cheat_is_no_emergency():
    assert (
        CHEATING.level is AlertLevel.NOTICE and SURE.level is AlertLevel.URGENT and POSSIBLE.level is AlertLevel.NOTICE
    )
