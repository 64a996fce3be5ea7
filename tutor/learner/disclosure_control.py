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

from tutor.learner.activity_log import AnswerCounts
from tutor.learner.class_overview import MIN_ITEM_LEARNERS, ClassMisconception, ClassOverview, SkillCounts, WeakItem

MIN_GROUP_SIZE = 5  # learners that a number which goes out must be about
MIN_CLASS_FOR_BOUNDS = (
    15  # learners of a class from which on "five or more" of them says nothing about the hidden parts of a skill
)
MIN_WHOLE_FOR_BOUNDS = (
    2 * MIN_GROUP_SIZE - 1
)  # a group of which all but few may be any of four numbers, each five or more
HIDDEN = "hidden"
SkillCells = tuple[str, str, str, str]  # known, learning, stuck, not met


@dataclass(frozen=True, slots=True)
class DisclosedCounts:
    """Answers of a week; `aided` is None where it may not be told."""

    answers: int
    rights: int
    aided: int | None


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """What a page or a paper says of a class; None is what it may not say."""

    class_size: int
    skills: Mapping[str, SkillCells]  # by skill
    active: int | None
    active_before: int | None
    counts: DisclosedCounts | None
    counts_before: DisclosedCounts | None
    newly_known: tuple[tuple[str, str], ...]  # skill, learners
    newly_stuck: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[date, DisclosedCounts | None], ...]
    misconceptions: tuple[tuple[ClassMisconception, str], ...]  # with its learners
    weak_items: tuple[tuple[WeakItem, str, float | None], ...]  # with its learners and the share that was right


def is_disclosable(part: int, whole: int) -> bool:
    """Whether a part of a group of known size may be told: neither it nor the rest is one to four."""
    return all(count == 0 or count >= MIN_GROUP_SIZE for count in (part, whole - part))


def mask_small_count(number: int) -> str:
    """Return the size of a class as it may leave the house."""
    return f"<{MIN_GROUP_SIZE}" if 0 < number < MIN_GROUP_SIZE else str(number)


def mask_small_parts(counts: Sequence[int]) -> list[str]:
    """Return the parts of a group, whose sum is known, as they may leave the house.

    Small ones are told as `shown` tells them, where neither their sum nor its bounds give them away. Else they are only
    called hidden, and the smallest other parts with them.
    """
    small = [count for count in counts if 0 < count < MIN_GROUP_SIZE]
    if len(small) > 1 and MIN_GROUP_SIZE <= sum(small) < (MIN_GROUP_SIZE - 1) * len(small) or not small:
        return [mask_small_count(count) for count in counts]
    most = min((count for count in counts if count >= MIN_GROUP_SIZE), default=MIN_GROUP_SIZE)
    return [HIDDEN if 0 < count <= most else str(count) for count in counts]


def full_figures(overview: ClassOverview) -> ClassFigures:
    """Return all there is to say, for the instructor's own page."""
    digest = overview.digest
    return ClassFigures(
        class_size=len(overview.learners),
        skills={line.skill: _skill_cells([str(count) for count in _level_counts(line)]) for line in overview.skills},
        active=digest.active,
        active_before=digest.active_before,
        counts=_all_counts(digest.counts),
        counts_before=_all_counts(digest.counts_before),
        newly_known=tuple((skill, str(count)) for skill, count in digest.newly_known),
        newly_stuck=tuple((skill, str(count)) for skill, count in digest.newly_stuck),
        weeks=tuple((week.start, _all_counts(week.counts)) for week in overview.weeks),
        misconceptions=tuple((belief, str(len(belief.learners))) for belief in overview.misconceptions),
        weak_items=tuple((item, str(item.learners), item.rate) for item in overview.weak_items),
    )


def disclosable_figures(overview: ClassOverview) -> ClassFigures:
    """Return what may be said outside."""
    size, digest = len(overview.learners), overview.digest
    rows = {line.skill: _skill_cells(mask_small_parts(_level_counts(line))) for line in overview.skills}
    known = {line.skill: line.known for line in overview.skills if rows[line.skill][0].isdigit()}
    stuck = {line.skill: line.stuck for line in overview.skills if rows[line.skill][2].isdigit()}
    return ClassFigures(
        class_size=size,
        skills=rows,
        active=digest.active if is_disclosable(digest.active, size) else None,
        active_before=digest.active_before if is_disclosable(digest.active_before, size) else None,
        counts=_disclosable_counts(digest.counts, digest.active, size),
        counts_before=_disclosable_counts(digest.counts_before, digest.active_before, size),
        newly_known=_disclosable_parts(digest.newly_known, known),
        newly_stuck=_disclosable_parts(digest.newly_stuck, stuck),
        weeks=tuple((week.start, _disclosable_counts(week.counts, week.active, size)) for week in overview.weeks),
        misconceptions=_disclosable_misconceptions(overview, rows),
        weak_items=tuple((item, f"{MIN_ITEM_LEARNERS}+", _disclosable_rate(item)) for item in overview.weak_items)
        if size >= MIN_CLASS_FOR_BOUNDS
        else (),
    )


def _level_counts(line: SkillCounts) -> tuple[int, int, int, int]:
    return line.known, line.learning, line.stuck, line.unmet


def _skill_cells(told: Sequence[str]) -> SkillCells:
    known, learning, stuck, unmet = told
    return known, learning, stuck, unmet


def _all_counts(work: AnswerCounts) -> DisclosedCounts:
    return DisclosedCounts(work.answers, work.rights, work.aided)


def _disclosable_counts(work: AnswerCounts, active: int, size: int) -> DisclosedCounts | None:
    """Return a week's sums where its learners may be told, and no few answers stand out that may be one learner's."""
    several = (
        active >= MIN_GROUP_SIZE and size >= MIN_WHOLE_FOR_BOUNDS
    )  # told sums say that five or more practised, and no more
    if not (several or is_disclosable(active, size)) or not is_disclosable(work.rights, work.answers):
        return None
    return DisclosedCounts(work.answers, work.rights, work.aided if is_disclosable(work.aided, work.answers) else None)


def _disclosable_parts(found: Sequence[tuple[str, int]], wholes: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """Return the skills of which a part of a told number is newly so.

    Never as "5+": those who came to know or got stuck are among those who practised, whose number would narrow it down.
    """
    return tuple(
        (skill, str(count)) for skill, count in found if skill in wholes and is_disclosable(count, wholes[skill])
    )


def _disclosable_misconceptions(
    overview: ClassOverview, rows: Mapping[str, SkillCells]
) -> tuple[tuple[ClassMisconception, str], ...]:
    """Return the misconceptions that five learners or more show; they are a part of those who met the skill."""
    size, met = len(overview.learners), {line.skill: line.met for line in overview.skills}
    told = []
    for belief in overview.misconceptions:
        whole = met.get(belief.skill, size)
        known = belief.skill not in rows or rows[belief.skill][3].isdigit()
        if number := _disclosable_number(len(belief.learners), whole if known else None, size):
            told.append((belief, number))
    return tuple(told)


def _disclosable_number(count: int, whole: int | None, size: int) -> str:
    """Return a part of a group as it may be told; `whole` is None where the group's size is not; "" for not at all."""
    if count < MIN_GROUP_SIZE:
        return ""
    if whole is not None and is_disclosable(count, whole):
        return str(count)
    return (
        f"{MIN_GROUP_SIZE}+"
        if size >= MIN_CLASS_FOR_BOUNDS and (whole is None or whole >= MIN_WHOLE_FOR_BOUNDS)
        else ""
    )


def _disclosable_rate(item: WeakItem) -> float | None:
    """Return how often an item is answered rightly, unless a few learners make up what is missing of all or none."""
    few = any(0 < side * item.learners < MIN_GROUP_SIZE for side in (item.rate, 1 - item.rate))
    return None if few else item.rate
