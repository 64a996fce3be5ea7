"""The skills of a course and their prerequisites, as an acyclic graph.

The graph is immutable. Skills are named by ids, so that renaming one changes nobody's mastery.
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
    """The skills of a course in its order, with their prerequisites; made by `build_graph`, always acyclic."""

    skills: tuple[str, ...]
    edges: tuple[PrerequisiteEdge, ...] = ()
    _prerequisites: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def direct_prerequisites(self, skill: str) -> frozenset[str]:
        """Return the direct prerequisites; raises NotFound for a skill of another course."""
        if skill not in self._prerequisites:
            raise NotFound(f"the course has no skill {skill!r}")
        return self._prerequisites[skill]

    def topological_order(self) -> tuple[str, ...]:
        """Return the skills, each after its prerequisites, otherwise in the order of the course."""
        placed: list[str] = []
        waiting = list(self.skills)
        while waiting:
            ready = next(skill for skill in waiting if self.direct_prerequisites(skill) <= set(placed))
            placed.append(ready)
            waiting.remove(ready)
        return tuple(placed)


def build_graph(skills: Iterable[str], edges: Iterable[PrerequisiteEdge] = ()) -> SkillGraph:
    """Return the graph; raises InputRefused for an unknown skill or a cycle."""
    names, all_edges = tuple(dict.fromkeys(skills)), tuple(edges)
    needs: dict[str, set[str]] = {name: set() for name in names}
    for edge in all_edges:
        for name in (edge.skill, edge.prerequisite):
            if name not in needs:
                raise InputRefused(f"the course has no skill {name!r}; add it before its prerequisites")
        needs[edge.skill].add(edge.prerequisite)
    _reject_cycle(needs)
    return SkillGraph(names, all_edges, {name: frozenset(before) for name, before in needs.items()})


def _reject_cycle(needs: Mapping[str, set[str]]) -> None:
    left = dict(needs)
    while left:
        free = [name for name, before in left.items() if not before & left.keys()]
        if not free:
            raise InputRefused(
                f"these skills need each other in a circle: {', '.join(sorted(left))}; remove one prerequisite"
            )
        for name in free:
            del left[name]
