"""The questions of a course: made from its documents, solved before they are shown, and an instructor's to change.

An item's id never changes. One that is edited keeps its id; one that is banned never comes back from the same passage.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import tutor.store.items as item_store
from knowledge.documents import Passage
from knowledge.lexical import terms
from knowledge.library import Library
from tutor.accounts.permissions import Action
from tutor.assessment.gift import from_gift, to_gift
from tutor.assessment.grading import Grader, NotAnAnswer
from tutor.assessment.item_checks import degenerate
from tutor.assessment.item_generation import make_quiz
from tutor.assessment.items import Item, Kind, Source
from tutor.assessment.qti import from_qti, to_qti
from tutor.courses.courses import Courses
from tutor.domain import Outcome, Person, Skill
from tutor.errors import InputRefused, NotFound
from tutor.pedagogy.exercise import read_exercise, shown
from tutor.platform.clock import Clock, new_id
from tutor.store.courses import skills_of
from tutor.store.database import Database
from tutor.store.items import ItemState, Origin, StoredItem

MAX_IMPORT = 500
_EXERCISE = re.compile(r"(?:^|\n)\s*\d{1,2}[.)]\s+(?P<text>Solve [^\n?]{5,90}?[.\n])|(?P<zh>解方程[^\n。]{3,60}。)")
_QTI_ITEM = re.compile(r"<(?:\w+:)?assessmentItem\b.*?</(?:\w+:)?assessmentItem>", re.DOTALL)
FORMS = ("gift", "qti")


@dataclass(frozen=True, slots=True)
class Questions:
    """The item bank of each course."""

    database: Database
    courses: Courses
    library: Library
    grader: Grader
    clock: Clock

    def refresh(self, course_id: str) -> int:
        """Make items from documents that came since the last time; return how many are new."""
        generation = self.library.catalog.generation(course_id)
        with self.database.reading() as connection:
            if item_store.made_from(connection, course_id) == generation:
                return 0
            skills = skills_of(connection, course_id)
        made = list(self._made(course_id, skills))
        with self.database.writing() as connection:
            count = item_store.add_new(connection, course_id, made, self.clock())
            item_store.set_made_from(connection, course_id, generation)
        return count

    def pool(self, course_id: str) -> list[StoredItem]:
        """Return what may be asked: sound, not banned, and its passage still in the course unless it is pinned."""
        self.refresh(course_id)
        here = {passage.id for passage in self.library.catalog.passages(course_id)}
        with self.database.reading() as connection:
            stored = item_store.of_course(connection, course_id)
        return [one for one in stored if one.item.source is None or one.item.source.passage_id in here or _kept(one)]

    def bank(self, who: Person, course_id: str) -> list[StoredItem]:
        """Return all items of a course for its instructor, banned ones too."""
        self.courses.enter(who, course_id, Action.TEACH)
        self.refresh(course_id)
        with self.database.reading() as connection:
            return item_store.of_course(connection, course_id, tuple(ItemState))

    def write(
        self, who: Person, course_id: str, kind: Kind, prompt: str, keys: Sequence[str], options: Sequence[str] = ()
    ) -> Item:
        """Add an item of the instructor's own."""
        self.courses.enter(who, course_id, Action.TEACH)
        item = self._checked(_item(new_id(), kind, prompt, keys, options))
        with self.database.writing() as connection:
            item = replace(item, skill=_skill(item, None, skills_of(connection, course_id)))
            item_store.put(connection, course_id, item, Origin.WRITTEN, self.clock())
        return item

    def edit(
        self, who: Person, item_id: str, prompt: str, keys: Sequence[str], options: Sequence[str], difficulty: float
    ) -> Item:
        """Change an item's wording, keys and difficulty under its id; questions that were posed keep the old one."""
        stored = self._taught(who, item_id)
        changed = _item(item_id, stored.item.kind, prompt, keys, options)
        changed = replace(
            changed,
            source=stored.item.source,
            skill=stored.item.skill,
            difficulty=min(1.0, max(0.0, difficulty)),
            tolerance=stored.item.tolerance,
            misconceptions=tuple(pair for pair in stored.item.misconceptions if pair[0] in changed.options),
        )
        with self.database.writing() as connection:
            item_store.put(connection, stored.course_id, self._checked(changed), stored.origin, self.clock())
        return changed

    def set_state(self, who: Person, item_id: str, state: ItemState) -> None:
        """Pin, ban, or make an ordinary item again."""
        self._taught(who, item_id)
        with self.database.writing() as connection:
            item_store.set_state(connection, item_id, state, self.clock())

    def take_in(self, who: Person, course_id: str, text: str) -> tuple[int, list[InputRefused]]:
        """Import GIFT or QTI; return how many items came in, and why each of the others was refused.

        An item of this course that comes back takes its own place; one that stands there under another id is refused.
        """
        here = {stored.item.id: stored.item for stored in self.bank(who, course_id)}
        said = {_said(item): item.id for item in here.values()}
        read, refused = _read(text)
        sound: list[Item] = []
        for item in read[:MAX_IMPORT]:
            try:
                placed = _placed(item, course_id, here)
                if said.get(_said(placed), placed.id) != placed.id:
                    raise _known(item)
                sound.append(self._checked(placed))
                said[_said(placed)] = placed.id
            except InputRefused as refusal:
                refused.append(refusal)
        with self.database.writing() as connection:
            skills = skills_of(connection, course_id)
            for item in sound:
                with_skill = item if item.skill else replace(item, skill=_skill(item, None, skills))
                item_store.put(connection, course_id, with_skill, Origin.IMPORTED, self.clock())
        return len(sound), refused

    def hand_out(self, who: Person, course_id: str, form: str) -> tuple[str, list[InputRefused]]:
        """Export what may be asked as GIFT or QTI; return the text, and why each of the others was left out."""
        self.courses.enter(who, course_id, Action.TEACH)
        if form not in FORMS:
            raise InputRefused(
                f"{form!r} is not written; choose one of {', '.join(FORMS)}",
                key="items_form",
                form=form,
                forms=", ".join(FORMS),
            )
        texts: list[str] = []
        left_out: list[InputRefused] = []
        for stored in self.pool(course_id):
            try:
                texts.append(to_gift([stored.item]).strip() if form == "gift" else to_qti(stored.item))
            except InputRefused as refusal:
                left_out.append(refusal)
        return "\n\n".join(texts) + "\n", left_out

    def _made(self, course_id: str, skills: Sequence[Skill]) -> list[Item]:
        passages = self.library.catalog.passages(course_id)
        by_id = {passage.id: passage for passage in passages}
        made = [*make_quiz(passages), *(item for passage in passages for item in _equations(passage))]
        return [
            replace(item, skill=_skill(item, by_id[item.source.passage_id], skills))
            for item in made
            if item.source and self._solves(item)
        ]

    def _solves(self, item: Item) -> bool:
        try:
            return self.grader.grade(item, "\n".join(item.keys)).outcome is Outcome.RIGHT
        except NotAnAnswer:
            return False

    def _checked(self, item: Item) -> Item:
        """Return the item if its own key is graded right and its form gives nothing away."""
        if not any(char.isalnum() for char in item.prompt):
            raise InputRefused("a question needs words in it", key="item_incomplete", prompt=item.prompt[:60])
        if fault := degenerate(item):
            raise InputRefused(
                f"“{item.prompt[:60]}”: {fault}", key=f"item_{fault.name.lower()}", prompt=item.prompt[:60]
            )
        answer = item.keys[0] if item.kind in _ONE_KEY else "\n".join(item.keys)
        if self.grader.grade(item, answer).outcome is not Outcome.RIGHT:
            raise InputRefused(
                f"“{item.prompt[:60]}”: its own key is not graded right as {item.kind.value}; change kind or key",
                key="item_key_not_right",
                prompt=item.prompt[:60],
            )
        return item

    def _taught(self, who: Person, item_id: str) -> StoredItem:
        with self.database.reading() as connection:
            stored = item_store.by_id(connection, item_id)
        if stored is None:
            raise NotFound("there is no such question any more", key="item_gone")
        self.courses.enter(who, stored.course_id, Action.TEACH)
        return stored


_ONE_KEY = (Kind.CHOICE, Kind.TRUE_FALSE, Kind.NUMBER, Kind.FORMULA, Kind.CLOZE, Kind.SHORT_TEXT)


def _item(item_id: str, kind: Kind, prompt: str, keys: Sequence[str], options: Sequence[str]) -> Item:
    trimmed = tuple(key.strip() for key in keys if key.strip())
    try:
        chosen = tuple(option.strip() for option in options if option.strip())
        if kind is Kind.ORDERING and not chosen:
            chosen = tuple(sorted(trimmed))
        return Item(item_id, kind, prompt.strip(), trimmed, chosen)
    except ValueError as error:
        said = str(error).replace(f"item {item_id}", f"“{prompt.strip()[:60]}”")
        raise InputRefused(said, key="item_incomplete", prompt=prompt.strip()[:60]) from error


def _said(item: Item) -> tuple[Kind, str, tuple[str, ...]]:
    return item.kind, " ".join(item.prompt.split()), item.keys


def _known(item: Item) -> InputRefused:
    return InputRefused(f"“{item.prompt[:60]}” is here already", key="item_known", prompt=item.prompt[:60])


def _placed(item: Item, course_id: str, here: Mapping[str, Item]) -> Item:
    """Return the item under the id that it has in this course, with what a file does not tell."""
    own = item.id if item.id in here else hashlib.sha256(f"{course_id}\x1f{item.id}".encode()).hexdigest()[:16]
    old = here.get(own)
    if old is None:
        return replace(item, id=own, skill="")
    if _said(item)[1:] == _said(old)[1:]:
        return old
    return replace(
        item, id=own, source=old.source, skill=old.skill, difficulty=old.difficulty, misconceptions=old.misconceptions
    )


def _kept(stored: StoredItem) -> bool:
    return stored.state is ItemState.PINNED or stored.origin is not Origin.GENERATED


def _equations(passage: Passage) -> list[Item]:
    """The exercises of a passage that can be solved exactly, as questions for a number."""
    made = []
    for match in _EXERCISE.finditer(passage.text):
        quote = " ".join((match["text"] or match["zh"]).split())
        equation = read_exercise(quote).equation
        if equation is None:
            continue
        asked = "求 {x}。" if match["zh"] else "What is {x}?"
        lead = "解方程" if match["zh"] else "Solve"
        prompt = f"{lead} {equation.text}. {asked.format(x=equation.unknown)}"
        digest = hashlib.sha256(f"equation\x1f{prompt}\x1f{passage.id}".encode()).hexdigest()[:16]
        made.append(
            Item(
                digest,
                Kind.NUMBER,
                prompt,
                (shown(equation.solution),),
                source=Source(passage.id, quote),
                difficulty=min(0.9, 0.3 + 0.15 * len(equation.steps)),
            )
        )
    return made


def _skill(item: Item, passage: Passage | None, skills: Sequence[Skill]) -> str:
    """The declared skill whose name shares most words with the item and its place; "" when none shares any."""
    place = " ".join(passage.heading[1:] or passage.heading) if passage else ""
    around = set(terms(f"{place} {item.prompt} {item.source.quote if item.source else ''} {' '.join(item.keys)}"))
    heading = set(terms(place))

    def share(skill: Skill) -> float:
        named = set(terms(skill.name))
        return (len(named & around) + 2 * len(named & heading)) / (1 + len(named)) if named else 0.0

    best = max(skills, key=share, default=None)
    return best.id if best is not None and share(best) > 0 else ""


def _read(text: str) -> tuple[list[Item], list[InputRefused]]:
    """Items of a text in either form; what cannot be read is told apart and keeps back no other."""
    read: list[Item] = []
    refused: list[InputRefused] = []
    text = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    documents = _QTI_ITEM.findall(text) or ([text] if text.lstrip().startswith("<") else [])
    blocks = documents or [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    if not blocks:
        raise InputRefused("there are no questions in this text; paste GIFT, or QTI 2.1 items", key="no_items")
    for block in blocks:
        try:
            read += [from_qti(block)] if documents else from_gift(block)
        except InputRefused as refusal:
            refused.append(refusal)
    return read, refused
