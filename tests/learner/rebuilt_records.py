"""A record computed from its whole event log at once: what the step-by-step path is compared with."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.learner.evidence import EvidenceEvent
from tutor.learner.record import LearnerRecord, replay
from tutor.learner.skill_graph import SkillGraph


def rebuild_record(events: Iterable[EvidenceEvent], course: SkillGraph) -> LearnerRecord:
    """Return the record that the events, in any order, lead to."""
    record = LearnerRecord()
    for after in replay(record, events, course):
        record = after
    return record
