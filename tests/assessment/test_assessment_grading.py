"""Grading fails closed: free text that says the opposite is never right, and what cannot be decided is unsure."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.embedding import HashingEmbedder
from knowledge.sentence_embedder import open_embedder
from tutor.assessment.grading import Grader, NotAnAnswer, has_answer_form
from tutor.assessment.items import GradedExample, Item, ItemKind
from tutor.assessment.logistic import LogisticModel
from tutor.assessment.short_text import ShortTextGrader
from tutor.domain import Outcome

GRADER = Grader(ShortTextGrader(HashingEmbedder()))


def item(kind: ItemKind, *keys: str, options: tuple[str, ...] = (), prompt: str = "What happens?") -> Item:
    return Item("i", kind, prompt, keys, options)


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        ("meiosis", "mitosis"),
        ("hypotension", "hypertension"),
        ("the afferent nerve", "the efferent nerve"),
        ("not linearly independent", "linearly independent"),
        ("the vectors are not linearly independent", "the vectors are linearly independent"),
        ("the vectors are linearly dependent", "the vectors are linearly independent"),
        ("the current increases when the resistance is larger", "the current decreases when the resistance is larger"),
        ("water boils at 90 degrees in the pot", "water boils at 100 degrees in the pot"),
        ("the reaction is exothermic and gives off heat", "the reaction is endothermic and gives off heat"),
        ("No, both solutions have the same concentration", "Yes, both solutions have the same concentration"),
        ("the circuit is open between the two terminals", "the circuit is closed between the two terminals"),
    ],
)
def test_a_lookalike_in_free_text_is_never_right(answer, reference):
    for one, other in ((answer, reference), (reference, answer)):
        grade = GRADER.grade(item(ItemKind.SHORT_TEXT, other), one)
        assert grade.outcome is not Outcome.RIGHT
        assert grade.reasons


def test_the_reference_is_not_wrong_and_wording_graded_before_keeps_its_grade():
    question = item(ItemKind.SHORT_TEXT, "the water evaporates and leaves the salt behind")
    assert GRADER.grade(question, "the water evaporates and leaves the salt behind").outcome is not Outcome.WRONG
    graded = (GradedExample("It dried up!", True), GradedExample("it melted", False))
    assert GRADER.grade(question, "it dried up", graded).outcome is Outcome.RIGHT
    assert GRADER.grade(question, "It melted.", graded).outcome is Outcome.WRONG


def test_a_later_instructor_grade_replaces_the_earlier():
    question = item(ItemKind.SHORT_TEXT, "the water evaporates and leaves the salt behind")
    graded = (GradedExample("it dried up", False), GradedExample("it dried up", True))
    assert GRADER.grade(question, "it dried up", graded).outcome is Outcome.RIGHT


@pytest.mark.parametrize("answer", ["", "   ", "I don't know", "idk", "???", "不知道"])
def test_no_answer_is_not_scored(answer):
    with pytest.raises(NotAnAnswer):
        GRADER.grade(item(ItemKind.SHORT_TEXT, "evaporation of the water"), answer)


@pytest.mark.parametrize("kind", [ItemKind.CHEMISTRY, ItemKind.CODE])
def test_ungradable_kinds_are_unsure(kind):
    grade = GRADER.grade(item(kind, "2H2 + O2 -> 2H2O"), "2H2 + O2 -> 2H2O")
    assert grade.outcome is Outcome.UNSURE
    assert "instructor" in grade.reasons[0]


def test_overlong_answers_and_free_text_without_a_model_are_unsure():
    assert GRADER.grade(item(ItemKind.SHORT_TEXT, "evaporation"), "evaporation " * 1000).outcome is Outcome.UNSURE
    question = item(ItemKind.SHORT_TEXT, "the water evaporates and leaves the salt behind")
    assert Grader().grade(question, "water goes away").outcome is Outcome.UNSURE
    assert Grader().grade(question, "The water evaporates and leaves the salt behind.").outcome is Outcome.RIGHT


@pytest.mark.parametrize("kind", list(ItemKind))
def test_random_noise_is_never_right(kind):
    options = ("mitosis", "meiosis", "osmosis")
    question = item(kind, "mitosis", options=options)
    for noise in ("{}", "null", "\x00", "<script>", "NaN", "inf", "1e999", "(((((", "\u202e12"):
        assert GRADER.grade(question, noise).outcome is not Outcome.RIGHT


def test_features_that_a_model_was_not_fitted_on_are_ignored():
    model = LogisticModel({"likeness": 8.0}, bias=-4.0)
    assert model.probability({"likeness": 1.0, "unknown": 99.0}) == pytest.approx(0.982, abs=1e-3)
    assert model.probability({}) == pytest.approx(0.018, abs=1e-3)


@pytest.mark.real
def test_three_graded_examples_raise_similar_answers_and_not_wrong_ones(tmp_path: Path):
    """In words other than the reference's: the grader alone takes them as wrong, until the instructor has decided."""
    grader = ShortTextGrader(open_embedder("bundled", tmp_path))
    about = ("How did you separate the salt from the water?", ["The water was evaporated, leaving the salt."])
    told = (
        "We dried it in the sun until crystals were left.",
        "We dried it till there were crystals.",
        "It dried and crystals stayed.",
    )
    corrected = [GradedExample(words, True) for words in told]
    alike = "We dried it until only crystals were left."
    chances = [grader.probability(*about, alike, corrected[:n]) for n in range(4)]
    assert chances == sorted(chances) and chances[3] > chances[0] + 0.2
    assert grader.probability(*about, "With a magnet and some paper.", corrected) < 0.2
    paraphrase = "Let the water evaporate and the salt is left behind."
    assert grader.grade(*about, paraphrase).outcome is Outcome.RIGHT
    off = grader.grade(*about, "With a magnet and some paper.")
    assert off.outcome is Outcome.WRONG and off.missing


@pytest.mark.parametrize("said", ["I think it is true", "it's true", "That is true.", "我觉得是对"])
def test_true_may_be_expressed_as_a_short_sentence(said):
    item = Item("t", ItemKind.TRUE_FALSE, "True or false: light is needed.", ("true",))
    assert Grader().grade(item, said).outcome is Outcome.RIGHT


@pytest.mark.parametrize(
    "said", ["not true", "true or false", "it is not false", "I have a cat", "both", "true, false"]
)
def test_neither_true_nor_false_is_no_answer(said):
    item = Item("t", ItemKind.TRUE_FALSE, "True or false: light is needed.", ("true",))
    assert not has_answer_form(item, said)


@pytest.mark.parametrize(
    ("kind", "keys", "options", "no", "yes"),
    [
        (
            ItemKind.CHOICE,
            ("loop",),
            ("loop", "module", "string"),
            ("I have a cat", "a and b", "z"),
            ("a", "Loop", "c)"),
        ),
        (ItemKind.NUMBER, ("8",), (), ("I have a cat", "blue"), ("8", "nine", "2^3", "八", "8 or 9")),
        (ItemKind.ORDERING, ("x1", "y2", "z3"), ("z3", "x1", "y2"), ("blue", "a, b", "a, a, b"), ("b, c, a", "bca")),
        (ItemKind.CLOZE, ("loop",), (), (), ("blue", "I have a cat")),
    ],
)
def test_an_answer_must_have_the_expected_form(kind, keys, options, no, yes):
    item = Item("i", kind, "Which one?", keys, options)
    assert not any(has_answer_form(item, said) for said in no)
    assert [said for said in yes if not has_answer_form(item, said)] == []


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("Below the compensation point, the plant loses mass.", Outcome.RIGHT),
        ("Fill the gap: Below the compensation point, the plant loses mass", Outcome.RIGHT),
        ("Below the saturation point, the plant loses mass.", Outcome.WRONG),
        ("Fill the gap: Below the _____, the plant loses mass.", Outcome.WRONG),
        ("Below the compensation point or the saturation point, the plant loses mass.", Outcome.WRONG),
    ],
)
def test_a_gap_may_be_filled_by_writing_the_whole_sentence(said, outcome):
    gap = Item("g", ItemKind.CLOZE, "Fill the gap: Below the _____, the plant loses mass.", ("compensation point",))
    assert Grader().grade(gap, said).outcome is outcome
