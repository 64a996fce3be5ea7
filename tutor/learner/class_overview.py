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

from tutor.learner.activity_log import Diary, Mistake, Work, summed
from tutor.learner.overview import WEEK, Level, Overview, SkillLine, overview
from tutor.learner.record import Record
from tutor.learner.skill_graph import SkillGraph

TELLING_LEARNERS = 10  # who answered an item before it is judged
TELLING = 0.1  # correlation with everything else, below which an item does not tell learners apart
WEEKS = 8  # of work that are drawn


@dataclass(frozen=True, slots=True)
class Stuck:
    """A learner who fails on a skill, since when."""

    learner_id: str
    skill: str
    since: date
    rights: int
    answers: int


@dataclass(frozen=True, slots=True)
class Belief:
    """A misconception and who shows it; `passage_id` is where the course speaks of it."""

    text: str
    skill: str
    learners: tuple[str, ...]
    times: int
    last: date
    passage_id: str | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item that does not tell apart who knows from who does not."""

    item_id: str
    learners: int
    rate: float
    telling: float  # correlation between this item and everything else


@dataclass(frozen=True, slots=True)
class SkillCount:
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
class Digest:
    """One week of a class, and the week before."""

    active: int
    active_before: int
    work: Work
    work_before: Work
    newly_known: tuple[tuple[str, int], ...]  # skill, learners who came to know it this week
    newly_stuck: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The work of one week, and how many learners did it."""

    start: date  # of seven days; the last week's last day is today
    work: Work
    active: int


@dataclass(frozen=True, slots=True)
class Classroom:
    """Everything that the instructor's page says of a course."""

    at: datetime
    learners: Mapping[str, Overview]
    skills: tuple[SkillCount, ...]
    stuck: tuple[Stuck, ...]  # the longest first
    beliefs: tuple[Belief, ...]  # the most common first
    items: tuple[ItemLine, ...]  # the least telling first
    digest: Digest
    weeks: tuple[Week, ...]  # the oldest first
    catching_up: int = 0  # learners of whom a correction is not shown yet


def classroom(records: Mapping[str, Record], course: SkillGraph, at: datetime) -> Classroom:
    """Return what the records say together at one time."""
    seen = {learner: overview(record, course, at) for learner, record in records.items()}
    diaries = {learner: record.diary for learner, record in records.items()}
    return Classroom(
        at=at,
        learners=seen,
        skills=tuple(
            _count(skill, [view.skills[n] for view in seen.values()]) for n, skill in enumerate(course.skills)
        ),
        stuck=_stuck(seen),
        beliefs=_beliefs(diaries),
        items=_untelling(records),
        digest=_digest(seen, diaries, at),
        weeks=_weeks(diaries.values(), at),
    )


def _count(skill: str, lines: Sequence[SkillLine]) -> SkillCount:
    known = sum(line.level is Level.KNOWN for line in lines)
    stuck = sum(line.stuck_since is not None for line in lines)
    unmet = sum(not line.answers for line in lines)
    return SkillCount(skill, known, len(lines) - known - stuck - unmet, stuck, unmet)


def _stuck(seen: Mapping[str, Overview]) -> tuple[Stuck, ...]:
    found = [
        Stuck(learner, line.skill, line.stuck_since, sum(line.mastery.latest), len(line.mastery.latest))
        for learner, view in seen.items()
        for line in view.skills
        if line.stuck_since is not None
    ]
    return tuple(sorted(found, key=lambda s: (s.since, s.learner_id, s.skill)))


def _beliefs(diaries: Mapping[str, Diary]) -> tuple[Belief, ...]:
    groups: dict[tuple[str, str], list[tuple[str, Mistake]]] = defaultdict(list)
    for learner, diary in diaries.items():
        for mistake in diary.mistakes:
            groups[mistake.text, mistake.skill].append((learner, mistake))
    found = [_belief(text, skill, held) for (text, skill), held in groups.items()]
    return tuple(sorted(found, key=lambda b: (-len(b.learners), b.text)))


def _belief(text: str, skill: str, held: Sequence[tuple[str, Mistake]]) -> Belief:
    newest = max((mistake for _, mistake in held), key=lambda m: m.last)
    learners = tuple(sorted({learner for learner, _ in held}))
    return Belief(text, skill, learners, sum(m.times for _, m in held), newest.last, newest.passage_id)


def _untelling(records: Mapping[str, Record]) -> tuple[ItemLine, ...]:
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
    judged = [_item(item, both) for item, both in pairs.items() if len(both) >= TELLING_LEARNERS]
    return tuple(sorted((line for line in judged if line.telling < TELLING), key=lambda i: (i.telling, i.item_id)))


def _item(item: str, pairs: Sequence[tuple[float, float]]) -> ItemLine:
    rate = sum(own for own, _ in pairs) / len(pairs)
    return ItemLine(item, len(pairs), rate, _correlation(pairs))


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Pearson's, 0 where one side does not vary: an item that all get right tells nobody apart."""
    count = len(pairs)
    mean_a, mean_b = sum(a for a, _ in pairs) / count, sum(b for _, b in pairs) / count
    spread_a = sum((a - mean_a) ** 2 for a, _ in pairs)
    spread_b = sum((b - mean_b) ** 2 for _, b in pairs)
    if spread_a < 1e-12 or spread_b < 1e-12:
        return 0.0
    return sum((a - mean_a) * (b - mean_b) for a, b in pairs) / math.sqrt(spread_a * spread_b)


def _digest(seen: Mapping[str, Overview], diaries: Mapping[str, Diary], at: datetime) -> Digest:
    now = {learner: view.this_week for learner, view in seen.items()}
    before = {learner: view.last_week for learner, view in seen.items()}
    learnt: dict[str, int] = defaultdict(int)
    failing: dict[str, int] = defaultdict(int)
    for view in seen.values():
        for line in view.skills:
            learnt[line.skill] += line.newly_known((at - WEEK).date())
            failing[line.skill] += line.stuck_since is not None and line.stuck_since > (at - WEEK).date()
    return Digest(
        active=sum(work.answers > 0 for work in now.values()),
        active_before=sum(work.answers > 0 for work in before.values()),
        work=summed(now.values()),
        work_before=summed(before.values()),
        newly_known=_most(learnt),
        newly_stuck=_most(failing),
    )


def _most(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((s, n) for s, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0])))


def _weeks(diaries: Iterable[Diary], at: datetime) -> tuple[Week, ...]:
    """The same seven days as the digest's, so that no sum overlaps another."""
    found = list(diaries)
    first = at.date() - WEEK + timedelta(days=1)
    return tuple(_week(found, first - n * WEEK) for n in reversed(range(WEEKS)))


def _week(diaries: Sequence[Diary], start: date) -> Week:
    done = [summed(w for day, w in diary.days.items() if start <= day < start + WEEK) for diary in diaries]
    return Week(start, summed(done), sum(work.answers > 0 for work in done))
