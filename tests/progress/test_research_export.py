"""A course for research: no name, no id of the tutor's, no time finer than a week, no group of fewer than five."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.domain import Outcome, Role
from tutor.errors import NotAllowed
from tutor.learner.disclosure_control import MIN_GROUP_SIZE
from tutor.learner.research_records import ResearchRecord, release, without_small_groups
from tutor.progress.evidence_log import GradedAnswer
from tutor.store.audit import Act

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
RECORDS = st.builds(
    ResearchRecord,
    learner=st.sampled_from("abcdefgh"),
    at=st.integers(0, 3).map(lambda week: MONDAY + timedelta(weeks=week)),
    item=st.sampled_from(["one", "two", "three"]),
)


@given(st.lists(RECORDS, max_size=60))
def test_every_week_and_every_item_that_is_given_away_has_five_learners(records):
    kept = without_small_groups(records)
    for group in (lambda record: record.week, lambda record: record.item):
        learners = defaultdict(set)
        for record in kept:
            learners[group(record)].add(record.learner)
        assert all(len(each) >= MIN_GROUP_SIZE for each in learners.values())


def test_records_of_large_groups_all_stay_and_few_that_are_left_out_are_not_counted():
    records = [ResearchRecord(f"learner {n}", MONDAY, "item", {"outcome": "right"}) for n in range(7)]
    alone = ResearchRecord("learner 1", MONDAY + timedelta(weeks=1), "item")
    rows, left_out = release([*records, alone])
    assert len(rows) == 7 and left_out == "<5"
    assert {row["week"] for row in rows} == {"2026-W48"}


@pytest.fixture
def researched(services, course, ask, clock):
    """Seven learners, each with an answer to one item and one question that tells an address."""
    people = [services.accounts.create_account(f"pupil-{n}", Role.LEARNER) for n in range(7)]
    for n, actor in enumerate(people):
        clock.advance(timedelta(minutes=1))
        graded = GradedAnswer(course.id, "item-1", ("light",), Outcome.RIGHT, "t", f"g{n}")
        services.evidence_log.record(actor, graded)
        ask(actor, f"I am pupil-{n}, write to pupil{n}@example.org. Why do leaves look green?")
    return people


def test_an_export_has_no_name_id_or_time_and_fresh_ids_each_time(services, course, instructor, researched):
    first, second = (services.research.of_course(instructor, course.id, with_text=True) for _ in range(2))
    text = json.dumps(first)
    marks = [mark for actor in researched for mark in (actor.id, actor.name, "@example", "2026-11-23")]
    assert [mark for mark in marks if mark in text] == []
    ids = [{row["learner"] for row in export["answers"]} for export in (first, second)]
    assert len(ids[0]) == 7 and not ids[0] & ids[1]
    assert [row["text"].count("[") for row in first["questions"]] == [2] * 7


def test_names_that_learners_chose_and_names_of_others_are_replaced_in_both_languages(
    services, course, instructor, researched, ask
):
    chosen = ("Mira Kowalska", "张琪", "Bo", "Zoë")
    for actor, name in zip(researched, chosen, strict=False):
        services.accounts.set_display_name(actor, name)
    said = ("I am mira kowalska, and Kowalska's leaf", "我和张琪问：叶子", "I am Bo. A leaf", "我是Zoë，ms-frizzle 说")
    for actor, words in zip(researched, said, strict=False):
        ask(actor, f"{words}: why do leaves look green?")
    texts = [row["text"] for row in services.research.of_course(instructor, course.id, with_text=True)["questions"]]
    told = "\n".join(texts).lower()
    assert [name for name in ("mira", "kowalska", "张琪", " bo.", "zoë", "frizzle") if name in told] == []
    assert "why do leaves look green" in told and "叶子" in told


def test_without_text_no_word_of_a_learner_is_exported_and_each_export_is_logged(
    services, course, instructor, researched
):
    exported = services.research.of_course(instructor, course.id)
    assert len(exported["questions"]) == 7 and "leaves" not in json.dumps(exported)
    (logged,) = services.access_log.of_course(instructor, course.id).entries
    assert (logged.act, logged.actor) == (Act.EXPORTED_RESEARCH, instructor.name)


def test_a_chat_that_was_deleted_and_a_class_of_four_are_not_exported(services, course, instructor, researched):
    for actor in researched[:3]:
        (chat,) = services.conversations.list_own(actor, course.id)
        services.conversations.delete(actor, chat.id)
    assert services.research.of_course(instructor, course.id)["questions"] == []
    for actor in researched[:3]:
        services.rights.erasure.erase(actor.id)
    with pytest.raises(NotAllowed, match="no week has records of 5"):
        services.research.of_course(instructor, course.id)
    with pytest.raises(NotAllowed):
        services.research.of_course(researched[4], course.id)
