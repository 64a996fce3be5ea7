"""The profile: what a learner says of herself and what her answers say of her; hers to see, change, take and delete.

Of all this, one short block reaches the prompt, and her page shows that very block. A model with a small window gets
none: it repeats what it is told instead of using it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import tutor.store.courses as course_store
import tutor.store.learner_records as record_store
from tutor.chat import prompts
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.errors import InputRefused
from tutor.learner.overview import Overview
from tutor.learner.profile_statements import NAMED, Says, Statement, statements
from tutor.platform.clock import Clock
from tutor.progress.learner_progress import Progress
from tutor.store.database import Database
from tutor.store.learner_records import Said

FREE = ("goals", "interests")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "level": ("beginner", "intermediate", "advanced"),
    "pace": ("slowly", "steadily", "fast"),
}
FIELDS = (*CHOICES, *FREE)
MAX_CHARS = 120  # of goals and of interests: the block stays short
SPOKEN: Mapping[str, str] = {
    "beginner": "初学",
    "intermediate": "中等",
    "advanced": "较高",
    "slowly": "慢一些",
    "steadily": "平稳",
    "fast": "快一些",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that the house says of one learner in one course."""

    said: Said
    statements: tuple[Statement, ...]
    names: Mapping[str, str]  # of the course's skills
    block: str  # what a prompt is told; "" when there is nothing, or she switched it off


@dataclass(frozen=True, slots=True)
class Profiles:
    """Reads and changes profiles; each is its learner's own, nobody else's."""

    database: Database
    courses: Courses
    progress: Progress
    clock: Clock

    def of(self, who: Person, course_id: str, seen: Overview | None = None) -> Profile:
        """Return a learner's own profile; `seen` is her overview, where it was computed already."""
        self.courses.enter(who, course_id)
        return self._read(who.id, course_id, seen or self.progress.of(who, course_id), who.language)

    def block(self, learner_id: str, course_id: str, language: str) -> str:
        """Return what a prompt in this language is told of the learner whom it answers; for the turn alone."""
        return self._read(learner_id, course_id, self.progress.overview_of(learner_id, course_id), language).block

    def say(self, who: Person, course_id: str, said: Mapping[str, str]) -> None:
        """Store what a learner says of herself; what is not named stays, "" takes a field away."""
        self.courses.enter(who, course_id)
        checked = {name: _checked(name, value) for name, value in said.items()}
        self._change(who, course_id, lambda old: replace(old, said=_without_empty({**old.said, **checked})))

    def tell_the_model(self, who: Person, course_id: str, *, yes: bool) -> None:
        """Switch the block in the prompt on or off."""
        self.courses.enter(who, course_id)
        self._change(who, course_id, lambda old: replace(old, in_prompt=yes))

    def drop(self, who: Person, course_id: str, key: str) -> None:
        """Delete a statement: it is not said any more, and not told to the model."""
        found = next((s for s in self.of(who, course_id).statements if s.key == key), None)
        if found is None:
            raise InputRefused("this statement is not there any more; look at the page again")
        self._change(who, course_id, lambda old: replace(old, dropped={**old.dropped, key: found.rests_on}))

    def restore(self, who: Person, course_id: str, key: str) -> None:
        """Undo the deletion of a statement: it is said again, as far as her answers still say it."""
        self.courses.enter(who, course_id)

        def change(old: Said) -> Said:
            return replace(old, dropped={other: n for other, n in old.dropped.items() if other != key})

        self._change(who, course_id, change)

    def delete(self, who: Person, course_id: str) -> int:
        """Delete the profile with all evidence under it; returns how many answers went."""
        with self.database.writing() as connection:
            record_store.unsay(connection, course_id, who.id)
        return self.progress.forget(who, course_id)

    def _read(self, learner_id: str, course_id: str, seen: Overview, language: str) -> Profile:
        with self.database.reading() as connection:
            names = {skill.id: skill.name for skill in course_store.skills_of(connection, course_id)}
            said = record_store.said_by(connection, course_id, learner_id)
        found = statements(seen, said.dropped)
        return Profile(said, found, names, _block(said, found, names, language))

    def _change(self, who: Person, course_id: str, change: Callable[[Said], Said]) -> None:
        with self.database.writing() as connection:
            old = record_store.said_by(connection, course_id, who.id)
            record_store.say(connection, course_id, who.id, change(old), self.clock())


def _checked(name: str, value: str) -> str:
    if name not in FIELDS:
        raise InputRefused(f"a profile has no field {name!r}; it has {', '.join(FIELDS)}")
    text = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in value).split())
    if text and name in CHOICES and text not in CHOICES[name]:
        raise InputRefused(f"{text!r} is no {name}; choose one of {', '.join(CHOICES[name])}")
    if len(text) > MAX_CHARS:
        raise InputRefused(f"{name} has {len(text)} characters; {MAX_CHARS} are kept, so that the model is told little")
    return text


def _without_empty(said: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in said.items() if value}


def _block(said: Said, found: tuple[Statement, ...], names: Mapping[str, str], language: str) -> str:
    if not said.in_prompt:
        return ""
    tongue = "zh" if language == "zh" else "en"
    values = {name: said.said.get(name, "").replace('"', "'") for name in FIELDS}
    if tongue == "zh":
        values = {name: SPOKEN.get(value, value) if name in CHOICES else value for name, value in values.items()}
    drawn = {
        "strong": list(_named(found, Says.STRONG, names)),
        "weak": list(_named(found, Says.WEAK, names)),
        "mixed_up": [s.text for s in found if s.says is Says.MIXED_UP][:1],
    }
    if not any(values.values()) and not any(drawn.values()):
        return ""
    ((_, text),) = prompts.load(f"learner.{tongue}").render(**values, **drawn)
    return " ".join(text.split())


def _named(found: tuple[Statement, ...], says: Says, names: Mapping[str, str]) -> Iterator[str]:
    chosen = [s.skill for s in found if s.says is says and s.skill in names][:NAMED]
    return (names[skill] for skill in chosen if skill)
