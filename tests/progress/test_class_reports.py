"""Class reports: the numbers are those of the events, and no count under five is exported."""

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
from tutor.learner.class_overview import build_class_overview
from tutor.learner.disclosure_control import MIN_GROUP_SIZE, mask_small_count, mask_small_parts
from tutor.learner.evidence import AnswerEvent, RetractionEvent, current_answers
from tutor.locales.formatting import format_day
from tutor.progress.evidence_log import GradedAnswer
from tutor.progress.reports import misconception_locations
from tutor.store.audit import Act
from tutor.ui import class_html, printable_reports, progress_html

COURSE = "biology"


@pytest.fixture
def skills(services, course, instructor) -> None:
    declared = [Skill("light", COURSE, "Light"), Skill("sugar", COURSE, "Sugar <b>", prerequisites=("light",))]
    services.courses.declare_skills(instructor, COURSE, declared)


@pytest.fixture
def learners(services, skills) -> list[Person]:
    return [services.accounts.create_account(f"pupil-{n}", Role.LEARNER) for n in range(12)]


@pytest.fixture
def record_answer(services, clock):
    given = iter(range(10_000))

    def answering(actor, skill: str, item: str, *, right: bool, **rest) -> str:
        clock.advance(timedelta(minutes=1))
        grade = f"g{next(given)}"
        outcome = Outcome.RIGHT if right else Outcome.WRONG
        services.evidence_log.record(actor, GradedAnswer(COURSE, item, (skill,), outcome, "t", grade, **rest))
        return grade

    return answering


@pytest.fixture
def practised(services, learners, record_answer, clock, instructor) -> list[Person]:
    """Half know it, half do not; item `odd` is right for those who fail elsewhere; one is helped, one regraded."""
    passage = services.library.search(COURSE, "light", 1).hits[0].passage.id
    for day in range(6):
        for n, actor in enumerate(learners):
            good = n % 2 == 0
            record_answer(actor, "light", f"l{day}", right=good, hints=int(n == 3))
            record_answer(actor, "sugar", "odd", right=not good)
            shows = None if good else "plants eat soil"
            last = record_answer(actor, "sugar", f"s{day}", right=good, misconception=shows, passage_id=passage)
        clock.advance(timedelta(days=2))
    services.evidence_log.override(instructor, last, Outcome.RIGHT)
    return learners


def counted_from_events(services) -> list[AnswerEvent]:
    with services.database.read_connection() as connection:
        events = [event for _, event in evidence_store.events(connection, COURSE)]
    answers = [event for event in events if isinstance(event, AnswerEvent)]
    return list(current_answers(answers, [event for event in events if isinstance(event, RetractionEvent)]))


def test_every_number_of_the_class_is_counted_from_the_events(services, practised, instructor):
    seen, events = services.reports.class_overview(instructor, COURSE), counted_from_events(services)
    assert sum(view.total.answers for view in seen.learners.values()) == len(events) == 12 * 18
    assert sum(view.total.rights for view in seen.learners.values()) == sum(e.is_right for e in events)
    assert sum(week.counts.answers for week in seen.weeks) == len(events)
    week_ago = (seen.at - timedelta(days=7)).date()
    assert seen.digest.counts.answers == sum(e.at.date() > week_ago for e in events)
    assert seen.digest.active == len({e.learner_id for e in events if e.at.date() > week_ago})
    for line in seen.skills:
        assert line.met + line.unmet == len(practised)


def test_a_misconception_says_how_many_learners_and_where(services, practised, instructor):
    seen = services.reports.class_overview(instructor, COURSE)
    (misconception,) = seen.misconceptions
    wrong = [e for e in counted_from_events(services) if e.misconception]
    assert len(misconception.learners) == len({e.learner_id for e in wrong}) == 6
    assert misconception.times == len(wrong)
    assert "plants" in misconception_locations(services.library, seen)[misconception.passage_id].lower()


def test_stuck_learners_are_listed_with_their_start_date(services, practised, instructor):
    seen = services.reports.class_overview(instructor, COURSE)
    first = min(e.at.date() for e in counted_from_events(services))
    on_light = {s.learner_id for s in seen.stuck if s.skill == "light" and s.since == first}
    failing = {actor.id for n, actor in enumerate(practised) if n % 2 and n != 3}  # the third was always helped
    assert on_light == failing


def test_items_with_negative_discrimination_are_flagged(services, practised, instructor):
    assert [item.item_id for item in services.reports.class_overview(instructor, COURSE).weak_items] == ["odd"]


def test_only_the_instructor_sees_a_class(services, practised, bob):
    for verb in (
        services.reports.class_overview,
        services.reports.class_skills_csv,
        services.reports.class_xapi_statements,
    ):
        with pytest.raises(NotAllowed):
            verb(bob, COURSE)


@pytest.mark.parametrize("number", range(12))
def test_counts_under_five_are_suppressed(number):
    shown = mask_small_count(number)
    assert shown == (str(number) if number == 0 or number >= MIN_GROUP_SIZE else "<5")


def test_a_class_under_five_is_not_exported(services, learners, record_answer, instructor):
    for actor in learners[:4]:
        record_answer(actor, "light", "l1", right=True)
    for verb in (
        services.reports.class_skills_csv,
        services.reports.class_xapi_statements,
        services.reports.exportable_class,
    ):
        with pytest.raises(NotAllowed, match="fewer than 5"):
            verb(instructor, COURSE)
    with pytest.raises(NotAllowed):
        printable_reports.render_class_report(services, instructor, COURSE)


def test_names_under_which_learners_were_invited_are_not_exported(services, practised, instructor):
    """A regression: the class's xAPI statements named invited learners as their instructor had."""
    exports = [services.reports.class_xapi_statements(instructor, COURSE) for _ in range(2)]
    first, second = ({one["actor"]["account"]["name"] for one in export} - {"tutor"} for export in exports)
    assert not first & {person.name for person in practised} and len(first) == len(practised)
    assert not first & second


def test_each_export_of_a_class_is_logged(services, practised, instructor):
    services.reports.class_skills_csv(instructor, COURSE)
    services.reports.class_xapi_statements(instructor, COURSE)
    done = services.access_log.of_course(instructor, COURSE).entries
    exported = [(one.actor, one.subject) for one in done if one.act is Act.EXPORTED_CLASS]
    assert exported == [("ms-frizzle", None)] * 2


def test_the_exported_table_suppresses_small_counts(services, practised, instructor):
    seen = services.reports.class_overview(instructor, COURSE)
    table = list(csv.DictReader(io.StringIO(services.reports.class_skills_csv(instructor, COURSE))))
    for line, row in zip(seen.skills, table, strict=True):
        assert row["learners"] == "12"
        assert row["known"] in (mask_small_count(line.known), "hidden")
        assert all(not (cell.isdigit() and 0 < int(cell) < MIN_GROUP_SIZE) for cell in row.values())


def test_the_printed_report_is_anonymous_and_self_contained(services, practised, instructor):
    page = printable_reports.render_class_report(services, instructor, COURSE)
    assert not any(actor.name in page or actor.id in page for actor in practised)
    assert "Sugar &lt;b&gt;" in page and "<b>Sugar" not in page
    assert "<script" not in page and "http://" not in page.replace("http://www.w3.org", "") and "@import" not in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_names_the_learners_in_both_languages(services, practised, instructor, language):
    seen = services.reports.class_overview(instructor, COURSE)
    learners, names = (
        services.reports.answering_learners(instructor, COURSE),
        services.reports.skill_names(instructor, COURSE),
    )
    page = class_html.render_class_page(
        seen, learners, names, misconception_locations(services.library, seen), language
    )
    assert all(actor.name in page for actor in practised)
    assert "{" not in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_learners_report_matches_their_events(services, practised, language):
    actor = practised[1]
    seen = services.progress.own_overview(actor, COURSE)
    mine = [e for e in counted_from_events(services) if e.learner_id == actor.id]
    page = progress_html.render_progress(seen, {"light": "Light", "sugar": "Sugar"}, language)
    alone = [e for e in mine if e.is_unaided]
    right = sum(e.is_right for e in alone)
    share = progress_html.t(language, "help_share", rights=right, answers=len(alone))
    assert f'{share}</p><span class="tp-bar good"' in page
    for day in {e.at.date() for e in mine}:
        assert f"<td>{format_day(language, day)}</td><td>{sum(e.at.date() == day for e in mine)}</td>" in page
    assert "{" not in page


def test_an_empty_class_shows_a_message(services, skills, instructor):
    seen = build_class_overview({}, services.progress.skill_graph(instructor, COURSE), services.clock())
    assert "Nobody has answered" in class_html.render_class_page(seen, {}, {}, {}, "en")


def test_weekly_totals_of_fewer_than_five_learners_are_not_exported(
    services, learners, record_answer, instructor, clock
):
    """A report of a class of twelve showed how many answers the only two learners of a quiet week gave."""
    for actor in learners:
        record_answer(actor, "light", "l1", right=True)
    clock.advance(timedelta(days=8))
    for n in range(37):
        record_answer(learners[n % 2], "sugar", f"s{n}", right=n % 3 > 0)
    seen, names = services.reports.class_overview(instructor, COURSE), services.reports.skill_names(instructor, COURSE)
    paper, page = (
        class_html.render_disclosable_class(seen, names, {}, "en"),
        class_html.render_class_page(seen, services.reports.answering_learners(instructor, COURSE), names, {}, "en"),
    )
    assert "37 answers" in page and "24/37" in page
    assert "37 answers" not in paper and "24/37" not in paper
    assert "<title>" in paper and "12/12" in paper and "fewer than 5 learners practised" in paper


@pytest.mark.parametrize("size", range(5, 13))
def test_suppressed_counts_cannot_be_derived_from_the_parts(size):
    """For each small part, knowing the rule and the size of the class leaves at least two possibilities."""
    published = defaultdict(list)
    for first in product(range(size + 1), repeat=3):
        if sum(first) <= size:
            parts = (*first, size - sum(first))
            published[tuple(mask_small_parts(parts))].append(parts)
    for alike in published.values():
        for part in zip(*alike, strict=True):
            assert len(set(part)) > 1 or not 0 < part[0] < 5, alike


def test_published_parts_are_exact():
    assert mask_small_parts((12, 0, 7, 5)) == ["12", "0", "7", "5"]
    assert mask_small_parts((120, 60, 3, 17)) == ["120", "60", "hidden", "hidden"]
    assert mask_small_parts((120, 60, 3, 4)) == ["120", "60", "<5", "<5"]
    assert mask_small_parts((5, 1, 1, 0)) == ["hidden", "hidden", "hidden", "0"]
