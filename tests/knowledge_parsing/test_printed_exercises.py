"""Exercises that books print: read with options, key and solution, in the forms that books use."""

from __future__ import annotations

import pytest

from knowledge.exercises import printed_exercises


def test_a_marked_exercise_has_its_solution_and_ends_at_the_next_heading() -> None:
    text = (
        "# Cells\n\nCells divide.\n\n**Exercise.** Why do cells divide?\n\n**Solution.** To grow.\nAnd to heal.\n\n"
        "## Next\n\nMore text."
    )
    (one,) = printed_exercises(text)
    assert one.prompt == "Why do cells divide?"
    assert one.solution == "To grow.\nAnd to heal."
    assert one.heading == ("Cells",) and one.line == 4


@pytest.mark.parametrize("marks", [("a.", "b.", "c."), ("A)", "B)", "C)"), ("1.", "2.", "3."), ("(a)", "(b)", "(c)")])
@pytest.mark.parametrize("key", ["B", "b", "(b)", "Answer: B", "The correct answer is B.", "lungs"])
def test_multiple_choice_has_the_option_that_its_letter_names(marks: tuple[str, ...], key: str) -> None:
    options = "\n".join(f"{mark} {one}" for mark, one in zip(marks, ("heart", "lungs", "liver"), strict=True))
    (one,) = printed_exercises(f"**Exercise.** Which organ takes in oxygen?\n\n{options}\n\n**Solution.** {key}\n")
    assert one.options == ("heart", "lungs", "liver")
    assert one.key == "lungs"


def test_numbered_questions_get_the_answers_of_the_key_at_the_end() -> None:
    text = (
        "# Chapter 1\n\n## Review Questions\n\n1. Which gas do plants take in?\na. oxygen\nb. carbon dioxide\n\n"
        "2. Where does photosynthesis take place?\n\n## Answer Key\n\n1. B\n2. In the chloroplasts.\n"
    )
    first, second = printed_exercises(text)
    assert (first.options, first.key) == (("oxygen", "carbon dioxide"), "carbon dioxide")
    assert second.solution == "In the chloroplasts."


def test_keys_in_one_line_are_read_by_their_numbers() -> None:
    text = "# One\n\n## Exercises\n\n1. Pick the mean.\na. 3\nb. 5\n\n"
    text += "2. Pick the mode.\na. 7\nb. 9\n\n## Answers\n\n1. B  2. A\n"
    assert [one.key for one in printed_exercises(text)] == ["5", "7"]


def test_answers_of_one_chapter_are_not_those_of_another() -> None:
    text = "# One\n\n## Exercises\n\n1. What is a cell made of?\n\n# Two\n\n## Answers\n\n1. Atoms of carbon.\n"
    (one,) = printed_exercises(text)
    assert not one.has_key


def test_an_example_with_a_solution_and_a_chinese_exercise_are_read() -> None:
    text = "**Example 3.** Find the mean of 3, 5, 7.\n\nSolution: The mean is 5.\n\n"
    text += "**练习1.** 植物需要什么气体？\n\n**答案：** 二氧化碳\n"
    first, second = printed_exercises(text)
    assert (first.number, first.solution) == ("3", "The mean is 5.")
    assert (second.prompt, second.solution) == ("植物需要什么气体？", "二氧化碳")


@pytest.mark.parametrize(
    "text",
    [
        "# Cells\n\nThe exercise of power needs care. The solution is water.\n",
        "# Steps\n\n1. Heat the water.\n2. Add salt.\n",
        "For example, a cell divides.\n\nThe answer to this lies in the nucleus.\n",
    ],
)
def test_prose_and_steps_are_no_exercises(text: str) -> None:
    assert printed_exercises(text) == []


def test_exercises_that_share_information_say_so() -> None:
    text = "*Use the following information to answer the next two exercises.*\n\n"
    text += "**Exercise.** What is the mean?\n"
    (one,) = printed_exercises(text)
    assert one.shares_context


def test_every_marked_exercise_of_a_chapter_is_read_with_its_own_solution() -> None:
    """A chapter of many exercises, one in three without a solution; each solution stays with its exercise."""
    parts = ["# Rates\n\nA rate compares two quantities.\n"]
    for n in range(1, 31):
        parts.append(f"**Exercise.** A tap fills {n} litres in two minutes. How many in ten?\n")
        if n % 3:
            parts.append(f"**Solution.** {5 * n} litres\n")
    found = printed_exercises("\n".join(parts))
    assert len(found) == 30 and sum(one.has_key for one in found) == 20
    for n, one in enumerate(found, 1):
        assert f" {n} litres" in one.prompt and one.has_key == bool(n % 3)
        assert not one.has_key or f"{5 * n} litres" in one.solution
