"""A Chinese word that a course has nowhere is found; pairs of characters at the border of known words are none."""

from __future__ import annotations

import pytest

from tutor.answers.unknown_words import unknown_runs

COURSE = "归并排序包含两个阶段，具体的步骤是划分和合并。开放寻址用线性探测。哈希表的数组。图的遍历借助队列。"
PAIRS = {COURSE[at : at + 2] for at in range(len(COURSE) - 1)}


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("希尔排序的步骤是什么？", {"希尔", "尔排"}),
        ("归并排序分哪两个阶段？", set()),
        ("开放寻址有哪几种探测？", set()),
        ("数组里有负数怎么办？", set()),
        ("遍历各自一般借助什么？", set()),
        ("Shell sort?", set()),
    ],
)
def test_a_word_of_the_question_that_the_course_does_not_have_is_found(question: str, unknown: set[str]):
    assert unknown_runs(question, lambda pairs: {pair for pair in pairs if pair not in PAIRS}) == unknown
