"""Writes a learner record as JSON and reads it back, so that a page need not read ten thousand events.

Numbers are written in full, so that a record that was read back continues exactly like the original. The dataclasses
are written by the order of their fields: changing that order changes the format.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import numpy as np

from tutor.learner.activity_log import ActivityLog, AnswerCounts, ObservedMisconception, RecentAnswer
from tutor.learner.answer_history import AnswerHistory, ItemHistory, SkillHistory
from tutor.learner.bayesian_knowledge_tracing import Mastery
from tutor.learner.record import LearnerRecord
from tutor.learner.spaced_repetition import ForgettingModel, MemoryState
from tutor.learner.state import LearnerState


def record_to_json(record: LearnerRecord) -> str:
    """Return the record as JSON."""
    plain = {
        "history": _history_to_json(record.state.history),
        "masteries": {skill: _field_values(mastery) for skill, mastery in record.state.masteries.items()},
        "memories": {skill: _field_values(memory) for skill, memory in record.state.memories.items()},
        "habit": _forgetting_model_to_json(record.state.forgetting),
        "assumed": dict(record.state.placement_estimates),
        "diary": _activity_to_json(record.activity),
        "placement": record.placement_answers,
        "last_at": record.last_at,
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=_json_default)


def record_from_json(text: str) -> LearnerRecord:
    """Return the record in `text`, which `record_to_json` of the same version wrote."""
    plain: dict[str, Any] = json.loads(text)
    state = LearnerState(
        history=_history_from_json(plain["history"]),
        masteries={skill: _mastery_from_json(values) for skill, values in plain["masteries"].items()},
        memories={skill: _memory_from_json(values) for skill, values in plain["memories"].items()},
        forgetting=_forgetting_model_from_json(plain["habit"]),
        placement_estimates=plain["assumed"],
    )
    placement = tuple((skill, right) for skill, right in plain["placement"])
    return LearnerRecord(state, _activity_from_json(plain["diary"]), placement, _parse_time(plain["last_at"]))


def _field_values(value: Any) -> list[Any]:
    return [getattr(value, name) for name in value.__dataclass_fields__]


def _json_default(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, np.floating):
        return float(value)
    raise TypeError(f"{value!r} cannot be part of a record")


def _parse_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _mastery_from_json(values: list[Any]) -> Mastery:
    *counts, latest, last_at = values
    fields: list[Any] = [*counts, tuple(latest), _parse_time(last_at)]
    return Mastery(*fields)


def _memory_from_json(values: list[Any]) -> MemoryState:
    stability, difficulty, last_at, *counts = values
    return MemoryState(stability, difficulty, datetime.fromisoformat(last_at), *counts)


def _forgetting_model_to_json(model: ForgettingModel) -> dict[str, Any]:
    return {**asdict(model), "mean": model.mean.tolist(), "covariance": model.covariance.tolist()}


def _forgetting_model_from_json(values: dict[str, Any]) -> ForgettingModel:
    return ForgettingModel(
        np.array(values["mean"]), np.array(values["covariance"]), values["lately"], values["long_run"]
    )


def _history_to_json(history: AnswerHistory) -> list[Any]:
    skills = {skill: _field_values(each) for skill, each in history.skills.items()}
    items = {item: _field_values(each) for item, each in history.items.items()}
    return [*_field_values(history)[:-2], skills, items]


def _history_from_json(values: list[Any]) -> AnswerHistory:
    answers, surplus, surprise, latest, skill, run, skills, items = values
    return AnswerHistory(
        answers,
        surplus,
        tuple(surprise),
        tuple((item, right) for item, right in latest),
        skill,
        tuple(run),
        {name: _skill_history_from_json(each) for name, each in skills.items()},
        {item: ItemHistory(*each) for item, each in items.items()},
    )


def _skill_history_from_json(values: list[Any]) -> SkillHistory:
    answers, rights, (short, middle, long), latest, streak, last_at = values
    return SkillHistory(answers, rights, (short, middle, long), tuple(latest), streak, last_at)


def _activity_to_json(log: ActivityLog) -> dict[str, Any]:
    return {
        "days": {day.isoformat(): _field_values(counts) for day, counts in log.days.items()},
        "notes": {skill: [_field_values(each) for each in recent] for skill, recent in log.recent_answers.items()},
        "trails": log.mastery_history,
        "mistakes": [_field_values(each) for each in log.misconceptions],
        "today": log.last_day_outcomes,
        "last_skill": log.last_skill,
    }


def _activity_from_json(plain: dict[str, Any]) -> ActivityLog:
    day = date.fromisoformat
    return ActivityLog(
        days={day(key): AnswerCounts(*counts) for key, counts in plain["days"].items()},
        recent_answers={
            s: tuple(RecentAnswer(day(n[0]), n[1], n[2]) for n in notes) for s, notes in plain["notes"].items()
        },
        mastery_history={s: tuple((day(at), share) for at, share in history) for s, history in plain["trails"].items()},
        misconceptions=tuple(_misconception_from_json(values) for values in plain["mistakes"]),
        last_day_outcomes=(day(plain["today"][0]), tuple(plain["today"][1])),
        last_skill=plain["last_skill"],
    )


def _misconception_from_json(values: list[Any]) -> ObservedMisconception:
    text, skill, item, passage, first, last, times = values
    return ObservedMisconception(text, skill, item, passage, date.fromisoformat(first), date.fromisoformat(last), times)
