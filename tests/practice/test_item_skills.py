"""Items belong to the skills of a course as they are now: practice by skill works as soon as one is accepted."""

from __future__ import annotations

from tutor.assessment.items import Item, ItemKind, ItemSource
from tutor.domain import Skill
from tutor.practice.item_skills import SkillTies

SKILLS = [Skill("s-cell", "c", "cell"), Skill("s-membrane", "c", "cell membrane"), Skill("s-energy", "c", "energy")]


def item(prompt: str, key: str, quote: str = "") -> Item:
    return Item("i", ItemKind.CLOZE, prompt, (key,), source=ItemSource("p", quote))


def test_an_item_belongs_to_the_skill_that_it_asks_about_and_not_to_one_that_its_sentence_mentions():
    ties = SkillTies.of(SKILLS)
    asked = item(
        "Fill the gap: the _____ keeps the energy in", "cell membrane", "The cell membrane keeps the energy in."
    )
    assert ties.best_skill(asked, None) == "s-membrane"
    assert ties.best_skill(item("What keeps it?", "wall", "The wall keeps the energy in."), None) == "s-energy"
    assert ties.best_skill(item("What is red?", "the sun"), None) == ""


def test_a_skill_that_is_declared_after_the_questions_were_made_has_questions_at_once(
    services, programming_course, instructor
):
    course_id = programming_course.id
    assert services.item_bank.askable_items(course_id)
    learner = services.accounts.create_guest("en")[0]
    skill = services.skills.add(instructor, course_id, "Loop")
    assert dict(services.quiz_sessions.topics(learner, course_id)).get("Loop", 0) > 0
    row = services.quiz_sessions.start_quiz(learner, course_id, "Loop").current
    assert row.item.skill == skill.id
    services.skills.remove(instructor, course_id, skill.id)
    assert skill.id not in {one.item.skill for one in services.item_bank.askable_items(course_id)}
