"""Progress with a real database: stored records follow the events, and belong to skills by id alone."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

import tutor.store.learner_records as record_store
from tutor.assessment.items import ItemKind
from tutor.domain import Outcome, Skill
from tutor.errors import NotAllowed, NotFound
from tutor.learner.evidence import AnswerOrigin
from tutor.learner.record import course_policies
from tutor.learner.serialization import record_from_json, record_to_json
from tutor.progress.evidence_log import GradedAnswer


@pytest.fixture
def skills(services, course, instructor) -> list[Skill]:
    declared = [
        Skill("light", course.id, "Light"),
        Skill("sugar", course.id, "Sugar", prerequisites=("light",)),
        Skill("root", course.id, "Roots"),
    ]
    services.courses.declare_skills(instructor, course.id, declared)
    return declared


@pytest.fixture
def record_answer(services, clock):
    given = iter(range(10_000))

    def answering(actor, skill: str = "light", *, right: bool = True, **rest):
        clock.advance(timedelta(minutes=3))
        n = next(given)
        outcome = Outcome.RIGHT if right else Outcome.WRONG
        return services.evidence_log.record(
            actor, GradedAnswer("biology", f"i{n % 7}", (skill,), outcome, "t 1", f"g{n}", **rest)
        )

    return answering


def add_item_on(services, instructor, skill: Skill) -> None:
    prompt = f"{skill.name} matters to plants."
    services.item_bank.add_item(instructor, "biology", ItemKind.TRUE_FALSE, prompt, ["true"])


def mastery_of(services, actor) -> dict[str, float]:
    return {line.skill: line.known_now for line in services.progress.own_overview(actor, "biology").skills}


def stored_record(services, actor) -> record_store.StoredRecord:
    with services.database.read_connection() as connection:
        return record_store.stored_records(connection, "biology", actor.id)[actor.id]


def test_unpractised_skills_are_grouped(services, skills, ada, record_answer):
    from tutor.ui import progress_html

    names = {"light": "Light", "sugar": "Sugar & salt", "root": "Roots"}
    assert "Not started: Light · Sugar &amp; salt · Roots" in progress_html.render_progress(
        services.progress.own_overview(ada, "biology"), names, "en"
    )
    record_answer(ada, "root")
    page = progress_html.render_mastery(services.progress.own_overview(ada, "biology"), names, "zh")
    assert page.count('class="tp-skill"') == 1 and "尚未开始：Light · Sugar &amp; salt<" in page


def test_the_stored_record_equals_the_rebuilt_one(services, skills, ada, bob, instructor, record_answer, clock):
    for n in range(25):
        record_answer((ada, bob)[n % 2], ("light", "sugar")[n % 3 == 0], right=n % 4 > 0, hints=int(n % 5 == 0))
        clock.advance(timedelta(hours=7 * (n % 4)))
        if n % 6 == 0:
            services.progress.own_overview(ada, "biology")
    services.evidence_log.override(instructor, "g4", Outcome.RIGHT)
    step_by_step = {actor: record_to_json(services.progress.own_record(actor, "biology")) for actor in (ada, bob)}
    assert stored_record(services, ada).body == step_by_step[ada]
    assert services.progress.rebuild_records(instructor, "biology") == 2
    for actor, text in step_by_step.items():
        assert (
            record_to_json(services.progress.own_record(actor, "biology"))
            == text
            == stored_record(services, actor).body
        )


def test_renaming_or_reordering_does_not_move_mastery(services, skills, ada, instructor, record_answer):
    for _ in range(4):
        record_answer(ada, "light")
    record_answer(ada, "root", right=False)
    before = mastery_of(services, ada)
    renamed = [Skill("root", "biology", "Light"), Skill("light", "biology", "Roots"), Skill("sugar", "biology", "Sun")]
    services.courses.declare_skills(instructor, "biology", renamed)
    after = mastery_of(services, ada)
    assert list(after) == ["root", "light", "sugar"]
    assert after == before and after["light"] > 0.9 > 0.4 > after["root"]


def test_a_placement_infers_along_the_graph_and_survives_a_reordering(services, skills, ada, instructor, record_answer):
    first = services.progress.placement_question(ada, "biology")
    asked = []
    while (skill := services.progress.placement_question(ada, "biology")) is not None:
        record_answer(ada, skill, origin=AnswerOrigin.PLACEMENT)
        asked.append(skill)
    assert asked[0] == first and len(asked) == len(set(asked)) <= 15
    seen = services.progress.own_overview(ada, "biology")
    assert seen.placement_answers == len(asked) and all(
        line.is_from_placement and line.known_now > 0.6 for line in seen.skills
    )
    services.courses.declare_skills(instructor, "biology", [skills[2], skills[0], skills[1]])
    assert mastery_of(services, ada) == {line.skill: line.known_now for line in seen.skills}


def test_a_new_prerequisite_recomputes_the_placement(services, skills, ada, instructor, record_answer):
    record_answer(ada, "root", origin=AnswerOrigin.PLACEMENT)
    before = mastery_of(services, ada)
    services.courses.declare_skills(
        instructor, "biology", [skills[0], skills[1], Skill("root", "biology", "Roots", prerequisites=("sugar",))]
    )
    assert mastery_of(services, ada)["light"] > before["light"] + 0.05


def test_learners_see_themselves_and_instructors_their_class(services, skills, ada, bob, instructor, record_answer):
    record_answer(ada)
    assert services.progress.own_overview(bob, "biology").total.answers == 0
    assert set(services.progress.class_records(instructor, "biology")) == {ada.id}
    with pytest.raises(NotAllowed):
        services.progress.class_records(bob, "biology")
    with pytest.raises(NotFound):
        services.progress.own_overview(ada, "no-such-course")


def test_erasure_leaves_nothing_behind(services, skills, ada, record_answer):
    for _ in range(3):
        record_answer(ada)
    services.progress.own_overview(ada, "biology")
    assert services.progress.delete_learner_data(ada, "biology") == 3
    assert services.progress.own_overview(ada, "biology").total.answers == 0
    with services.database.read_connection() as connection:
        assert record_store.stored_records(connection, "biology", ada.id) == {}


def test_a_course_without_skills_has_a_page_too(services, course, ada, record_answer):
    record_answer(ada, "*")
    seen = services.progress.own_overview(ada, "biology")
    assert seen.skills == () and seen.total.answers == 1
    assert services.progress.placement_question(ada, "biology") is None


def test_placement_questions_come_one_by_one_and_are_not_practice(services, skills, ada, instructor):
    for skill in skills[:2]:
        add_item_on(services, instructor, skill)
    session, asked = services.quiz_sessions.start_placement(ada, "biology"), []
    while (row := session.current) is not None:
        asked.append(row.item.skill)
        services.quiz_sessions.submit_answer(ada, row.question.id, f"s{len(asked)}", "true")
        services.quiz_sessions.close_question(ada, row.question.id)
        session = services.quiz_sessions.latest_session(ada, "biology")
    assert sorted(asked) == ["light", "sugar"]
    seen = services.progress.own_overview(ada, "biology")
    assert seen.placement_answers == 2 and seen.skills[0].known_now > 0.8 and seen.skills[0].is_from_placement


def test_a_skipped_placement_question_is_not_asked_again(services, skills, ada, instructor):
    add_item_on(services, instructor, skills[0])
    row = services.quiz_sessions.start_placement(ada, "biology").current
    services.quiz_sessions.skip_question(ada, row.question.id)
    assert services.quiz_sessions.latest_session(ada, "biology").current is None
    assert services.progress.own_overview(ada, "biology").placement_answers == 0


@pytest.mark.parametrize("corrected", ["g2", "g9", "g17", "g23"])
def test_a_checkpoint_replay_equals_a_full_rebuild(services, skills, ada, instructor, record_answer, clock, corrected):
    near = replace(services.progress, checkpoint_interval=4)
    for n in range(24):
        record_answer(ada, ("light", "sugar")[n % 3 == 0], right=n % 4 > 0, hints=int(n % 7 == 0))
        clock.advance(timedelta(hours=9))
        near.own_overview(ada, "biology")
    for correct in (
        lambda: services.evidence_log.override(instructor, corrected, Outcome.PARTIAL),
        lambda: services.evidence_log.retract(instructor, corrected, "the key was wrong"),
        lambda: services.evidence_log.retract(instructor, "g20", "asked twice"),
    ):
        correct()
        from_a_checkpoint = record_to_json(near.own_record(ada, "biology"))
        services.progress.rebuild_records(instructor, "biology")
        assert from_a_checkpoint == record_to_json(near.own_record(ada, "biology"))


def test_a_recent_regrade_replays_from_the_last_checkpoint(services, skills, ada, instructor, record_answer):
    near = replace(services.progress, checkpoint_interval=4)
    for _ in range(11):
        record_answer(ada)
        near.own_overview(ada, "biology")
    services.evidence_log.override(instructor, "g9", Outcome.WRONG)
    with services.database.read_connection() as connection:
        found = record_store.latest_valid_checkpoint(
            connection, "biology", ada.id, course_policies(near.skill_graph(ada, "biology"))
        )
        assert found is not None and record_from_json(found.record.body).answers == 8
    services.evidence_log.override(instructor, "g1", Outcome.WRONG)
    with services.database.read_connection() as connection:
        assert (
            record_store.latest_valid_checkpoint(
                connection, "biology", ada.id, course_policies(near.skill_graph(ada, "biology"))
            )
            is None
        )


def test_an_old_regrade_is_replayed_in_the_background_and_the_page_says_so(
    services, skills, ada, instructor, record_answer
):
    """Regrading the first of ten thousand answers blocked the page for a second."""
    from tutor.ui import class_html, progress_html

    swift = replace(services.progress, max_inline_events=10)
    for _ in range(24):
        record_answer(ada)
        swift.own_overview(ada, "biology")
    before, names = swift.own_overview(ada, "biology"), {"light": "Light", "sugar": "Sugar", "root": "Roots"}
    assert not before.is_stale
    gate = threading.Event()
    swift.background.submit("before it", gate.wait)
    services.evidence_log.override(instructor, "g0", Outcome.WRONG)
    seen = swift.own_overview(ada, "biology")
    assert seen.is_stale and seen.total == before.total
    assert "graded again" in progress_html.render_progress(seen, names, "en")
    seen_by_teacher = replace(services.reports, progress=swift).class_overview(instructor, "biology")
    assert "重新评分" in class_html.render_class_page(seen_by_teacher, {ada.id: "ada"}, names, {}, "zh")
    gate.set()
    swift.background.wait_all()
    after = swift.own_overview(ada, "biology")
    assert not after.is_stale and after.total.unaided_rights == before.total.unaided_rights - 1
    text = record_to_json(swift.own_record(ada, "biology"))
    services.progress.rebuild_records(instructor, "biology")
    assert record_to_json(services.progress.own_record(ada, "biology")) == text


def test_a_recent_regrade_is_applied_at_once_in_long_logs(services, skills, ada, instructor, record_answer):
    swift = replace(services.progress, max_inline_events=10, checkpoint_interval=4)
    for _ in range(24):
        record_answer(ada)
        swift.own_overview(ada, "biology")
    services.evidence_log.override(instructor, "g22", Outcome.WRONG)
    assert not swift.own_overview(ada, "biology").is_stale
    assert swift.own_overview(ada, "biology").total.unaided_rights == 23
