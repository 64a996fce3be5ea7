"""No export lets anybody count one to four learners, even knowing the rule and the size of the class.

Two classes are indistinguishable when the same figures are published for both. A small group is safe when an
indistinguishable class has another number there; so each test makes a class and looks for such classes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tutor.learner.activity_log import AnswerCounts
from tutor.learner.class_overview import (
    MAX_WEEKS,
    ClassMisconception,
    ClassOverview,
    ClassWeek,
    SkillCounts,
    WeakItem,
    WeekDigest,
)
from tutor.learner.disclosure_control import MIN_GROUP_SIZE, disclosable_figures, is_disclosable, mask_small_parts
from tutor.learner.xapi_csv_export import class_to_csv
from tutor.ui import class_html

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORK = AnswerCounts(answers=400, rights=200, aided=100)


@dataclass(frozen=True)
class HiddenCounts:
    """A class on one skill: learners by level, newly there, with a misconception, with an item, and active ones."""

    size: int
    known: int
    learning: int
    stuck: int
    newly_known: int = 0
    newly_stuck: int = 0
    believing: int = 0
    met_item: int = 0  # ten at least, or none
    active: int = 0
    active_before: int = 0

    @property
    def unmet(self) -> int:
        return self.size - self.known - self.learning - self.stuck

    @property
    def met(self) -> int:
        return self.size - self.unmet

    @property
    def is_consistent(self) -> bool:
        return (
            min(self.known, self.learning, self.stuck, self.unmet) >= 0
            and self.newly_known <= self.known
            and self.newly_stuck <= self.stuck
            and max(self.believing, self.met_item) <= self.met
            and not 0 < self.met_item < 10
            and self.newly_known + self.newly_stuck <= self.active <= self.size
            and self.active_before <= self.size
        )

    def groups(self) -> dict[str, int]:
        parts = {
            "newly known": (self.newly_known, self.known),
            "newly stuck": (self.newly_stuck, self.stuck),
            "believing": (self.believing, self.met),
            "believing of all": (self.believing, self.size),
            "item": (self.met_item, self.met),
            "item of all": (self.met_item, self.size),
            "active": (self.active, self.size),
            "active before": (self.active_before, self.size),
            "known": (self.known, self.size),
            "learning": (self.learning, self.size),
            "stuck": (self.stuck, self.size),
            "unmet": (self.unmet, self.size),
        }
        return {f"{name}{'' if own else ', the rest'}": part if own else whole - part
                for name, (part, whole) in parts.items() for own in (True, False)}  # fmt: skip


def class_from(facts: HiddenCounts) -> ClassOverview:
    learners = tuple(map(str, range(facts.believing)))
    misconceptions = (
        (ClassMisconception("plants eat soil", "s", learners, facts.believing, AT.date(), None),) if learners else ()
    )
    digest = WeekDigest(
        facts.active,
        facts.active_before,
        WORK if facts.active else AnswerCounts(),
        WORK if facts.active_before else AnswerCounts(),
        (("s", facts.newly_known),) if facts.newly_known else (),
        (("s", facts.newly_stuck),) if facts.newly_stuck else (),
    )
    both = (facts.active_before, digest.counts_before), (facts.active, digest.counts)
    return ClassOverview(
        at=AT,
        learners=dict.fromkeys(map(str, range(facts.size)), SimpleNamespace()),
        skills=(SkillCounts("s", facts.known, facts.learning, facts.stuck, facts.unmet),),
        stuck=(),
        misconceptions=misconceptions,
        weak_items=(WeakItem("i", facts.met_item, 0.5, 0.0),) if facts.met_item else (),
        digest=digest,
        weeks=tuple(
            ClassWeek((AT - timedelta(days=7 * n)).date(), work, active) for n, (active, work) in enumerate(both)
        ),
    )


@cache
def published(facts: HiddenCounts) -> tuple[str, str]:
    """Return the exported report and table."""
    seen, names = class_from(facts), {"s": "Light"}
    return class_html.render_disclosable_class(seen, names, {}, "en"), class_to_csv(seen, names)


@cache
def rows(size: int) -> dict[tuple[str, ...], list[tuple[int, int, int]]]:
    found = defaultdict(list)
    for row in product(range(size + 1), repeat=3):
        if sum(row) <= size:
            found[tuple(mask_small_parts((*row, size - sum(row))))].append(row)
    return found


LINES = {
    "newly_known": ("newly_known",),
    "newly_stuck": ("newly_stuck",),
    "believing": ("misconceptions",),
    "met_item": ("weak_items",),
    "active": ("active", "counts"),
    "active_before": ("active_before", "counts_before"),
}


def indistinguishable_classes(facts: HiddenCounts):
    """Yield classes with the same published row: other parts, then other lines one by one, then all together."""
    published_figures = disclosable_figures(class_from(facts))
    cells = tuple(mask_small_parts((facts.known, facts.learning, facts.stuck, facts.unmet)))
    own = {name: getattr(facts, name) for name in LINES}
    all_lists = []
    for row in (HiddenCounts(facts.size, *parts) for parts in rows(facts.size)[cells]):
        lists = {name: possible_values(row, name, published_figures) for name in LINES}
        all_lists.append((row, lists))
        least = {name: min(numbers, default=0) for name, numbers in lists.items()}
        for base in (own, least | {"active": facts.active}, least):
            yield replace(row, **base)
            for name, numbers in lists.items():
                yield from (replace(row, **(base | {name: n})) for n in numbers)
    for row, lists in all_lists:
        for numbers in product(*lists.values()):
            yield replace(row, **dict(zip(lists, numbers, strict=True)))


def possible_values(row: HiddenCounts, name: str, published_figures) -> list[int]:
    """Return the numbers of a line that would be published alike, if the skill's parts were these."""
    tried = ((n, replace(row, **{name: n})) for n in range(row.size + 1) if name != "met_item" or not 0 < n < 10)
    found = ((n, disclosable_figures(class_from(other))) for n, other in tried)
    return [
        n for n, other in found if all(parse_cell(other, f) == parse_cell(published_figures, f) for f in LINES[name])
    ]


def parse_cell(figures, field: str):
    value = getattr(figures, field)
    return [line[1:] for line in value] if field in ("misconceptions", "weak_items") else value


@st.composite
def classes(draw) -> HiddenCounts:
    size = draw(st.integers(MIN_GROUP_SIZE, 24))
    small = st.one_of(st.integers(0, size), st.integers(0, 6), st.just(0))
    known = min(draw(small), size)
    stuck = min(draw(small), size - known)
    unmet = min(draw(small), size - known - stuck)
    learning, met = size - known - stuck - unmet, size - unmet
    newly = min(draw(small), known), min(draw(small), stuck)
    item = draw(st.integers(10, met)) if met >= 10 and draw(st.booleans()) else 0
    active = draw(st.integers(sum(newly), size))
    believing = min(draw(small), met)
    return HiddenCounts(size, known, learning, stuck, *newly, believing, item, active, min(draw(small), size))


@settings(deadline=None, max_examples=500, phases=[Phase.explicit, Phase.generate])
@given(classes())
@example(
    HiddenCounts(17, known=4, learning=0, stuck=10, newly_stuck=6, active=6, active_before=2)
)  # "5+" of 10, 6 practised
def test_no_exported_numbers_together_determine_a_group_of_one_to_four(facts):
    assert facts.is_consistent
    left = {name for name, count in facts.groups().items() if 0 < count < MIN_GROUP_SIZE}
    for tries, other in enumerate(indistinguishable_classes(facts)):
        if not left or tries > 20_000:
            break
        differing = {name for name in left if other.groups()[name] != facts.groups()[name]}
        if differing and other.is_consistent and published(other) == published(facts):
            left -= differing
    assert not left, f"{left} can be derived from {disclosable_figures(class_from(facts))}"


@pytest.mark.parametrize("size", range(MIN_GROUP_SIZE, 20))
def test_published_rows_do_not_reveal_suppressed_parts(size):
    """Of 17 learners 6 were learning, 7 stuck, 4 had not started; a misconception of 12 would reveal the 4."""
    for cells, group in rows(size).items():
        by_line = defaultdict(list)
        for row, believing in product(group, range(MIN_GROUP_SIZE, size + 1)):
            facts = HiddenCounts(size, *row, believing=believing)
            if facts.is_consistent:
                by_line[tuple(parse_cell(disclosable_figures(class_from(facts)), "misconceptions"))].append(facts)
        for line, same in by_line.items():
            for part in zip(*((f.known, f.learning, f.stuck, f.unmet) for f in same), strict=True):
                assert not line or len(set(part)) > 1 or not 0 < part[0] < MIN_GROUP_SIZE, (cells, line, same)


def test_newly_known_counts_do_not_reveal_suppressed_parts():
    """The table hid 5 known and 1 not started; "Newly mastered: Light (5)" next to it revealed both."""
    facts = HiddenCounts(12, known=5, learning=6, stuck=0, newly_known=5, active=5)
    paper, table = published(facts)
    assert "hidden" in table and "Newly mastered" not in paper
    assert (
        "Newly mastered: Light (5)"
        in published(HiddenCounts(12, known=5, learning=7, stuck=0, newly_known=5, active=5))[0]
    )


def test_complements_do_not_reveal_small_groups():
    assert "11 learners practised" not in published(HiddenCounts(12, 12, 0, 0, active=11, active_before=12))[0]
    assert [n for n in range(13) if is_disclosable(n, 12)] == [0, 5, 6, 7, 12]
    paper = published(HiddenCounts(30, 30, 0, 0, believing=28, active=30, active_before=30))[0]
    assert "<td>5+</td>" in paper and "<td>28</td>" not in paper


def test_weekly_totals_are_published_in_classes_of_nine_or_more():
    for size, has_totals in ((6, False), (8, False), (9, True), (30, True)):
        seen = disclosable_figures(class_from(HiddenCounts(size, size, 0, 0, active=size - 1, active_before=size)))
        assert seen.active is None and (seen.counts is not None) == has_totals


@pytest.mark.parametrize("rights", [1, 4, 396, 399])
def test_few_answers_possibly_of_one_learner_are_suppressed(rights):
    seen = class_from(HiddenCounts(12, 12, 0, 0, active=12, active_before=12))
    alone = replace(seen, digest=replace(seen.digest, counts=AnswerCounts(400, rights, 100)))
    helped = replace(seen, digest=replace(seen.digest, counts=AnswerCounts(400, 200, rights)))
    assert disclosable_figures(alone).counts is None
    assert disclosable_figures(helped).counts.answers == 400 and disclosable_figures(helped).counts.aided is None
    few = WeakItem("i", 20, rights / 400, 0.0)
    assert [
        rate
        for *_, rate in disclosable_figures(
            replace(class_from(HiddenCounts(20, 20, 0, 0)), weak_items=(few,))
        ).weak_items
    ] == [None]


def test_printed_weeks_do_not_overlap_with_totals(services, course, instructor):
    """Sums over seven days next to sums of calendar weeks revealed what was done on the days between."""
    seen = services.reports.class_overview(instructor, course.id)
    last, today = seen.weeks[-1].start, seen.at.date()
    assert last + timedelta(days=6) == today and len(seen.weeks) == MAX_WEEKS
    assert (seen.weeks[-1].counts, seen.weeks[-2].counts) == (seen.digest.counts, seen.digest.counts_before)
