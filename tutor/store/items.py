"""Rows of items: the questions of a course with their answer keys, under ids that never change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.assessment.items import Item, ItemKind, ItemSource
from tutor.platform.clock import to_iso
from tutor.store.schema import item_sources, items


class ItemOrigin(StrEnum):
    """Where an item comes from."""

    GENERATED = "generated"
    WRITTEN = "written"
    IMPORTED = "imported"


class ItemState(StrEnum):
    """Whether an item is asked; a pinned one is asked first and outlives its document, a banned one never returns."""

    READY = "ready"
    PINNED = "pinned"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item of a course."""

    item: Item
    course_id: str
    origin: ItemOrigin
    state: ItemState


def item_to_json(item: Item) -> dict[str, Any]:
    """Return an item as JSON holds it."""
    return asdict(item) | {"kind": item.kind.value}


def item_from_json(fields: dict[str, Any]) -> Item:
    source = fields["source"]
    return Item(
        id=fields["id"],
        kind=ItemKind(fields["kind"]),
        prompt=fields["prompt"],
        keys=tuple(fields["keys"]),
        options=tuple(fields["options"]),
        tolerance=fields["tolerance"],
        source=ItemSource(**source) if source else None,
        skill=fields["skill"],
        difficulty=fields["difficulty"],
        misconceptions=tuple((option, shows) for option, shows in fields["misconceptions"]),
        quality=fields.get("quality"),
    )


def upsert(connection: sa.Connection, course_id: str, item: Item, origin: ItemOrigin, now: datetime) -> None:
    """Store an item, or its new version under the same id; its state stays."""
    values = {
        "kind": item.kind.value,
        "body": item_to_json(item),
        "skill": item.skill,
        "difficulty": item.difficulty,
        "updated_at": to_iso(now),
    }
    connection.execute(
        insert(items)
        .values(
            id=item.id,
            course_id=course_id,
            origin=origin.value,
            state=ItemState.READY.value,
            created_at=to_iso(now),
            **values,
        )
        .on_conflict_do_update(index_elements=["id"], set_=values, where=items.c.course_id == course_id)
    )


def add_generated(connection: sa.Connection, course_id: str, made: Iterable[Item], now: datetime) -> int:
    """Store the generated items that are new, and return how many; edited, pinned and banned ones stay as they are."""
    known = set(connection.scalars(sa.select(items.c.id)))
    fresh = [item for item in made if item.id not in known]
    for item in fresh:
        upsert(connection, course_id, item, ItemOrigin.GENERATED, now)
    return len(fresh)


def by_id(connection: sa.Connection, item_id: str) -> StoredItem | None:
    row = connection.execute(items.select().where(items.c.id == item_id)).first()
    return _stored_item(row) if row else None


def of_course(
    connection: sa.Connection, course_id: str, states: Sequence[ItemState] = (ItemState.READY, ItemState.PINNED)
) -> list[StoredItem]:
    rows = connection.execute(
        items.select()
        .where(items.c.course_id == course_id, items.c.state.in_([state.value for state in states]))
        .order_by(items.c.created_at, items.c.id)
    )
    return [_stored_item(row) for row in rows]


def set_state(connection: sa.Connection, item_id: str, state: ItemState, now: datetime) -> None:
    connection.execute(items.update().where(items.c.id == item_id).values(state=state.value, updated_at=to_iso(now)))


@dataclass(frozen=True, slots=True)
class GenerationSource:
    """What the items of a course were last generated from, and by which judge."""

    generation: int  # of the course's documents
    judge: str


def last_source(connection: sa.Connection, course_id: str) -> GenerationSource | None:
    row = connection.execute(item_sources.select().where(item_sources.c.course_id == course_id)).first()
    return GenerationSource(row.generation, row.judge) if row else None


def set_source(connection: sa.Connection, course_id: str, source: GenerationSource) -> None:
    values = {"generation": source.generation, "judge": source.judge}
    connection.execute(
        insert(item_sources)
        .values(course_id=course_id, **values)
        .on_conflict_do_update(index_elements=["course_id"], set_=values)
    )


def remove_untouched(connection: sa.Connection, course_id: str) -> None:
    """Remove the generated items that nobody has edited, pinned or banned; questions already posed keep theirs."""
    untouched = items.c.updated_at == items.c.created_at
    generated = (items.c.origin == ItemOrigin.GENERATED.value, items.c.state == ItemState.READY.value)
    connection.execute(items.delete().where(items.c.course_id == course_id, untouched, *generated))


def _stored_item(row: sa.Row[Any]) -> StoredItem:
    return StoredItem(item_from_json(row.body), row.course_id, ItemOrigin(row.origin), ItemState(row.state))
