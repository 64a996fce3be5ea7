"""The profile: what a learner says about themselves and what their answers show; theirs to see, change, export, delete.

One short block of it reaches the prompt, and the learner's page shows exactly that block. A model with a small context
window gets none: it would repeat the block instead of using it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import tutor.store.courses as course_store
import tutor.store.profiles as profile_store
from tutor.chat import prompts
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.errors import InputRefused
from tutor.learner.overview import LearnerOverview
from tutor.learner.profile_statements import MAX_NAMED_SKILLS, ProfileStatement, StatementKind, build_statements
from tutor.locales import t
from tutor.platform.clock import Clock
from tutor.progress.learner_progress import LearnerProgress
from tutor.store.database import Database
from tutor.store.profiles import StoredProfile

FREE_TEXT_FIELDS = ("goals", "interests")
CHOICE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "level": ("beginner", "intermediate", "advanced"),
    "pace": ("slowly", "steadily", "fast"),
}
PROFILE_FIELDS = (*CHOICE_FIELDS, *FREE_TEXT_FIELDS)
MAX_CHARS = 120  # of goals and of interests, so that the block stays short


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the product says about one learner in one course."""

    stored: StoredProfile
    statements: tuple[ProfileStatement, ...]
    skill_names: Mapping[str, str]  # of the course's skills
    prompt_block: str  # the part of the prompt; "" when there is nothing, or the learner switched it off


@dataclass(frozen=True, slots=True)
class Profiles:
    """Reads and changes profiles; nobody but the learner has access to theirs."""

    database: Database
    courses: Courses
    progress: LearnerProgress
    clock: Clock

    def own_profile(self, actor: Person, course_id: str, overview: LearnerOverview | None = None) -> Profile:
        """Return a learner's own profile; pass their `overview` where it was computed already."""
        self.courses.authorize(actor, course_id)
        return self._load(actor.id, course_id, overview or self.progress.own_overview(actor, course_id), actor.language)

    def prompt_block(self, learner_id: str, course_id: str, language: str) -> str:
        """Return the block about the learner for a prompt in this language; the caller checks access."""
        return self._load(
            learner_id, course_id, self.progress.learner_overview(learner_id, course_id), language
        ).prompt_block

    def update(self, actor: Person, course_id: str, values: Mapping[str, str]) -> None:
        """Store what a learner says about themselves; fields not in `values` stay, "" removes a field."""
        self.courses.authorize(actor, course_id)
        checked = {name: _validate_field(name, value) for name, value in values.items()}
        self._update_stored(
            actor, course_id, lambda old: replace(old, self_reported=_without_empty({**old.self_reported, **checked}))
        )

    def set_in_prompt(self, actor: Person, course_id: str, *, enabled: bool) -> None:
        """Switch the block in the prompt on or off."""
        self.courses.authorize(actor, course_id)
        self._update_stored(actor, course_id, lambda old: replace(old, in_prompt=enabled))

    def delete_statement(self, actor: Person, course_id: str, key: str) -> None:
        """Delete a statement: it is no longer shown nor part of the prompt."""
        found = next((s for s in self.own_profile(actor, course_id).statements if s.key == key), None)
        if found is None:
            raise InputRefused("this statement no longer exists; reload the page")
        self._update_stored(actor, course_id, lambda old: replace(old, dropped={**old.dropped, key: found.rests_on}))

    def restore_statement(self, actor: Person, course_id: str, key: str) -> None:
        """Undo the deletion of a statement: it is shown again, as far as the answers still support it."""
        self.courses.authorize(actor, course_id)

        def change(old: StoredProfile) -> StoredProfile:
            return replace(old, dropped={other: n for other, n in old.dropped.items() if other != key})

        self._update_stored(actor, course_id, change)

    def delete_profile(self, actor: Person, course_id: str) -> int:
        """Delete the profile with all its evidence; returns how many events were deleted."""
        with self.database.write_transaction() as connection:
            profile_store.delete(connection, course_id, actor.id)
        return self.progress.delete_learner_data(actor, course_id)

    def _load(self, learner_id: str, course_id: str, overview: LearnerOverview, language: str) -> Profile:
        with self.database.read_connection() as connection:
            names = {skill.id: skill.name for skill in course_store.skills_of(connection, course_id)}
            stored = profile_store.get(connection, course_id, learner_id)
        found = build_statements(overview, stored.dropped)
        return Profile(stored, found, names, _render_prompt_block(stored, found, names, language))

    def _update_stored(self, actor: Person, course_id: str, change: Callable[[StoredProfile], StoredProfile]) -> None:
        with self.database.write_transaction() as connection:
            old = profile_store.get(connection, course_id, actor.id)
            profile_store.save(connection, course_id, actor.id, change(old), self.clock())


def _validate_field(name: str, value: str) -> str:
    if name not in PROFILE_FIELDS:
        raise InputRefused(f"a profile has no field {name!r}; use one of {', '.join(PROFILE_FIELDS)}")
    text = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in value).split())
    if text and name in CHOICE_FIELDS and text not in CHOICE_FIELDS[name]:
        raise InputRefused(f"{text!r} is not a {name}; choose one of {', '.join(CHOICE_FIELDS[name])}")
    if len(text) > MAX_CHARS:
        raise InputRefused(f"{name} has {len(text)} characters; use at most {MAX_CHARS}")
    return text


def _without_empty(values: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in values.items() if value}


def _render_prompt_block(
    stored: StoredProfile, found: tuple[ProfileStatement, ...], names: Mapping[str, str], language: str
) -> str:
    if not stored.in_prompt:
        return ""
    values = {name: stored.self_reported.get(name, "").replace('"', "'") for name in PROFILE_FIELDS}
    values |= {name: t(language, f"{name}_{values[name]}") for name in CHOICE_FIELDS if values[name]}
    inferred = {
        "strong": list(_skill_names(found, StatementKind.STRONG, names)),
        "weak": list(_skill_names(found, StatementKind.WEAK, names)),
        "mixed_up": [s.text for s in found if s.says is StatementKind.MIXED_UP][:1],
    }
    if not any(values.values()) and not any(inferred.values()):
        return ""
    ((_, text),) = prompts.load_prompt("learner", language).render(**values, **inferred)
    return " ".join(text.split())


def _skill_names(found: tuple[ProfileStatement, ...], kind: StatementKind, names: Mapping[str, str]) -> Iterator[str]:
    chosen = [s.skill for s in found if s.says is kind and s.skill in names][:MAX_NAMED_SKILLS]
    return (names[skill] for skill in chosen if skill)
