"""Starters are questions that a learner might ask, about what the course explains."""

from __future__ import annotations

from knowledge.documents import Locator, LocatorKind, Passage
from tutor.courses import sample_course
from tutor.courses.starters import STARTERS, choose_starters
from tutor.domain import Role


def passage(text: str, *heading: str, document: str = "d") -> Passage:
    identity = f"{document}{heading}{text[:20]}"
    return Passage(identity, document, "c", 0, text, Locator(LocatorKind.SECTION, 1, "s"), heading, 0, len(text))


COURSE = [
    passage("A queue is a list from which the oldest entry is taken first.", "Queues", document="1"),
    passage("A full binary tree is a tree in which every node has no child or two.", "Full binary tree", document="2"),
    passage("A balanced binary tree is a tree whose branches are about equally deep.", "Trees", document="2"),
    passage(
        "Hash tables are a means to find entries by a key. For example, a phone book.", "Hash tables", document="3"
    ),
]


def test_starters_ask_about_what_is_defined_with_its_article():
    assert choose_starters(COURSE, "en")[0] == "What is a queue?"


def test_an_article_before_a_term_in_bold_is_its_article_whatever_tables_say():
    """A regression: "What is Calvin cycle?"."""
    text = (
        "The **Krebs cycle** burns sugar. It follows glycolysis.\n\n| Matrix | Krebs cycle |\n| | Krebs cycle |\n\n" * 3
    )
    assert "What is the Krebs cycle?" in choose_starters([passage(text, "Krebs cycle")], "en")


def test_many_things_are_asked_about_as_many():
    assert "What are hash tables?" in choose_starters(COURSE[3:], "en")


def test_capitals_of_a_heading_and_an_article_of_another_word_are_not_asked_with():
    """A regression: "What is a psychology?", "What are BIOLOGICAL RHYTHMS?"."""
    geology = (
        "Geology is the science of the solid earth. A geology student reads rocks. In geology time is long. "
        "Geology has many branches, and geology needs maps."
    )
    cycles = "The rock cycles follow each other, as rock cycles do, and rock cycles repeat."
    found = choose_starters(
        [
            passage(geology, "Geology"),
            passage(cycles, "ROCK CYCLES"),
            passage("Terminology matters. " * 4, "Terminology"),
        ],
        "en",
    )
    assert "What is geology?" in found and not any("ROCK" in one or "erminology" in one for one in found)


def test_two_sorts_of_one_thing_are_compared():
    searches = [
        passage("A linear search is a way to find an entry by looking at all of them.", "Linear search"),
        passage("A binary search is a way to find an entry by halving a sorted list.", "Binary search"),
    ]
    assert "What is the difference between a linear search and a binary search?" in choose_starters(searches, "en")


def test_the_questions_of_a_faq_are_asked_as_they_stand():
    faq = [passage("In May.", "FAQ", "When is the exam?"), passage("No.", "FAQ", "Is it oral?")]
    assert choose_starters(faq, "en") == ["When is the exam?"]


def test_exercises_and_objectives_make_no_starters():
    tasks = [
        passage("A stack is a list from which the latest entry is taken first.", "Review questions"),
        passage("A heap is a tree in which no child is larger than its parent.", "Learning objectives"),
    ]
    assert choose_starters(tasks, "en") == []


def test_starters_are_in_the_readers_language_about_text_in_it():
    both = [*COURSE, passage("队列是指最早放入的元素最先被取出的一种线性表。", "队列", document="4")]
    assert choose_starters(both, "zh") == ["什么是队列？"]
    assert not any("队列" in question for question in choose_starters(both, "en"))


def test_there_are_few_starters_and_none_twice():
    many = [
        passage(f"A {name} is a device that measures the state of a machine.", name.title(), document=name)
        for name in ("sensor", "gauge", "meter", "probe", "scale", "clock", "counter")
    ]
    starters = choose_starters(many, "en")
    assert len(starters) == len(set(starters)) == STARTERS


def test_starters_follow_the_documents_of_the_course(services):
    teacher = services.accounts.create_account("teacher", Role.INSTRUCTOR)
    course = services.courses.create(teacher, "Data structures", open_to_all=True)
    assert services.starters.suggest(teacher, course.id, "en") == []
    text = b"# Queues\n\nA queue is a list from which the oldest entry is taken first.\n"
    document = services.documents.ingest(teacher, course.id, "queues.md", text)
    assert services.starters.suggest(teacher, course.id, "en") == ["What is a queue?"]
    services.documents.remove(teacher, document.id)
    assert services.starters.suggest(teacher, course.id, "en") == []


def test_starters_of_the_sample_course_have_their_articles(services):
    """A regression: "What is Calvin cycle?"."""
    course = sample_course.create_sample_course(services.courses, services.operator)
    for name, data in sample_course.sample_documents():
        services.documents.ingest(services.operator, course, name, data)
    assert "What is the Calvin cycle?" in services.starters.suggest(services.operator, course, "en")
