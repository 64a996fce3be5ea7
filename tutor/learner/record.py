"""The record of one learner in one course: her state and her diary, moved on together by one answer at a time.

A pure function of her events, and of the course's graph as far as a placement was made along it. `rebuild` gives what
`follow` gave step by step. The order and the names of skills play no part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from tutor.learner.activity_log import Diary, write_down
from tutor.learner.bayesian_knowledge_tracing import Knowing
from tutor.learner.evidence import Answered, Origin, Retracted, standing
from tutor.learner.placement import after_answer, before_any_answer
from tutor.learner.skill_graph import SkillGraph, graph
from tutor.learner.state import LearnerState, learn, placed

KNOWING = Knowing()
RULES = "1"  # changed with any rule that makes records; stored records of other rules are remade
Event = Answered | Retracted


@dataclass(frozen=True, slots=True)
class Record:
    """What the events of one learner lead to."""

    state: LearnerState = field(default_factory=LearnerState)
    diary: Diary = field(default_factory=Diary)
    placement: tuple[tuple[str, bool], ...] = ()  # the placement's unaided answers: skill, right
    last_at: datetime | None = None

    @property
    def answers(self) -> int:
        return sum(work.answers for work in self.diary.days.values())


def in_any_order(course: SkillGraph) -> SkillGraph:
    """The same graph, whatever order the course gives its skills."""
    return graph(sorted(course.skills), sorted(course.edges, key=lambda e: (e.skill, e.needs)))


def basis(record: Record, course: SkillGraph) -> str:
    """Name what a record rests on beside its events."""
    unplaced, placed_along = bases(course)
    return placed_along if record.placement else unplaced


def bases(course: SkillGraph) -> tuple[str, str]:
    """Name what records of a course rest on: those without a placement, and those with one."""
    edges = sorted((edge.skill, edge.needs) for edge in course.edges)
    return RULES, f"{RULES}:{hashlib.sha256(repr((sorted(course.skills), edges)).encode()).hexdigest()[:16]}"


def goes_on(record: Record, answer: Answered) -> bool:
    """Whether `follow` may take this answer; a correction, or an answer out of time, needs a `rebuild`."""
    return answer.supersedes is None and (record.last_at is None or answer.at > record.last_at)


def follow(record: Record, answer: Answered, course: SkillGraph) -> Record:
    """Return the record after one more answer."""
    if answer.origin is Origin.PLACEMENT and answer.unaided:
        return _place(record, answer, course)
    state, _ = learn(record.state, answer, KNOWING)
    known = {skill: state.masteries[skill].known for skill in answer.skills}
    diary = write_down(record.diary, answer, known)
    return replace(record, state=state, diary=diary, last_at=answer.at)


def rebuild(events: Iterable[Event], course: SkillGraph) -> Record:
    """Return the record that the events, in any order, lead to."""
    record = Record()
    for after in replay(record, events, course):
        record = after
    return record


def replay(record: Record, events: Iterable[Event], course: SkillGraph) -> Iterator[Record]:
    """Yield the record after each time at which answers stand; all events are about answers later than the record."""
    found = list(events)
    answers = (event for event in found if isinstance(event, Answered))
    retractions = [event for event in found if isinstance(event, Retracted)]
    for _, together in groupby(standing(answers, retractions), key=attrgetter("at")):
        for answer in together:
            record = follow(record, answer, course)
        yield record


def _place(record: Record, answer: Answered, course: SkillGraph) -> Record:
    """Infer from the placement's answers together what is known; its answers show nothing else."""
    so_far = (*record.placement, (answer.skills[0], answer.right))
    belief = before_any_answer(in_any_order(course))
    for skill, right in so_far:
        if skill in belief.skills:
            belief = after_answer(belief, skill, KNOWING, right=right)
    return replace(
        record,
        state=placed(record.state, belief.known(), answer.at),
        diary=write_down(record.diary, answer, {}),
        placement=so_far,
        last_at=answer.at,
    )
