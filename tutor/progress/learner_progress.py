"""What a learner knows in a course, and the stored records it is read from.

A record is stored in the database and updated with the events since. A regrade replays the record from the last
checkpoint before the regraded answer; where that is long ago, in the background, and the page says so meanwhile.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import tutor.store.courses as course_store
import tutor.store.evidence as evidence_store
import tutor.store.learner_records as record_store
from tutor.accounts.permissions import Action
from tutor.courses.courses import Courses
from tutor.domain import Person, Skill
from tutor.learner.evidence import RetractionEvent
from tutor.learner.feature_counts import Count
from tutor.learner.knowledge_tracing import BaseRates, Tracer, adjust_for_difficulty, base_rates, predict_success
from tutor.learner.overview import LearnerOverview, build_overview
from tutor.learner.placement import next_question, prior_belief, update_belief
from tutor.learner.recommender import CandidateItem
from tutor.learner.record import (
    BKT_PARAMS,
    LearnerRecord,
    apply_answer,
    canonical_graph,
    course_policies,
    is_next,
    record_policy,
    replay,
)
from tutor.learner.serialization import record_from_json, record_to_json
from tutor.learner.skill_graph import PrerequisiteEdge, SkillGraph, build_graph
from tutor.platform.background import BackgroundTasks
from tutor.platform.clock import Clock
from tutor.progress.course_tracers import CourseTracers
from tutor.store.audit import Act
from tutor.store.audit_reads import log_reading
from tutor.store.database import Connection, Database

MAX_INLINE_EVENTS = 800  # events that are replayed while a page waits
MAX_CHECKPOINTS = 5  # of one learner; regraded answers are nearly always recent


@dataclass(frozen=True, slots=True)
class LearnerProgress:
    """Reads learner records and what follows from them."""

    database: Database
    courses: Courses
    clock: Clock
    tracers: CourseTracers
    background: BackgroundTasks = field(default_factory=BackgroundTasks)
    checkpoint_interval: int = 200  # answers between two checkpoints
    max_inline_events: int = MAX_INLINE_EVENTS

    def own_overview(self, actor: Person, course_id: str) -> LearnerOverview:
        """Return a learner's own overview of a course."""
        self.courses.authorize(actor, course_id)
        return self.learner_overview(actor.id, course_id)

    def learner_overview(self, learner_id: str, course_id: str) -> LearnerOverview:
        """Return a learner's overview; the caller checks access."""
        record, course = self._load_record(learner_id, course_id), self._load_graph(course_id)
        own, usual = self._load_rates(course_id, course.skills)
        seen = build_overview(record, course, self.clock(), usual=usual, tracer=self._tracer_for(course_id, own))
        return replace(seen, is_stale=bool(self.count_stale(course_id, [learner_id])))

    def own_record(self, actor: Person, course_id: str) -> LearnerRecord:
        """Return a learner's own record."""
        self.courses.authorize(actor, course_id)
        return self._load_record(actor.id, course_id)

    def predict_items(
        self, actor: Person, course_id: str, candidates: Mapping[str, tuple[str, float]]
    ) -> dict[str, CandidateItem]:
        """Return the items, given by id as (skill, author's difficulty), with the learner's chance on each."""
        self.courses.authorize(actor, course_id)
        state, at = self._load_record(actor.id, course_id).state, self.clock()
        retained = state.retained_shares(at)
        own, usual = self._load_rates(course_id, {skill for skill, _ in candidates.values()})
        tracer, found = self._tracer_for(course_id, own), {}
        for item_id, (skill, difficulty) in candidates.items():
            rated = adjust_for_difficulty(own.get((item_id, skill), replace(usual[skill], tries=0)), difficulty)
            placed = None if skill in state.masteries else state.placement_estimates.get(skill)
            likely = predict_success(
                state.history, skill, rated, retained.get(skill, 1.0), placed, item=item_id, tracer=tracer
            )
            found[item_id] = CandidateItem(item_id, skill, likely.probability, rated.tries)
        return found

    def placement_question(self, actor: Person, course_id: str, excluded: Collection[str] = ()) -> str | None:
        """Return the skill that the placement asks about next; None when it is over or the course has no skills.

        `excluded` are skills that cannot be asked about.
        """
        self.courses.authorize(actor, course_id)
        course = canonical_graph(self._load_graph(course_id))
        record = self._load_record(actor.id, course_id)
        belief = prior_belief(course) if course.skills else None
        if belief is None:
            return None
        for skill, right in record.placement_answers:
            if skill in belief.skills:
                belief = update_belief(belief, skill, BKT_PARAMS, right=right)
        asked = [skill for skill, _ in record.placement_answers]
        return next_question(belief, asked, BKT_PARAMS, excluded)

    def class_records(self, actor: Person, course_id: str) -> dict[str, LearnerRecord]:
        """Return the records of everybody who answered something in a course, by learner id, for its instructor."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            learners = evidence_store.learners_with_evidence(connection, course_id)
        if learners:
            now = self.clock()
            log_reading(self.database, Act.READ_PROGRESS, now, reader=actor.id, course_id=course_id, learners=[None])
        return dict(self._load_records(learners, course_id))

    def skill_graph(self, actor: Person, course_id: str) -> SkillGraph:
        self.courses.authorize(actor, course_id)
        return self._load_graph(course_id)

    def rebuild_records(self, actor: Person, course_id: str) -> int:
        """Rebuild all records of a course from its events, as its instructor; returns how many."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            evidence_store.rebuild_item_counts(connection, course_id)
            learners = evidence_store.learners_with_evidence(connection, course_id)
            for learner_id in learners:
                record_store.delete_records(connection, course_id, learner_id)
        self.tracers.fit_course(course_id)
        return len(dict(self._load_records(learners, course_id)))

    def refresh_record(self, learner_id: str, course_id: str) -> None:
        """Update a record after a regrade, so that the learner's next page need not; the caller checks access."""
        self._load_record(learner_id, course_id)

    def count_stale(self, course_id: str, learners: Iterable[str]) -> int:
        """Return how many of these learners' records do not show a regrade yet."""
        return sum(self.background.is_running(_task_name(course_id, each)) for each in learners)

    def delete_learner_data(self, actor: Person, course_id: str) -> int:
        """Delete everything this person answered in a course and what was derived from it; returns how many events."""
        self.courses.authorize(actor, course_id)
        with self.database.write_transaction() as connection:
            record_store.delete_records(connection, course_id, actor.id)
            return evidence_store.delete_events(connection, actor.id, course_id)

    def _load_rates(
        self, course_id: str, skills: Collection[str]
    ) -> tuple[dict[tuple[str, str], BaseRates], dict[str, BaseRates]]:
        """Return how likely anybody is to be right, by (item, skill), and by skill on a usual item."""
        with self.database.read_connection() as connection:
            counts = evidence_store.course_item_counts(connection, course_id)
        of_skill: dict[str, Count] = dict.fromkeys(skills, (0, 0))
        for (_, skill), (answers, rights) in counts.items():
            before = of_skill.get(skill, (0, 0))
            of_skill[skill] = (before[0] + answers, before[1] + rights)
        own = {key: base_rates(count, of_skill[key[1]]) for key, count in counts.items()}
        usual = {skill: base_rates((0, 0), count) for skill, count in of_skill.items()}
        return own, {skill: replace(each, tries=of_skill[skill][0]) for skill, each in usual.items()}

    def _tracer_for(self, course_id: str, rated: Mapping[tuple[str, str], BaseRates]) -> Tracer:
        return self.tracers.tracer_for(course_id, sum(each.tries for each in rated.values()))

    def _load_graph(self, course_id: str) -> SkillGraph:
        with self.database.read_connection() as connection:
            return graph_from_skills(course_store.skills_of(connection, course_id))

    def _load_record(self, learner_id: str, course_id: str) -> LearnerRecord:
        return dict(self._load_records([learner_id], course_id))[learner_id]

    def _load_records(
        self, learners: Sequence[str], course_id: str, *, unlimited: bool = False
    ) -> Iterable[tuple[str, LearnerRecord]]:
        """Return the records of these learners, updated to the last event; store those that changed.

        A record with many events to replay is returned as it is and updated in the background, unless `unlimited`.
        """
        most = sys.maxsize if unlimited else self.max_inline_events
        with self.database.read_connection() as connection:
            course = graph_from_skills(course_store.skills_of(connection, course_id))
            stored = record_store.stored_records(connection, course_id, learners[0] if len(learners) == 1 else None)
            newest = evidence_store.last_sequences(connection, course_id) if len(learners) > 1 else {}
            results = {
                each: _advance_record(
                    connection,
                    course_id,
                    each,
                    stored.get(each),
                    course,
                    self.checkpoint_interval,
                    most,
                    newest.get(each),
                )
                for each in learners
            }
        changed = {each: one for each, one in results.items() if _has_changed(one, stored.get(each), course)}
        if changed:
            with self.database.write_transaction() as connection:
                for learner_id, one in changed.items():
                    record_store.save_record(
                        connection, course_id, learner_id, _to_stored_record(one.record, one.sequence, course)
                    )
                    for point in one.checkpoints:
                        assert point.last_at is not None, "a checkpoint follows an answer"
                        checkpoint = record_store.RecordCheckpoint(
                            point.last_at, _to_stored_record(point, one.sequence, course)
                        )
                        record_store.save_checkpoint(
                            connection, course_id, learner_id, checkpoint, keep_latest=MAX_CHECKPOINTS
                        )
        for learner_id in (each for each, one in results.items() if one.is_stale):
            self._catch_up(learner_id, course_id)
        return ((learner_id, one.record) for learner_id, one in results.items())

    def _catch_up(self, learner_id: str, course_id: str) -> None:
        self.background.submit(
            _task_name(course_id, learner_id), lambda: self._load_records([learner_id], course_id, unlimited=True)
        )


def _task_name(course_id: str, learner_id: str) -> str:
    return f"{course_id}/{learner_id}"


def graph_from_skills(skills: Sequence[Skill]) -> SkillGraph:
    """Return the graph of a course's declared skills."""
    edges = (PrerequisiteEdge(skill.id, need) for skill in skills for need in skill.prerequisites)
    return build_graph((skill.id for skill in skills), edges)


@dataclass(frozen=True, slots=True)
class _ReplayResult:
    """A record after the last event, that event's sequence number (0: none), and the record at new checkpoints."""

    record: LearnerRecord
    sequence: int
    checkpoints: tuple[LearnerRecord, ...] = ()
    is_stale: bool = False  # a regrade is not in it yet


def _advance_record(
    connection: Connection,
    course_id: str,
    learner_id: str,
    stored: record_store.StoredRecord | None,
    course: SkillGraph,
    checkpoint_interval: int,
    max_events: int,
    newest: int | None,
) -> _ReplayResult:
    record = record_from_json(stored.body) if stored else LearnerRecord()
    if stored is None or stored.policy != record_policy(record, course):
        return _replay_from_checkpoint(connection, course_id, learner_id, course, checkpoint_interval)
    answers_before, sequence = record.answers, stored.sequence
    if sequence == newest:
        return _ReplayResult(record, sequence)
    for number, event in evidence_store.events(connection, course_id, learner_id, after=sequence):
        if isinstance(event, RetractionEvent) or not is_next(record, event):
            if _count_events_to_replay(connection, course_id, learner_id, course) > max_events:
                return _ReplayResult(record, sequence, is_stale=True)
            return _replay_from_checkpoint(connection, course_id, learner_id, course, checkpoint_interval)
        record, sequence = apply_answer(record, event, course), number
    passed = record.answers // checkpoint_interval > answers_before // checkpoint_interval
    return _ReplayResult(record, sequence, (record,) if passed else ())


def _count_events_to_replay(connection: Connection, course_id: str, learner_id: str, course: SkillGraph) -> int:
    """Return how many events follow the last valid checkpoint."""
    found = record_store.latest_valid_checkpoint(connection, course_id, learner_id, course_policies(course))
    return evidence_store.count_events_after(connection, course_id, learner_id, found.last_at if found else None)


def _replay_from_checkpoint(
    connection: Connection, course_id: str, learner_id: str, course: SkillGraph, checkpoint_interval: int
) -> _ReplayResult:
    """Replay the record from the last valid checkpoint, or from the first event."""
    found = record_store.latest_valid_checkpoint(connection, course_id, learner_id, course_policies(course))
    record, at = (record_from_json(found.record.body), found.last_at) if found else (LearnerRecord(), None)
    events = evidence_store.events(connection, course_id, learner_id, later_than=at)
    checkpoints: deque[LearnerRecord] = deque(maxlen=MAX_CHECKPOINTS)
    answers = (event for _, event in events)
    for number, after in enumerate(replay(record, answers, course), start=record.answers + 1):
        record = after
        if number % checkpoint_interval == 0:
            checkpoints.append(record)
    return _ReplayResult(record, evidence_store.last_sequence(connection, course_id, learner_id), tuple(checkpoints))


def _has_changed(result: _ReplayResult, old: record_store.StoredRecord | None, course: SkillGraph) -> bool:
    if not result.sequence:
        return False
    return old is None or (old.sequence, old.policy) != (result.sequence, record_policy(result.record, course))


def _to_stored_record(record: LearnerRecord, sequence: int, course: SkillGraph) -> record_store.StoredRecord:
    return record_store.StoredRecord(sequence, record_policy(record, course), record_to_json(record))
