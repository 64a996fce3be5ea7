"""Every handler of both pages, called by everybody with everybody's ids: nothing foreign is told or changed.

The handlers are read from the pages, so a new one is tried without being listed here.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from handler_calls import call_handler, page_handlers
from secret_course import ANSWER_KEY, COURSE_MARKS, PRIVATE_MARKS, SecretCourse

from tutor.domain import Person
from tutor.services import Services
from tutor.store.schema import metadata
from tutor.ui.pages import build_pages

Rows = Counter[str]
TRIES_WITHOUT_OBJECT = ("", "no-such-id")


@pytest.fixture(scope="module")
def pages(opened: Services) -> Any:
    return build_pages(opened)


def all_rows(services: Services) -> Rows:
    """Every row of every table as text."""
    with services.database.read_connection() as connection:
        return Counter(
            f"{table.name}: {tuple(row)}"
            for table in metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        )


def try_everything(pages: Any, actor: Person, secret: SecretCourse) -> str:
    """Call every handler with every id of the secret course; return all that was told but the ids themselves."""
    text = "\n".join(
        call_handler(function, actor, secret.course.id, chosen)
        for function in page_handlers(pages)
        for chosen in (*secret.ids, *TRIES_WITHOUT_OBJECT)
    )
    return re.sub("|".join(secret.ids), "", text)


def told(text: str, marks: tuple[str, ...]) -> list[str]:
    return [mark for mark in marks if mark.lower() in text.lower()]


@pytest.mark.parametrize("who", ["outsider", "stranger", "taken_out"])
def test_who_is_not_in_a_course_is_told_nothing_of_it_and_changes_nothing(
    opened: Services, pages: Any, secret: SecretCourse, who: str
):
    actor, before = getattr(secret, who), all_rows(opened)
    text = try_everything(pages, actor, secret)
    assert told(text, (*COURSE_MARKS, ANSWER_KEY, *PRIVATE_MARKS)) == []
    taught = [course.id for course in opened.courses.taught_by(actor)]
    own_courses = tuple(f"{table}: ('{course_id}'" for course_id in taught for table in ("courses", "item_sources"))
    changed = (all_rows(opened) - before) + (before - all_rows(opened))
    assert [row for row in changed if actor.id not in row and not row.startswith(own_courses)] == []


def test_a_classmate_is_told_nothing_that_another_wrote_and_changes_nothing_of_theirs(
    opened: Services, pages: Any, secret: SecretCourse
):
    before = all_rows(opened)
    text = try_everything(pages, secret.classmate, secret)
    assert told(text, PRIVATE_MARKS) == [] and told(text, COURSE_MARKS) != []
    lost = before - all_rows(opened)
    assert [row for row in lost if secret.classmate.id not in row and not row.startswith("people")] == []


def test_the_same_calls_tell_those_who_may_know(pages: Any, secret: SecretCourse):
    """Without this the tests above would pass if the calls reached nothing."""
    reading = [function for function in page_handlers(pages) if function.queue is False or "open" in function.api_name]
    for actor, marks in ((secret.teacher, (*COURSE_MARKS, "labradorite")), (secret.victim, PRIVATE_MARKS)):
        text = "\n".join(
            call_handler(function, actor, secret.course.id, chosen) for function in reading for chosen in secret.ids
        )
        assert told(text, marks) == list(marks)


def test_a_course_that_does_not_exist_is_like_one_that_is_somebody_elses(pages: Any, secret: SecretCourse):
    """An error that told them apart would tell which courses there are."""
    for function in page_handlers(pages):
        if function.queue is False:
            real = call_handler(function, secret.outsider, secret.course.id, secret.course.id)
            missing = call_handler(function, secret.outsider, "nowhere", "nowhere")
            assert real.replace(secret.course.id, "nowhere") == missing, function.api_name
