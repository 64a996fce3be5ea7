"""The syllabus: a course's skills and what each builds on, proposed by the library, decided by its instructors.

Each verb changes the skills as they are at that moment, in one transaction, so that two instructors never undo each
other. An id is for ever; edges never close a circle, and each says on what words or decision it rests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import tutor.store.courses as course_store
from knowledge.concepts import Concept, Edge
from knowledge.library import Library
from tutor.accounts.permissions import Action
from tutor.courses.courses import Courses
from tutor.domain import Ground, Person, Skill
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import new_id
from tutor.store.database import Database

INSTRUCTOR = "instructor"
LONGEST_NAME = 80
Skills = list[Skill]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A concept that could be a skill, and the names of what it would build on."""

    concept: Concept
    builds_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one change did, so that it can be taken back."""

    went: tuple[tuple[int, Skill], ...]  # skills that were removed or changed, as they were, with their places
    came: tuple[str, ...]  # ids of skills that are new


@dataclass(frozen=True, slots=True)
class Syllabus:
    """What a course teaches, and in which order it can be learnt."""

    database: Database
    courses: Courses
    library: Library

    def skills(self, who: Person, course_id: str) -> Skills:
        self.courses.enter(who, course_id, Action.TEACH)
        with self.database.reading() as connection:
            return course_store.skills_of(connection, course_id)

    def proposals(self, who: Person, course_id: str) -> list[Proposed]:
        """Return the concepts of the documents that are no skills yet, with what they would build on."""
        skills = self.skills(who, course_id)
        found = self.library.concepts(course_id)
        known, names = _skills_by_concept(skills, found.concepts), {skill.id: skill.name for skill in skills}
        called = {concept.id: names.get(known.get(concept.id, ""), concept.name) for concept in found.concepts}
        needs: dict[str, list[str]] = {}
        for edge in found.edges:
            needs.setdefault(edge.concept, []).append(called[edge.needs])
        fresh = [concept for concept in found.concepts if concept.id not in known]
        return [Proposed(concept, tuple(dict.fromkeys(needs.get(concept.id, ())))) for concept in fresh]

    def accept(self, who: Person, course_id: str, concepts: Collection[str]) -> Step:
        """Make proposed concepts skills, with the edges among them and to skills that there were.

        An edge that would now close a circle is left out.
        """
        found = self.library.concepts(course_id)

        def change(skills: Skills) -> Skills:
            known = _skills_by_concept(skills, found.concepts)
            new = {c.id: _skill(c, course_id) for c in found.concepts if c.id in concepts and c.id not in known}
            ids = known | {concept: skill.id for concept, skill in new.items()}
            return _with_edges([*skills, *new.values()], ids, {skill.id for skill in new.values()}, found.edges)

        return self._change(who, course_id, change)

    def add(self, who: Person, course_id: str, name: str) -> Skill:
        skill = Skill(_new_id(name), course_id, _named(name))
        self._change(who, course_id, lambda skills: [*_without_name(skills, skill.name, ""), skill])
        return skill

    def rename(self, who: Person, course_id: str, skill_id: str, name: str) -> None:
        """Give a skill another name; its id, and all that learners know of it, stays."""
        new = _named(name)

        def change(skills: Skills) -> Skills:
            one = _the(skills, skill_id)
            return _with(_without_name(skills, new, skill_id), replace(one, name=new))

        self._change(who, course_id, change)

    def remove(self, who: Person, course_id: str, skill_id: str) -> Step:
        """Take a skill off the course, and every edge to it; its id is not given to another one."""

        def change(skills: Skills) -> Skills:
            _the(skills, skill_id)
            return _without(skills, skill_id)

        return self._change(who, course_id, change)

    def undo(self, who: Person, course_id: str, step: Step) -> None:
        """Take a step back: what came goes, what went comes back under its id, with the edges that still fit.

        What others did since then stays; raises InputRefused where one of them gave its name to another skill.
        """

        def change(skills: Skills) -> Skills:
            for each in step.came:
                skills = _without(skills, each)
            there = {skill.id for skill in skills}
            for place, skill in step.went:
                if skill.id not in there:
                    skills = list(_without_name(skills, skill.name, ""))
                    skills.insert(place, replace(skill, needs=(), grounds=()))
            for _, skill in step.went:
                skills = _with_needs(skills, skill)
            return skills

        self._change(who, course_id, change)

    def need(self, who: Person, course_id: str, skill_id: str, needs: str) -> None:
        """Say that a skill builds on another. Raises InputRefused, naming the way round, where that closes a circle."""

        def change(skills: Skills) -> Skills:
            one, other = _the(skills, skill_id), _the(skills, needs)
            if needs in one.needs:
                return skills
            if way := _way(skills, needs, skill_id):
                names = " → ".join(_the(skills, step).name for step in way)
                raise InputRefused(
                    f"“{one.name}” cannot build on “{other.name}”: that would be a circle, because {names} already "
                    "stands (each builds on the next). Take one of these steps away first",
                    key="circle",
                    one=one.name,
                    other=other.name,
                    names=names,
                )
            ground = Ground(needs, INSTRUCTOR)
            return _with(skills, replace(one, needs=(*one.needs, needs), grounds=(*one.grounds, ground)))

        self._change(who, course_id, change)

    def drop_need(self, who: Person, course_id: str, skill_id: str, needs: str) -> None:
        self._change(who, course_id, lambda skills: _with(skills, _without_need(_the(skills, skill_id), needs)))

    def _change(self, who: Person, course_id: str, change: Callable[[Skills], Skills]) -> Step:
        self.courses.enter(who, course_id, Action.TEACH)
        with self.database.writing() as connection:
            before = course_store.skills_of(connection, course_id)
            after = change(before)
            course_store.set_skills(connection, course_id, after)
        ids = {skill.id for skill in before}
        went = tuple((place, skill) for place, skill in enumerate(before) if skill not in after)
        return Step(went, tuple(skill.id for skill in after if skill.id not in ids))


def _key(name: str) -> str:
    """What makes two names the same: neither case nor spaces, nor an article before them."""
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return re.sub(r"^(?:the|an|a) (?=.)", "", plain)


def _skills_by_concept(skills: Sequence[Skill], concepts: Sequence[Concept]) -> dict[str, str]:
    """Return for each concept that is a skill already, by descent or by its name, that skill's id."""
    by_name = {_key(skill.name): skill.id for skill in skills}
    named = {concept.id: by_name[_key(concept.name)] for concept in concepts if _key(concept.name) in by_name}
    return named | {skill.concept: skill.id for skill in skills if skill.concept}


def _named(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not any(character.isalnum() for character in name):
        raise InputRefused("a skill needs a name", key="skill_unnamed")
    return name[:LONGEST_NAME]


def _new_id(name: str) -> str:
    """A readable id that was never given before."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "skill"
    return f"{slug}-{new_id()[:6]}"


def _skill(concept: Concept, course_id: str) -> Skill:
    return Skill(_new_id(concept.name), course_id, _named(concept.name), concept=concept.id)


def _the(skills: Sequence[Skill], skill_id: str) -> Skill:
    for skill in skills:
        if skill.id == skill_id:
            return skill
    raise NotFound("this skill is not in the course any more; somebody else may have removed it")


def _with(skills: Sequence[Skill], changed: Skill) -> Skills:
    return [changed if skill.id == changed.id else skill for skill in skills]


def _without_name(skills: Skills, name: str, but: str) -> Skills:
    """Return the skills; raises InputRefused when another one than `but` has this name."""
    if any(_key(skill.name) == _key(name) and skill.id != but for skill in skills):
        raise InputRefused(f"the course has a skill “{name}” already", key="skill_taken", name=name)
    return skills


def _without_need(skill: Skill, needs: str) -> Skill:
    return replace(
        skill,
        needs=tuple(need for need in skill.needs if need != needs),
        grounds=tuple(ground for ground in skill.grounds if ground.needs != needs),
    )


def _without(skills: Skills, skill_id: str) -> Skills:
    return [_without_need(skill, skill_id) for skill in skills if skill.id != skill_id]


def _with_needs(skills: Skills, once: Skill) -> Skills:
    """Give a skill back what it once built on, in that order, as far as it is there and closes no circle."""
    why, places = {ground.needs: ground for ground in once.grounds}, {needs: n for n, needs in enumerate(once.needs)}
    ids = {skill.id for skill in skills}
    for needs in once.needs if once.id in ids else ():
        one = _the(skills, once.id)
        if needs not in ids or needs in one.needs or _way(skills, needs, one.id):
            continue
        order = sorted((*one.needs, needs), key=lambda each: places.get(each, len(places)))
        grounds = {ground.needs: ground for ground in (*one.grounds, *filter(None, [why.get(needs)]))}
        kept = tuple(grounds[each] for each in order if each in grounds)
        skills = _with(skills, replace(one, needs=tuple(order), grounds=kept))
    return skills


def _with_edges(skills: Skills, ids: Mapping[str, str], new: Collection[str], edges: Sequence[Edge]) -> Skills:
    """Return the skills with the proposed edges that touch a new one, strongest first, none that closes a circle.

    `ids` gives the skill of a concept.
    """
    for edge in sorted(edges, key=lambda edge: -edge.strength):
        skill_id, needs = ids.get(edge.concept), ids.get(edge.needs)
        if skill_id is None or needs is None or not {skill_id, needs} & set(new) or _way(skills, needs, skill_id):
            continue
        one = _the(skills, skill_id)
        ground = Ground(needs, edge.ground.value, edge.evidence.text[:500], edge.evidence.passage_id)
        skills = _with(skills, replace(one, needs=(*one.needs, needs), grounds=(*one.grounds, ground)))
    return skills


def _way(skills: Sequence[Skill], start: str, goal: str) -> tuple[str, ...]:
    """Return a chain of needs from one skill to another, both ends named; () where none leads there."""
    needs = {skill.id: skill.needs for skill in skills}
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for step in needs.get(way[-1], ()):
            if step not in seen:
                seen.add(step)
                ways.append((*way, step))
    return ()
