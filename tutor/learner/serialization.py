"""Keeping: a record as JSON and back, so that a page need not read ten thousand events.

What is read back follows the next answer exactly as the kept record would have: numbers are written in full.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import numpy as np

from tutor.learner.activity_log import Diary, Mistake, Note, Work
from tutor.learner.answer_history import History, ItemTrail, SkillTrail
from tutor.learner.bayesian_knowledge_tracing import Mastery
from tutor.learner.record import Record
from tutor.learner.spaced_repetition import Habit, Memory
from tutor.learner.state import LearnerState


def write_record(record: Record) -> str:
    """Return the record as JSON that `read_record` reads."""
    plain = {
        "history": _history_out(record.state.history),
        "masteries": {skill: _fields(mastery) for skill, mastery in record.state.masteries.items()},
        "memories": {skill: _fields(memory) for skill, memory in record.state.memories.items()},
        "habit": _habit_out(record.state.habit),
        "assumed": dict(record.state.assumed),
        "diary": _diary_out(record.diary),
        "placement": record.placement,
        "last_at": record.last_at,
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=_plain)


def read_record(text: str) -> Record:
    """Return the record in `text`, which `write_record` of this very version wrote."""
    plain: dict[str, Any] = json.loads(text)
    state = LearnerState(
        history=_history_in(plain["history"]),
        masteries={skill: _mastery_in(values) for skill, values in plain["masteries"].items()},
        memories={skill: _memory_in(values) for skill, values in plain["memories"].items()},
        habit=_habit_in(plain["habit"]),
        assumed=plain["assumed"],
    )
    placement = tuple((skill, right) for skill, right in plain["placement"])
    return Record(state, _diary_in(plain["diary"]), placement, _moment(plain["last_at"]))


def _fields(value: Any) -> list[Any]:
    return [getattr(value, name) for name in value.__dataclass_fields__]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, np.floating):
        return float(value)
    raise TypeError(f"{value!r} is no part of a record")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _mastery_in(values: list[Any]) -> Mastery:
    *counts, latest, last_at = values
    fields: list[Any] = [*counts, tuple(latest), _moment(last_at)]
    return Mastery(*fields)


def _memory_in(values: list[Any]) -> Memory:
    stability, difficulty, last_at, *counts = values
    return Memory(stability, difficulty, datetime.fromisoformat(last_at), *counts)


def _habit_out(habit: Habit) -> dict[str, Any]:
    return {**asdict(habit), "mean": habit.mean.tolist(), "covariance": habit.covariance.tolist()}


def _habit_in(values: dict[str, Any]) -> Habit:
    return Habit(np.array(values["mean"]), np.array(values["covariance"]), values["lately"], values["long_run"])


def _history_out(history: History) -> list[Any]:
    skills = {skill: _fields(trail) for skill, trail in history.skills.items()}
    items = {item: _fields(trail) for item, trail in history.items.items()}
    return [*_fields(history)[:-2], skills, items]


def _history_in(values: list[Any]) -> History:
    answers, surplus, surprise, latest, skill, run, skills, items = values
    return History(
        answers,
        surplus,
        tuple(surprise),
        tuple((item, right) for item, right in latest),
        skill,
        tuple(run),
        {name: _trail_in(trail) for name, trail in skills.items()},
        {item: ItemTrail(*trail) for item, trail in items.items()},
    )


def _trail_in(values: list[Any]) -> SkillTrail:
    answers, rights, (short, middle, long), latest, streak, last_at = values
    return SkillTrail(answers, rights, (short, middle, long), tuple(latest), streak, last_at)


def _diary_out(diary: Diary) -> dict[str, Any]:
    return {
        "days": {day.isoformat(): _fields(work) for day, work in diary.days.items()},
        "notes": {skill: [_fields(note) for note in notes] for skill, notes in diary.notes.items()},
        "trails": diary.trails,
        "mistakes": [_fields(mistake) for mistake in diary.mistakes],
        "today": diary.today,
        "last_skill": diary.last_skill,
    }


def _diary_in(plain: dict[str, Any]) -> Diary:
    day = date.fromisoformat
    return Diary(
        days={day(key): Work(*work) for key, work in plain["days"].items()},
        notes={s: tuple(Note(day(n[0]), n[1], n[2]) for n in notes) for s, notes in plain["notes"].items()},
        trails={s: tuple((day(at), share) for at, share in trail) for s, trail in plain["trails"].items()},
        mistakes=tuple(_mistake_in(values) for values in plain["mistakes"]),
        today=(day(plain["today"][0]), tuple(plain["today"][1])),
        last_skill=plain["last_skill"],
    )


def _mistake_in(values: list[Any]) -> Mistake:
    text, skill, item, passage, first, last, times = values
    return Mistake(text, skill, item, passage, date.fromisoformat(first), date.fromisoformat(last), times)
