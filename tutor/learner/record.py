"""The record of one learner in one course: state and activity log, updated together one answer at a time.

A pure function of the learner's events, and of the skill graph as far as a placement used it: `replay` of all events
gives what `apply_answer` gave step by step. The order and the names of skills do not matter.
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
RULES_VERSION = "1"  # change it with any rule that makes records; stored records of other versions are rebuilt


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """What follows from the events of one learner."""

    state: LearnerState = field(default_factory=LearnerState)
    activity: ActivityLog = field(default_factory=ActivityLog)
    placement_answers: tuple[tuple[str, bool], ...] = ()  # unaided answers of the placement: skill, right
    last_at: datetime | None = None

    @property
    def answers(self) -> int:
        return sum(counts.answers for counts in self.activity.days.values())


def canonical_graph(course: SkillGraph) -> SkillGraph:
    """Return the same graph for any order of the course's skills."""
    return build_graph(sorted(course.skills), sorted(course.edges, key=lambda e: (e.skill, e.prerequisite)))


def record_policy(record: LearnerRecord, course: SkillGraph) -> str:
    """Return what a record depends on besides its events."""
    without_placement, with_placement = course_policies(course)
    return with_placement if record.placement_answers else without_placement


def course_policies(course: SkillGraph) -> tuple[str, str]:
    """Return the policies of records without a placement and with one."""
    edges = sorted((edge.skill, edge.prerequisite) for edge in course.edges)
    return (
        RULES_VERSION,
        f"{RULES_VERSION}:{hashlib.sha256(repr((sorted(course.skills), edges)).encode()).hexdigest()[:16]}",
    )


def is_next(record: LearnerRecord, answer: AnswerEvent) -> bool:
    """Return whether `apply_answer` may take this answer; a regrade, or an older answer, needs `replay`."""
    return answer.supersedes is None and (record.last_at is None or answer.at > record.last_at)


def apply_answer(record: LearnerRecord, answer: AnswerEvent, course: SkillGraph) -> LearnerRecord:
    """Return the record after one more answer."""
    if answer.origin is AnswerOrigin.PLACEMENT and answer.is_unaided:
        return _apply_placement_answer(record, answer, course)
    state = update_state(record.state, answer, BKT_PARAMS)
    known = {skill: state.masteries[skill].probability for skill in answer.skills}
    activity = log_answer(record.activity, answer, known)
    return replace(record, state=state, activity=activity, last_at=answer.at)


def replay(record: LearnerRecord, events: Iterable[EvidenceEvent], course: SkillGraph) -> Iterator[LearnerRecord]:
    """Yield the record after each point in time with answers; all events must be later than `record`."""
    found = list(events)
    answers = (event for event in found if isinstance(event, AnswerEvent))
    retractions = [event for event in found if isinstance(event, RetractionEvent)]
    for _, together in groupby(current_answers(answers, retractions), key=attrgetter("at")):
        for answer in together:
            record = apply_answer(record, answer, course)
        yield record


def _apply_placement_answer(record: LearnerRecord, answer: AnswerEvent, course: SkillGraph) -> LearnerRecord:
    """Estimate what is known from all answers of the placement; they change nothing else in the state."""
    answers = (*record.placement_answers, (answer.skills[0], answer.is_right))
    belief = prior_belief(canonical_graph(course))
    for skill, right in answers:
        if skill in belief.skills:
            belief = update_belief(belief, skill, BKT_PARAMS, right=right)
    return replace(
        record,
        state=apply_placement(record.state, belief.skill_probabilities(), answer.at),
        activity=log_answer(record.activity, answer, {}),
        placement_answers=answers,
        last_at=answer.at,
    )
