"""Outward: what of a class may leave the house, so that no number of it lets fewer than five learners be counted.

The rule (`tells`): a number of learners is told only as a part of a group whose size is told, and only where neither it
nor the rest of that group is one to four. What may not be told is left out with its whole line, or called hidden where
the line is that of a skill (`shown_parts`). "5+" says no more than that a line is about five learners. Everything that
goes out is made here, and `tests/learner/test_outward.py` looks for numbers that give a small group away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tutor.learner.activity_log import Work
from tutor.learner.class_overview import TELLING_LEARNERS, Belief, Classroom, ItemLine, SkillCount

FEWEST = 5  # learners that a number which goes out must be about
FIRM = 15  # learners of a class from which on "five or more" of them says nothing about the hidden parts of a skill
WIDE = 2 * FEWEST - 1  # a group of which all but few may be any of four numbers, each five or more
HIDDEN = "hidden"
Parts = tuple[str, str, str, str]  # known, learning, stuck, not met


@dataclass(frozen=True, slots=True)
class Sums:
    """Answers of a week; `aided` is None where it may not be told."""

    answers: int
    rights: int
    aided: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a page or a paper says of a class; None is what it may not say."""

    size: int
    rows: Mapping[str, Parts]  # by skill
    active: int | None
    active_before: int | None
    work: Sums | None
    work_before: Sums | None
    newly_known: tuple[tuple[str, str], ...]  # skill, learners
    newly_stuck: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[date, Sums | None], ...]
    beliefs: tuple[tuple[Belief, str], ...]  # with its learners
    items: tuple[tuple[ItemLine, str, float | None], ...]  # with its learners and the share that was right


def tells(part: int, whole: int) -> bool:
    """Whether a part of a group of known size may be told: neither it nor the rest is one to four."""
    return all(count == 0 or count >= FEWEST for count in (part, whole - part))


def shown(number: int) -> str:
    """Return the size of a class as it may leave the house."""
    return f"<{FEWEST}" if 0 < number < FEWEST else str(number)


def shown_parts(counts: Sequence[int]) -> list[str]:
    """Return the parts of a group, whose sum is known, as they may leave the house.

    Small ones are told as `shown` tells them, where neither their sum nor its bounds give them away. Else they are only
    called hidden, and the smallest other parts with them.
    """
    small = [count for count in counts if 0 < count < FEWEST]
    if len(small) > 1 and FEWEST <= sum(small) < (FEWEST - 1) * len(small) or not small:
        return [shown(count) for count in counts]
    most = min((count for count in counts if count >= FEWEST), default=FEWEST)
    return [HIDDEN if 0 < count <= most else str(count) for count in counts]


def inside(seen: Classroom) -> Told:
    """Return all there is to say, for the instructor's own page."""
    digest = seen.digest
    return Told(
        size=len(seen.learners),
        rows={line.skill: _parts([str(count) for count in _counts(line)]) for line in seen.skills},
        active=digest.active,
        active_before=digest.active_before,
        work=_all(digest.work),
        work_before=_all(digest.work_before),
        newly_known=tuple((skill, str(count)) for skill, count in digest.newly_known),
        newly_stuck=tuple((skill, str(count)) for skill, count in digest.newly_stuck),
        weeks=tuple((week.start, _all(week.work)) for week in seen.weeks),
        beliefs=tuple((belief, str(len(belief.learners))) for belief in seen.beliefs),
        items=tuple((item, str(item.learners), item.rate) for item in seen.items),
    )


def outward(seen: Classroom) -> Told:
    """Return what may be said outside."""
    size, digest = len(seen.learners), seen.digest
    rows = {line.skill: _parts(shown_parts(_counts(line))) for line in seen.skills}
    known = {line.skill: line.known for line in seen.skills if rows[line.skill][0].isdigit()}
    stuck = {line.skill: line.stuck for line in seen.skills if rows[line.skill][2].isdigit()}
    return Told(
        size=size,
        rows=rows,
        active=digest.active if tells(digest.active, size) else None,
        active_before=digest.active_before if tells(digest.active_before, size) else None,
        work=_sums(digest.work, digest.active, size),
        work_before=_sums(digest.work_before, digest.active_before, size),
        newly_known=_parts_of(digest.newly_known, known),
        newly_stuck=_parts_of(digest.newly_stuck, stuck),
        weeks=tuple((week.start, _sums(week.work, week.active, size)) for week in seen.weeks),
        beliefs=_beliefs(seen, rows),
        items=tuple((item, f"{TELLING_LEARNERS}+", _rate(item)) for item in seen.items) if size >= FIRM else (),
    )


def _counts(line: SkillCount) -> tuple[int, int, int, int]:
    return line.known, line.learning, line.stuck, line.unmet


def _parts(told: Sequence[str]) -> Parts:
    known, learning, stuck, unmet = told
    return known, learning, stuck, unmet


def _all(work: Work) -> Sums:
    return Sums(work.answers, work.rights, work.aided)


def _sums(work: Work, active: int, size: int) -> Sums | None:
    """Return a week's sums where its learners may be told, and no few answers stand out that may be one learner's."""
    several = active >= FEWEST and size >= WIDE  # told sums say that five or more practised, and no more
    if not (several or tells(active, size)) or not tells(work.rights, work.answers):
        return None
    return Sums(work.answers, work.rights, work.aided if tells(work.aided, work.answers) else None)


def _parts_of(found: Sequence[tuple[str, int]], wholes: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """Return the skills of which a part of a told number is newly so.

    Never as "5+": those who came to know or got stuck are among those who practised, whose number would narrow it down.
    """
    return tuple((skill, str(count)) for skill, count in found if skill in wholes and tells(count, wholes[skill]))


def _beliefs(seen: Classroom, rows: Mapping[str, Parts]) -> tuple[tuple[Belief, str], ...]:
    """Return the misconceptions that five learners or more show; they are a part of those who met the skill."""
    size, met = len(seen.learners), {line.skill: line.met for line in seen.skills}
    told = []
    for belief in seen.beliefs:
        whole = met.get(belief.skill, size)
        known = belief.skill not in rows or rows[belief.skill][3].isdigit()
        if number := _number(len(belief.learners), whole if known else None, size):
            told.append((belief, number))
    return tuple(told)


def _number(count: int, whole: int | None, size: int) -> str:
    """Return a part of a group as it may be told; `whole` is None where the group's size is not; "" for not at all."""
    if count < FEWEST:
        return ""
    if whole is not None and tells(count, whole):
        return str(count)
    return f"{FEWEST}+" if size >= FIRM and (whole is None or whole >= WIDE) else ""


def _rate(item: ItemLine) -> float | None:
    """Return how often an item is answered rightly, unless a few learners make up what is missing of all or none."""
    few = any(0 < side * item.learners < FEWEST for side in (item.rate, 1 - item.rate))
    return None if few else item.rate
