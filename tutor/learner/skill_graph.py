"""Skills: what a course teaches and what needs what, without circles.

The graph is a value; an edge that would close a circle is refused with the circle in the message. Who proposed an edge,
and on what grounds, stays with it. Skills are named by ids, so that renaming one moves nobody's mastery.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tutor.errors import InputRefused, NotFound


@dataclass(frozen=True, slots=True)
class Need:
    """`skill` builds on `needs`; `grounds` says why in a sentence, `strength` how sure the proposal was."""

    skill: str
    needs: str
    source: str  # "instructor", or the name and version of what proposed it
    strength: float = 1.0
    grounds: str = ""


@dataclass(frozen=True, slots=True)
class SkillGraph:
    """The skills of a course in its order, and what each needs; made by `graph`, never has a circle."""

    skills: tuple[str, ...]
    edges: tuple[Need, ...] = ()
    _needs: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def needs(self, skill: str) -> frozenset[str]:
        """Return what must come directly before; raises NotFound for a skill of another course."""
        if skill not in self._needs:
            raise NotFound(f"the course has no skill {skill!r}")
        return self._needs[skill]

    def before(self, skill: str) -> frozenset[str]:
        """Return everything that must come before, directly or not."""
        found: set[str] = set()
        waiting = list(self.needs(skill))
        while waiting:
            need = waiting.pop()
            if need not in found:
                found.add(need)
                waiting.extend(self.needs(need))
        return frozenset(found)

    def after(self, skill: str) -> frozenset[str]:
        """Return everything that builds on the skill, directly or not."""
        return frozenset(other for other in self.skills if skill in self.before(other))

    def with_need(self, need: Need) -> SkillGraph:
        """Return the graph with one more edge; raises InputRefused when it would close a circle."""
        if need.needs == need.skill or need.skill in self.before(need.needs):
            raise InputRefused(
                f"{need.skill!r} cannot need {need.needs!r}, which already needs {need.skill!r}; remove that edge first"
            )
        return graph(self.skills, (*self.without(need.skill, need.needs).edges, need))

    def without(self, skill: str, needs: str) -> SkillGraph:
        """Return the graph without that edge, if there was one."""
        return graph(self.skills, (edge for edge in self.edges if (edge.skill, edge.needs) != (skill, needs)))

    def ordered(self) -> tuple[str, ...]:
        """Return the skills with everything after what it needs, otherwise in the order of the course."""
        placed: list[str] = []
        waiting = list(self.skills)
        while waiting:
            ready = next(skill for skill in waiting if self.needs(skill) <= set(placed))
            placed.append(ready)
            waiting.remove(ready)
        return tuple(placed)


def graph(skills: Iterable[str], edges: Iterable[Need] = ()) -> SkillGraph:
    """Return the graph; raises InputRefused for an unknown skill or a circle."""
    names, kept = tuple(dict.fromkeys(skills)), tuple(edges)
    needs: dict[str, set[str]] = {name: set() for name in names}
    for edge in kept:
        for name in (edge.skill, edge.needs):
            if name not in needs:
                raise InputRefused(f"an edge names the skill {name!r}, which the course does not have")
        needs[edge.skill].add(edge.needs)
    _refuse_circle(needs)
    return SkillGraph(names, kept, {name: frozenset(before) for name, before in needs.items()})


def propose(skills: Iterable[str], proposals: Iterable[Need], least: float) -> SkillGraph:
    """Return the graph of the proposals, the strongest first, without weak ones and those that close a circle."""
    built = graph(skills)
    for need in sorted(proposals, key=lambda n: (-n.strength, n.skill, n.needs)):
        if need.strength >= least and need.needs != need.skill and need.skill not in built.before(need.needs):
            built = built.with_need(need)
    return built


def _refuse_circle(needs: Mapping[str, set[str]]) -> None:
    left = dict(needs)
    while left:
        free = [name for name, before in left.items() if not before & left.keys()]
        if not free:
            raise InputRefused(f"these skills need each other in a circle: {', '.join(sorted(left))}; remove one edge")
        for name in free:
            del left[name]
