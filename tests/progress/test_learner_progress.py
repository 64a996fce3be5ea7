"""Progress through the real store: kept records follow the events, and belong to skills by id alone."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

import tutor.store.learner_records as record_store
from tutor.assessment.items import Kind
from tutor.domain import Outcome, Skill
from tutor.errors import NotAllowed, NotFound
from tutor.learner.evidence import Origin
from tutor.learner.record import bases
from tutor.learner.serialization import read_record, write_record
from tutor.progress.evidence_log import Judged


@pytest.fixture
def skills(house, course, instructor) -> list[Skill]:
    declared = [
        Skill("light", course.id, "Light"),
        Skill("sugar", course.id, "Sugar", needs=("light",)),
        Skill("root", course.id, "Roots"),
    ]
    house.courses.declare_skills(instructor, course.id, declared)
    return declared


@pytest.fixture
def answer(house, clock):
    given = iter(range(10_000))

    def answering(who, skill: str = "light", *, right: bool = True, **rest):
        clock.pass_time(timedelta(minutes=3))
        n = next(given)
        outcome = Outcome.RIGHT if right else Outcome.WRONG
        return house.evidence.record(who, Judged("biology", f"i{n % 7}", (skill,), outcome, "t 1", f"g{n}", **rest))

    return answering


def write_about(house, instructor, skill: Skill) -> None:
    prompt = f"{skill.name} matters to plants."
    house.questions.write(instructor, "biology", Kind.TRUE_FALSE, prompt, ["true"])


def known(house, who) -> dict[str, float]:
    return {line.skill: line.known for line in house.progress.of(who, "biology").skills}


def kept(house, who) -> record_store.Kept:
    with house.office.database.reading() as connection:
        return record_store.kept(connection, "biology", who.id)[who.id]


def test_skills_that_were_not_met_are_named_together(house, skills, ada, answer):
    from tutor.ui import progress_html

    names = {"light": "Light", "sugar": "Sugar & salt", "root": "Roots"}
    assert "Not met yet: Light · Sugar &amp; salt · Roots" in progress_html.whole(
        house.progress.of(ada, "biology"), names, "en"
    )
    answer(ada, "root")
    page = progress_html.knowing_card(house.progress.of(ada, "biology"), names, "zh")
    assert page.count('class="tp-skill"') == 1 and "尚未接触：Light · Sugar &amp; salt<" in page


def test_the_kept_record_is_the_rebuilt_one(house, skills, ada, bob, instructor, answer, clock):
    for n in range(25):
        answer((ada, bob)[n % 2], ("light", "sugar")[n % 3 == 0], right=n % 4 > 0, hints=int(n % 5 == 0))
        clock.pass_time(timedelta(hours=7 * (n % 4)))
        if n % 6 == 0:
            house.progress.of(ada, "biology")
    house.evidence.override(instructor, "g4", Outcome.RIGHT)
    step_by_step = {who: write_record(house.progress.record(who, "biology")) for who in (ada, bob)}
    assert kept(house, ada).body == step_by_step[ada]
    assert house.progress.rebuild(instructor, "biology") == 2
    for who, text in step_by_step.items():
        assert write_record(house.progress.record(who, "biology")) == text == kept(house, who).body


def test_renaming_or_reordering_hands_no_mastery_to_another_skill(house, skills, ada, instructor, answer):
    for _ in range(4):
        answer(ada, "light")
    answer(ada, "root", right=False)
    before = known(house, ada)
    renamed = [Skill("root", "biology", "Light"), Skill("light", "biology", "Roots"), Skill("sugar", "biology", "Sun")]
    house.courses.declare_skills(instructor, "biology", renamed)
    after = known(house, ada)
    assert list(after) == ["root", "light", "sugar"]
    assert after == before and after["light"] > 0.9 > 0.4 > after["root"]


def test_a_placement_infers_along_the_graph_and_survives_a_reordering(house, skills, ada, instructor, answer):
    first = house.progress.placement_question(ada, "biology")
    asked = []
    while (skill := house.progress.placement_question(ada, "biology")) is not None:
        answer(ada, skill, origin=Origin.PLACEMENT)
        asked.append(skill)
    assert asked[0] == first and len(asked) == len(set(asked)) <= 15
    seen = house.progress.of(ada, "biology")
    assert seen.placed == len(asked) and all(line.placed and line.known > 0.6 for line in seen.skills)
    house.courses.declare_skills(instructor, "biology", [skills[2], skills[0], skills[1]])
    assert known(house, ada) == {line.skill: line.known for line in seen.skills}


def test_a_new_edge_remakes_what_the_placement_inferred(house, skills, ada, instructor, answer):
    answer(ada, "root", origin=Origin.PLACEMENT)
    before = known(house, ada)
    house.courses.declare_skills(
        instructor, "biology", [skills[0], skills[1], Skill("root", "biology", "Roots", needs=("sugar",))]
    )
    assert known(house, ada)["light"] > before["light"] + 0.05


def test_a_learner_sees_herself_and_the_instructor_her_class(house, skills, ada, bob, instructor, answer):
    answer(ada)
    assert house.progress.of(bob, "biology").total.answers == 0
    assert set(house.progress.class_records(instructor, "biology")) == {ada.id}
    with pytest.raises(NotAllowed):
        house.progress.class_records(bob, "biology")
    with pytest.raises(NotFound):
        house.progress.of(ada, "no-such-course")


def test_forgetting_leaves_nothing_behind(house, skills, ada, answer):
    for _ in range(3):
        answer(ada)
    house.progress.of(ada, "biology")
    assert house.progress.forget(ada, "biology") == 3
    assert house.progress.of(ada, "biology").total.answers == 0
    with house.office.database.reading() as connection:
        assert record_store.kept(connection, "biology", ada.id) == {}


def test_a_course_without_skills_has_a_page_too(house, course, ada, answer):
    answer(ada, "*")
    seen = house.progress.of(ada, "biology")
    assert seen.skills == () and seen.total.answers == 1
    assert house.progress.placement_question(ada, "biology") is None


def test_a_placement_is_asked_one_question_after_another_and_is_no_practice(house, skills, ada, instructor):
    for skill in skills[:2]:
        write_about(house, instructor, skill)
    sitting, asked = house.practice.place(ada, "biology"), []
    while (row := sitting.current) is not None:
        asked.append(row.item.skill)
        house.practice.answer(ada, row.posed.id, f"s{len(asked)}", "true")
        house.practice.close(ada, row.posed.id)
        sitting = house.practice.sitting(ada, "biology")
    assert sorted(asked) == ["light", "sugar"]
    seen = house.progress.of(ada, "biology")
    assert seen.placed == 2 and seen.skills[0].known > 0.8 and seen.skills[0].placed


def test_a_skipped_placement_question_is_not_asked_again(house, skills, ada, instructor):
    write_about(house, instructor, skills[0])
    row = house.practice.place(ada, "biology").current
    house.practice.skip(ada, row.posed.id)
    assert house.practice.sitting(ada, "biology").current is None
    assert house.progress.of(ada, "biology").placed == 0


@pytest.mark.parametrize("corrected", ["g2", "g9", "g17", "g23"])
def test_a_record_corrected_from_a_checkpoint_is_the_one_made_from_all_events(
    house, skills, ada, instructor, answer, clock, corrected
):
    near = replace(house.progress, mark_every=4)
    for n in range(24):
        answer(ada, ("light", "sugar")[n % 3 == 0], right=n % 4 > 0, hints=int(n % 7 == 0))
        clock.pass_time(timedelta(hours=9))
        near.of(ada, "biology")
    for correct in (
        lambda: house.evidence.override(instructor, corrected, Outcome.PARTIAL),
        lambda: house.evidence.withdraw(instructor, corrected, "the key was wrong"),
        lambda: house.evidence.withdraw(instructor, "g20", "asked twice"),
    ):
        correct()
        from_a_checkpoint = write_record(near.record(ada, "biology"))
        house.progress.rebuild(instructor, "biology")
        assert from_a_checkpoint == write_record(near.record(ada, "biology"))


def test_a_recent_correction_is_followed_from_the_last_checkpoint_before_it(house, skills, ada, instructor, answer):
    near = replace(house.progress, mark_every=4)
    for _ in range(11):
        answer(ada)
        near.of(ada, "biology")
    house.evidence.override(instructor, "g9", Outcome.WRONG)
    with house.office.database.reading() as connection:
        found = record_store.newest_valid(connection, "biology", ada.id, bases(near.graph(ada, "biology")))
        assert found is not None and read_record(found.kept.body).answers == 8
    house.evidence.override(instructor, "g1", Outcome.WRONG)
    with house.office.database.reading() as connection:
        assert record_store.newest_valid(connection, "biology", ada.id, bases(near.graph(ada, "biology"))) is None


def test_a_correction_far_back_is_followed_beside_and_the_page_says_so_until_then(
    house, skills, ada, instructor, answer
):
    """Judging the first of ten thousand answers anew held the page for a second."""
    from tutor.ui import class_html, progress_html

    swift = replace(house.progress, at_once=10)
    for _ in range(24):
        answer(ada)
        swift.of(ada, "biology")
    before, names = swift.of(ada, "biology"), {"light": "Light", "sugar": "Sugar", "root": "Roots"}
    assert not before.catching_up
    gate = threading.Event()
    swift.beside.begin("before it", gate.wait)
    house.evidence.override(instructor, "g0", Outcome.WRONG)
    seen = swift.of(ada, "biology")
    assert seen.catching_up and seen.total == before.total
    assert "judged anew" in progress_html.whole(seen, names, "en")
    seen_by_teacher = replace(house.reports, progress=swift).classroom(instructor, "biology")
    assert "重新评分" in class_html.for_page(seen_by_teacher, {ada.id: "ada"}, names, {}, "zh")
    gate.set()
    swift.beside.wait()
    after = swift.of(ada, "biology")
    assert not after.catching_up and after.total.unaided_rights == before.total.unaided_rights - 1
    text = write_record(swift.record(ada, "biology"))
    house.progress.rebuild(instructor, "biology")
    assert write_record(house.progress.record(ada, "biology")) == text


def test_a_recent_correction_is_followed_at_once_however_many_answers_there_are(house, skills, ada, instructor, answer):
    swift = replace(house.progress, at_once=10, mark_every=4)
    for _ in range(24):
        answer(ada)
        swift.of(ada, "biology")
    house.evidence.override(instructor, "g22", Outcome.WRONG)
    assert not swift.of(ada, "biology").catching_up
    assert swift.of(ada, "biology").total.unaided_rights == 23
