"""Tracers: what the learners of a course have taught the tracer, kept with the course and learnt anew as it grows.

A page never waits for it: it predicts with what is kept, and a course that has grown is learnt beside. What is kept is
made from the events alone and can be dropped at any time; whoever deletes her answers takes it along.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

import tutor.store.course_tracers as tracer_store
import tutor.store.evidence as evidence_store
from tutor.errors import ModelUnusable
from tutor.learner.course_delta import FIRST, Coursewise, coursewise_from, is_due, plain
from tutor.learner.course_delta_fitting import fit, line
from tutor.learner.evidence import Answered, Retracted, standing
from tutor.learner.knowledge_tracing import Tracer, shipped
from tutor.platform.background import Beside
from tutor.store.database import Database


@dataclass(frozen=True, slots=True)
class Tracers:
    """Gives the tracer of a course, and learns beside when it is due."""

    database: Database
    beside: Beside = field(default_factory=Beside)
    _read: dict[str, tuple[int, Coursewise]] = field(default_factory=dict)  # by course, with the row's number
    _tried: dict[str, int] = field(default_factory=dict)  # answers that a course had when it was last learnt here

    def of(self, course_id: str, answers: int) -> Tracer:
        """Return the tracer of a course in which so many unaided answers stand; only for use cases that have asked."""
        found = self._kept(course_id)
        if is_due(found.answers if found else 0, answers):
            self._begin(course_id, answers)
        return Tracer(shipped(), found)

    def learn(self, course_id: str) -> int:
        """Learn a course from its events now; returns from how many answers, 0 when they are too few."""
        with self.database.reading() as connection:
            events = list(evidence_store.events(connection, course_id))
        answers = standing(
            (event for _, event in events if isinstance(event, Answered)),
            [event for _, event in events if isinstance(event, Retracted)],
        )
        by_learner = groupby(sorted(answers, key=attrgetter("learner_id", "at", "id")), key=attrgetter("learner_id"))
        lines = [each for _, own in by_learner if (each := line(own)).rights]
        if sum(len(each.rights) for each in lines) < FIRST:
            return 0
        learnt, last = fit(lines, shipped()), events[-1][0]
        body = json.dumps(plain(learnt), separators=(",", ":"))
        with self.database.writing() as connection:
            if evidence_store.count_until(connection, course_id, last) == len(
                events
            ):  # nobody has taken hers back since
                tracer_store.keep(connection, course_id, last, body)
        return learnt.answers

    def _kept(self, course_id: str) -> Coursewise | None:
        with self.database.reading() as connection:
            number = tracer_store.number(connection, course_id)
            known = self._read.get(course_id)
            if number is None or (known and known[0] == number):
                return known[1] if known and number is not None else None
            body = tracer_store.body(connection, course_id)
        try:
            found = coursewise_from(json.loads(body))
        except ModelUnusable:
            return None
        if found.upon != shipped().version:
            return None
        self._read[course_id] = number, found
        return found

    def _begin(self, course_id: str, answers: int) -> None:
        if not self.beside.busy(course_id) and is_due(self._tried.get(course_id, 0), answers):
            self._tried[course_id] = answers
            self.beside.begin(course_id, lambda: self.learn(course_id))
