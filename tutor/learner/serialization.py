"""Keeping: a record as JSON and back, so that a page need not read ten thousand events.

What is read back follows the next answer exactly as the kept record would have: numbers are written in full.
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
    """Return the record as JSON that `read_record` reads."""
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
    """Return the record in `text`, which `write_record` of this very version wrote."""
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
    raise TypeError(f"{value!r} is no part of a record")


def _parse_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _mastery_from_json(values: list[Any]) -> Mastery:
    *counts, latest, last_at = values
    fields: list[Any] = [*counts, tuple(latest), _parse_time(last_at)]
    return Mastery(*fields)


def _memory_from_json(values: list[Any]) -> MemoryState:
    stability, difficulty, last_at, *counts = values
    return MemoryState(stability, difficulty, datetime.fromisoformat(last_at), *counts)


def _forgetting_model_to_json(habit: ForgettingModel) -> dict[str, Any]:
    return {**asdict(habit), "mean": habit.mean.tolist(), "covariance": habit.covariance.tolist()}


def _forgetting_model_from_json(values: dict[str, Any]) -> ForgettingModel:
    return ForgettingModel(
        np.array(values["mean"]), np.array(values["covariance"]), values["lately"], values["long_run"]
    )


def _history_to_json(history: AnswerHistory) -> list[Any]:
    skills = {skill: _field_values(trail) for skill, trail in history.skills.items()}
    items = {item: _field_values(trail) for item, trail in history.items.items()}
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
        {name: _skill_history_from_json(trail) for name, trail in skills.items()},
        {item: ItemHistory(*trail) for item, trail in items.items()},
    )


def _skill_history_from_json(values: list[Any]) -> SkillHistory:
    answers, rights, (short, middle, long), latest, streak, last_at = values
    return SkillHistory(answers, rights, (short, middle, long), tuple(latest), streak, last_at)


def _activity_to_json(diary: ActivityLog) -> dict[str, Any]:
    return {
        "days": {day.isoformat(): _field_values(work) for day, work in diary.days.items()},
        "notes": {skill: [_field_values(note) for note in notes] for skill, notes in diary.recent_answers.items()},
        "trails": diary.mastery_history,
        "mistakes": [_field_values(mistake) for mistake in diary.misconceptions],
        "today": diary.last_day_outcomes,
        "last_skill": diary.last_skill,
    }


def _activity_from_json(plain: dict[str, Any]) -> ActivityLog:
    day = date.fromisoformat
    return ActivityLog(
        days={day(key): AnswerCounts(*work) for key, work in plain["days"].items()},
        recent_answers={
            s: tuple(RecentAnswer(day(n[0]), n[1], n[2]) for n in notes) for s, notes in plain["notes"].items()
        },
        mastery_history={s: tuple((day(at), share) for at, share in trail) for s, trail in plain["trails"].items()},
        misconceptions=tuple(_misconception_from_json(values) for values in plain["mistakes"]),
        last_day_outcomes=(day(plain["today"][0]), tuple(plain["today"][1])),
        last_skill=plain["last_skill"],
    )


def _misconception_from_json(values: list[Any]) -> ObservedMisconception:
    text, skill, item, passage, first, last, times = values
    return ObservedMisconception(text, skill, item, passage, date.fromisoformat(first), date.fromisoformat(last), times)
