"""Decides which figures of a class may be exported, so that nobody can count a group of fewer than five learners.

The rule (`is_disclosable`): a number of learners is published only as a part of a group of published size, and only
where neither it nor the rest of the group is one to four. What may not be published is left out with its whole line, or
marked as hidden in the row of a skill (`mask_small_parts`). "5+" says only that a line is about at least five learners.
All exported figures come from here; `tests/learner/test_disclosure_control.py` looks for numbers that reveal a small
group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tutor.learner.activity_log import AnswerCounts
from tutor.learner.class_overview import MIN_ITEM_LEARNERS, ClassMisconception, ClassOverview, SkillCounts, WeakItem

MIN_GROUP_SIZE = 5  # learners that a published number must be about
MIN_CLASS_FOR_BOUNDS = 15  # size of a class in which "5+" reveals nothing about the hidden parts of a skill
MIN_WHOLE_FOR_BOUNDS = 2 * MIN_GROUP_SIZE - 1  # size of a group in which "all but a few" can be four numbers above five
HIDDEN = "hidden"
SkillCells = tuple[str, str, str, str]  # known, learning, stuck, not started


@dataclass(frozen=True, slots=True)
class DisclosedCounts:
    """Answers of a week; `aided` is None where it may not be shown."""

    answers: int
    rights: int
    aided: int | None


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """The figures of a class on a page or in a report; None is what may not be shown."""

    class_size: int
    skills: Mapping[str, SkillCells]  # by skill
    active: int | None
    active_before: int | None
    counts: DisclosedCounts | None
    counts_before: DisclosedCounts | None
    newly_known: tuple[tuple[str, str], ...]  # skill, learners
    newly_stuck: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[date, DisclosedCounts | None], ...]
    misconceptions: tuple[tuple[ClassMisconception, str], ...]  # with the number of learners
    weak_items: tuple[
        tuple[WeakItem, str, float | None], ...
    ]  # with the number of learners and the share of right answers


def is_disclosable(part: int, whole: int) -> bool:
    """Return whether a part of a group of known size may be shown: neither it nor the rest is one to four."""
    return all(count == 0 or count >= MIN_GROUP_SIZE for count in (part, whole - part))


def mask_small_count(number: int) -> str:
    """Return the size of a class as it may be exported: "<5" for one to four."""
    return f"<{MIN_GROUP_SIZE}" if 0 < number < MIN_GROUP_SIZE else str(number)


def mask_small_parts(counts: Sequence[int]) -> list[str]:
    """Return the parts of a group, whose sum is known, as they may be exported.

    Small parts become "<5" where neither their sum nor its bounds reveal them. Otherwise they are hidden together with
    the smallest of the other parts.
    """
    small = [count for count in counts if 0 < count < MIN_GROUP_SIZE]
    if len(small) > 1 and MIN_GROUP_SIZE <= sum(small) < (MIN_GROUP_SIZE - 1) * len(small) or not small:
        return [mask_small_count(count) for count in counts]
    most = min((count for count in counts if count >= MIN_GROUP_SIZE), default=MIN_GROUP_SIZE)
    return [HIDDEN if 0 < count <= most else str(count) for count in counts]


def full_figures(overview: ClassOverview) -> ClassFigures:
    """Return all figures, for the instructor's own page."""
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
        misconceptions=tuple(
            (misconception, str(len(misconception.learners))) for misconception in overview.misconceptions
        ),
        weak_items=tuple((item, str(item.learners), item.rate) for item in overview.weak_items),
    )


def disclosable_figures(overview: ClassOverview) -> ClassFigures:
    """Return the figures that may be exported."""
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


def _skill_cells(cells: Sequence[str]) -> SkillCells:
    known, learning, stuck, unmet = cells
    return known, learning, stuck, unmet


def _all_counts(counts: AnswerCounts) -> DisclosedCounts:
    return DisclosedCounts(counts.answers, counts.rights, counts.aided)


def _disclosable_counts(counts: AnswerCounts, active: int, size: int) -> DisclosedCounts | None:
    """Return a week's sums where its learners may be counted and no few answers could be those of one learner."""
    # a published sum says that five or more practised, and nothing else
    several = active >= MIN_GROUP_SIZE and size >= MIN_WHOLE_FOR_BOUNDS
    if not (several or is_disclosable(active, size)) or not is_disclosable(counts.rights, counts.answers):
        return None
    return DisclosedCounts(
        counts.answers, counts.rights, counts.aided if is_disclosable(counts.aided, counts.answers) else None
    )


def _disclosable_parts(found: Sequence[tuple[str, int]], wholes: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """Return the skills with the number of learners who are newly there, where the level's number is published.

    Never as "5+": these learners are among those who practised, whose number would narrow it down.
    """
    return tuple(
        (skill, str(count)) for skill, count in found if skill in wholes and is_disclosable(count, wholes[skill])
    )


def _disclosable_misconceptions(
    overview: ClassOverview, rows: Mapping[str, SkillCells]
) -> tuple[tuple[ClassMisconception, str], ...]:
    """Return the misconceptions that five or more learners show, as a part of those who started the skill."""
    size, met = len(overview.learners), {line.skill: line.met for line in overview.skills}
    found = []
    for misconception in overview.misconceptions:
        whole = met.get(misconception.skill, size)
        known = misconception.skill not in rows or rows[misconception.skill][3].isdigit()
        if number := _disclosable_number(len(misconception.learners), whole if known else None, size):
            found.append((misconception, number))
    return tuple(found)


def _disclosable_number(count: int, whole: int | None, size: int) -> str:
    """Return a part of a group as it may be shown, "" for not at all; `whole` is None where the group is hidden."""
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
    """Return the share of right answers to an item; None where only a few learners got it right or wrong."""
    few = any(0 < side * item.learners < MIN_GROUP_SIZE for side in (item.rate, 1 - item.rate))
    return None if few else item.rate
