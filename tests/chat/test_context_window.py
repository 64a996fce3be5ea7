"""What is cut first when a prompt is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.chat.context_window import PromptMaterial, PromptPassage, fit_to_window
from tutor.errors import PromptTooLong


def count_tokens(material: PromptMaterial) -> int:
    history = sum(len(q) + len(a) for q, a in material.history)
    return 10 + history + sum(len(passage.text) for passage in material.passages)


def passages(*lengths: int) -> tuple[PromptPassage, ...]:
    return tuple(PromptPassage(str(i), "", "", "x" * length) for i, length in enumerate(lengths))


def test_the_oldest_turn_is_dropped_first_then_the_last_passage():
    material = PromptMaterial((("a" * 50, ""), ("b" * 50, "")), passages(100, 100))
    assert fit_to_window(material, 310, count_tokens) == material
    assert [q[0] for q, _ in fit_to_window(material, 300, count_tokens).history] == ["b"]
    assert fit_to_window(material, 220, count_tokens) == PromptMaterial((), passages(100, 100))
    assert fit_to_window(material, 150, count_tokens) == PromptMaterial((), passages(100))


def test_the_best_passage_is_halved_before_giving_up():
    assert fit_to_window(PromptMaterial((), passages(1000)), 300, count_tokens).passages[0].text == "x" * 250


def test_a_question_too_long_for_the_window_is_refused_with_a_remedy():
    with pytest.raises(PromptTooLong, match="fewer words"):
        fit_to_window(PromptMaterial((), passages(1000)), 50, count_tokens)


@given(
    history=st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=6),
    lengths=st.lists(st.integers(0, 900), max_size=5),
    budget=st.integers(0, 3000),
)
def test_the_trimmed_prompt_fits_and_keeps_the_newest_and_best(history, lengths, budget):
    material = PromptMaterial(tuple(history), passages(*lengths))
    try:
        fitted = fit_to_window(material, budget, count_tokens)
    except PromptTooLong:
        return
    assert count_tokens(fitted) <= budget
    assert fitted.history == material.history[len(material.history) - len(fitted.history) :]
    assert [p.id for p in fitted.passages] == [p.id for p in material.passages[: len(fitted.passages)]]
