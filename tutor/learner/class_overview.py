"""The class: what the records of many learners say together, for their instructor.

Counted from records alone, so that every number can be traced to events. What of it may leave the house is
`disclosure_control.py`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tutor.learner.activity_log import ActivityLog, AnswerCounts, ObservedMisconception, sum_counts
from tutor.learner.overview import WEEK, LearnerOverview, MasteryLevel, SkillOverview, build_overview
from tutor.learner.record import LearnerRecord
from tutor.learner.skill_graph import SkillGraph

MIN_ITEM_LEARNERS = 10  # who answered an item before it is judged
MIN_DISCRIMINATION = 0.1  # correlation with everything else, below which an item does not tell learners apart
MAX_WEEKS = 8  # of work that are drawn


@dataclass(frozen=True, slots=True)
class StuckLearner:
    """A learner who fails on a skill, since when."""

    learner_id: str
    skill: str
    since: date
    rights: int
    answers: int


@dataclass(frozen=True, slots=True)
class ClassMisconception:
    """A misconception and who shows it; `passage_id` is where the course speaks of it."""

    text: str
    skill: str
    learners: tuple[str, ...]
    times: int
    last: date
    passage_id: str | None


@dataclass(frozen=True, slots=True)
class WeakItem:
    """An item that does not tell apart who knows from who does not."""

    item_id: str
    learners: int
    rate: float
    discrimination: float  # correlation between this item and everything else


@dataclass(frozen=True, slots=True)
class SkillCounts:
    """How many learners stand where on one skill."""

    skill: str
    known: int
    learning: int
    stuck: int
    unmet: int

    @property
    def met(self) -> int:
        return self.known + self.learning + self.stuck


@dataclass(frozen=True, slots=True)
class WeekDigest:
    """One week of a class, and the week before."""

    active: int
    active_before: int
    counts: AnswerCounts
    counts_before: AnswerCounts
    newly_known: tuple[tuple[str, int], ...]  # skill, learners who came to know it this week
    newly_stuck: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ClassWeek:
    """The work of one week, and how many learners did it."""

    start: date  # of seven days; the last week's last day is today
    counts: AnswerCounts
    active: int


@dataclass(frozen=True, slots=True)
class ClassOverview:
    """Everything that the instructor's page says of a course."""

    at: datetime
    learners: Mapping[str, LearnerOverview]
    skills: tuple[SkillCounts, ...]
    stuck: tuple[StuckLearner, ...]  # the longest first
    misconceptions: tuple[ClassMisconception, ...]  # the most common first
    weak_items: tuple[WeakItem, ...]  # the least telling first
    digest: WeekDigest
    weeks: tuple[ClassWeek, ...]  # the oldest first
    stale_learners: int = 0  # learners of whom a correction is not shown yet


def build_class_overview(records: Mapping[str, LearnerRecord], course: SkillGraph, at: datetime) -> ClassOverview:
    """Return what the records say together at one time."""
    seen = {learner: build_overview(record, course, at) for learner, record in records.items()}
    diaries = {learner: record.activity for learner, record in records.items()}
    return ClassOverview(
        at=at,
        learners=seen,
        skills=tuple(
            _count_levels(skill, [view.skills[n] for view in seen.values()]) for n, skill in enumerate(course.skills)
        ),
        stuck=_stuck_learners(seen),
        misconceptions=_class_misconceptions(diaries),
        weak_items=_find_weak_items(records),
        digest=_build_digest(seen, at),
        weeks=_class_weeks(diaries.values(), at),
    )


def _count_levels(skill: str, lines: Sequence[SkillOverview]) -> SkillCounts:
    known = sum(line.level is MasteryLevel.KNOWN for line in lines)
    stuck = sum(line.stuck_since is not None for line in lines)
    unmet = sum(not line.answers for line in lines)
    return SkillCounts(skill, known, len(lines) - known - stuck - unmet, stuck, unmet)


def _stuck_learners(seen: Mapping[str, LearnerOverview]) -> tuple[StuckLearner, ...]:
    found = [
        StuckLearner(learner, line.skill, line.stuck_since, sum(line.mastery.latest), len(line.mastery.latest))
        for learner, view in seen.items()
        for line in view.skills
        if line.stuck_since is not None
    ]
    return tuple(sorted(found, key=lambda s: (s.since, s.learner_id, s.skill)))


def _class_misconceptions(diaries: Mapping[str, ActivityLog]) -> tuple[ClassMisconception, ...]:
    groups: dict[tuple[str, str], list[tuple[str, ObservedMisconception]]] = defaultdict(list)
    for learner, diary in diaries.items():
        for mistake in diary.misconceptions:
            groups[mistake.text, mistake.skill].append((learner, mistake))
    found = [_merge_misconception(text, skill, held) for (text, skill), held in groups.items()]
    return tuple(sorted(found, key=lambda b: (-len(b.learners), b.text)))


def _merge_misconception(
    text: str, skill: str, held: Sequence[tuple[str, ObservedMisconception]]
) -> ClassMisconception:
    newest = max((mistake for _, mistake in held), key=lambda m: m.last)
    learners = tuple(sorted({learner for learner, _ in held}))
    return ClassMisconception(text, skill, learners, sum(m.times for _, m in held), newest.last, newest.passage_id)


def _find_weak_items(records: Mapping[str, LearnerRecord]) -> tuple[WeakItem, ...]:
    """Compare each learner's success on an item with her success on everything else (corrected item-rest)."""
    pairs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for record in records.values():
        trails = record.state.history.items
        answers = sum(trail.answers for trail in trails.values())
        rights = sum(trail.rights for trail in trails.values())
        for item, trail in trails.items():
            if answers > trail.answers:
                rest = (rights - trail.rights) / (answers - trail.answers)
                pairs[item].append((trail.rights / trail.answers, rest))
    judged = [_item_statistics(item, both) for item, both in pairs.items() if len(both) >= MIN_ITEM_LEARNERS]
    return tuple(
        sorted(
            (line for line in judged if line.discrimination < MIN_DISCRIMINATION),
            key=lambda i: (i.discrimination, i.item_id),
        )
    )


def _item_statistics(item: str, pairs: Sequence[tuple[float, float]]) -> WeakItem:
    rate = sum(own for own, _ in pairs) / len(pairs)
    return WeakItem(item, len(pairs), rate, _correlation(pairs))


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Pearson's, 0 where one side does not vary: an item that all get right tells nobody apart."""
    count = len(pairs)
    mean_a, mean_b = sum(a for a, _ in pairs) / count, sum(b for _, b in pairs) / count
    spread_a = sum((a - mean_a) ** 2 for a, _ in pairs)
    spread_b = sum((b - mean_b) ** 2 for _, b in pairs)
    if spread_a < 1e-12 or spread_b < 1e-12:
        return 0.0
    return sum((a - mean_a) * (b - mean_b) for a, b in pairs) / math.sqrt(spread_a * spread_b)


def _build_digest(seen: Mapping[str, LearnerOverview], at: datetime) -> WeekDigest:
    now = {learner: view.this_week for learner, view in seen.items()}
    before = {learner: view.last_week for learner, view in seen.items()}
    learnt: dict[str, int] = defaultdict(int)
    failing: dict[str, int] = defaultdict(int)
    for view in seen.values():
        for line in view.skills:
            learnt[line.skill] += line.is_newly_known((at - WEEK).date())
            failing[line.skill] += line.stuck_since is not None and line.stuck_since > (at - WEEK).date()
    return WeekDigest(
        active=sum(work.answers > 0 for work in now.values()),
        active_before=sum(work.answers > 0 for work in before.values()),
        counts=sum_counts(now.values()),
        counts_before=sum_counts(before.values()),
        newly_known=_sort_by_count(learnt),
        newly_stuck=_sort_by_count(failing),
    )


def _sort_by_count(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((s, n) for s, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0])))


def _class_weeks(diaries: Iterable[ActivityLog], at: datetime) -> tuple[ClassWeek, ...]:
    """The same seven days as the digest's, so that no sum overlaps another."""
    found = list(diaries)
    first = at.date() - WEEK + timedelta(days=1)
    return tuple(_class_week(found, first - n * WEEK) for n in reversed(range(MAX_WEEKS)))


def _class_week(diaries: Sequence[ActivityLog], start: date) -> ClassWeek:
    done = [sum_counts(w for day, w in diary.days.items() if start <= day < start + WEEK) for diary in diaries]
    return ClassWeek(start, sum_counts(done), sum(work.answers > 0 for work in done))
