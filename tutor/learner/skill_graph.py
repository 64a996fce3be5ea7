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
    """`skill` builds on `needs`; `grounds` says why in a sentence, `strength` how sure the proposal was."""

    skill: str
    prerequisite: str
    source: str  # "instructor", or the name and version of what proposed it
    strength: float = 1.0
    reason: str = ""


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

    def all_prerequisites(self, skill: str) -> frozenset[str]:
        """Return everything that must come before, directly or not."""
        found: set[str] = set()
        waiting = list(self.direct_prerequisites(skill))
        while waiting:
            need = waiting.pop()
            if need not in found:
                found.add(need)
                waiting.extend(self.direct_prerequisites(need))
        return frozenset(found)

    def dependents(self, skill: str) -> frozenset[str]:
        """Return everything that builds on the skill, directly or not."""
        return frozenset(other for other in self.skills if skill in self.all_prerequisites(other))

    def with_edge(self, edge: PrerequisiteEdge) -> SkillGraph:
        """Return the graph with one more edge; raises InputRefused when it would close a circle."""
        if edge.prerequisite == edge.skill or edge.skill in self.all_prerequisites(edge.prerequisite):
            raise InputRefused(
                f"{edge.skill!r} cannot need {edge.prerequisite!r}, which already needs {edge.skill!r}; "
                "remove that edge first"
            )
        return build_graph(self.skills, (*self.without_edge(edge.skill, edge.prerequisite).edges, edge))

    def without_edge(self, skill: str, prerequisite: str) -> SkillGraph:
        """Return the graph without that edge, if there was one."""
        return build_graph(
            self.skills, (edge for edge in self.edges if (edge.skill, edge.prerequisite) != (skill, prerequisite))
        )

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


def graph_from_proposals(
    skills: Iterable[str], proposals: Iterable[PrerequisiteEdge], min_strength: float
) -> SkillGraph:
    """Return the graph of the proposals, the strongest first, without weak ones and those that close a circle."""
    built = build_graph(skills)
    for need in sorted(proposals, key=lambda n: (-n.strength, n.skill, n.prerequisite)):
        if (
            need.strength >= min_strength
            and need.prerequisite != need.skill
            and need.skill not in built.all_prerequisites(need.prerequisite)
        ):
            built = built.with_edge(need)
    return built


def _reject_cycle(needs: Mapping[str, set[str]]) -> None:
    left = dict(needs)
    while left:
        free = [name for name, before in left.items() if not before & left.keys()]
        if not free:
            raise InputRefused(f"these skills need each other in a circle: {', '.join(sorted(left))}; remove one edge")
        for name in free:
            del left[name]
