"""Questions that an earlier version let pass are judged again; what an instructor touched stays."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from tutor.assessment.item_judge.judge import ItemJudge
from tutor.assessment.logistic import LogisticModel
from tutor.store import items as item_store
from tutor.store.items import GenerationSource, ItemState


def test_with_a_new_judge_untouched_questions_that_it_rejects_go(
    services, programming_course, instructor, clock, monkeypatch
):
    bank, course_id = services.item_bank, programming_course.id
    before = [one.item.id for one in bank.askable_items(course_id) if one.item.quality is not None]
    clock.advance(timedelta(minutes=1))
    bank.set_state(instructor, before[0], ItemState.PINNED)
    strict = ItemJudge(LogisticModel({}, 0.0), 1.0, "nothing is good enough")
    for module in ("tutor.assessment.item_generation", "tutor.practice.item_bank"):
        monkeypatch.setattr(f"{module}.load_item_judge", lambda: strict)
    after = [one.item.id for one in bank.askable_items(course_id) if one.item.quality is not None]
    assert len(before) > 3 and after == before[:1]


def test_a_course_of_a_version_without_a_judge_is_judged_when_next_needed(services, programming_course):
    course_id = programming_course.id
    services.item_bank.generate_items(course_id)
    with services.database.write_transaction() as connection:
        source = item_store.last_source(connection, course_id)
        connection.execute(sa.text("UPDATE item_sources SET judge = ''"))
        assert item_store.last_source(connection, course_id) == GenerationSource(source.generation, "")
    assert services.item_bank.generate_items(course_id) > 0
    with services.database.read_connection() as connection:
        assert item_store.last_source(connection, course_id) == source
