"""Nothing that leaves the house lets anybody count one to four learners, whoever knows the rule and the class's size.

Two classes look alike when the same is told of both. A small group is safe when some class that looks alike has another
number there; so each test makes a class, and looks for such classes.
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

from tutor.learner.activity_log import Work
from tutor.learner.class_overview import WEEKS, Belief, Classroom, Digest, ItemLine, SkillCount, Week
from tutor.learner.disclosure_control import FEWEST, outward, shown_parts, tells
from tutor.learner.xapi_csv_export import class_csv
from tutor.ui import class_html

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORK = Work(answers=400, rights=200, aided=100)


@dataclass(frozen=True)
class Facts:
    """A class on one skill: who stands where, who of them newly so, who shows a belief, who met an item, who worked."""

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
    def can_be(self) -> bool:
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


def class_of(facts: Facts) -> Classroom:
    learners = tuple(map(str, range(facts.believing)))
    beliefs = (Belief("plants eat soil", "s", learners, facts.believing, AT.date(), None),) if learners else ()
    digest = Digest(
        facts.active,
        facts.active_before,
        WORK if facts.active else Work(),
        WORK if facts.active_before else Work(),
        (("s", facts.newly_known),) if facts.newly_known else (),
        (("s", facts.newly_stuck),) if facts.newly_stuck else (),
    )
    both = (facts.active_before, digest.work_before), (facts.active, digest.work)
    return Classroom(
        at=AT,
        learners=dict.fromkeys(map(str, range(facts.size)), SimpleNamespace()),
        skills=(SkillCount("s", facts.known, facts.learning, facts.stuck, facts.unmet),),
        stuck=(),
        beliefs=beliefs,
        items=(ItemLine("i", facts.met_item, 0.5, 0.0),) if facts.met_item else (),
        digest=digest,
        weeks=tuple(Week((AT - timedelta(days=7 * n)).date(), work, active) for n, (active, work) in enumerate(both)),
    )


@cache
def looks(facts: Facts) -> tuple[str, str]:
    """What leaves the house, as it leaves it."""
    seen, names = class_of(facts), {"s": "Light"}
    return class_html.for_paper(seen, names, {}, "en"), class_csv(seen, names)


@cache
def rows(size: int) -> dict[tuple[str, ...], list[tuple[int, int, int]]]:
    found = defaultdict(list)
    for row in product(range(size + 1), repeat=3):
        if sum(row) <= size:
            found[tuple(shown_parts((*row, size - sum(row))))].append(row)
    return found


LINES = {
    "newly_known": ("newly_known",),
    "newly_stuck": ("newly_stuck",),
    "believing": ("beliefs",),
    "met_item": ("items",),
    "active": ("active", "work"),
    "active_before": ("active_before", "work_before"),
}


def alike(facts: Facts):
    """Yield classes of which the same may be told: other parts, then other lines one by one, then all together."""
    told = outward(class_of(facts))
    cells = tuple(shown_parts((facts.known, facts.learning, facts.stuck, facts.unmet)))
    own = {name: getattr(facts, name) for name in LINES}
    all_lists = []
    for row in (Facts(facts.size, *parts) for parts in rows(facts.size)[cells]):
        lists = {name: possible(row, name, told) for name in LINES}
        all_lists.append((row, lists))
        least = {name: min(numbers, default=0) for name, numbers in lists.items()}
        for base in (own, least | {"active": facts.active}, least):
            yield replace(row, **base)
            for name, numbers in lists.items():
                yield from (replace(row, **(base | {name: n})) for n in numbers)
    for row, lists in all_lists:
        for numbers in product(*lists.values()):
            yield replace(row, **dict(zip(lists, numbers, strict=True)))


def possible(row: Facts, name: str, told) -> list[int]:
    """Return the numbers of a line for which the same is told, were the skill's parts these."""
    tried = ((n, replace(row, **{name: n})) for n in range(row.size + 1) if name != "met_item" or not 0 < n < 10)
    found = ((n, outward(class_of(other))) for n, other in tried)
    return [n for n, other in found if all(plain(other, f) == plain(told, f) for f in LINES[name])]


def plain(told, field: str):
    value = getattr(told, field)
    return [line[1:] for line in value] if field in ("beliefs", "items") else value


@st.composite
def classes(draw) -> Facts:
    size = draw(st.integers(FEWEST, 24))
    small = st.one_of(st.integers(0, size), st.integers(0, 6), st.just(0))
    known = min(draw(small), size)
    stuck = min(draw(small), size - known)
    unmet = min(draw(small), size - known - stuck)
    learning, met = size - known - stuck - unmet, size - unmet
    newly = min(draw(small), known), min(draw(small), stuck)
    item = draw(st.integers(10, met)) if met >= 10 and draw(st.booleans()) else 0
    active = draw(st.integers(sum(newly), size))
    believing = min(draw(small), met)
    return Facts(size, known, learning, stuck, *newly, believing, item, active, min(draw(small), size))


@settings(deadline=None, max_examples=500, phases=[Phase.explicit, Phase.generate])
@given(classes())
@example(Facts(17, known=4, learning=0, stuck=10, newly_stuck=6, active=6, active_before=2))  # "5+" of 10, 6 practised
def test_no_exported_numbers_together_determine_a_group_of_one_to_four(facts):
    assert facts.can_be
    left = {name for name, count in facts.groups().items() if 0 < count < FEWEST}
    for tries, other in enumerate(alike(facts)):
        if not left or tries > 20_000:
            break
        differing = {name for name in left if other.groups()[name] != facts.groups()[name]}
        if differing and other.can_be and looks(other) == looks(facts):
            left -= differing
    assert not left, f"{left} can be worked out from {outward(class_of(facts))}"


@pytest.mark.parametrize("size", range(FEWEST, 20))
def test_a_line_of_five_or_more_gives_no_hidden_part_of_its_skill_away(size):
    """Of 17 learners 6 were learning, 7 stuck, 4 had not met it; a belief of 12 would tell the 4."""
    for told, group in rows(size).items():
        by_line = defaultdict(list)
        for row, believing in product(group, range(FEWEST, size + 1)):
            facts = Facts(size, *row, believing=believing)
            if facts.can_be:
                by_line[tuple(plain(outward(class_of(facts)), "beliefs"))].append(facts)
        for line, same in by_line.items():
            for part in zip(*((f.known, f.learning, f.stuck, f.unmet) for f in same), strict=True):
                assert not line or len(set(part)) > 1 or not 0 < part[0] < FEWEST, (told, line, same)


def test_a_hidden_part_cannot_be_told_from_who_newly_came_to_know_it():
    """The table hid 5 known and 1 who had not met it; "Came to know: Light (5)" beside it told both."""
    facts = Facts(12, known=5, learning=6, stuck=0, newly_known=5, active=5)
    paper, table = looks(facts)
    assert "hidden" in table and "Came to know" not in paper
    assert "Came to know: Light (5)" in looks(Facts(12, known=5, learning=7, stuck=0, newly_known=5, active=5))[0]


def test_a_group_is_not_told_by_what_is_left_of_it():
    assert "11 learners practised" not in looks(Facts(12, 12, 0, 0, active=11, active_before=12))[0]
    assert [n for n in range(13) if tells(n, 12)] == [0, 5, 6, 7, 12]
    paper = looks(Facts(30, 30, 0, 0, believing=28, active=30, active_before=30))[0]
    assert "<td>5+</td>" in paper and "<td>28</td>" not in paper


def test_the_sums_of_a_week_in_which_nearly_all_practised_are_told_in_a_class_of_nine_or_more():
    for size, told in ((6, False), (8, False), (9, True), (30, True)):
        seen = outward(class_of(Facts(size, size, 0, 0, active=size - 1, active_before=size)))
        assert seen.active is None and (seen.work is not None) == told


@pytest.mark.parametrize("rights", [1, 4, 396, 399])
def test_few_answers_that_may_be_one_learners_are_not_told(rights):
    seen = class_of(Facts(12, 12, 0, 0, active=12, active_before=12))
    alone = replace(seen, digest=replace(seen.digest, work=Work(400, rights, 100)))
    helped = replace(seen, digest=replace(seen.digest, work=Work(400, 200, rights)))
    assert outward(alone).work is None
    assert outward(helped).work.answers == 400 and outward(helped).work.aided is None
    few = ItemLine("i", 20, rights / 400, 0.0)
    assert [rate for *_, rate in outward(replace(class_of(Facts(20, 20, 0, 0)), items=(few,))).items] == [None]


def test_the_weeks_on_paper_do_not_overlap_with_the_sums_beside_them(house, course, instructor):
    """Sums over seven days beside sums of calendar weeks told what was done on the days between."""
    seen = house.reports.classroom(instructor, course.id)
    last, today = seen.weeks[-1].start, seen.at.date()
    assert last + timedelta(days=6) == today and len(seen.weeks) == WEEKS
    assert (seen.weeks[-1].work, seen.weeks[-2].work) == (seen.digest.work, seen.digest.work_before)
