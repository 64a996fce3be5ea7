"""A statement that draws on several sentences of the course, or repeats the question, is confirmed by what was read."""

from __future__ import annotations

import pytest
from passages import make_hit

from knowledge.documents import Hit, Quote
from tutor.answers.confirmation import confirm_quotes, confirms, is_grounded
from tutor.answers.course_sentences import read_sentences
from tutor.answers.evidence import select_evidence
from tutor.answers.question_form import AnswerForm

OXYGEN = make_hit("All oxygen that a plant sets free comes from water and none of it from carbon dioxide.")
NAMES = make_hit("A name consists of letters, digits and dashes. It cannot start with a digit. It should be short.")


def confirm(answer: str, hit: Hit, question: str) -> Quote:
    evidence = select_evidence(question, AnswerForm.FACT, [hit], {})
    (quote,) = confirm_quotes(answer, [Quote(0, len(answer), None, "", 0.0)], evidence, [hit], question)
    return quote


def test_a_statement_in_the_words_of_the_question_is_confirmed_by_the_sentence_that_answers_it():
    question = "Where does the oxygen that plants release come from?"
    quote = confirm("The oxygen that plants release comes from water.", OXYGEN, question)
    assert quote.hit_index == 0 and quote.text == OXYGEN.passage.text


def test_what_the_sentence_denies_is_not_confirmed():
    question = "Where does the oxygen that plants release come from?"
    assert confirm("The oxygen that plants release comes from carbon dioxide.", OXYGEN, question).hit_index is None


def test_a_statement_that_sums_up_neighbouring_sentences_is_confirmed_by_all_of_them():
    answer = "A name has letters, digits and dashes, and cannot start with a digit."
    quote = confirm(answer, NAMES, "What may a name consist of?")
    assert quote.hit_index == 0 and quote.text == NAMES.passage.text.removesuffix(" It should be short.")


def test_a_source_that_contradicts_a_statement_is_replaced_by_the_sentence_that_says_it():
    """A regression: "if it is given" was taken for the source of "if it is not given", and the answer was lost."""
    ropes = make_hit("If a length is given, the rope is cut. If no length is given, the rope stays whole.")
    answer, question = "If no length is given, the rope stays whole.", "What happens to the rope?"
    evidence = list(read_sentences([ropes]))
    wrong = Quote(0, len(answer), 0, evidence[0].raw, 0.9)
    (quote,) = confirm_quotes(answer, [wrong], evidence, [ropes], question)
    assert quote.text == evidence[1].raw


GIVEN = "Meltwater carves tunnels. A tunnel collapses when the ice above it is thinner than 10 metres."


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Thin ice above the tunnel makes it collapse when meltwater has carved it.", True),
        ("A tunnel collapses when bats and fungi weaken its wooden beams.", False),
        ("A tunnel collapses when the ice above it is thinner than 25 metres.", False),
        ("A tunnel does not collapse when the ice above it is thinner than 10 metres.", False),
    ],
)
def test_a_statement_is_grounded_in_what_was_read_with_its_numbers_and_against_nothing_there(statement, expected):
    hit = make_hit(GIVEN)
    assert is_grounded(statement, list(read_sentences([hit])), [hit], "When does a tunnel collapse?") is expected


def test_words_that_nobody_read_are_not_confirmed():
    assert confirm("A name is chosen by a committee of robots.", NAMES, "What is a name?").hit_index is None


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("firn melts fast.", False),  # only the question again, and no sentence says so
        ("snow falls in winter.", True),  # a sentence has all of it
        ("firn does not melt fast.", True),  # a no
        ("firn melts fast in wind and rain.", True),  # it says more
        ("ice floats on oil.", False),  # denied
    ],
)
def test_an_answer_of_yes_or_no_stands_only_next_to_sentences_that_allow_it(claim: str, expected: bool):
    hit = make_hit("Snow falls in winter. Ice does not float on oil. Firn is grainy snow.")
    question = "Does firn melt fast, does snow fall in winter, does ice float on oil?"
    assert confirms(claim, question, list(read_sentences([hit]))) is expected
