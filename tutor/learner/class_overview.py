"""What the records of a class show together, for their instructor.

Counted from records alone, so that every number can be traced to events. What of it may be exported is decided in
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

MIN_ITEM_LEARNERS = 10  # learners who answered an item before its discrimination is computed
MIN_DISCRIMINATION = 0.1  # correlation with all other items; below it an item is called weak
MAX_WEEKS = 8  # weeks of practice in the chart


@dataclass(frozen=True, slots=True)
class StuckLearner:
    """A learner who is stuck on a skill; `since` is the day of the first failure."""

    learner_id: str
    skill: str
    since: date
    rights: int
    answers: int


@dataclass(frozen=True, slots=True)
class ClassMisconception:
    """A misconception and the learners who show it; `passage_id` is where the course covers it."""

    text: str
    skill: str
    learners: tuple[str, ...]
    times: int
    last: date
    passage_id: str | None


@dataclass(frozen=True, slots=True)
class WeakItem:
    """An item that does not separate learners who know the skill from those who do not."""

    item_id: str
    learners: int
    rate: float
    discrimination: float  # item-rest correlation


@dataclass(frozen=True, slots=True)
class SkillCounts:
    """How many learners are at each level of one skill."""

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
    """One week of a class compared with the week before."""

    active: int
    active_before: int
    counts: AnswerCounts
    counts_before: AnswerCounts
    newly_known: tuple[tuple[str, int], ...]  # skill, learners who came to know it this week
    newly_stuck: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ClassWeek:
    """The answers of one week, and how many learners gave them."""

    start: date  # of seven days; the last week ends today
    counts: AnswerCounts
    active: int


@dataclass(frozen=True, slots=True)
class ClassOverview:
    """Everything the instructor's page shows about a class."""

    at: datetime
    learners: Mapping[str, LearnerOverview]
    skills: tuple[SkillCounts, ...]
    stuck: tuple[StuckLearner, ...]  # the longest first
    misconceptions: tuple[ClassMisconception, ...]  # the most common first
    weak_items: tuple[WeakItem, ...]  # the lowest discrimination first
    digest: WeekDigest
    weeks: tuple[ClassWeek, ...]  # the oldest first
    stale_learners: int = 0  # learners whose record does not show a regrade yet


def build_class_overview(records: Mapping[str, LearnerRecord], course: SkillGraph, at: datetime) -> ClassOverview:
    """Return what the records show together at one time."""
    seen = {learner: build_overview(record, course, at) for learner, record in records.items()}
    logs = {learner: record.activity for learner, record in records.items()}
    return ClassOverview(
        at=at,
        learners=seen,
        skills=tuple(
            _count_levels(skill, [view.skills[n] for view in seen.values()]) for n, skill in enumerate(course.skills)
        ),
        stuck=_stuck_learners(seen),
        misconceptions=_class_misconceptions(logs),
        weak_items=_find_weak_items(records),
        digest=_build_digest(seen, at),
        weeks=_class_weeks(logs.values(), at),
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


def _class_misconceptions(logs: Mapping[str, ActivityLog]) -> tuple[ClassMisconception, ...]:
    groups: dict[tuple[str, str], list[tuple[str, ObservedMisconception]]] = defaultdict(list)
    for learner, log in logs.items():
        for each in log.misconceptions:
            groups[each.text, each.skill].append((learner, each))
    found = [_merge_misconception(text, skill, held) for (text, skill), held in groups.items()]
    return tuple(sorted(found, key=lambda b: (-len(b.learners), b.text)))


def _merge_misconception(
    text: str, skill: str, held: Sequence[tuple[str, ObservedMisconception]]
) -> ClassMisconception:
    newest = max((each for _, each in held), key=lambda each: each.last)
    learners = tuple(sorted({learner for learner, _ in held}))
    return ClassMisconception(
        text, skill, learners, sum(each.times for _, each in held), newest.last, newest.passage_id
    )


def _find_weak_items(records: Mapping[str, LearnerRecord]) -> tuple[WeakItem, ...]:
    """Compare each learner's success on an item with their success on all others (item-rest correlation)."""
    pairs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for record in records.values():
        histories = record.state.history.items
        answers = sum(each.answers for each in histories.values())
        rights = sum(each.rights for each in histories.values())
        for item, own in histories.items():
            if answers > own.answers:
                rest = (rights - own.rights) / (answers - own.answers)
                pairs[item].append((own.rights / own.answers, rest))
    measured = [_item_statistics(item, both) for item, both in pairs.items() if len(both) >= MIN_ITEM_LEARNERS]
    return tuple(
        sorted(
            (line for line in measured if line.discrimination < MIN_DISCRIMINATION),
            key=lambda i: (i.discrimination, i.item_id),
        )
    )


def _item_statistics(item: str, pairs: Sequence[tuple[float, float]]) -> WeakItem:
    rate = sum(own for own, _ in pairs) / len(pairs)
    return WeakItem(item, len(pairs), rate, _correlation(pairs))


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Pearson's correlation; 0 where one side does not vary: an item that everybody gets right separates nobody."""
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


def _class_weeks(logs: Iterable[ActivityLog], at: datetime) -> tuple[ClassWeek, ...]:
    """Return weeks of the same seven days as the digest, so that no sum overlaps another."""
    found = list(logs)
    first = at.date() - WEEK + timedelta(days=1)
    return tuple(_class_week(found, first - n * WEEK) for n in reversed(range(MAX_WEEKS)))


def _class_week(logs: Sequence[ActivityLog], start: date) -> ClassWeek:
    done = [sum_counts(w for day, w in log.days.items() if start <= day < start + WEEK) for log in logs]
    return ClassWeek(start, sum_counts(done), sum(work.answers > 0 for work in done))
