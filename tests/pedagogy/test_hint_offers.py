"""Who is stuck on an exercise is offered the next hint: once, and never given it unasked."""

from __future__ import annotations

import pytest

from tutor.domain import Guidance
from tutor.pedagogy.hint_offers import SILENCE_S, choose_offer


def on_exercise(wrong: int = 0, *, text: str = "Solve 2x + 3 = 9.", closed: bool = False) -> Guidance:
    return Guidance("hint", "a wrong answer gets the next hint", text, wrong=wrong, closed=closed)


@pytest.mark.parametrize("turns", [[], [Guidance("answer", "no exercise")], [on_exercise(3, closed=True)]])
def test_nothing_is_offered_while_no_exercise_is_open(turns: list[Guidance]):
    assert choose_offer(turns) is None


def test_the_second_failed_try_brings_the_offer_at_once_and_one_failed_try_after_a_silence():
    first = [on_exercise(0), on_exercise(1)]
    assert choose_offer(first).after_s == SILENCE_S
    assert choose_offer([*first, on_exercise(2)]).after_s == 0


def test_later_turns_of_the_same_exercise_do_not_offer_at_once_again():
    after = choose_offer([on_exercise(1), on_exercise(2), on_exercise(2)])
    assert after.after_s == SILENCE_S
    assert after.key == choose_offer([on_exercise(1), on_exercise(2)]).key


def test_another_exercise_has_its_own_offer():
    one, other = choose_offer([on_exercise(1)]), choose_offer([on_exercise(1, text="Solve 4x = 8.")])
    assert one.key != other.key
    posed = Guidance("hint", "a wrong answer may be tried again", wrong=2, posed="question-7")
    assert choose_offer([on_exercise(2), posed]).after_s == 0
