"""The skills of a course and their prerequisites: proposed from its documents, decided by its instructors.

Each change applies to the skills as they are at that moment, in one transaction, so that two instructors never undo
each other's work. Ids never change; prerequisites never form a circle, and each has its reason: a quote or a decision.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import tutor.store.courses as course_store
from knowledge.concepts import Concept, ConceptEdge
from knowledge.library import Library
from tutor.accounts.permissions import Action
from tutor.courses.courses import Courses
from tutor.domain import Person, PrerequisiteReason, Skill
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import new_id
from tutor.store.database import Database

INSTRUCTOR = "instructor"
MAX_NAME_CHARS = 80
SkillList = list[Skill]


@dataclass(frozen=True, slots=True)
class ProposedSkill:
    """A concept that could be a skill, and the names of what it would build on."""

    concept: Concept
    prerequisites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SkillChange:
    """What one change did, so that it can be undone."""

    previous: tuple[tuple[int, Skill], ...]  # removed or changed skills as they were, with their positions
    added_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseSkills:
    """Reads and changes the skills of a course."""

    database: Database
    courses: Courses
    library: Library

    def skills(self, actor: Person, course_id: str) -> SkillList:
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            return course_store.accepted_skills_of(connection, course_id)

    def proposed_skills(self, actor: Person, course_id: str) -> list[ProposedSkill]:
        """Return the concepts of the documents that are not skills yet, the surest first, with what they build on."""
        skills = self.skills(actor, course_id)
        found = self.library.propose_concept_graph(course_id)
        known, names = _skills_by_concept(skills, found.concepts), {skill.id: skill.name for skill in skills}
        called = {concept.id: names.get(known.get(concept.id, ""), concept.name) for concept in found.concepts}
        needs: dict[str, list[str]] = {}
        for edge in found.edges:
            needs.setdefault(edge.concept, []).append(called[edge.prerequisite])
        fresh = sorted((one for one in found.concepts if one.id not in known), key=lambda one: -one.sureness)
        return [ProposedSkill(concept, tuple(dict.fromkeys(needs.get(concept.id, ())))) for concept in fresh]

    def accept_proposals(self, actor: Person, course_id: str, concept_ids: Collection[str]) -> SkillChange:
        """Turn proposed concepts into skills, with prerequisites among them and among the existing skills.

        A prerequisite that would close a circle is left out. A concept that learners practise already keeps its id.
        """
        found = self.library.propose_concept_graph(course_id)
        offered = self._offered_ids(course_id)

        def change(skills: SkillList) -> SkillList:
            known = _skills_by_concept(skills, found.concepts)
            new = {
                c.id: skill_from_concept(c, course_id, offered.get(c.id))
                for c in found.concepts
                if c.id in concept_ids and c.id not in known
            }
            ids = known | {concept: skill.id for concept, skill in new.items()}
            return _add_proposed_edges([*skills, *new.values()], ids, {skill.id for skill in new.values()}, found.edges)

        return self._apply(actor, course_id, change)

    def add(self, actor: Person, course_id: str, name: str) -> Skill:
        skill = Skill(_new_skill_id(name), course_id, _clean_name(name))
        self._apply(actor, course_id, lambda skills: [*_require_free_name(skills, skill.name, ""), skill])
        return skill

    def rename(self, actor: Person, course_id: str, skill_id: str, name: str) -> None:
        """Rename a skill; its id, and what learners know of it, stay."""
        new = _clean_name(name)

        def change(skills: SkillList) -> SkillList:
            one = _skill_by_id(skills, skill_id)
            return _replace_skill(_require_free_name(skills, new, skill_id), replace(one, name=new))

        self._apply(actor, course_id, change)

    def remove(self, actor: Person, course_id: str, skill_id: str) -> SkillChange:
        """Remove a skill and every prerequisite on it; its id is not used again."""

        def change(skills: SkillList) -> SkillList:
            _skill_by_id(skills, skill_id)
            return _without_skill(skills, skill_id)

        return self._apply(actor, course_id, change)

    def undo(self, actor: Person, course_id: str, past_change: SkillChange) -> None:
        """Undo a change: added skills go, removed ones return with their id and the prerequisites that still fit.

        Later changes by others stay. Raises InputRefused where another skill has taken the name meanwhile.
        """

        def change(skills: SkillList) -> SkillList:
            for each in past_change.added_ids:
                skills = _without_skill(skills, each)
            there = {skill.id for skill in skills}
            for place, skill in past_change.previous:
                if skill.id not in there:
                    skills = list(_require_free_name(skills, skill.name, ""))
                    skills.insert(place, replace(skill, prerequisites=(), prerequisite_reasons=()))
            for _, skill in past_change.previous:
                skills = _restore_prerequisites(skills, skill)
            return skills

        self._apply(actor, course_id, change)

    def add_prerequisite(self, actor: Person, course_id: str, skill_id: str, prerequisite_id: str) -> None:
        """Make a skill build on another one. Raises InputRefused, with the path, where that closes a circle."""

        def change(skills: SkillList) -> SkillList:
            one, other = _skill_by_id(skills, skill_id), _skill_by_id(skills, prerequisite_id)
            if prerequisite_id in one.prerequisites:
                return skills
            if path := _find_path(skills, prerequisite_id, skill_id):
                names = " → ".join(_skill_by_id(skills, step).name for step in path)
                raise InputRefused(
                    f"“{one.name}” cannot build on “{other.name}”: that would be a circle, because {names} "
                    "(each builds on the next). Remove one of these prerequisites first",
                    key="prerequisite_cycle",
                    one=one.name,
                    other=other.name,
                    names=names,
                )
            reason = PrerequisiteReason(prerequisite_id, INSTRUCTOR)
            return _replace_skill(
                skills,
                replace(
                    one,
                    prerequisites=(*one.prerequisites, prerequisite_id),
                    prerequisite_reasons=(*one.prerequisite_reasons, reason),
                ),
            )

        self._apply(actor, course_id, change)

    def remove_prerequisite(self, actor: Person, course_id: str, skill_id: str, prerequisite_id: str) -> None:
        self._apply(
            actor,
            course_id,
            lambda skills: _replace_skill(
                skills, _without_prerequisite(_skill_by_id(skills, skill_id), prerequisite_id)
            ),
        )

    def _offered_ids(self, course_id: str) -> dict[str, str]:
        with self.database.read_connection() as connection:
            return {one.concept: one.id for one in course_store.offered_skills_of(connection, course_id)}

    def _apply(self, actor: Person, course_id: str, change: Callable[[SkillList], SkillList]) -> SkillChange:
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            before = course_store.accepted_skills_of(connection, course_id)
            after = change(before)
            course_store.set_skills(connection, course_id, after)
        ids = {skill.id for skill in before}
        previous = tuple((place, skill) for place, skill in enumerate(before) if skill not in after)
        return SkillChange(previous, tuple(skill.id for skill in after if skill.id not in ids))


def _normalize_name(name: str) -> str:
    """Return the form in which names are compared: without case, extra spaces and a leading article."""
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return re.sub(r"^(?:the|an|a) (?=.)", "", plain)


def _skills_by_concept(skills: Sequence[Skill], concepts: Sequence[Concept]) -> dict[str, str]:
    """Return the skill id of each concept that is a skill already, by its origin or its name."""
    by_name = {_normalize_name(skill.name): skill.id for skill in skills}
    named = {
        concept.id: by_name[_normalize_name(concept.name)]
        for concept in concepts
        if _normalize_name(concept.name) in by_name
    }
    return named | {skill.concept: skill.id for skill in skills if skill.concept}


def _clean_name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name[: 4 * MAX_NAME_CHARS]).split())
    if not any(character.isalnum() for character in name):
        raise InputRefused("a skill needs a name; enter one", key="skill_unnamed")
    return name[:MAX_NAME_CHARS]


def _new_skill_id(name: str) -> str:
    """Return a readable id that is unique."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "skill"
    return f"{slug}-{new_id()[:6]}"


def skill_from_concept(concept: Concept, course_id: str, known_id: str | None = None) -> Skill:
    """Return a skill that is named like the concept, with a new id unless it had one."""
    return Skill(known_id or _new_skill_id(concept.name), course_id, _clean_name(concept.name), concept=concept.id)


def _skill_by_id(skills: Sequence[Skill], skill_id: str) -> Skill:
    for skill in skills:
        if skill.id == skill_id:
            return skill
    raise NotFound("this skill is no longer in the course; somebody else may have removed it")


def _replace_skill(skills: Sequence[Skill], changed: Skill) -> SkillList:
    return [changed if skill.id == changed.id else skill for skill in skills]


def _require_free_name(skills: SkillList, name: str, except_id: str) -> SkillList:
    """Return the skills; raises InputRefused when one other than `except_id` has this name."""
    if any(_normalize_name(skill.name) == _normalize_name(name) and skill.id != except_id for skill in skills):
        raise InputRefused(
            f"the course already has a skill “{name}”; choose another name", key="skill_taken", name=name
        )
    return skills


def _without_prerequisite(skill: Skill, needs: str) -> Skill:
    return replace(
        skill,
        prerequisites=tuple(need for need in skill.prerequisites if need != needs),
        prerequisite_reasons=tuple(reason for reason in skill.prerequisite_reasons if reason.needs != needs),
    )


def _without_skill(skills: SkillList, skill_id: str) -> SkillList:
    return [_without_prerequisite(skill, skill_id) for skill in skills if skill.id != skill_id]


def _restore_prerequisites(skills: SkillList, former: Skill) -> SkillList:
    """Restore the prerequisites of a skill in their order, except missing ones and those that close a circle."""
    former_reasons = {reason.needs: reason for reason in former.prerequisite_reasons}
    positions = {needs: n for n, needs in enumerate(former.prerequisites)}
    ids = {skill.id for skill in skills}
    for needs in former.prerequisites if former.id in ids else ():
        one = _skill_by_id(skills, former.id)
        if needs not in ids or needs in one.prerequisites or _find_path(skills, needs, one.id):
            continue
        order = sorted((*one.prerequisites, needs), key=lambda each: positions.get(each, len(positions)))
        restored = former_reasons.get(needs)
        reasons = {each.needs: each for each in (*one.prerequisite_reasons, *([restored] if restored else []))}
        ordered = tuple(reasons[each] for each in order if each in reasons)
        skills = _replace_skill(skills, replace(one, prerequisites=tuple(order), prerequisite_reasons=ordered))
    return skills


def _add_proposed_edges(
    skills: SkillList, ids: Mapping[str, str], new: Collection[str], edges: Sequence[ConceptEdge]
) -> SkillList:
    """Return the skills with the proposed edges of new ones, strongest first, without those that close a circle.

    `ids` gives the skill id of a concept.
    """
    for edge in sorted(edges, key=lambda edge: -edge.strength):
        skill_id, needs = ids.get(edge.concept), ids.get(edge.prerequisite)
        if skill_id is None or needs is None or not {skill_id, needs} & set(new) or _find_path(skills, needs, skill_id):
            continue
        one = _skill_by_id(skills, skill_id)
        reason = PrerequisiteReason(needs, edge.basis.value, edge.evidence.text[:500], edge.evidence.passage_id)
        skills = _replace_skill(
            skills,
            replace(
                one, prerequisites=(*one.prerequisites, needs), prerequisite_reasons=(*one.prerequisite_reasons, reason)
            ),
        )
    return skills


def _find_path(skills: Sequence[Skill], start: str, goal: str) -> tuple[str, ...]:
    """Return the shortest chain of prerequisites from one skill to another, both included; () where there is none."""
    needs = {skill.id: skill.prerequisites for skill in skills}
    paths: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while paths:
        path = paths.pop(0)
        if path[-1] == goal:
            return path
        for step in needs.get(path[-1], ()):
            if step not in seen:
                seen.add(step)
                paths.append((*path, step))
    return ()
