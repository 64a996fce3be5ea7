"""Concepts are proposed from the course's own text; every prerequisite cites its evidence, and there are no cycles."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.concepts import ConceptProposal, EdgeBasis, load_edge_model, propose_concepts
from knowledge.documents import Locator, LocatorKind, Passage
from knowledge.headings import heading_topic
from knowledge.term_extraction import TermSource

COURSE = (
    (("Values",), "A variable is a name for a value. Every program stores what it works on in a variable."),
    (("Repetition", "Loops"), "A loop is a set of statements that is executed while a condition holds for a variable."),
    (
        ("Repetition", "While loops"),
        "A while loop is a loop that tests a condition first. The while loop can be endless.",
    ),
    (("Exercises",), "Write a loop. Change the variable. Then write a while loop."),
)
CHINESE = (
    (("线性代数",), "仅包含一个数值被称为标量（scalar）。标量可以相加，也可以相乘。"),
    (("线性代数", "向量"), "向量（vector）可以被视为标量值组成的列表。向量的长度不变。"),
    (("线性回归",), "回归（regression）是一类方法，回归的输入是向量。"),
)


def passages(course, document="d"):
    return [
        Passage(
            f"{document}{i}",
            document,
            "c",
            i,
            text,
            Locator(LocatorKind.PAGE, i + 1, f"page {i + 1}"),
            heading,
            0,
            len(text),
        )
        for i, (heading, text) in enumerate(course)
    ]


def prerequisite_pairs(proposal: ConceptProposal) -> set[tuple[str, str]]:
    names = {concept.id: concept.name for concept in proposal.concepts}
    return {(names[edge.concept], names[edge.prerequisite]) for edge in proposal.edges}


def test_defined_terms_are_concepts_in_the_order_of_the_course():
    names = [concept.name for concept in propose_concepts(passages(COURSE)).concepts]
    assert [name for name in names if name in ("variable", "loop", "while loop")] == ["variable", "loop", "while loop"]


def test_a_heading_and_a_definition_of_one_thing_are_one_concept():
    names = [concept.name.lower() for concept in propose_concepts(passages(COURSE)).concepts]
    assert names.count("loop") + names.count("loops") == 1


def test_a_term_used_in_a_definition_is_a_prerequisite():
    assert ("loop", "variable") in prerequisite_pairs(propose_concepts(passages(COURSE)))


def test_a_subtype_needs_its_supertype():
    proposal = propose_concepts(passages(COURSE))
    (edge,) = [e for e in proposal.edges if e.basis is EdgeBasis.NAME]
    assert (edge.concept, edge.prerequisite) == ("while-loop", "loop")


def test_chinese_terms_are_found_by_their_translation_and_need_each_other():
    proposal = propose_concepts(passages(CHINESE))
    assert {"标量", "向量", "回归"} <= {concept.name for concept in proposal.concepts}
    assert ("向量", "标量") in prerequisite_pairs(proposal)


def test_exercises_are_not_skills():
    assert "Exercises" not in {concept.name for concept in propose_concepts(passages(COURSE)).concepts}


def test_a_glossary_line_defines_its_term():
    (concept,) = propose_concepts(passages([(("Glossary",), "osmosis: movement of water through a membrane")])).concepts
    assert (concept.name, concept.source) == ("osmosis", TermSource.GLOSSARY)
    assert concept.evidence.text == "osmosis: movement of water through a membrane"


def test_an_empty_course_has_no_concepts():
    assert propose_concepts([]) == ConceptProposal((), ())


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("3.2 Strings revisited", "Strings"),
        ("第3章 线性神经网络", "线性神经网络"),
        ("Introduction to recursion", "recursion"),
        ("Learning objectives", ""),
        ("Why Python?", ""),
        ("小结", ""),
    ],
)
def test_a_section_title_becomes_a_concept(heading, name):
    assert heading_topic(heading) == name


NO_NAMES = """
2. Where it happens; How many solutions there are; Which model answers; When something is wrong; What you will learn
From a story to an equation; About this course; Beyond the basics; Before you begin; CuratedTREC (TREC) (Baudis and
Solving in one step; Running the tutor; Opening a file for writing; Read on; Try to open a file
Using list operations to modify a list; Summary; Chapter summary; Exercises; Frequent mistakes; Common misconceptions
Further reading; Key terms; Main results; Related work; Course outline; Getting started; Check your understanding
Worked examples; Next steps; Experimental setup
本章小结; 课后习题; 学习目标; 常见错误; 参考文献; 本节要点; 思考与练习; 代码实现; 重点与难点; 为什么叶子是绿色的
如何训练模型; 影响光合作用快慢的因素; 我们要学什么; 从线性到非线性
局部极小值是全局极小值; 读取数据集; 线性模型可能会出错; 额外阅读
"""
NAMES = """
For loops; If statements; Or gate; Learning rate; Sorting; Training set; Programming languages; Error messages
Solving equations; Work and energy; Class; 通过时间反向传播; 在线学习; 对数函数; 误差分析; 概念偏移; 信息论; 实验式
"""


def concept_names(text: str) -> list[str]:
    return [one for line in text.strip().splitlines() for one in line.split("; ")]


EXAMPLES = (
    (("Plants",), "A plant is an organism that feeds on light. The class Plant tells what each plant has."),
    (("Plants", "Subclasses"), "class Mint(Plant):\n    quantity = 3\n\nMint is a subclass. Mint is like any plant."),
    (("Plants", "Subclasses"), "quantity is an integer. The variable quantity is a number. A car's speed is a number."),
    (("Plants", "Wise words"), "Make a copy of the list called wisdom. Sort the list called wisdom."),
    (("Plants", "Cups of water"), "The following program should read in the ounces of water a plant drank today."),
    (("Plants", "Pot sizes"), "Exercise. Exercise. Write a program that asks for the size of a pot of a plant."),
    (("Plants", "Sim Loss Retrieval Accuracy"), "Top-1 Top-5 DP NLL 44.9 66.8 78.1 85.0 Triplet 41.6 65.0 77.2 84.5"),
    (("Plants", "Newton's method"), "Newton's method is a way to find roots. Newton's method needs 3 or 4 steps."),
)


def test_example_objects_task_titles_and_table_headers_are_not_concepts():
    """A programming book once gave "mint", "wisdom" and "Cups of water" as skills; a paper, a table header."""
    names = {concept.name.lower() for concept in propose_concepts(passages(EXAMPLES)).concepts}
    assert names == {"plant", "subclasses", "newton's method"}


def test_a_section_that_begins_with_a_task_hides_no_term_that_is_defined_elsewhere():
    course = (*COURSE, (("Repetition", "Variables"), "Write a program that has three variables."))
    assert "variable" in [concept.name for concept in propose_concepts(passages(course)).concepts]


@pytest.mark.parametrize("heading", concept_names(NO_NAMES))
def test_activity_and_question_headings_are_not_skills(heading):
    assert heading_topic(heading) == ""


@pytest.mark.parametrize("heading", concept_names(NAMES))
def test_a_term_with_a_short_first_word_is_still_a_skill(heading):
    assert heading_topic(heading) == heading


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Types of inheritance", "inheritance"),
        ("Working with CSV files", "CSV files"),
        ("Dense Passage Retriever (DPR)", "Dense Passage Retriever"),
        ("点积（Dot Product）", "点积"),
        ("光合作用的场所", "光合作用"),
        ("1. 什么是光合作用？", "光合作用"),
    ],
)
def test_a_heading_about_a_term_yields_the_term(heading, name):
    assert heading_topic(heading) == name


_SENTENCES = st.sampled_from(
    [text for _, text in (*COURSE, *CHINESE)] + ["A set is a loop.", "A condition is a set of loops."]
)


@settings(deadline=None)  # the first call loads the stemmer
@given(
    st.lists(st.tuples(st.sampled_from([("One",), ("One", "Loops"), ("Glossary",)]), _SENTENCES), max_size=8),
    st.booleans(),
)
def test_evidence_is_verbatim_and_prerequisites_are_acyclic(course, in_order):
    given_passages = passages(course)
    proposal = propose_concepts(given_passages, in_order=in_order)
    texts = {p.id: p.text for p in given_passages}
    for item in (*proposal.concepts, *proposal.edges):
        assert texts[item.evidence.passage_id][item.evidence.start : item.evidence.end] == item.evidence.text
    left = {c.id: {e.prerequisite for e in proposal.edges if e.concept == c.id} for c in proposal.concepts}
    while ready := [name for name, before in left.items() if not before & left.keys()]:
        for name in ready:
            del left[name]
    assert left == {}


def test_strength_is_a_probability_and_weak_edges_are_dropped_without_a_document_order():
    edges = propose_concepts(passages(COURSE), in_order=False).edges
    assert all(edge.strength >= load_edge_model().min_strength for edge in edges if edge.basis is not EdgeBasis.NAME)
    assert all(0 < edge.strength < 1 for edge in propose_concepts(passages(COURSE)).edges)


def test_prerequisites_point_backwards_in_document_order():
    course = passages(COURSE)
    random.Random(1).shuffle(course)
    place = {p.id: at for at, p in enumerate(course)}
    proposal = propose_concepts(course)
    where = {c.id: place[c.evidence.passage_id] for c in proposal.concepts}
    assert all(where[edge.prerequisite] <= where[edge.concept] for edge in proposal.edges)


def test_what_only_an_exercise_or_a_solution_names_is_no_concept():
    tasks = "A tariff is a tax on goods. A tariff helps the state. Which tariff is a tax?"
    course = (*COURSE, (("Review Questions",), tasks), (("Answer Key",), tasks))
    assert "tariff" not in {concept.name for concept in propose_concepts(passages(course)).concepts}


def test_the_start_of_a_sentence_before_a_colon_is_no_entry_of_a_glossary():
    lines = "The data are either : quantitative or qualitative\nsampling with replacement : each is put back first"
    proposed = propose_concepts(passages(((("Glossary",), lines),)))
    assert [concept.name for concept in proposed.concepts] == ["sampling with replacement"]


def test_one_passage_that_mentions_both_makes_no_prerequisite_and_neither_does_a_shared_stem():
    """Textbooks proposed that the fissure of the brain builds on functionalism, because of its functions."""
    told = "A fissure is a deep groove. Its functions are many, and the fissure has functions in movement."
    course = (
        (
            ("Schools", "Functionalism"),
            "Functionalism is a school that asks what a mind is for. Functionalism is old.",
        ),
        (("Brain", "Fissure"), told),
        (("Brain", "Fissure"), "The fissure separates two halves, and the functions of both differ."),
    )
    assert ("fissure", "functionalism") not in prerequisite_pairs(propose_concepts(passages(course)))


def test_a_concept_that_glossary_definition_and_heading_name_is_surer_than_a_defined_one():
    course = (
        (
            ("Loops", "Loop"),
            "A loop is a set of statements that repeats. A counter is a number that loops count.",
        ),
        (("Loops", "Glossary"), "loop : statements that are repeated\n"),
        (("Loops", "More"), "Each loop has a counter, and each counter begins somewhere."),
    )
    sure = {concept.name: concept.sureness for concept in propose_concepts(passages(course)).concepts}
    assert 1 >= sure["loop"] > sure["counter"] > 0


def test_a_word_in_another_sense_is_no_prerequisite():
    """Transcription of DNA "needed" the base of acids and bases, because DNA has bases too."""
    copied = "Transcription copies each base of DNA. Transcription reads one base after another along the strand."
    course = (
        (("Chemistry", "Base"), "A base is a substance that accepts protons from an acid in water."),
        (("Genes", "Transcription"), copied),
        (("Genes", "Transcription"), "In transcription a base of the copy pairs with a base of the strand."),
    )
    assert ("transcription", "base") not in prerequisite_pairs(propose_concepts(passages(course)))
    same = (course[0], (("Salts", "Neutralization"), "Neutralization mixes a base with an acid, and protons move."))
    more = (*same, (("Salts", "Neutralization"), "In neutralization the base accepts protons in water."))
    pairs = {(one.lower(), other.lower()) for one, other in prerequisite_pairs(propose_concepts(passages(more)))}
    assert ("neutralization", "base") in pairs
