"""The class: its numbers are those of the events, and nothing under five leaves the house."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import timedelta
from itertools import product

import pytest

import tutor.store.evidence as evidence_store
from tutor.domain import Outcome, Person, Role, Skill
from tutor.errors import NotAllowed
from tutor.learner.class_overview import classroom
from tutor.learner.disclosure_control import FEWEST, shown, shown_parts
from tutor.learner.evidence import Answered, Retracted, standing
from tutor.progress.evidence_log import Judged
from tutor.progress.reports import places
from tutor.ui import class_html, printable_reports, progress_html

COURSE = "biology"


@pytest.fixture
def skills(house, course, instructor) -> None:
    declared = [Skill("light", COURSE, "Light"), Skill("sugar", COURSE, "Sugar <b>", needs=("light",))]
    house.courses.declare_skills(instructor, COURSE, declared)


@pytest.fixture
def learners(house, skills) -> list[Person]:
    return [house.accounts.add(f"pupil-{n}", Role.LEARNER) for n in range(12)]


@pytest.fixture
def answer(house, clock):
    given = iter(range(10_000))

    def answering(who, skill: str, item: str, *, right: bool, **rest) -> str:
        clock.pass_time(timedelta(minutes=1))
        grade = f"g{next(given)}"
        outcome = Outcome.RIGHT if right else Outcome.WRONG
        house.evidence.record(who, Judged(COURSE, item, (skill,), outcome, "t", grade, **rest))
        return grade

    return answering


@pytest.fixture
def practised(house, learners, answer, clock, instructor) -> list[Person]:
    """Half know it, half do not; item `odd` is right for those who fail elsewhere; one is helped, one overruled."""
    passage = house.library.search(COURSE, "light", 1).hits[0].passage.id
    for day in range(6):
        for n, who in enumerate(learners):
            good = n % 2 == 0
            answer(who, "light", f"l{day}", right=good, hints=int(n == 3))
            answer(who, "sugar", "odd", right=not good)
            shows = None if good else "plants eat soil"
            last = answer(who, "sugar", f"s{day}", right=good, misconception=shows, passage_id=passage)
        clock.pass_time(timedelta(days=2))
    house.evidence.override(instructor, last, Outcome.RIGHT)
    return learners


def counting(house) -> list[Answered]:
    with house.office.database.reading() as connection:
        events = [event for _, event in evidence_store.events(connection, COURSE)]
    answers = [event for event in events if isinstance(event, Answered)]
    return list(standing(answers, [event for event in events if isinstance(event, Retracted)]))


def test_every_number_of_the_class_is_counted_from_the_events(house, practised, instructor):
    seen, events = house.reports.classroom(instructor, COURSE), counting(house)
    assert sum(view.total.answers for view in seen.learners.values()) == len(events) == 12 * 18
    assert sum(view.total.rights for view in seen.learners.values()) == sum(e.right for e in events)
    assert sum(week.work.answers for week in seen.weeks) == len(events)
    week_ago = (seen.at - timedelta(days=7)).date()
    assert seen.digest.work.answers == sum(e.at.date() > week_ago for e in events)
    assert seen.digest.active == len({e.learner_id for e in events if e.at.date() > week_ago})
    for line in seen.skills:
        assert line.met + line.unmet == len(practised)


def test_a_misconception_says_how_many_learners_and_where(house, practised, instructor):
    seen = house.reports.classroom(instructor, COURSE)
    (belief,) = seen.beliefs
    wrong = [e for e in counting(house) if e.misconception]
    assert len(belief.learners) == len({e.learner_id for e in wrong}) == 6
    assert belief.times == len(wrong)
    assert "plants" in places(house.library, seen)[belief.passage_id].lower()


def test_who_is_stuck_is_listed_with_the_day_it_began(house, practised, instructor):
    seen = house.reports.classroom(instructor, COURSE)
    first = min(e.at.date() for e in counting(house))
    on_light = {s.learner_id for s in seen.stuck if s.skill == "light" and s.since == first}
    failing = {who.id for n, who in enumerate(practised) if n % 2 and n != 3}  # the third was always helped
    assert on_light == failing


def test_an_item_that_is_right_for_those_who_fail_elsewhere_is_pointed_out(house, practised, instructor):
    assert [item.item_id for item in house.reports.classroom(instructor, COURSE).items] == ["odd"]


def test_only_its_instructor_sees_a_class(house, practised, bob):
    for verb in (house.reports.classroom, house.reports.class_skills, house.reports.class_statements):
        with pytest.raises(NotAllowed):
            verb(bob, COURSE)


@pytest.mark.parametrize("number", range(12))
def test_no_number_under_five_is_told(number):
    told = shown(number)
    assert told == (str(number) if number == 0 or number >= FEWEST else "<5")


def test_a_class_under_five_is_not_exported(house, learners, answer, instructor):
    for who in learners[:4]:
        answer(who, "light", "l1", right=True)
    for verb in (house.reports.class_skills, house.reports.class_statements, house.reports.class_report):
        with pytest.raises(NotAllowed, match="fewer than 5"):
            verb(instructor, COURSE)
    with pytest.raises(NotAllowed):
        printable_reports.class_report(house, instructor, COURSE)


def test_the_exported_table_tells_counts_and_hides_small_ones(house, practised, instructor):
    seen = house.reports.classroom(instructor, COURSE)
    table = list(csv.DictReader(io.StringIO(house.reports.class_skills(instructor, COURSE))))
    for line, row in zip(seen.skills, table, strict=True):
        assert row["learners"] == "12"
        assert row["known"] in (shown(line.known), "hidden")
        assert all(not (cell.isdigit() and 0 < int(cell) < FEWEST) for cell in row.values())


def test_the_printed_report_names_nobody_and_needs_nothing_else(house, practised, instructor):
    page = printable_reports.class_report(house, instructor, COURSE)
    assert not any(who.name in page or who.id in page for who in practised)
    assert "Sugar &lt;b&gt;" in page and "<b>Sugar" not in page
    assert "<script" not in page and "http://" not in page.replace("http://www.w3.org", "") and "@import" not in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_names_the_learners_in_both_languages(house, practised, instructor, language):
    seen = house.reports.classroom(instructor, COURSE)
    learners, names = house.reports.learners(instructor, COURSE), house.reports.names(instructor, COURSE)
    page = class_html.for_page(seen, learners, names, places(house.library, seen), language)
    assert all(who.name in page for who in practised)
    assert "{" not in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_learners_report_says_the_numbers_of_her_events(house, practised, language):
    who = practised[1]
    seen = house.progress.of(who, COURSE)
    mine = [e for e in counting(house) if e.learner_id == who.id]
    page = progress_html.whole(seen, {"light": "Light", "sugar": "Sugar"}, language)
    alone = [e for e in mine if e.unaided]
    right = sum(e.right for e in alone)
    assert progress_html.say(language, "help_share", rights=right, answers=len(alone)) in page
    for day in {e.at.date() for e in mine}:
        assert f"<td>{day}</td><td>{sum(e.at.date() == day for e in mine)}</td>" in page
    assert "{" not in page


def test_an_empty_class_has_a_sentence(house, skills, instructor):
    seen = classroom({}, house.progress.graph(instructor, COURSE), house.office.clock())
    assert "Nobody has answered" in class_html.for_page(seen, {}, {}, {}, "en")


def test_sums_of_a_week_with_fewer_than_five_learners_stay_in_the_house(house, learners, answer, instructor, clock):
    """A report of a class of twelve told how many answers the two gave who practised in a quiet week."""
    for who in learners:
        answer(who, "light", "l1", right=True)
    clock.pass_time(timedelta(days=8))
    for n in range(37):
        answer(learners[n % 2], "sugar", f"s{n}", right=n % 3 > 0)
    seen, names = house.reports.classroom(instructor, COURSE), house.reports.names(instructor, COURSE)
    paper, page = (
        class_html.for_paper(seen, names, {}, "en"),
        class_html.for_page(seen, house.reports.learners(instructor, COURSE), names, {}, "en"),
    )
    assert "37 answers" in page and "24/37" in page
    assert "37 answers" not in paper and "24/37" not in paper
    assert "<title>" in paper and "12/12" in paper and "fewer than 5 learners practised" in paper


@pytest.mark.parametrize("size", range(5, 13))
def test_no_number_under_five_can_be_worked_out_from_the_parts_of_a_class(size):
    """Whoever knows the rule and the size of the class is left with two possibilities at least for each small part."""
    told = defaultdict(list)
    for first in product(range(size + 1), repeat=3):
        if sum(first) <= size:
            parts = (*first, size - sum(first))
            told[tuple(shown_parts(parts))].append(parts)
    for alike in told.values():
        for part in zip(*alike, strict=True):
            assert len(set(part)) > 1 or not 0 < part[0] < 5, alike


def test_parts_that_are_told_are_told_exactly():
    assert shown_parts((12, 0, 7, 5)) == ["12", "0", "7", "5"]
    assert shown_parts((120, 60, 3, 17)) == ["120", "60", "hidden", "hidden"]
    assert shown_parts((120, 60, 3, 4)) == ["120", "60", "<5", "<5"]
    assert shown_parts((5, 1, 1, 0)) == ["hidden", "hidden", "hidden", "0"]


def test_exercises_are_not_offered_as_reading(house, course, ada, instructor):
    text = b"# Light\n\n## 6. Exercises\n\nName the parts of a chloroplast.\n\n"
    text += b"## The chloroplast\n\nA chloroplast has stacks of thylakoids in its stroma.\n"
    house.shelf.add(instructor, course.id, "light.md", text)
    found = house.reading.about(ada, course.id, "Parts of a chloroplast", 0.2)
    assert found and not any("Exercises" in heading for each in found for heading in each.passage.heading)
