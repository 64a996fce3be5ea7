"""Which concepts of the documents a course is practised by while no instructor has accepted a skill. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from knowledge.concepts import Concept
from tutor.assessment.items import Item
from tutor.courses.skills import skill_from_concept
from tutor.domain import Skill

MAX_OFFERED = 12
MIN_ITEMS = 1  # questions about a skill that is offered

CountItems = Callable[[Sequence[Skill]], Counter[str]]  # questions by the id of the skill that they belong to


def choose_offered_skills(concepts: Sequence[Concept], course_id: str, count_items: CountItems) -> list[Skill]:
    """Return the surest concepts with questions as skills, in the order in which the course introduces them."""
    candidates = [_offered_skill(concept, course_id) for concept in concepts]
    counts = count_items(candidates)
    pairs = [(one, concept) for one, concept in zip(candidates, concepts, strict=True) if counts[one.id] >= MIN_ITEMS]
    surest = {one.id for one, _ in sorted(pairs, key=lambda pair: -pair[1].sureness)[:MAX_OFFERED]}
    return [one for one in candidates if one.id in surest]


def count_by_skill(items: Iterable[Item]) -> Counter[str]:
    """Return how many items belong to each skill."""
    return Counter(item.skill for item in items)


def _offered_skill(concept: Concept, course_id: str) -> Skill:
    """Return the skill of a concept; the same concept always has the same id, since learners' records refer to it."""
    known_id = hashlib.sha256(f"{course_id}\x1f{concept.id}".encode()).hexdigest()[:16]
    return replace(skill_from_concept(concept, course_id, f"offered-{known_id}"), is_accepted=False)
