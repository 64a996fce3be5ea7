"""What a course teaches: proposed with its evidence, decided by people, without circles, under ids that stay."""

from __future__ import annotations

import threading

import pytest

from tutor.domain import Outcome, Role
from tutor.errors import InputRefused, NotAllowed
from tutor.progress.evidence_log import Judged

LOOPS = b"""# Programming

## Glossary

Variable: a name for a value that can change.

Loop: a block of statements that is repeated while a variable has a certain value.

While loop: a loop that asks its condition first.
"""


@pytest.fixture
def loops(house, instructor):
    course = house.courses.create(instructor, "Programming", course_id="programming")
    house.shelf.add(instructor, course.id, "loops.md", LOOPS)
    return course


def proposed(house, who, course):
    return {each.concept.name.lower(): each.concept.id for each in house.syllabus.proposals(who, course.id)}


def by_name(house, who, course):
    return {skill.name.lower(): skill for skill in house.syllabus.skills(who, course.id)}


def test_accepted_concepts_keep_the_words_that_each_edge_rests_on(house, instructor, loops):
    ids = proposed(house, instructor, loops)
    assert len(house.syllabus.accept(instructor, loops.id, ids.values()).came) == len(ids)
    skills = by_name(house, instructor, loops)
    loop = skills["while loop"]
    assert skills["loop"].id in loop.needs
    ground = next(ground for ground in loop.grounds if ground.needs == skills["loop"].id)
    assert ground.kind in ("name", "definition") and "loop" in ground.quote.lower()
    assert house.library.passage(ground.passage_id).course_id == loops.id
    assert house.syllabus.proposals(instructor, loops.id) == []


def test_a_new_name_keeps_the_id_and_is_not_proposed_again(house, instructor, loops):
    concept = house.syllabus.proposals(instructor, loops.id)[0].concept
    house.syllabus.accept(instructor, loops.id, [concept.id])
    (before,) = house.syllabus.skills(instructor, loops.id)
    house.syllabus.rename(instructor, loops.id, before.id, "Something else")
    (after,) = house.syllabus.skills(instructor, loops.id)
    assert (after.id, after.name) == (before.id, "Something else")
    assert concept.id not in proposed(house, instructor, loops).values()


def test_a_skill_that_is_there_by_name_is_not_proposed_and_is_built_on(house, instructor, loops):
    """A course that declares “The loop” was told to make a skill of “loop” as well, and nothing was built on it."""
    loop = house.syllabus.add(instructor, loops.id, "The Loop")
    found = {each.concept.name.lower(): each for each in house.syllabus.proposals(instructor, loops.id)}
    assert "loop" not in found and "The Loop" in found["while loop"].builds_on
    house.syllabus.accept(instructor, loops.id, [found["while loop"].concept.id])
    assert loop.id in by_name(house, instructor, loops)["while loop"].needs
    with pytest.raises(InputRefused, match="already"):
        house.syllabus.add(instructor, loops.id, "a loop")


def test_a_removal_is_undone_with_its_place_its_edges_and_what_learners_answered(house, ada, instructor, loops):
    house.syllabus.accept(instructor, loops.id, proposed(house, instructor, loops).values())
    before = house.syllabus.skills(instructor, loops.id)
    loop = by_name(house, instructor, loops)["loop"]
    house.courses.enrol(instructor, loops.id, ada)
    house.evidence.record(ada, Judged(loops.id, "i", (loop.id,), Outcome.RIGHT, "grader-1", "g"))
    known = house.progress.of(ada, loops.id).skills
    step = house.syllabus.remove(instructor, loops.id, loop.id)
    assert loop.id not in {line.skill for line in house.progress.of(ada, loops.id).skills}
    house.syllabus.undo(instructor, loops.id, step)
    assert house.syllabus.skills(instructor, loops.id) == before
    assert house.progress.of(ada, loops.id).skills == known


def test_an_undo_leaves_what_others_did_since_then(house, instructor, loops):
    a, b, c = (house.syllabus.add(instructor, loops.id, name) for name in ("Ants", "Bees", "Crabs"))
    house.syllabus.need(instructor, loops.id, b.id, a.id)
    step = house.syllabus.remove(instructor, loops.id, a.id)
    house.syllabus.need(instructor, loops.id, c.id, b.id)
    house.syllabus.rename(instructor, loops.id, b.id, "Wasps")
    house.syllabus.undo(instructor, loops.id, step)
    assert [(s.name, s.needs) for s in house.syllabus.skills(instructor, loops.id)] == [
        ("Ants", ()),
        ("Wasps", (a.id,)),
        ("Crabs", (b.id,)),
    ]
    step = house.syllabus.remove(instructor, loops.id, a.id)
    house.syllabus.add(instructor, loops.id, "Ants")
    with pytest.raises(InputRefused, match="already"):
        house.syllabus.undo(instructor, loops.id, step)


def test_what_was_accepted_is_undone_at_once(house, instructor, loops):
    mine = house.syllabus.add(instructor, loops.id, "Counting")
    step = house.syllabus.accept(instructor, loops.id, proposed(house, instructor, loops).values())
    house.syllabus.undo(instructor, loops.id, step)
    assert house.syllabus.skills(instructor, loops.id) == [mine]


def test_the_id_of_a_removed_skill_is_never_given_again(house, instructor, loops):
    first = house.syllabus.add(instructor, loops.id, "Recursion")
    house.syllabus.remove(instructor, loops.id, first.id)
    assert house.syllabus.add(instructor, loops.id, "Recursion").id != first.id


def test_an_edge_that_would_close_a_circle_is_refused_with_the_way_round(house, instructor, loops):
    a, b, c = (house.syllabus.add(instructor, loops.id, name) for name in ("Ants", "Bees", "Crabs"))
    house.syllabus.need(instructor, loops.id, b.id, a.id)
    house.syllabus.need(instructor, loops.id, c.id, b.id)
    with pytest.raises(InputRefused, match="“Ants” cannot build on “Crabs”.*Crabs → Bees → Ants"):
        house.syllabus.need(instructor, loops.id, a.id, c.id)
    with pytest.raises(InputRefused, match="circle"):
        house.syllabus.need(instructor, loops.id, a.id, a.id)
    house.syllabus.remove(instructor, loops.id, b.id)
    house.syllabus.need(instructor, loops.id, a.id, c.id)
    assert house.syllabus.skills(instructor, loops.id)[0].grounds[0].kind == "instructor"


def test_an_instructors_edge_stands_above_a_proposed_one_that_turns_the_other_way(house, instructor, loops):
    ids = proposed(house, instructor, loops)
    house.syllabus.accept(instructor, loops.id, [ids["loop"]])
    mine = house.syllabus.add(instructor, loops.id, "Counting")
    loop = by_name(house, instructor, loops)["loop"]
    house.syllabus.need(instructor, loops.id, loop.id, mine.id)
    house.syllabus.accept(instructor, loops.id, [ids["while loop"], ids["variable"]])
    assert mine.id in by_name(house, instructor, loops)["loop"].needs


@pytest.mark.parametrize("name", ["", "  ", "…"])
def test_a_skill_needs_a_name_of_its_own(house, instructor, loops, name):
    with pytest.raises(InputRefused):
        house.syllabus.add(instructor, loops.id, name)
    house.syllabus.add(instructor, loops.id, "Recursion")
    with pytest.raises(InputRefused, match="already"):
        house.syllabus.add(instructor, loops.id, " recursion")


def test_only_instructors_of_the_course_see_or_change_them(house, ada, loops):
    stranger = house.accounts.add("mr-stranger", Role.INSTRUCTOR)
    for who in (ada, stranger):
        with pytest.raises(NotAllowed):
            house.syllabus.proposals(who, loops.id)
        with pytest.raises(NotAllowed):
            house.syllabus.add(who, loops.id, "Recursion")


def test_two_instructors_at_once_lose_nothing(house, instructor, loops):
    threads = [
        threading.Thread(target=house.syllabus.add, args=(instructor, loops.id, f"Skill {n} of {side}"))
        for n in range(5)
        for side in ("one", "the other")
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(house.syllabus.skills(instructor, loops.id)) == 10
