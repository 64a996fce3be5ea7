"""Of the sound questions only those that are worth asking are kept; the judge was fitted on labelled questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.item_books import read_book
from bench.items import HELD_OUT, measure, read_labels
from knowledge.documents import Locator, LocatorKind, Passage
from tutor.assessment.course_text import read_course_text
from tutor.assessment.item_generation import candidate_items, generate_items
from tutor.assessment.item_judge.associations import TermAssociations
from tutor.assessment.item_judge.features import JudgedCourse, item_features
from tutor.assessment.item_judge.judge import load_item_judge
from tutor.assessment.items import ItemKind

LABELS = Path(__file__).parents[2] / "bench" / "item_labels.jsonl"
SAMPLE_COURSE = Path(__file__).parents[2] / "examples" / "sample_course"
GLOSSARY = """
tariff : tax that a government puts on goods from another country
quota : limit on the amount of a good that may be brought into a country
embargo : order by which a government forbids trade with another country
subsidy : payment by which a government helps those who make a good (also called support)
dumping : sale of goods in another country below what it costs to make them
"""
PROSE = """
A tariff makes goods from another country dearer, and the government that puts the tax on them earns money by it.
A quota does not earn the government money, because it only limits the amount of a good that may come in.
Maria bought 37 shirts in Lisbon in 1994 and paid no tariff on them.
The figure above shows how a quota changed the amount of goods between 1980 and 1985 (Smith & Jones, 1987).
"""


def passage(name: str, text: str, heading: str) -> Passage:
    return Passage(
        name, "trade", "c", 0, text.strip(), Locator(LocatorKind.SECTION, 1, heading), ("Trade", heading), 0, 9
    )


COURSE = [passage("prose", PROSE, "Barriers"), passage("glossary", GLOSSARY, "Glossary")]


def test_questions_from_a_glossary_are_kept_and_stories_figures_and_years_are_not():
    kept = generate_items(COURSE)
    assert {item.keys[0] for item in kept if item.kind is ItemKind.CHOICE} >= {"subsidy", "dumping"}
    asked = " ".join(item.prompt + " ".join(item.keys) for item in kept)
    sound = " ".join(item.prompt + " ".join(item.keys) for item in candidate_items(read_course_text(COURSE)))
    for nonsense in ("Maria", "1994", "figure", "1987"):
        assert nonsense in sound and nonsense not in asked


def test_a_kept_question_has_its_quality_and_is_at_least_as_good_as_the_threshold():
    qualities = [item.quality for item in generate_items(COURSE)]
    assert qualities and all(quality and quality >= round(load_item_judge().threshold, 3) for quality in qualities)


def test_a_description_does_not_contain_another_name_of_its_term():
    asked = {item.prompt for item in candidate_items(read_course_text(COURSE)) if item.skill == "subsidy"}
    assert asked and not any("support" in prompt for prompt in asked)


def test_exercises_and_solutions_are_no_source_of_questions():
    text = "1. A tariff is a tax that raises what is the price of a shirt?\n2. A quota is a limit that how many?"
    posed = passage("posed", f"{text}\nA levy is a payment that everybody makes to the state.", "Review Questions")
    assert not any(item.source.passage_id == "posed" for item in candidate_items(read_course_text([*COURSE, posed])))


def test_wrong_options_are_of_the_sort_of_the_key():
    """A quality ("describes a good that …") among things gave the key away."""
    more = GLOSSARY + "tradable : describes a good that may be sold to another country\n"
    items = candidate_items(read_course_text([replace(COURSE[1], text=more)]))
    options = [item.options for item in items if item.kind is ItemKind.CHOICE]
    assert options and not any("tradable" in each for each in options)


def test_what_the_rest_of_the_course_says_leads_to_the_key():
    lines = ["a tariff is a tax on goods", "the tax that a tariff puts on goods", "a quota limits an amount"]
    known = TermAssociations.of_course(lines, ["tariff", "quota"])
    standing = known.standing("tariff", ["tariff", "quota"], "a tax on goods", lines[0])
    assert standing.rank == 1 and standing.margin > 0
    assert known.standing("quota", ["tariff", "quota"], "a tax on goods", lines[2]).rank == 2


def test_the_features_of_a_question_contain_no_text():
    text = read_course_text(COURSE)
    course = JudgedCourse.read(text)
    for item in candidate_items(text):
        assert all(isinstance(value, float | int) for value in item_features(item, course).values())


def test_labels_hold_no_text_of_the_books_and_every_document_is_in_one_split():
    labels = read_labels(LABELS)
    assert len(labels) >= 300
    splits: dict[tuple[str, str], set[str]] = {}
    for one in labels:
        splits.setdefault((one.book, one.document), set()).add(one.split)
        assert len(one.item) == 16 and int(one.item, 16) >= 0
    assert all(len(split) == 1 for split in splits.values())


def test_of_the_held_out_questions_that_are_kept_85_in_100_are_worth_asking():
    held_out = [one for one in read_labels(LABELS) if one.split == HELD_OUT]
    shares = measure(held_out, load_item_judge())
    share = shares["all"]
    assert share["worth_after"] >= 0.85 > share["worth_before"] and share["good_kept"] >= 0.6
    assert shares["glossary"]["labels"] + shares["no_glossary"]["labels"] == share["labels"]
    assert shares["no_glossary"]["worth_after"] >= 0.7 > shares["no_glossary"]["worth_before"]


def test_the_sample_course_has_questions_in_both_languages():
    kept = generate_items(read_book(SAMPLE_COURSE))
    chinese = [item for item in kept if not item.prompt.isascii() and "：" in item.prompt]
    assert len(kept) >= 10 and chinese and len(chinese) < len(kept)
