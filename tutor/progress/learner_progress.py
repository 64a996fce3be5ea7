"""Progress: what a learner knows in a course, what comes next, and the records that this is read from.

A record is kept in the database and moved on by the events that came since. A correction remakes it from the last
checkpoint before the corrected answer; when that lies far back, beside the page, which says so meanwhile.
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
from tutor.learner.evidence import Retracted
from tutor.learner.knowledge_tracing import Count, Rates, Tracer, chance, leaning, rates
from tutor.learner.overview import Overview, overview, situation
from tutor.learner.placement import after_answer, before_any_answer, next_question
from tutor.learner.recommender import Item, Recommendation, choices
from tutor.learner.record import KNOWING, Record, bases, basis, follow, goes_on, in_any_order, replay
from tutor.learner.serialization import read_record, write_record
from tutor.learner.skill_graph import Need, SkillGraph, graph
from tutor.platform.background import Beside
from tutor.platform.clock import Clock
from tutor.progress.course_tracers import Tracers
from tutor.store.database import Connection, Database

AT_ONCE = 800  # answers that are followed again while a page waits
MARKS = 5  # checkpoints of one learner; what is corrected is nearly always recent


@dataclass(frozen=True, slots=True)
class Progress:
    """Reads records, and says what follows from them."""

    database: Database
    courses: Courses
    clock: Clock
    tracers: Tracers
    beside: Beside = field(default_factory=Beside)
    mark_every: int = 200  # answers, after which a record is kept as a checkpoint
    at_once: int = AT_ONCE

    def of(self, who: Person, course_id: str) -> Overview:
        """Return a learner's own overview of a course."""
        self.courses.enter(who, course_id)
        return self.overview_of(who.id, course_id)

    def overview_of(self, learner_id: str, course_id: str) -> Overview:
        """Return a learner's overview; only for use cases that have asked who she is."""
        record, course = self._record(learner_id, course_id), self._graph(course_id)
        own, usual = self._rates(course_id, course.skills)
        seen = overview(record, course, self.clock(), usual=usual, tracer=self._tracer(course_id, own))
        return replace(seen, catching_up=bool(self.catching_up(course_id, [learner_id])))

    def record(self, who: Person, course_id: str) -> Record:
        """Return a learner's own record."""
        self.courses.enter(who, course_id)
        return self._record(who.id, course_id)

    def next(
        self, who: Person, course_id: str, items: Mapping[str, Sequence[Item]] | None = None
    ) -> list[Recommendation]:
        """Return what makes sense now, the one recommendation first; `items` are what may be asked, by skill."""
        self.courses.enter(who, course_id)
        return list(
            choices(situation(self._record(who.id, course_id), self._graph(course_id), self.clock(), items or {}))
        )

    def weighed(self, who: Person, course_id: str, asked: Mapping[str, tuple[str, float]]) -> dict[str, Item]:
        """Return the items, given by id as (skill, difficulty by eye), with how likely she is right on each now."""
        self.courses.enter(who, course_id)
        state, at = self._record(who.id, course_id).state, self.clock()
        kept = state.retained(at)
        own, usual = self._rates(course_id, {skill for skill, _ in asked.values()})
        tracer, found = self._tracer(course_id, own), {}
        for item_id, (skill, difficulty) in asked.items():
            rated = leaning(own.get((item_id, skill), replace(usual[skill], tries=0)), difficulty)
            placed = None if skill in state.masteries else state.assumed.get(skill)
            likely = chance(state.history, skill, rated, kept.get(skill, 1.0), placed, item=item_id, tracer=tracer)
            found[item_id] = Item(item_id, skill, likely.right, rated.tries)
        return found

    def placement_question(self, who: Person, course_id: str, leave_out: Collection[str] = ()) -> str | None:
        """Return the skill that the placement asks about next; None when it is over or the course declares none.

        `leave_out` are skills that cannot be asked about.
        """
        self.courses.enter(who, course_id)
        course = in_any_order(self._graph(course_id))
        record = self._record(who.id, course_id)
        belief = before_any_answer(course) if course.skills else None
        if belief is None:
            return None
        for skill, right in record.placement:
            if skill in belief.skills:
                belief = after_answer(belief, skill, KNOWING, right=right)
        asked = [skill for skill, _ in record.placement]
        return next_question(belief, asked, KNOWING, leave_out)

    def class_records(self, who: Person, course_id: str) -> dict[str, Record]:
        """Return the records of all who answered something in a course, by learner, for its instructor."""
        self.courses.enter(who, course_id, Action.TEACH)
        with self.database.reading() as connection:
            learners = evidence_store.learners_with_evidence(connection, course_id)
        return dict(self._records(learners, course_id))

    def graph(self, who: Person, course_id: str) -> SkillGraph:
        self.courses.enter(who, course_id)
        return self._graph(course_id)

    def rebuild(self, who: Person, course_id: str) -> int:
        """Remake all records of a course from its events, as its instructor; returns how many."""
        self.courses.enter(who, course_id, Action.TEACH)
        with self.database.writing() as connection:
            evidence_store.recount(connection, course_id)
            learners = evidence_store.learners_with_evidence(connection, course_id)
            for learner_id in learners:
                record_store.drop(connection, course_id, learner_id)
        self.tracers.learn(course_id)
        return len(dict(self._records(learners, course_id)))

    def settle(self, learner_id: str, course_id: str) -> None:
        """Make a record anew after a correction, so that her next page need not; only for use cases that correct."""
        self._record(learner_id, course_id)

    def catching_up(self, course_id: str, learners: Iterable[str]) -> int:
        """Return how many of these learners' records do not show a correction yet."""
        return sum(self.beside.busy(_name(course_id, each)) for each in learners)

    def forget(self, who: Person, course_id: str) -> int:
        """Delete all that this person answered in a course and what was made of it; returns how many answers."""
        self.courses.enter(who, course_id)
        with self.database.writing() as connection:
            record_store.drop(connection, course_id, who.id)
            return evidence_store.forget(connection, who.id, course_id)

    def _rates(self, course_id: str, skills: Collection[str]) -> tuple[dict[tuple[str, str], Rates], dict[str, Rates]]:
        """Return how likely anybody is to be right, by (item, skill), and by skill on a usual item."""
        with self.database.reading() as connection:
            counts = evidence_store.tallies(connection, course_id)
        of_skill: dict[str, Count] = dict.fromkeys(skills, (0, 0))
        for (_, skill), (answers, rights) in counts.items():
            before = of_skill.get(skill, (0, 0))
            of_skill[skill] = (before[0] + answers, before[1] + rights)
        own = {key: rates(count, of_skill[key[1]]) for key, count in counts.items()}
        usual = {skill: rates((0, 0), count) for skill, count in of_skill.items()}
        return own, {skill: replace(each, tries=of_skill[skill][0]) for skill, each in usual.items()}

    def _tracer(self, course_id: str, rated: Mapping[tuple[str, str], Rates]) -> Tracer:
        return self.tracers.of(course_id, sum(each.tries for each in rated.values()))

    def _graph(self, course_id: str) -> SkillGraph:
        with self.database.reading() as connection:
            return graph_of(course_store.skills_of(connection, course_id))

    def _record(self, learner_id: str, course_id: str) -> Record:
        return dict(self._records([learner_id], course_id))[learner_id]

    def _records(
        self, learners: Sequence[str], course_id: str, *, patient: bool = False
    ) -> Iterable[tuple[str, Record]]:
        """Move the records of these learners on to the last event, and keep those that moved.

        One that has far to go is moved on beside, and given as it was; not so for who is patient.
        """
        most = sys.maxsize if patient else self.at_once
        with self.database.reading() as connection:
            course = graph_of(course_store.skills_of(connection, course_id))
            stored = record_store.kept(connection, course_id, learners[0] if len(learners) == 1 else None)
            newest = evidence_store.last_sequences(connection, course_id) if len(learners) > 1 else {}
            made = {
                each: _moved_on(
                    connection, course_id, each, stored.get(each), course, self.mark_every, most, newest.get(each)
                )
                for each in learners
            }
        moved = {each: one for each, one in made.items() if _is_new(one, stored.get(each), course)}
        if moved:
            with self.database.writing() as connection:
                for learner_id, one in moved.items():
                    record_store.keep(connection, course_id, learner_id, _kept(one.record, one.sequence, course))
                    for mark in one.marks:
                        assert mark.last_at is not None, "a mark stands after an answer"
                        checkpoint = record_store.Checkpoint(mark.last_at, _kept(mark, one.sequence, course))
                        record_store.mark(connection, course_id, learner_id, checkpoint, most=MARKS)
        for learner_id in (each for each, one in made.items() if one.behind):
            self._catch_up(learner_id, course_id)
        return ((learner_id, one.record) for learner_id, one in made.items())

    def _catch_up(self, learner_id: str, course_id: str) -> None:
        self.beside.begin(_name(course_id, learner_id), lambda: self._records([learner_id], course_id, patient=True))


def _name(course_id: str, learner_id: str) -> str:
    return f"{course_id}/{learner_id}"


def graph_of(skills: Sequence[Skill]) -> SkillGraph:
    """Return the graph of a course's declared skills."""
    edges = (Need(skill.id, need, "course") for skill in skills for need in skill.needs)
    return graph((skill.id for skill in skills), edges)


@dataclass(frozen=True, slots=True)
class _Made:
    """A record after the last event, that event's number (0: there is none), and the record at places before."""

    record: Record
    sequence: int
    marks: tuple[Record, ...] = ()
    behind: bool = False  # a correction is not in it yet


def _moved_on(
    connection: Connection,
    course_id: str,
    learner_id: str,
    kept: record_store.Kept | None,
    course: SkillGraph,
    every: int,
    most: int,
    newest: int | None,
) -> _Made:
    record = read_record(kept.body) if kept else Record()
    if kept is None or kept.policy != basis(record, course):
        return _remade(connection, course_id, learner_id, course, every)
    begun, sequence = record.answers, kept.sequence
    if sequence == newest:
        return _Made(record, sequence)
    for number, event in evidence_store.events(connection, course_id, learner_id, after=sequence):
        if isinstance(event, Retracted) or not goes_on(record, event):
            if _to_follow(connection, course_id, learner_id, course) > most:
                return _Made(record, sequence, behind=True)
            return _remade(connection, course_id, learner_id, course, every)
        record, sequence = follow(record, event, course), number
    passed = record.answers // every > begun // every
    return _Made(record, sequence, (record,) if passed else ())


def _to_follow(connection: Connection, course_id: str, learner_id: str, course: SkillGraph) -> int:
    """Return how many events stand after the last place under which nothing has changed."""
    found = record_store.newest_valid(connection, course_id, learner_id, bases(course))
    return evidence_store.count_later(connection, course_id, learner_id, found.last_at if found else None)


def _remade(connection: Connection, course_id: str, learner_id: str, course: SkillGraph, every: int) -> _Made:
    """Make the record anew from the last place under which nothing has changed, or from nothing."""
    found = record_store.newest_valid(connection, course_id, learner_id, bases(course))
    record, at = (read_record(found.kept.body), found.last_at) if found else (Record(), None)
    events = evidence_store.events(connection, course_id, learner_id, later_than=at)
    marks: deque[Record] = deque(maxlen=MARKS)
    answers = (event for _, event in events)
    for number, after in enumerate(replay(record, answers, course), start=record.answers + 1):
        record = after
        if number % every == 0:
            marks.append(record)
    return _Made(record, evidence_store.last_sequence(connection, course_id, learner_id), tuple(marks))


def _is_new(made: _Made, old: record_store.Kept | None, course: SkillGraph) -> bool:
    if not made.sequence:
        return False
    return old is None or (old.sequence, old.policy) != (made.sequence, basis(made.record, course))


def _kept(record: Record, sequence: int, course: SkillGraph) -> record_store.Kept:
    return record_store.Kept(sequence, basis(record, course), write_record(record))
