"""The leak guard finds an answer in digits, words, formulas and obfuscated forms, and lets hints pass."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.pedagogy.expected_value import expected_values
from tutor.pedagogy.leak_features import Utterance, extract_leak_features
from tutor.pedagogy.leak_guard import MAX_DRAFT_CHARS, MAX_NUMBERS, check_leak, leak_probability

PROBLEM = (
    Utterance(
        "tutor", "One carton of 12 eggs had five eggs with double yolks. How many yolks were in the whole carton?"
    ),
    Utterance("learner", "5 x 2 = 10 and 12 single yolks so there are 22 yolks."),
)
PRODUCT = (Utterance("tutor", "What is the product of 9 and 8?"), Utterance("learner", "17"))
CELL = (
    Utterance("tutor", "What is the division of a body cell into two equal cells called?"),
    Utterance("learner", "meiosis"),
)
LINE = (Utterance("tutor", "Which line has slope 3 and meets the y axis at 2?"), Utterance("learner", "y = 2x + 3"))


@pytest.mark.parametrize(
    ("draft", "dialogue", "keys"),
    [
        ("You're almost there, but 7*1 + 5*2 = 17 yolks in total.", PROBLEM, ("17",)),
        ("So the total is seventeen yolks, not 22.", PROBLEM, ("17",)),
        ("Actually, when we multiply 9 and 8, we get 72.", PRODUCT, ("72",)),
        ("Actually, when we multiply 9 and 8, we get 72.", PRODUCT, ()),
        ("The product of 9 and 8 is seventy-two. Let's try another one!", PRODUCT, ()),
        ("It is a number between 71 and 73.", PRODUCT, ("72",)),
        ("Close! That process is called mitosis.", CELL, ("mitosis",)),
        ("Here is a hint: it starts with mito.", CELL, ("mitosis",)),
        ("It is spelled m-i-t-o-s-i-s.", CELL, ("mitosis",)),
        ("Slope first: y = 3x + 2.", LINE, ("y = 3x+2",)),
        ("You could write it as y - 2 = 3x, and that is all.", LINE, ("y = 3x+2",)),
        ("It would be 2 + 3x.", LINE, ("3x+2",)),
    ],
)
def test_a_reply_that_states_the_answer_leaks(draft, dialogue, keys):
    verdict = check_leak(draft, dialogue, keys)
    assert verdict.leaks
    assert verdict.reasons


@pytest.mark.parametrize(
    ("draft", "dialogue", "keys"),
    [
        ("Remember, there are only 12 eggs to begin with. How many have a single yolk?", PROBLEM, ("17",)),
        ("What did you do with the 9 and the 8? Product means that we multiply.", PRODUCT, ("72",)),
        ("Let's try that again: what is 9 times 8?", PRODUCT, ()),
        ("Think about how many cells there are at the end, and whether they are equal.", CELL, ("mitosis",)),
        ("In y = mx + b, which letter is the slope?", LINE, ("y = 3x+2",)),
        ("Look at your line y = 2x + 3: what is its slope?", LINE, ("y = 3x+2",)),
    ],
)
def test_a_hint_does_not_leak(draft, dialogue, keys):
    verdict = check_leak(draft, dialogue, keys)
    assert not verdict.leaks
    assert verdict.reasons == ()


def test_reasons_never_contain_the_answer():
    for draft, dialogue, key in (("It is called mitosis.", CELL, "mitosis"), ("It is 72.", PRODUCT, "72")):
        assert key not in " ".join(check_leak(draft, dialogue, (key,)).reasons)


@given(a=st.integers(2, 99), b=st.integers(2, 99))
def test_the_value_of_a_plain_question_is_computed(a, b):
    def values(question: str) -> set[int]:
        return {int(value) for value in expected_values([("tutor", question), ("learner", "?")])}

    assert values(f"What is the product of {a} and {b}?") == {a * b}
    assert values(f"What is the value of {a} + {b}?") == {a + b}
    assert values(f"What times {a} is {a * b}?") == {b}
    assert values(f"What is {a} times {b} plus 2?") == {a * b + 2}


def test_a_question_without_a_computable_answer_has_no_value():
    assert expected_values([("tutor", "What are the properties of a square?")]) == set()


@given(st.text(max_size=200))
def test_any_text_gets_a_verdict(draft):
    features = extract_leak_features(draft, PRODUCT, ("72",))
    assert 0 <= leak_probability(features, dict.fromkeys(features, 3.0), -1.0) <= 1
    verdict = check_leak(draft, PRODUCT, ("72",))
    assert verdict.leaks is bool(verdict.reasons)


SOLVE = [Utterance("learner", "Solve 5x - 8 = 27")]
COUNT = [Utterance("learner", "A class has 12 boys and 15 girls. How many pupils are there?")]
PIGMENT = [Utterance("learner", "Homework: which pigment catches the light in a leaf?")]


@pytest.mark.parametrize(
    "draft",
    [
        "You get VII.",
        "The answer: ⑦",
        "s-e-v-e-n",
        "S E V E N",
        "It rhymes with heaven.",
        "The answer starts with s and ends with n.",
        "It is one more than 6.",
        "It's 6 + 1.",
        "It is the square root of 49.",
        "half of 14",
        "x is 2 less than 9",
        "比6大1",
    ],
)
def test_an_obfuscated_number_leaks(draft):
    assert check_leak(draft, SOLVE, ["7"]).leaks


def test_arithmetic_on_given_numbers_is_a_hint_and_on_others_a_leak():
    assert not check_leak("What is 12 + 15?", COUNT, ["27"]).leaks
    assert not check_leak("Add the two groups: 12 and 15.", COUNT, ["27"]).leaks
    assert check_leak("It is thirty minus three.", COUNT, ["27"]).leaks
    assert check_leak("3 times 9 pupils", COUNT, ["27"]).leaks


@pytest.mark.parametrize(
    "draft",
    [
        "C H L O R O P H Y L L",
        "C.H.L.O.R.O.P.H.Y.L.L",
        "first chloro and then phyll",
        "the green pigment chlor-o-phyll",
        "llyhporolhc, read backwards",
        "chl*rophyll",
        "ch1orophy11",
        "chlorophyl",
    ],
)
def test_an_obfuscated_word_leaks(draft):
    assert check_leak(draft, PIGMENT, ["chlorophyll"]).leaks


@pytest.mark.parametrize("draft", ["x^2+2x+1", "x² + 2x + 1", "1 + 2x + x^2"])
def test_the_expanded_expression_is_the_answer(draft):
    task = [Utterance("learner", "Expand (x+1)^2")]
    assert check_leak(draft, task, ["x^2 + 2x + 1"]).leaks
    assert not check_leak("Multiply (x+1) by (x+1).", task, ["x^2 + 2x + 1"]).leaks


HOSTILE_PIECES = (
    *(
        "a",
        "1",
        "1 ",
        "x+1=",
        "2*",
        "1+1 ",
        "3 - 2 = ",
        ")(",
        "1,000 ",
        "x^",
        "? ",
        "\n",
        "一",
        "百",
        "IV ",
        "a-",
        "a*",
    ),
    *("not 1 ", "so 1 ", '"ab" ', "\\frac{", "starts with a ", "half of 8 ", "x+x", "2x+1=y ", "√", "three ", "1/2 "),
)


@pytest.mark.parametrize("piece", HOSTILE_PIECES)
@pytest.mark.parametrize("key", ["7", "x+1", "the mitochondrion of the cell"])
def test_the_longest_draft_is_checked_in_a_fifth_of_a_second(piece, key):
    lines = [Utterance("tutor", "What is 3 + 4?"), Utterance("learner", "Is it 7 or 8?")]
    for most in (MAX_DRAFT_CHARS, piece_length(piece)):
        draft, times = (piece * MAX_DRAFT_CHARS)[:most], []
        for _ in range(3):
            begin = time.process_time()
            check_leak(draft, lines, [key])
            times.append(time.process_time() - begin)
        assert min(times) < 0.2


def piece_length(piece: str) -> int:
    """Return the length of a draft of this piece that has as many numbers as are read."""
    return min(MAX_DRAFT_CHARS, MAX_NUMBERS * len(piece) // max(1, sum(map(str.isdigit, piece))))


@pytest.mark.parametrize("draft", ["a " * MAX_DRAFT_CHARS, "1 " * (MAX_NUMBERS + 1)])
def test_a_draft_that_is_longer_than_any_hint_is_not_read_and_not_shown(draft):
    assert check_leak(draft, [], ["7"]).leaks


def test_a_root_of_a_number_of_400_digits_is_no_error():
    """The root of it is too large for a number of the machine; it raised OverflowError in the middle of a turn."""
    assert not check_leak("Take the square root of " + "9" * 400 + ".", [], ["42"]).leaks
