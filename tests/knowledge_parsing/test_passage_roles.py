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
        ("Learning objectives", PassageRole.OBJECTIVES),
        ("学习目标", PassageRole.OBJECTIVES),
        ("Water transport", PassageRole.TEACHING),
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
