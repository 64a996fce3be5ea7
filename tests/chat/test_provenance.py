"""Each stored answer says how it came about: what wrote it, what was read for it, which rules of the course applied."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tutor.courses.course_rules import RuleKind
from tutor.domain import Finished, FiredRule, Strictness
from tutor.errors import NotFound
from tutor.pedagogy.concerns import Concern, ConcernKind
from tutor.ui.provenance_html import render_provenance

TOPIC_RULE = FiredRule(RuleKind.TOPIC, "Calvin cycle")


def stored(services, actor, turn):
    """Return the turn as a reload reads it."""
    return services.conversations.get_turn(actor, turn.conversation_id, turn.id)


def test_an_answer_names_the_passages_read_with_their_places_also_after_a_reload(services, ada, ask):
    turn = stored(services, ada, ask(ada))
    first = turn.read[0]
    assert (first.document, first.locator) == ("Plants", "section Colour")
    assert {citation.passage_id for citation in turn.citations} <= {one.passage_id for one in turn.read}
    assert turn.rules == ()


@pytest.mark.parametrize(("language", "words"), [("en", "given to the model"), ("zh", "交给了模型")])
def test_what_the_model_was_given_is_told_apart_from_what_was_only_read(services, ada, say, language, words):
    turn = stored(services, ada, say("Tell me how the colour of leaves and of light are connected in summer"))
    assert turn.model and set(turn.passages) <= {one.passage_id for one in turn.read}
    kept = {one.passage_id for one in turn.read}
    page = render_provenance(turn, language, kept)
    assert words in page and "scripted" in page and f'href="/passage/{turn.passages[0]}' in page


def test_a_blocked_topic_and_a_pause_are_named_as_the_rules_that_applied(services, course, instructor, ada, ask):
    services.supervision.set_blocked_topics(instructor, course.id, ["Calvin cycle"])
    turn = stored(services, ada, ask(ada, "What does the Calvin cycle build?"))
    assert (turn.read, turn.rules) == ((), (TOPIC_RULE,))
    assert "does not talk about “Calvin cycle”" in render_provenance(turn, "en", ())
    services.supervision.pause(instructor, course.id, ada.id)
    assert ask(ada).rules == (FiredRule(RuleKind.PAUSED_LEARNER),)
    services.supervision.pause(instructor, course.id)
    assert ask(ada).rules == (FiredRule(RuleKind.PAUSED_COURSE),)


def test_an_uncovered_question_names_how_sure_the_course_wants_the_tutor_to_be(services, course, instructor, ada, ask):
    services.strictness.set_strictness(instructor, course.id, Strictness.STRICT)
    turn = stored(services, ada, ask(ada, "Who won the football world cup in Brazil?"))
    assert turn.rules == (FiredRule(RuleKind.STRICTNESS, "strict"),)
    assert "very sure" in render_provenance(turn, "en", ())


def test_a_hint_names_how_far_hints_go_in_the_course(services, ada, say):
    rules = say("Solve 3x + 5 = 20").rules
    assert FiredRule(RuleKind.HELP_LEVEL, "moderate") in rules


def test_a_message_that_may_need_a_person_and_a_withheld_answer_are_named(services, ada, ask, monkeypatch):
    alerts = type(services.chat.alerts)
    monkeypatch.setattr(alerts, "find", lambda *_: Concern(ConcernKind.VIOLENCE, 0.9))
    assert ask(ada, "I bring a knife").rules == (FiredRule(RuleKind.CONCERN, "violence"),)
    monkeypatch.setattr(alerts, "find", lambda *_: None)
    monkeypatch.setattr(alerts, "must_withhold", lambda *_: True)
    turn = ask(ada, "Tell me how the colour of leaves and of light are connected in summer")
    assert FiredRule(RuleKind.WITHHELD) in turn.rules


def test_it_is_sealed_in_the_database_and_exported_with_the_turn(services, course, instructor, ada, ask):
    services.supervision.set_blocked_topics(instructor, course.id, ["Calvin cycle"])
    ask(ada, "What does the Calvin cycle build?")
    with services.database.read_connection() as connection:
        (raw,) = connection.execute(sa.text("SELECT provenance FROM turns")).scalars()
    assert "Calvin" not in raw and "topic" not in raw
    (row,) = services.rights.person_export.own(ada)["tables"]["turns"]
    assert row["provenance"]["rules"] == [{"kind": "topic", "detail": "Calvin cycle"}]


def test_a_removed_document_is_named_without_a_link_and_nothing_of_it_runs(services, course, instructor, ada, ask):
    document = services.documents.ingest(instructor, course.id, "<b>x<img src=y>.md", b"# Stomata\n\nStomata open.\n")
    events = [*services.chat.ask(ada, course.id, "Do stomata open?")]
    assert isinstance(events[-1], Finished)
    turn = events[-1].turn
    services.documents.remove(instructor, document.id)
    page = render_provenance(turn, "en", ())
    assert "no longer in the course" in page and "/passage/" not in page and "<img" not in page


def test_nobody_else_reads_it(services, ada, bob, ask):
    turn = ask(ada)
    for actor, conversation in ((bob, turn.conversation_id), (ada, "another")):
        with pytest.raises(NotFound):
            services.conversations.get_turn(actor, conversation, turn.id)
