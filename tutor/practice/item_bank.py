"""The items of a course: generated from its documents, checked before they are asked, edited by its instructors.

An item's id never changes: an edited item keeps its id, and a banned one is never generated again from its passage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import tutor.store.items as item_store
from knowledge.library import Library
from tutor.accounts.permissions import Action
from tutor.assessment.exchange import EXPORT_FORMATS, format_item, join_items, parse_items
from tutor.assessment.exercise_items import exercise_items
from tutor.assessment.grading import Grader, NotAnAnswer
from tutor.assessment.item_checks import find_fault
from tutor.assessment.item_generation import generate_items
from tutor.assessment.item_judge.judge import load_item_judge
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.number_grading import comparable_number
from tutor.assessment.printed_items import printed_items
from tutor.assessment.question_types.registry import question_type
from tutor.courses.courses import Courses
from tutor.domain import Outcome, Person, Skill
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock, new_id
from tutor.practice.item_skills import SkillTies
from tutor.practice.offered_skills import choose_offered_skills, count_by_skill
from tutor.practice.question_filters import ListedQuestion, QuestionFilter, listing_order
from tutor.store.courses import accepted_skills_of, offered_skills_of, set_offered_skills, skills_of
from tutor.store.database import Database
from tutor.store.items import GenerationSource, ItemOrigin, ItemState, StoredItem

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
        """Generate items from documents that are new since the last time; return how many items are new.

        What the judge of questions rejects is not stored. Items that another judge let pass are judged again, unless
        an instructor has edited or pinned them.
        """
        source = GenerationSource(self.library.catalog.generation(course_id), load_item_judge().version)
        with self.database.read_connection() as connection:
            last = item_store.last_source(connection, course_id)
            if last == source:
                return 0
            offered = offered_skills_of(connection, course_id)
            skills = accepted_skills_of(connection, course_id)
        made = self._generated_items(course_id)
        if not skills:
            skills = offered = self._offered_skills(course_id, made)
        made = self._tie_new_items(course_id, made, skills)
        with self.database.write_transaction() as connection:
            if last is not None and last.judge != source.judge:
                item_store.remove_untouched(connection, course_id)
            count = item_store.add_generated(connection, course_id, made, self.clock())
            item_store.set_source(connection, course_id, source)
            set_offered_skills(connection, course_id, offered)
        return count

    def askable_items(self, course_id: str) -> list[StoredItem]:
        """Return the items that may be asked: not banned, and from passages of the course unless pinned or written."""
        self.generate_items(course_id)
        here = {passage.id for passage in self.library.catalog.passages(course_id)}
        return [
            one
            for one in self._tied_items(course_id)
            if one.item.source is None or one.item.source.passage_id in here or _outlives_passage(one)
        ]

    def all_items(self, actor: Person, course_id: str) -> list[StoredItem]:
        """Return all items of a course for its instructor, banned ones included."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        self.generate_items(course_id)
        return self._tied_items(course_id, tuple(ItemState))

    def find_questions(self, actor: Person, course_id: str, wanted: QuestionFilter) -> list[ListedQuestion]:
        """Return the questions that an instructor looks for, pinned ones first, then the surest."""
        stored = self.all_items(actor, course_id)
        documents = {passage.id: passage.document_id for passage in self.library.catalog.passages(course_id)}
        listed = [
            ListedQuestion(one, documents.get(one.item.source.passage_id, "") if one.item.source else "")
            for one in stored
        ]
        return sorted((one for one in listed if wanted.matches(one)), key=listing_order)

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
            item = replace(item, skill=SkillTies.of(skills_of(connection, course_id)).best_skill(item, None))
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

    def set_states(self, actor: Person, course_id: str, item_ids: Collection[str], state: ItemState) -> int:
        """Do the same with many items of a course at once, all or none; return how many there were."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            here = {one.item.id for one in item_store.of_course(connection, course_id, tuple(ItemState))}
            if not here.issuperset(item_ids):
                raise NotFound("some of these questions no longer exist; look at the list again", key="item_gone")
            for item_id in set(item_ids):
                item_store.set_state(connection, item_id, state, self.clock())
        return len(set(item_ids))

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
            ties = SkillTies.of(skills_of(connection, course_id))
            for item in sound:
                with_skill = item if item.skill else replace(item, skill=ties.best_skill(item, None))
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

    def _tied_items(
        self, course_id: str, states: Sequence[ItemState] = (ItemState.READY, ItemState.PINNED)
    ) -> list[StoredItem]:
        """Return the items in these states, each with the skill of the course that it belongs to now."""
        with self.database.read_connection() as connection:
            stored = item_store.of_course(connection, course_id, states)
            ties = SkillTies.of(skills_of(connection, course_id))
        passages = {passage.id: passage for passage in self.library.catalog.passages(course_id)}
        return [ties.tie(one, passages.get(one.item.source.passage_id) if one.item.source else None) for one in stored]

    def _offered_skills(self, course_id: str, made: Sequence[Item]) -> list[Skill]:
        """Return the skills that the documents propose surest and that these items are about."""
        concepts = self.library.propose_concept_graph(course_id).concepts
        return choose_offered_skills(
            concepts, course_id, lambda skills: count_by_skill(self._tie_new_items(course_id, made, skills))
        )

    def _tie_new_items(self, course_id: str, made: Sequence[Item], skills: Sequence[Skill]) -> list[Item]:
        by_id = {passage.id: passage for passage in self.library.catalog.passages(course_id)}
        ties = SkillTies.of(skills)
        return [
            replace(item, skill=ties.best_skill(item, by_id[item.source.passage_id])) for item in made if item.source
        ]

    def _generated_items(self, course_id: str) -> list[Item]:
        passages = self.library.catalog.passages(course_id)
        printed = [*printed_items(passages), *(item for passage in passages for item in exercise_items(passage))]
        made = [*printed, *generate_items(passages)]
        return [item for item in made if item.source and self._is_solvable(item)]

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
