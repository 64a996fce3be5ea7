"""What goes first when a prompt is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.chat.context_window import Material, PassageText, fit
from tutor.errors import PromptTooLong


def weigh(material: Material) -> int:
    history = sum(len(q) + len(a) for q, a in material.history)
    return 10 + history + sum(len(passage.text) for passage in material.passages)


def passages(*lengths: int) -> tuple[PassageText, ...]:
    return tuple(PassageText(str(i), "", "", "x" * length) for i, length in enumerate(lengths))


def test_the_oldest_turn_goes_first_then_the_last_passage():
    material = Material((("a" * 50, ""), ("b" * 50, "")), passages(100, 100))
    assert fit(material, 310, weigh) == material
    assert [q[0] for q, _ in fit(material, 300, weigh).history] == ["b"]
    assert fit(material, 220, weigh) == Material((), passages(100, 100))
    assert fit(material, 150, weigh) == Material((), passages(100))


def test_the_best_passage_is_halved_before_the_question_is_given_up():
    assert fit(Material((), passages(1000)), 300, weigh).passages[0].text == "x" * 250


def test_a_question_that_fits_with_nothing_is_refused_with_the_way_out():
    with pytest.raises(PromptTooLong, match="fewer words"):
        fit(Material((), passages(1000)), 50, weigh)


@given(
    history=st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=6),
    lengths=st.lists(st.integers(0, 900), max_size=5),
    budget=st.integers(0, 3000),
)
def test_what_is_kept_fits_and_the_newest_and_best_are_kept(history, lengths, budget):
    material = Material(tuple(history), passages(*lengths))
    try:
        kept = fit(material, budget, weigh)
    except PromptTooLong:
        return
    assert weigh(kept) <= budget
    assert kept.history == material.history[len(material.history) - len(kept.history) :]
    assert [p.id for p in kept.passages] == [p.id for p in material.passages[: len(kept.passages)]]
