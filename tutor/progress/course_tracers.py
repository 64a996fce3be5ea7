"""The tracer of each course: the shipped weights, plus a delta fitted on the course's answers and refitted as it grows.

A page never waits for a fit: it predicts with the stored delta while a new one is fitted in the background. The delta
comes from the events alone and can be deleted at any time; it is deleted when a learner deletes their answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

import tutor.store.course_tracers as tracer_store
import tutor.store.evidence as evidence_store
from tutor.errors import ModelUnusable
from tutor.learner.course_delta import MIN_ANSWERS, CourseDelta, delta_from_json, delta_to_json, is_refit_due
from tutor.learner.course_delta_fitting import answer_sequence, fit_course_delta
from tutor.learner.evidence import AnswerEvent, RetractionEvent, current_answers
from tutor.learner.knowledge_tracing import Tracer, default_weights
from tutor.platform.background import BackgroundTasks
from tutor.store.database import Database


@dataclass(frozen=True, slots=True)
class CourseTracers:
    """Returns the tracer of a course, and starts a fit in the background when one is due."""

    database: Database
    background: BackgroundTasks = field(default_factory=BackgroundTasks)
    _cache: dict[str, tuple[int, CourseDelta]] = field(default_factory=dict)  # by course, with its sequence number
    _last_attempted: dict[str, int] = field(default_factory=dict)  # answers of a course at its last fit here

    def tracer_for(self, course_id: str, answers: int) -> Tracer:
        """Return the tracer of a course with so many current unaided answers; the caller checks access."""
        found = self._load(course_id)
        if is_refit_due(found.answers if found else 0, answers):
            self._start_fit(course_id, answers)
        return Tracer(default_weights(), found)

    def fit_course(self, course_id: str) -> int:
        """Fit a course from its events now; returns on how many answers, 0 when they are too few."""
        with self.database.read_connection() as connection:
            events = list(evidence_store.events(connection, course_id))
        answers = current_answers(
            (event for _, event in events if isinstance(event, AnswerEvent)),
            [event for _, event in events if isinstance(event, RetractionEvent)],
        )
        by_learner = groupby(sorted(answers, key=attrgetter("learner_id", "at", "id")), key=attrgetter("learner_id"))
        sequences = [each for _, own in by_learner if (each := answer_sequence(own)).rights]
        if sum(len(each.rights) for each in sequences) < MIN_ANSWERS:
            return 0
        delta, last = fit_course_delta(sequences, default_weights()), events[-1][0]
        body = json.dumps(delta_to_json(delta), separators=(",", ":"))
        with self.database.write_transaction() as connection:
            unchanged = evidence_store.count_events_up_to(connection, course_id, last) == len(events)
            if unchanged:  # nobody has deleted their answers meanwhile
                tracer_store.save(connection, course_id, last, body)
        return delta.answers

    def _load(self, course_id: str) -> CourseDelta | None:
        with self.database.read_connection() as connection:
            number = tracer_store.fitted_sequence(connection, course_id)
            known = self._cache.get(course_id)
            if number is None or (known and known[0] == number):
                return known[1] if known and number is not None else None
            body = tracer_store.fitted_body(connection, course_id)
        try:
            found = delta_from_json(json.loads(body))
        except ModelUnusable:
            return None
        if found.base_version != default_weights().version:
            return None
        self._cache[course_id] = number, found
        return found

    def _start_fit(self, course_id: str, answers: int) -> None:
        if not self.background.is_running(course_id) and is_refit_due(self._last_attempted.get(course_id, 0), answers):
            self._last_attempted[course_id] = answers
            self.background.submit(course_id, lambda: self.fit_course(course_id))
