"""Skills: what a course teaches and what needs what, without circles.

The graph is a value; an edge that would close a circle is refused with the circle in the message. Who proposed an edge,
and on what grounds, stays with it. Skills are named by ids, so that renaming one moves nobody's mastery.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tutor.errors import InputRefused, NotFound


@dataclass(frozen=True, slots=True)
class PrerequisiteEdge:
    """`skill` builds on `prerequisite`."""

    skill: str
    prerequisite: str


@dataclass(frozen=True, slots=True)
class SkillGraph:
    """The skills of a course in its order, and what each needs; made by `graph`, never has a circle."""

    skills: tuple[str, ...]
    edges: tuple[PrerequisiteEdge, ...] = ()
    _prerequisites: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def direct_prerequisites(self, skill: str) -> frozenset[str]:
        """Return what must come directly before; raises NotFound for a skill of another course."""
        if skill not in self._prerequisites:
            raise NotFound(f"the course has no skill {skill!r}")
        return self._prerequisites[skill]

    def topological_order(self) -> tuple[str, ...]:
        """Return the skills with everything after what it needs, otherwise in the order of the course."""
        placed: list[str] = []
        waiting = list(self.skills)
        while waiting:
            ready = next(skill for skill in waiting if self.direct_prerequisites(skill) <= set(placed))
            placed.append(ready)
            waiting.remove(ready)
        return tuple(placed)


def build_graph(skills: Iterable[str], edges: Iterable[PrerequisiteEdge] = ()) -> SkillGraph:
    """Return the graph; raises InputRefused for an unknown skill or a circle."""
    names, kept = tuple(dict.fromkeys(skills)), tuple(edges)
    needs: dict[str, set[str]] = {name: set() for name in names}
    for edge in kept:
        for name in (edge.skill, edge.prerequisite):
            if name not in needs:
                raise InputRefused(f"an edge names the skill {name!r}, which the course does not have")
        needs[edge.skill].add(edge.prerequisite)
    _reject_cycle(needs)
    return SkillGraph(names, kept, {name: frozenset(before) for name, before in needs.items()})


def _reject_cycle(needs: Mapping[str, set[str]]) -> None:
    left = dict(needs)
    while left:
        free = [name for name, before in left.items() if not before & left.keys()]
        if not free:
            raise InputRefused(f"these skills need each other in a circle: {', '.join(sorted(left))}; remove one edge")
        for name in free:
            del left[name]
