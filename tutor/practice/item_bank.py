"""The items of a course: generated from its documents, checked before they are asked, edited by its instructors.

An item's id never changes: an edited item keeps its id, and a banned one is never generated again from its passage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import tutor.store.items as item_store
from knowledge.documents import Passage
from knowledge.lexical import tokenize
from knowledge.library import Library
from tutor.accounts.permissions import Action
from tutor.assessment.exchange import EXPORT_FORMATS, format_item, join_items, parse_items
from tutor.assessment.exercise_items import exercise_items
from tutor.assessment.grading import Grader, NotAnAnswer
from tutor.assessment.item_checks import find_fault
from tutor.assessment.item_generation import generate_items
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.number_grading import comparable_number
from tutor.assessment.question_types.registry import question_type
from tutor.courses.courses import Courses
from tutor.domain import Outcome, Person, Skill
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store.courses import skills_of
from tutor.store.database import Database
from tutor.store.items import ItemOrigin, ItemState, StoredItem

MAX_IMPORT = 500


@dataclass(frozen=True, slots=True)
class ItemBank:
    """The item bank of each course."""

    database: Database
    courses: Courses
    library: Library
    grader: Grader
    clock: Clock

    def generate_items(self, course_id: str) -> int:
        """Generate items from documents that are new since the last time; return how many items are new."""
        generation = self.library.catalog.generation(course_id)
        with self.database.read_connection() as connection:
            if item_store.items_generation(connection, course_id) == generation:
                return 0
            skills = skills_of(connection, course_id)
        made = list(self._generated_items(course_id, skills))
        with self.database.write_transaction() as connection:
            count = item_store.add_generated(connection, course_id, made, self.clock())
            item_store.set_items_generation(connection, course_id, generation)
        return count

    def askable_items(self, course_id: str) -> list[StoredItem]:
        """Return the items that may be asked: not banned, and from passages of the course unless pinned or written."""
        self.generate_items(course_id)
        here = {passage.id for passage in self.library.catalog.passages(course_id)}
        with self.database.read_connection() as connection:
            stored = item_store.of_course(connection, course_id)
        return [
            one
            for one in stored
            if one.item.source is None or one.item.source.passage_id in here or _outlives_passage(one)
        ]

    def all_items(self, actor: Person, course_id: str) -> list[StoredItem]:
        """Return all items of a course for its instructor, banned ones included."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        self.generate_items(course_id)
        with self.database.read_connection() as connection:
            return item_store.of_course(connection, course_id, tuple(ItemState))

    def add_item(
        self,
        actor: Person,
        course_id: str,
        kind: ItemKind,
        prompt: str,
        keys: Sequence[str],
        options: Sequence[str] = (),
    ) -> Item:
        """Add an item that an instructor wrote; raises InputRefused."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        item = self._validate(_make_item(new_id(), kind, prompt, keys, options))
        with self.database.write_transaction() as connection:
            item = replace(item, skill=_best_skill(item, None, skills_of(connection, course_id)))
            item_store.upsert(connection, course_id, item, ItemOrigin.WRITTEN, self.clock())
        return item

    def edit_item(
        self, actor: Person, item_id: str, prompt: str, keys: Sequence[str], options: Sequence[str], difficulty: float
    ) -> Item:
        """Change an item's wording, keys and difficulty under its id; posed questions keep the old item."""
        stored = self._item_for_instructor(actor, item_id)
        changed = _make_item(item_id, stored.item.kind, prompt, keys, options)
        changed = replace(
            changed,
            source=stored.item.source,
            skill=stored.item.skill,
            difficulty=min(1.0, max(0.0, difficulty)),
            tolerance=stored.item.tolerance,
            misconceptions=tuple(pair for pair in stored.item.misconceptions if pair[0] in changed.options),
        )
        with self.database.write_transaction() as connection:
            item_store.upsert(connection, stored.course_id, self._validate(changed), stored.origin, self.clock())
        return changed

    def set_state(self, actor: Person, item_id: str, state: ItemState) -> None:
        """Pin an item, ban it, or make it an ordinary one again."""
        self._item_for_instructor(actor, item_id)
        with self.database.write_transaction() as connection:
            item_store.set_state(connection, item_id, state, self.clock())

    def import_items(self, actor: Person, course_id: str, text: str) -> tuple[int, list[InputRefused]]:
        """Import GIFT, Moodle XML or QTI; return how many items were imported, and why each of the others was refused.

        An exported item of this course replaces itself; one that the course has under another id is refused.
        """
        here = {stored.item.id: stored.item for stored in self.all_items(actor, course_id)}
        known = {_content_key(item): item.id for item in here.values()}
        read, refused = parse_items(text)
        sound: list[Item] = []
        for item in read[:MAX_IMPORT]:
            try:
                placed = _with_course_id(item, course_id, here)
                if known.get(_content_key(placed), placed.id) != placed.id:
                    raise _duplicate_item(item)
                sound.append(self._validate(placed))
                known[_content_key(placed)] = placed.id
            except InputRefused as refusal:
                refused.append(refusal)
        with self.database.write_transaction() as connection:
            skills = skills_of(connection, course_id)
            for item in sound:
                with_skill = item if item.skill else replace(item, skill=_best_skill(item, None, skills))
                item_store.upsert(connection, course_id, with_skill, ItemOrigin.IMPORTED, self.clock())
        return len(sound), refused

    def export_items(self, actor: Person, course_id: str, file_format: str) -> tuple[str, list[InputRefused]]:
        """Export the askable items in a format of EXPORT_FORMATS; return the text, and why each other was left out."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        if file_format not in EXPORT_FORMATS:
            raise InputRefused(
                f"{file_format!r} is not supported; choose one of {', '.join(EXPORT_FORMATS)}",
                key="items_form",
                form=file_format,
                forms=", ".join(EXPORT_FORMATS),
            )
        texts: list[str] = []
        left_out: list[InputRefused] = []
        for stored in self.askable_items(course_id):
            try:
                texts.append(format_item(stored.item, file_format))
            except InputRefused as refusal:
                left_out.append(refusal)
        return join_items(texts, file_format), left_out

    def _generated_items(self, course_id: str, skills: Sequence[Skill]) -> list[Item]:
        passages = self.library.catalog.passages(course_id)
        by_id = {passage.id: passage for passage in passages}
        made = [*generate_items(passages), *(item for passage in passages for item in exercise_items(passage))]
        return [
            replace(item, skill=_best_skill(item, by_id[item.source.passage_id], skills))
            for item in made
            if item.source and self._is_solvable(item)
        ]

    def _is_solvable(self, item: Item) -> bool:
        try:
            own_answer = question_type(item.kind).own_answer(item)
            return self.grader.grade(item, own_answer).outcome is Outcome.RIGHT
        except NotAnAnswer:
            return False

    def _validate(self, item: Item) -> Item:
        """Return the item if its own key is graded right and its form gives nothing away."""
        if not any(char.isalnum() for char in item.prompt):
            raise InputRefused(
                "the question contains no words; write what is asked", key="item_incomplete", prompt=item.prompt[:60]
            )
        if fault := find_fault(item):
            raise InputRefused(
                f"“{item.prompt[:60]}”: {fault}", key=f"item_{fault.name.lower()}", prompt=item.prompt[:60]
            )
        own_answer = question_type(item.kind).own_answer(item)
        if self.grader.grade(item, own_answer).outcome is not Outcome.RIGHT:
            raise InputRefused(
                f"“{item.prompt[:60]}”: its own key is not graded right as {item.kind.value}; change kind or key",
                key="item_key_not_right",
                prompt=item.prompt[:60],
            )
        return item

    def _item_for_instructor(self, actor: Person, item_id: str) -> StoredItem:
        with self.database.read_connection() as connection:
            stored = item_store.by_id(connection, item_id)
        if stored is None:
            raise NotFound("this question no longer exists", key="item_gone")
        self.courses.authorize(actor, stored.course_id, Action.TEACH)
        return stored


def _make_item(item_id: str, kind: ItemKind, prompt: str, keys: Sequence[str], options: Sequence[str]) -> Item:
    trimmed = tuple(key.strip() for key in keys if key.strip())
    try:
        chosen = tuple(option.strip() for option in options if option.strip())
        chosen = chosen or question_type(kind).default_options(trimmed)
        return Item(item_id, kind, prompt.strip(), trimmed, chosen)
    except ValueError as error:
        message = str(error).replace(f"item {item_id}", f"“{prompt.strip()[:60]}”")
        raise InputRefused(message, key="item_incomplete", prompt=prompt.strip()[:60]) from error


def _content_key(item: Item) -> tuple[ItemKind, str, tuple[str, ...]]:
    is_number = item.kind is ItemKind.NUMBER
    keys = tuple(comparable_number(key, item.tolerance) for key in item.keys) if is_number else item.keys
    return item.kind, " ".join(item.prompt.split()), keys


def _duplicate_item(item: Item) -> InputRefused:
    return InputRefused(
        f"the course already has the question “{item.prompt[:60]}”", key="item_known", prompt=item.prompt[:60]
    )


def _with_course_id(item: Item, course_id: str, here: Mapping[str, Item]) -> Item:
    """Return the item under its id in this course, with what a file does not contain."""
    own = item.id if item.id in here else hashlib.sha256(f"{course_id}\x1f{item.id}".encode()).hexdigest()[:16]
    old = here.get(own)
    if old is None:
        return replace(item, id=own, skill="")
    if _content_key(item)[1:] == _content_key(old)[1:]:
        return old
    return replace(
        item, id=own, source=old.source, skill=old.skill, difficulty=old.difficulty, misconceptions=old.misconceptions
    )


def _outlives_passage(stored: StoredItem) -> bool:
    return stored.state is ItemState.PINNED or stored.origin is not ItemOrigin.GENERATED


def _best_skill(item: Item, passage: Passage | None, skills: Sequence[Skill]) -> str:
    """Return the declared skill whose name shares most words with the item and its section; "" where none does."""
    place = " ".join(passage.heading[1:] or passage.heading) if passage else ""
    around = set(tokenize(f"{place} {item.prompt} {item.source.quote if item.source else ''} {' '.join(item.keys)}"))
    heading = set(tokenize(place))

    def share(skill: Skill) -> float:
        named = set(tokenize(skill.name))
        return (len(named & around) + 2 * len(named & heading)) / (1 + len(named)) if named else 0.0

    best = max(skills, key=share, default=None)
    return best.id if best is not None and share(best) > 0 else ""
