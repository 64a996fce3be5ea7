"""Skills are proposed with evidence, decided by instructors, free of circles, and keep their ids."""

from __future__ import annotations

import threading

import pytest

from tutor.domain import Outcome, Role
from tutor.errors import InputRefused, NotAllowed
from tutor.progress.evidence_log import GradedAnswer

LOOPS = b"""# Programming

## Glossary

Variable: a name for a value that can change.

Loop: a block of statements that is repeated while a variable has a certain value.

While loop: a loop that asks its condition first.
"""


@pytest.fixture
def loops_course(services, instructor):
    course = services.courses.create(instructor, "Programming", course_id="programming", open_to_all=True)
    services.documents.ingest(instructor, course.id, "loops.md", LOOPS)
    return course


def proposed_ids(services, actor, course):
    return {each.concept.name.lower(): each.concept.id for each in services.skills.proposed_skills(actor, course.id)}


def skills_by_name(services, actor, course):
    return {skill.name.lower(): skill for skill in services.skills.skills(actor, course.id)}


def test_accepted_skills_keep_the_evidence_of_each_prerequisite(services, instructor, loops_course):
    ids = proposed_ids(services, instructor, loops_course)
    assert len(services.skills.accept_proposals(instructor, loops_course.id, ids.values()).added_ids) == len(ids)
    skills = skills_by_name(services, instructor, loops_course)
    loop = skills["while loop"]
    assert skills["loop"].id in loop.prerequisites
    ground = next(ground for ground in loop.prerequisite_reasons if ground.needs == skills["loop"].id)
    assert ground.kind in ("name", "definition") and "loop" in ground.quote.lower()
    assert services.library.passage(ground.passage_id).course_id == loops_course.id
    assert services.skills.proposed_skills(instructor, loops_course.id) == []


def test_renaming_keeps_the_skill_id_and_is_not_proposed_again(services, instructor, loops_course):
    concept = services.skills.proposed_skills(instructor, loops_course.id)[0].concept
    services.skills.accept_proposals(instructor, loops_course.id, [concept.id])
    (before,) = services.skills.skills(instructor, loops_course.id)
    services.skills.rename(instructor, loops_course.id, before.id, "Something else")
    (after,) = services.skills.skills(instructor, loops_course.id)
    assert (after.id, after.name) == (before.id, "Something else")
    assert concept.id not in proposed_ids(services, instructor, loops_course).values()


def test_an_existing_skill_is_reused_and_not_proposed(services, instructor, loops_course):
    """A course with the skill “The Loop” got “loop” proposed as well, and nothing built on it."""
    loop = services.skills.add(instructor, loops_course.id, "The Loop")
    found = {each.concept.name.lower(): each for each in services.skills.proposed_skills(instructor, loops_course.id)}
    assert "loop" not in found and "The Loop" in found["while loop"].prerequisites
    services.skills.accept_proposals(instructor, loops_course.id, [found["while loop"].concept.id])
    assert loop.id in skills_by_name(services, instructor, loops_course)["while loop"].prerequisites
    with pytest.raises(InputRefused, match="already"):
        services.skills.add(instructor, loops_course.id, "a loop")


def test_undoing_a_removal_restores_position_edges_and_answers(services, ada, instructor, loops_course):
    services.skills.accept_proposals(
        instructor, loops_course.id, proposed_ids(services, instructor, loops_course).values()
    )
    before = services.skills.skills(instructor, loops_course.id)
    loop = skills_by_name(services, instructor, loops_course)["loop"]
    services.courses.enrol(instructor, loops_course.id, ada)
    services.evidence_log.record(ada, GradedAnswer(loops_course.id, "i", (loop.id,), Outcome.RIGHT, "grader-1", "g"))
    known = services.progress.own_overview(ada, loops_course.id).skills
    step = services.skills.remove(instructor, loops_course.id, loop.id)
    assert loop.id not in {line.skill for line in services.progress.own_overview(ada, loops_course.id).skills}
    services.skills.undo(instructor, loops_course.id, step)
    assert services.skills.skills(instructor, loops_course.id) == before
    assert services.progress.own_overview(ada, loops_course.id).skills == known


def test_undo_keeps_later_changes_of_others(services, instructor, loops_course):
    a, b, c = (services.skills.add(instructor, loops_course.id, name) for name in ("Ants", "Bees", "Crabs"))
    services.skills.add_prerequisite(instructor, loops_course.id, b.id, a.id)
    step = services.skills.remove(instructor, loops_course.id, a.id)
    services.skills.add_prerequisite(instructor, loops_course.id, c.id, b.id)
    services.skills.rename(instructor, loops_course.id, b.id, "Wasps")
    services.skills.undo(instructor, loops_course.id, step)
    assert [(s.name, s.prerequisites) for s in services.skills.skills(instructor, loops_course.id)] == [
        ("Ants", ()),
        ("Wasps", (a.id,)),
        ("Crabs", (b.id,)),
    ]
    step = services.skills.remove(instructor, loops_course.id, a.id)
    services.skills.add(instructor, loops_course.id, "Ants")
    with pytest.raises(InputRefused, match="already"):
        services.skills.undo(instructor, loops_course.id, step)


def test_accepting_proposals_can_be_undone(services, instructor, loops_course):
    mine = services.skills.add(instructor, loops_course.id, "Counting")
    step = services.skills.accept_proposals(
        instructor, loops_course.id, proposed_ids(services, instructor, loops_course).values()
    )
    services.skills.undo(instructor, loops_course.id, step)
    assert services.skills.skills(instructor, loops_course.id) == [mine]


def test_skill_ids_are_never_reused(services, instructor, loops_course):
    first = services.skills.add(instructor, loops_course.id, "Recursion")
    services.skills.remove(instructor, loops_course.id, first.id)
    assert services.skills.add(instructor, loops_course.id, "Recursion").id != first.id


def test_a_cyclic_prerequisite_is_refused_with_the_cycle(services, instructor, loops_course):
    a, b, c = (services.skills.add(instructor, loops_course.id, name) for name in ("Ants", "Bees", "Crabs"))
    services.skills.add_prerequisite(instructor, loops_course.id, b.id, a.id)
    services.skills.add_prerequisite(instructor, loops_course.id, c.id, b.id)
    with pytest.raises(InputRefused, match="“Ants” cannot build on “Crabs”.*Crabs → Bees → Ants"):
        services.skills.add_prerequisite(instructor, loops_course.id, a.id, c.id)
    with pytest.raises(InputRefused, match="circle"):
        services.skills.add_prerequisite(instructor, loops_course.id, a.id, a.id)
    services.skills.remove(instructor, loops_course.id, b.id)
    services.skills.add_prerequisite(instructor, loops_course.id, a.id, c.id)
    assert services.skills.skills(instructor, loops_course.id)[0].prerequisite_reasons[0].kind == "instructor"


def test_an_instructors_prerequisite_overrides_an_opposite_proposal(services, instructor, loops_course):
    ids = proposed_ids(services, instructor, loops_course)
    services.skills.accept_proposals(instructor, loops_course.id, [ids["loop"]])
    mine = services.skills.add(instructor, loops_course.id, "Counting")
    loop = skills_by_name(services, instructor, loops_course)["loop"]
    services.skills.add_prerequisite(instructor, loops_course.id, loop.id, mine.id)
    services.skills.accept_proposals(instructor, loops_course.id, [ids["while loop"], ids["variable"]])
    assert mine.id in skills_by_name(services, instructor, loops_course)["loop"].prerequisites


@pytest.mark.parametrize("name", ["", "  ", "…"])
def test_a_skill_name_must_be_unique(services, instructor, loops_course, name):
    with pytest.raises(InputRefused):
        services.skills.add(instructor, loops_course.id, name)
    services.skills.add(instructor, loops_course.id, "Recursion")
    with pytest.raises(InputRefused, match="already"):
        services.skills.add(instructor, loops_course.id, " recursion")


def test_only_instructors_of_the_course_see_or_change_skills(services, ada, loops_course):
    stranger = services.accounts.create_account("mr-stranger", Role.INSTRUCTOR)
    for actor in (ada, stranger):
        with pytest.raises(NotAllowed):
            services.skills.proposed_skills(actor, loops_course.id)
        with pytest.raises(NotAllowed):
            services.skills.add(actor, loops_course.id, "Recursion")


def test_concurrent_edits_of_two_instructors_are_both_kept(services, instructor, loops_course):
    threads = [
        threading.Thread(target=services.skills.add, args=(instructor, loops_course.id, f"Skill {n} of {side}"))
        for n in range(5)
        for side in ("one", "the other")
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(services.skills.skills(instructor, loops_course.id)) == 10
