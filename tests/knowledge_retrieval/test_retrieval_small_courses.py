"""Coverage does not depend on the size of the course.

The idf of a word in a course of three passages is small, so a decision by raw BM25 scores would call every question
uncovered. (On the sample course once: 光反应发生在哪里？ at 0.49, "What is the slope of a line?" at 0.41.)
"""

from __future__ import annotations

import pytest

from knowledge.catalog import MemoryCatalog
from knowledge.library import Library
from knowledge.sentence_embedder import open_embedder
from tutor.courses import sample_course

pytestmark = pytest.mark.real

COVERED = (
    "What happens in the light reactions?",
    "Why do plants look green?",
    "How do I solve 3x + 4 = 19?",
    "What is the slope of a line?",
    "What does chlorophyll do?",
    "Where does the Calvin cycle take place?",
    "what limits the rate of photosynthesis",
    "光反应发生在哪里？",
    "为什么叶子是绿色的？",
    "卡尔文循环需要什么？",
    "叶绿素吸收什么光？",
)
NOT_COVERED = (
    "Who is the president of France?",
    "How does mitosis work?",
    "What is the boiling point of iron?",
    "When did the Roman Empire fall?",
    "How do I bake bread?",
    "什么是微积分？",
    "法国的首都是哪里？",
    "秦始皇是什么时候统一中国的？",
)


@pytest.fixture(scope="module")
def small_course(tmp_path_factory):
    root = tmp_path_factory.mktemp("small")
    library = Library(root / "index", MemoryCatalog(), open_embedder("bundled", root / "models"))
    for name, data in sample_course.sample_documents():
        library.add("sample", name, data)
    library.add("tiny", "plants.md", b"# Leaf\n\nChlorophyll reflects green light, so leaves look green to us.\n")
    library.add("tiny", "ye.md", "# 叶子\n\n叶绿素吸收红光和蓝光，反射绿光，所以叶子看起来是绿色的。\n".encode())
    return library


@pytest.mark.parametrize("question", COVERED)
def test_what_the_sample_course_teaches_is_covered(small_course, question):
    assert small_course.search("sample", question).covered


@pytest.mark.parametrize("question", NOT_COVERED)
def test_what_the_sample_course_does_not_teach_is_not_covered(small_course, question):
    assert not small_course.search("sample", question).covered


@pytest.mark.parametrize("question", ["Why do leaves look green?", "为什么叶子看起来是绿色的？"])
def test_a_course_of_two_passages_covers_what_they_say(small_course, question):
    assert small_course.search("tiny", question).covered


@pytest.mark.parametrize("question", ["Who is the president of France?", "法国的首都是哪里？"])
def test_a_course_of_two_passages_covers_nothing_else(small_course, question):
    assert not small_course.search("tiny", question).covered
