"""Text that sets tasks or prints their answers is told from text that teaches."""

from __future__ import annotations

import pytest

from knowledge.passage_roles import PassageRole, passage_role, teaches

PROSE = "Xylem is a tissue that carries water from the roots to the leaves."


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Review questions", PassageRole.EXERCISES),
        ("3.4 Exercises", PassageRole.EXERCISES),
        ("Critical thinking questions", PassageRole.EXERCISES),
        ("Check your understanding", PassageRole.EXERCISES),
        ("练习", PassageRole.EXERCISES),
        ("课后习题", PassageRole.EXERCISES),
        ("Answer key", PassageRole.ANSWERS),
        ("Selected answers to odd-numbered problems", PassageRole.ANSWERS),
        ("参考答案", PassageRole.ANSWERS),
        ("Exercise 5: sorting", PassageRole.EXERCISES),
        ("Exercises on loops", PassageRole.EXERCISES),
        ("练习3：循环", PassageRole.EXERCISES),
        ("Visual connections", PassageRole.EXERCISES),
        ("Free Response", PassageRole.EXERCISES),
        ("Learning objectives", PassageRole.OBJECTIVES),
        ("学习目标", PassageRole.OBJECTIVES),
        ("7. References", PassageRole.REFERENCES),
        ("Suggested readings", PassageRole.REFERENCES),
        ("参考文献", PassageRole.REFERENCES),
        ("Water transport", PassageRole.TEACHING),
        ("References to objects", PassageRole.TEACHING),
        ("Problems with global variables", PassageRole.TEACHING),
        ("Index notation", PassageRole.TEACHING),
        ("索引和切片", PassageRole.TEACHING),
        ("The problem of induction", PassageRole.TEACHING),
        ("Solutions", PassageRole.TEACHING),  # a topic of chemistry
        ("运动和呼吸", PassageRole.TEACHING),
    ],
)
def test_a_heading_says_what_its_section_is_for(heading, role):
    assert passage_role(("Plants", heading), PROSE) is role
    assert teaches(("Plants", heading), PROSE) is (role is PassageRole.TEACHING)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("1. Which tissue carries water?\na. xylem\nb. phloem\nc. cork\nd. pith", PassageRole.EXERCISES),
        ("12. Why do leaves wilt?\n13. Where is sugar made?", PassageRole.EXERCISES),
        ("Write a short program that prints the first ten squares.", PassageRole.EXERCISES),
        ("1. B\n2. A\n3. D\n4. true", PassageRole.ANSWERS),
        ("By the end of this chapter, you will be able to:\n- Name two tissues", PassageRole.OBJECTIVES),
        ("In this lesson you will learn how to:\n1. Draw a leaf", PassageRole.OBJECTIVES),
        ("学完本章后，你应该能够：\n- 说出两种组织", PassageRole.OBJECTIVES),
        ("By the end of this winter, plants rest:\n- Xylem is empty", PassageRole.TEACHING),
        ("1. Find the slope.\n2. Find the intercept.\n3. Write both into the equation.", PassageRole.TEACHING),
        ("- Xylem carries water.\n- Phloem carries sugar.", PassageRole.TEACHING),
        ("Why do leaves look green? They reflect green light.", PassageRole.TEACHING),
        ("(a) xylem\n(b) phloem\n(c) cambium", PassageRole.TEACHING),
    ],
)
def test_the_shape_of_a_text_tells_questions_and_keys_from_prose_and_procedures(text, role):
    assert passage_role(("Plants",), text) is role


def test_what_stands_below_a_question_is_its_answer():
    assert passage_role(("Questions", "Who may take part?"), "Everybody.") is PassageRole.TEACHING


def test_prose_below_objectives_teaches_though_it_has_no_heading_of_its_own():
    """A regression: the beginning of every section of a textbook was never read."""
    aims = "By the end of this section, you will be able to:\n* Describe the water column\n* Name two tissues"
    assert passage_role(("Transport", "Learning objectives"), aims) is PassageRole.OBJECTIVES
    prose = " ".join([PROSE] * 5)
    assert passage_role(("Transport", "Learning objectives"), prose) is PassageRole.TEACHING
    assert passage_role(("Transport", "Learning objectives"), f"{aims}\n\n{prose}") is PassageRole.TEACHING
    assert passage_role(("Transport", "Exercises"), prose) is PassageRole.EXERCISES
