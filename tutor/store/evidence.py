"""Rows of evidence, which are only ever added, and the answer counts of each item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.domain import Outcome
from tutor.learner.evidence import AnswerEvent, AnswerOrigin, EvidenceEvent, RetractionEvent
from tutor.learner.feature_counts import Count
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import course_tracers, evidence, item_tallies

ANSWER_KIND, RETRACTION_KIND = "answered", "retracted"
SequencedEvent = tuple[int, EvidenceEvent]  # sequence number, event


def append_answer(connection: sa.Connection, answer: AnswerEvent, now: datetime) -> int:
    """Add an event and return its sequence number; raises IntegrityError when its grade was recorded before."""
    if answer.supersedes and isinstance(old := _get_event(connection, answer.supersedes), AnswerEvent):
        _update_item_counts(connection, old, by=-1)
    _update_item_counts(connection, answer, by=1)
    return _insert(connection, _row(answer, now))


def append_retraction(connection: sa.Connection, retraction: RetractionEvent) -> int:
    """Add the event that retracts another one, and return its sequence number."""
    old = get_answer(connection, retraction.answer_id)
    _update_item_counts(connection, old, by=-1)
    row = _row(old, retraction.at) | {
        "id": retraction.id,
        "kind": RETRACTION_KIND,
        "outcome": None,
        "judge": retraction.by,
        "supersedes": retraction.answer_id,
        "reason": retraction.reason,
    }
    return _insert(connection, row)


def events(
    connection: sa.Connection,
    course_id: str,
    learner_id: str | None = None,
    *,
    after: int = 0,
    later_than: datetime | None = None,
) -> Iterator[SequencedEvent]:
    """Yield a course's events, or one learner's of it, in the order of recording.

    `after` leaves out events up to that sequence number, `later_than` events about answers up to that time.
    """
    query = evidence.select().where(evidence.c.course_id == course_id, evidence.c.sequence > after)
    if later_than is not None:
        query = query.where(evidence.c.at > to_iso(later_than))
    if learner_id is not None:
        query = query.where(evidence.c.learner_id == learner_id)
    for row in connection.execute(query.order_by(evidence.c.sequence)):
        yield row.sequence, _event(row)


def count_events_after(connection: sa.Connection, course_id: str, learner_id: str, at: datetime | None) -> int:
    """Return how many events of a learner are about answers later than `at`; all of them for None."""
    where = [evidence.c.learner_id == learner_id, evidence.c.course_id == course_id]
    if at is not None:
        where.append(evidence.c.at > to_iso(at))
    return connection.scalar(sa.select(sa.func.count()).where(*where)) or 0


def last_sequence(connection: sa.Connection, course_id: str, learner_id: str) -> int:
    """Return the sequence number of a learner's last event in a course; 0 when there is none."""
    where = evidence.c.learner_id == learner_id, evidence.c.course_id == course_id
    return connection.scalar(sa.select(sa.func.max(evidence.c.sequence)).where(*where)) or 0


def last_sequences(connection: sa.Connection, course_id: str) -> dict[str, int]:
    """Return the sequence number of the last event of each learner of a course."""
    last = sa.func.max(evidence.c.sequence).label("last")
    query = sa.select(evidence.c.learner_id, last).where(evidence.c.course_id == course_id)
    return {row.learner_id: row.last for row in connection.execute(query.group_by(evidence.c.learner_id))}


def count_events_up_to(connection: sa.Connection, course_id: str, sequence: int) -> int:
    """Return how many events a course has up to a sequence number: fewer than before after a deletion."""
    where = evidence.c.course_id == course_id, evidence.c.sequence <= sequence
    return connection.scalar(sa.select(sa.func.count()).where(*where)) or 0


def current_answer(connection: sa.Connection, grade_id: str) -> AnswerEvent | None:
    """Return the current answer of a grade; None when it was retracted or never recorded."""
    found = latest_event(connection, grade_id)
    return found if isinstance(found, AnswerEvent) else None


def latest_event(connection: sa.Connection, grade_id: str) -> EvidenceEvent | None:
    """Return the last event of a grade, after all regrades and retractions."""
    newer = evidence.alias()
    row = connection.execute(
        evidence.select().where(
            evidence.c.grade_id == grade_id,
            ~sa.exists().where(newer.c.supersedes == evidence.c.id),
        )
    ).first()
    return _event(row) if row else None


def learners_with_evidence(connection: sa.Connection, course_id: str) -> list[str]:
    query = sa.select(evidence.c.learner_id).where(evidence.c.course_id == course_id).distinct()
    return sorted(connection.scalars(query))


def course_item_counts(connection: sa.Connection, course_id: str) -> dict[tuple[str, str], Count]:
    """Return the counts of unaided current answers of a course by (item, skill)."""
    rows = connection.execute(item_tallies.select().where(item_tallies.c.course_id == course_id))
    return {(row.item_id, row.skill): (row.answers, row.rights) for row in rows}


def item_and_skill_counts(connection: sa.Connection, course_id: str, item_id: str, skill: str) -> tuple[Count, Count]:
    """Return the counts of an item, and of all items on its skill."""
    in_course = item_tallies.c.course_id == course_id, item_tallies.c.skill == skill
    sums = (
        sa.func.coalesce(sa.func.sum(item_tallies.c.answers), 0),
        sa.func.coalesce(sa.func.sum(item_tallies.c.rights), 0),
    )
    on_item = connection.execute(sa.select(*sums).where(*in_course, item_tallies.c.item_id == item_id)).one()
    on_skill = connection.execute(sa.select(*sums).where(*in_course)).one()
    return (on_item[0], on_item[1]), (on_skill[0], on_skill[1])


def rebuild_item_counts(connection: sa.Connection, course_id: str) -> None:
    """Count a course's items again from its events."""
    connection.execute(item_tallies.delete().where(item_tallies.c.course_id == course_id))
    found = [event for _, event in events(connection, course_id)]
    answers = {event.id: event for event in found if isinstance(event, AnswerEvent)}
    for event in found:
        if isinstance(event, RetractionEvent):
            _update_item_counts(connection, answers[event.answer_id], by=-1)
            continue
        if event.supersedes in answers:
            _update_item_counts(connection, answers[event.supersedes], by=-1)
        _update_item_counts(connection, event, by=1)


def delete_events(connection: sa.Connection, learner_id: str, course_id: str | None = None) -> int:
    """Delete a learner's events, all or those of a course, and what was derived from them; returns how many."""
    where = [evidence.c.learner_id == learner_id]
    if course_id is not None:
        where.append(evidence.c.course_id == course_id)
    touched = set(connection.scalars(sa.select(evidence.c.course_id).where(*where).distinct()))
    deleted = connection.execute(evidence.delete().where(*where)).rowcount
    for course in touched:
        rebuild_item_counts(connection, course)
        connection.execute(course_tracers.delete().where(course_tracers.c.course_id == course))
    return deleted


def _insert(connection: sa.Connection, row: dict[str, Any]) -> int:
    key = connection.execute(evidence.insert().values(**row)).inserted_primary_key
    assert key is not None, "SQLite numbers each event"
    return int(key[0])


def get_answer(connection: sa.Connection, answer_id: str) -> AnswerEvent:
    """Return an answer, whether it still counts or not."""
    found = _get_event(connection, answer_id)
    assert isinstance(found, AnswerEvent), "only answers are retracted"
    return found


def _get_event(connection: sa.Connection, event_id: str) -> EvidenceEvent:
    return _event(connection.execute(evidence.select().where(evidence.c.id == event_id)).one())


def _update_item_counts(connection: sa.Connection, answer: AnswerEvent, *, by: int) -> None:
    """Add an answer to the counts of its item, unless it was aided: then it says nothing about how hard the item is."""
    if not answer.is_unaided:
        return
    key = {"course_id": answer.course_id, "item_id": answer.item_id, "skill": answer.skills[0]}
    statement = insert(item_tallies).values(**key, answers=by, rights=by * answer.is_right)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(key),
            set_={
                "answers": item_tallies.c.answers + by,
                "rights": item_tallies.c.rights + by * answer.is_right,
            },
        )
    )


def _row(answer: AnswerEvent, now: datetime) -> dict[str, Any]:
    return {
        "id": answer.id,
        "kind": ANSWER_KIND,
        "learner_id": answer.learner_id,
        "course_id": answer.course_id,
        "item_id": answer.item_id,
        "skill": answer.skills[0],
        "skills": list(answer.skills),
        "outcome": answer.outcome.value,
        "hints": answer.hints,
        "aided": answer.aided,
        "at": to_iso(answer.at),
        "judge": answer.judge,
        "grade_id": answer.grade_id,
        "supersedes": answer.supersedes,
        "origin": answer.origin.value,
        "misconception": answer.misconception,
        "passage_id": answer.passage_id,
        "expected": answer.expected,
        "usual": answer.usual,
        "recorded_at": to_iso(now),
    }


def _event(row: sa.Row[Any]) -> EvidenceEvent:
    if row.kind == RETRACTION_KIND:
        return RetractionEvent(row.id, row.supersedes, row.judge, row.reason or "", from_iso(row.recorded_at))
    return AnswerEvent(
        id=row.id,
        learner_id=row.learner_id,
        course_id=row.course_id,
        item_id=row.item_id,
        skills=tuple(row.skills),
        outcome=Outcome(row.outcome),
        hints=row.hints,
        aided=row.aided,
        at=from_iso(row.at),
        judge=row.judge,
        grade_id=row.grade_id,
        supersedes=row.supersedes,
        origin=AnswerOrigin(row.origin),
        misconception=row.misconception,
        passage_id=row.passage_id,
        expected=row.expected,
        usual=row.usual,
    )
