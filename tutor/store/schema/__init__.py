"""The schema, one module for each subject; a test compares it with the result of the migrations.

Ids are opaque strings; times are ISO 8601 UTC text that sorts by time; JSON columns hold lists and objects that are
always read whole.
"""

from __future__ import annotations

from tutor.store.schema.audit import audit_head, audit_log
from tutor.store.schema.base import metadata
from tutor.store.schema.conversations import conversations, corrections, feedback, turns
from tutor.store.schema.courses import courses, enrolments, skills
from tutor.store.schema.learning import (
    course_tracers,
    evidence,
    item_tallies,
    learner_checkpoints,
    learner_states,
    profiles,
    voided_statements,
)
from tutor.store.schema.library import documents, generations, jobs, passages
from tutor.store.schema.people import identities, invitations, people, sessions
from tutor.store.schema.practice import attempts, grades, item_sources, items, posed, quizzes
from tutor.store.schema.sealing import data_keys, sealing
from tutor.store.schema.supervision import alerts, pauses
from tutor.store.schema.tuning import adapter_rows, adapters, training_losses

__all__ = [
    "adapter_rows",
    "adapters",
    "alerts",
    "attempts",
    "audit_head",
    "audit_log",
    "conversations",
    "corrections",
    "course_tracers",
    "courses",
    "data_keys",
    "documents",
    "enrolments",
    "evidence",
    "feedback",
    "generations",
    "grades",
    "identities",
    "invitations",
    "item_sources",
    "item_tallies",
    "items",
    "jobs",
    "learner_checkpoints",
    "learner_states",
    "metadata",
    "passages",
    "pauses",
    "people",
    "posed",
    "profiles",
    "quizzes",
    "sealing",
    "sessions",
    "skills",
    "training_losses",
    "turns",
    "voided_statements",
]
