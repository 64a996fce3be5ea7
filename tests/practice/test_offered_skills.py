"""On the first day a course is practised by the skills that its documents propose, until an instructor accepts some."""

from __future__ import annotations

from collections import Counter

from old_database import old_database

from knowledge.concepts import Concept
from knowledge.term_extraction import PassageSpan, TermSource
from tutor.practice.offered_skills import MAX_OFFERED, choose_offered_skills
from tutor.store.database import open_database


def first_topic(services, learner, course_id: str) -> str:
    return services.quiz_sessions.topics(learner, course_id)[0][0]


def answer_right(services, learner, row):
    services.quiz_sessions.submit_answer(learner, row.question.id, "s", row.item.keys[0])
    services.quiz_sessions.close_question(learner, row.question.id)


def test_a_quiz_on_a_proposed_skill_moves_the_progress_page(services, programming_course):
    course_id, learner = programming_course.id, services.accounts.create_guest("en")[0]
    topic = first_topic(services, learner, course_id)
    skill = next(one for one in services.courses.skills(learner, course_id) if one.name == topic)
    assert not skill.is_accepted
    answer_right(services, learner, services.quiz_sessions.start_quiz(learner, course_id, topic).current)
    line = next(one for one in services.progress.own_overview(learner, course_id).skills if one.skill == skill.id)
    assert line.answers == 1


def test_accepting_a_proposed_skill_keeps_what_was_practised_and_hides_the_other_proposals(
    services, programming_course, instructor
):
    course_id, learner = programming_course.id, services.accounts.create_guest("en")[0]
    topic = first_topic(services, learner, course_id)
    offered = services.courses.skills(learner, course_id)
    skill = next(one for one in offered if one.name == topic)
    answer_right(services, learner, services.quiz_sessions.start_quiz(learner, course_id, topic).current)
    assert services.skills.skills(instructor, course_id) == []
    step = services.skills.accept_proposals(instructor, course_id, [skill.concept])
    assert [(one.id, one.is_accepted) for one in services.courses.skills(learner, course_id)] == [(skill.id, True)]
    assert services.progress.own_overview(learner, course_id).skills[0].answers == 1
    services.skills.undo(instructor, course_id, step)
    assert {one.id for one in services.courses.skills(learner, course_id)} == {one.id for one in offered}
    assert services.skills.skills(instructor, course_id) == []


def test_the_surest_concepts_with_questions_are_offered_in_the_order_of_the_course():
    where = PassageSpan("p", 0, 1, "x")
    concepts = [Concept(f"c{n}", f"concept {n}", TermSource.HEADING, where, n / 100) for n in range(40)]

    def one_each_but_for_the_surest(skills):
        return Counter({one.id: one.concept != "c39" for one in skills})

    chosen = choose_offered_skills(concepts, "course", one_each_but_for_the_surest)
    assert [one.concept for one in chosen] == [f"c{n}" for n in range(39 - MAX_OFFERED, 39)]
    assert choose_offered_skills(concepts, "course", one_each_but_for_the_surest) == chosen  # ids too


def test_skills_of_an_earlier_version_count_as_accepted_and_courses_without_any_are_read_again(tmp_path):
    path = tmp_path / "old.sqlite"
    with old_database(path, "0017") as connection:
        connection.exec_driver_sql(
            "INSERT INTO courses (id, title, language, open, created_at) VALUES ('a', 'A', 'en', 1, '2026'),"
            " ('b', 'B', 'en', 1, '2026')"
        )
        connection.exec_driver_sql(
            "INSERT INTO skills (course_id, id, name, needs, ordinal) VALUES ('a', 's', 'S', '[]', 0)"
        )
        connection.exec_driver_sql("INSERT INTO item_sources (course_id, generation) VALUES ('a', 1), ('b', 1)")
    with open_database(path).read_connection() as connection:
        assert connection.exec_driver_sql("SELECT id, offered, accepted FROM skills").all() == [("s", 0, 1)]
        assert connection.exec_driver_sql("SELECT course_id FROM item_sources").all() == [("a",)]
