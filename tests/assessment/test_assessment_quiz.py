"""Items generated from plain passages are quoted, solvable from the quote, and give nothing away."""

from __future__ import annotations

import dataclasses

import pytest

from bench.quiz_solver import answer_item
from knowledge.documents import Locator, LocatorKind, Passage
from tutor.assessment.course_text import read_course_text
from tutor.assessment.grading import Grader
from tutor.assessment.item_checks import find_fault, solve_from_quote
from tutor.assessment.item_generation import candidate_items, generate_items
from tutor.assessment.items import Item, ItemKind, ItemSource
from tutor.assessment.question_types.registry import question_type
from tutor.assessment.quiz_terms import extract_definitions, extract_sentences
from tutor.domain import Outcome

COURSE = (
    "A loop is a code block that runs a set of statements while a given condition holds. However, it may end early.",
    "A function is a named, reusable block of code that performs a task when called. It may return a value.",
    "A module is a file with previously written code that another program can import. Every loop in a module counts.",
    "A string is a sequence of characters enclosed by matching single or double quotes.",
    "The process by which a plant loses water through its leaves is called transpiration.",
    "Readers know well that a loop needs a condition in order to stop after some time.",
    "Programmers often write one loop inside the body of another construct of the same kind.",
    "A byte that holds a character of ordinary text has exactly 8 bits in memory.",
    "To start the car:\n1. Fasten the belt\n2. Turn the key\n3. Release the brake\n4. Press the pedal",
)


def passages(texts=COURSE) -> list[Passage]:
    locator = Locator(LocatorKind.SECTION, 1, "section 1")
    return [Passage(f"p{n}", "d", "c", n, text, locator, (), 0, len(text)) for n, text in enumerate(texts)]


def sound_items(some, seed=0) -> list[Item]:
    """Every item that its own quote solves, before the judge."""
    return candidate_items(read_course_text(some), seed=seed)


def test_terms_are_read_from_sentences_that_define_them():
    found = {d.term: d.body for d in extract_definitions(extract_sentences(passages()))}
    assert set(found) >= {"loop", "function", "module", "string", "transpiration"}
    assert found["transpiration"] == "The process by which a plant loses water through its leaves"


NO_TERMS = (
    "线性回归恰好是一个在整个域中只有一个最小值的学习问题。",
    "即使是一个很小的学习率，也会使损失函数的值明显下降。",
    "由于输出是浮点数，因此此类连续表示比二进制表示法更节省空间。",
    "如下是卷积层的一个简单应用，它检测图像中不同颜色的边缘。",
    "问题是，我们永远不能准确地计算出泛化误差。",
    "The loop below is a code block that runs a set of statements three times.",
)


@pytest.mark.parametrize("text", NO_TERMS)
def test_a_sentence_subject_alone_is_not_a_defined_term(text):
    """Quizzes asked for the meaning of "线性回归恰好" (linear regression happens), 即使 (even if) and "loop below"."""
    assert extract_definitions(extract_sentences(passages([text]))) == []


def test_defined_chinese_terms_are_kept():
    texts = [
        "过拟合是指训练误差远小于验证误差。",
        "独热编码是一个向量，它的分量和类别一样多。",
        "正则化是一种减少过拟合的方法。",
    ]
    assert [d.term for d in extract_definitions(extract_sentences(passages(texts)))] == ["过拟合", "独热编码", "正则化"]


def test_context_dependent_sentences_are_not_asked_about():
    assert not any(s.text.startswith(("However", "It ")) for s in extract_sentences(passages()))


def test_every_kind_is_generated_and_valid():
    items = sound_items(passages())
    kinds = {
        ItemKind.CHOICE,
        ItemKind.CLOZE,
        ItemKind.TRUE_FALSE,
        ItemKind.NUMBER,
        ItemKind.ORDERING,
        ItemKind.SHORT_TEXT,
    }
    assert {item.kind for item in items} == kinds
    texts = {p.id: p.text for p in passages()}
    for item in items:
        assert item.source.quote in texts[item.source.passage_id]
        assert find_fault(item) is None
        assert Grader().grade(item, ", ".join(item.keys)).outcome is Outcome.RIGHT


def test_the_same_text_and_seed_give_the_same_items():
    assert sound_items(passages(), seed=3) == sound_items(passages(), seed=3)
    assert len({item.id for item in sound_items(passages())}) == len(sound_items(passages()))


def test_the_view_of_an_item_contains_no_key():
    for item in sound_items(passages()):
        view = question_type(item.kind).view(item)
        fields = {field.name for field in dataclasses.fields(view)}
        assert not fields & {"keys", "tolerance", "misconceptions"}


def test_the_solver_does_not_know_the_key():
    """An item whose quote says something else is not solved to its key, so it is never shown."""
    quote = "A loop is a code block that runs a set of statements while a given condition holds."
    lying = Item(
        "x", ItemKind.CHOICE, "Which term fits?", ("string",), ("string", "loop", "file"), source=ItemSource("p", quote)
    )
    assert solve_from_quote(lying, ["string", "loop", "file"]) == ("loop",)


@pytest.mark.parametrize(
    ("options", "key", "prompt"),
    [
        (("loop", "Loop", "file"), "loop", "Which term fits?"),
        (("loop", "while loop", "file"), "loop", "Which term fits?"),
        (("loop", "string", "file"), "loop", "Which term fits: a loop that ends?"),
        (("loop", "string"), "loop", "Which term fits?"),
        (
            ("a very long and exactly qualified answer", "string", "file"),
            "a very long and exactly qualified answer",
            "Which?",
        ),
    ],
)
def test_options_that_give_the_key_away_are_refused(options, key, prompt):
    assert find_fault(Item("x", ItemKind.CHOICE, prompt, (key,), options))


def test_too_little_text_gives_no_items_and_no_error():
    assert generate_items(passages(("Nothing here.", ""))) == []
    assert generate_items([]) == []


def test_an_independent_reader_solves_items_from_their_passage_and_not_from_another():
    texts = {p.id: p.text for p in passages()}
    for item in sound_items(passages()):
        said = answer_item(item.kind, item.prompt, item.options, texts[item.source.passage_id])
        assert Grader().grade(item, said).outcome is Outcome.RIGHT, item.prompt
        another = texts["p4" if item.source.passage_id != "p4" else "p8"]
        said = answer_item(item.kind, item.prompt, item.options, another)
        assert not said or Grader().grade(item, said).outcome is not Outcome.RIGHT, item.prompt


def test_the_independent_reader_abstains_between_two_named_options():
    text = "A loop or a module is a code block that runs a set of statements."
    prompt = "Which term fits this description: a code block that runs a set of statements?"
    assert answer_item(ItemKind.CHOICE, prompt, ("loop", "string"), text) == "loop"
    assert answer_item(ItemKind.CHOICE, prompt, ("loop", "module"), text) == ""


MATHS = "A solution is a value of the unknown that makes the statement true."


def test_distractors_come_first_from_the_terms_own_document():
    maths = [
        dataclasses.replace(p, id=f"m{p.id}", document_id="maths")
        for p in passages((MATHS, "An equation is a statement that two expressions have the same value."))
    ]
    for item in sound_items([*passages(), *maths]):
        if item.kind is ItemKind.CHOICE and item.source.passage_id.startswith("p"):
            assert not {"solution", "equation"} & {option.lower() for option in item.options}


def test_a_lone_term_gets_no_choice_item_with_distractors_of_another_subject():
    alone = [dataclasses.replace(p, id=f"m{p.id}", document_id="maths") for p in passages((MATHS,))]
    about = [item.kind for item in sound_items([*passages(), *alone]) if item.source.passage_id.startswith("m")]
    assert about == [ItemKind.SHORT_TEXT]


def test_true_false_items_are_balanced():
    for seed in range(5):
        keys = [item.keys[0] for item in sound_items(passages(), seed=seed) if item.kind is ItemKind.TRUE_FALSE]
        assert abs(keys.count("true") - keys.count("false")) <= 1
