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

from tutor.learner.activity_log import ActivityLog, log_answer
from tutor.learner.bayesian_knowledge_tracing import BktParams
from tutor.learner.evidence import AnswerEvent, AnswerOrigin, EvidenceEvent, RetractionEvent, current_answers
from tutor.learner.placement import prior_belief, update_belief
from tutor.learner.skill_graph import SkillGraph, build_graph
from tutor.learner.state import LearnerState, apply_placement, update_state

BKT_PARAMS = BktParams()
RULES_VERSION = "1"  # changed with any rule that makes records; stored records of other rules are remade


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """What the events of one learner lead to."""

    state: LearnerState = field(default_factory=LearnerState)
    activity: ActivityLog = field(default_factory=ActivityLog)
    placement_answers: tuple[tuple[str, bool], ...] = ()  # the placement's unaided answers: skill, right
    last_at: datetime | None = None

    @property
    def answers(self) -> int:
        return sum(work.answers for work in self.activity.days.values())


def canonical_graph(course: SkillGraph) -> SkillGraph:
    """The same graph, whatever order the course gives its skills."""
    return build_graph(sorted(course.skills), sorted(course.edges, key=lambda e: (e.skill, e.prerequisite)))


def record_policy(record: LearnerRecord, course: SkillGraph) -> str:
    """Name what a record rests on beside its events."""
    unplaced, placed_along = course_policies(course)
    return placed_along if record.placement_answers else unplaced


def course_policies(course: SkillGraph) -> tuple[str, str]:
    """Name what records of a course rest on: those without a placement, and those with one."""
    edges = sorted((edge.skill, edge.prerequisite) for edge in course.edges)
    return (
        RULES_VERSION,
        f"{RULES_VERSION}:{hashlib.sha256(repr((sorted(course.skills), edges)).encode()).hexdigest()[:16]}",
    )


def is_next(record: LearnerRecord, answer: AnswerEvent) -> bool:
    """Whether `follow` may take this answer; a correction, or an answer out of time, needs a `rebuild`."""
    return answer.supersedes is None and (record.last_at is None or answer.at > record.last_at)


def apply_answer(record: LearnerRecord, answer: AnswerEvent, course: SkillGraph) -> LearnerRecord:
    """Return the record after one more answer."""
    if answer.origin is AnswerOrigin.PLACEMENT and answer.is_unaided:
        return _apply_placement_answer(record, answer, course)
    state = update_state(record.state, answer, BKT_PARAMS)
    known = {skill: state.masteries[skill].probability for skill in answer.skills}
    diary = log_answer(record.activity, answer, known)
    return replace(record, state=state, activity=diary, last_at=answer.at)


def replay(record: LearnerRecord, events: Iterable[EvidenceEvent], course: SkillGraph) -> Iterator[LearnerRecord]:
    """Yield the record after each time at which answers stand; all events are about answers later than the record."""
    found = list(events)
    answers = (event for event in found if isinstance(event, AnswerEvent))
    retractions = [event for event in found if isinstance(event, RetractionEvent)]
    for _, together in groupby(current_answers(answers, retractions), key=attrgetter("at")):
        for answer in together:
            record = apply_answer(record, answer, course)
        yield record


def _apply_placement_answer(record: LearnerRecord, answer: AnswerEvent, course: SkillGraph) -> LearnerRecord:
    """Infer from the placement's answers together what is known; its answers show nothing else."""
    so_far = (*record.placement_answers, (answer.skills[0], answer.is_right))
    belief = prior_belief(canonical_graph(course))
    for skill, right in so_far:
        if skill in belief.skills:
            belief = update_belief(belief, skill, BKT_PARAMS, right=right)
    return replace(
        record,
        state=apply_placement(record.state, belief.skill_probabilities(), answer.at),
        activity=log_answer(record.activity, answer, {}),
        placement_answers=so_far,
        last_at=answer.at,
    )
