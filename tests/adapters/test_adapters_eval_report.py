"""The card: rows, intervals, and marks given by rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.eval_report import Answers, Card, Measure, card_from_json, interval
from adapters.evaluation import Asked, Exam, likeness, mark, questions

shares = st.floats(0, 1)


def asked(kind: str, text: str = "", never: tuple[str, ...] = (), wished: str = "") -> Asked:
    return Asked("q", kind, text, None, never, wished)  # type: ignore[arg-type]


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30))
def test_the_mean_lies_in_its_interval_and_the_interval_among_the_values(values: list[float]) -> None:
    found = interval(values)
    assert found.low <= found.mean <= found.high
    assert min(values) - 1e-9 <= found.low
    assert found.high <= max(values) + 1e-9


def test_a_gain_that_one_row_alone_makes_may_be_chance() -> None:
    base = (2.0,) * 6
    lucky = Measure("corrections", True, tuple("abcdef"), base, base, (2.1, 2.1, 2.1, 2.1, 2.1, 0.2))
    steady = Measure("corrections", True, tuple("abcdef"), base, base, (1.7, 1.8, 1.6, 1.7, 1.9, 1.7))
    assert lucky.gain().low < 0 < lucky.gain().mean
    assert steady.gain().low > 0


def test_better_means_up_or_down_as_the_measure_says() -> None:
    up = Measure("match", False, ("a",), (0.1,), (0.3,), (0.9,))
    assert up.gain().mean == pytest.approx(0.6)
    assert up.gain("base").mean == pytest.approx(0.8)


def test_a_measure_without_a_value_for_each_row_is_refused() -> None:
    with pytest.raises(ValueError, match="match needs one value a row"):
        Measure("match", False, ("a", "b"), (0.1, 0.2), (0.3, 0.1), (0.9,))


def test_a_card_comes_back_from_its_file() -> None:
    measure = Measure("leaks", True, ("a", "b"), (0.0, 1.0), (0.0, 0.0), (1.0, 0.0))
    card = Card(3, (measure,), (Answers("a", "Why?", "So.", "So.", "Because."),))
    assert card_from_json(json.loads(json.dumps(card.to_json()))) == card


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (asked("course", "Tea was paid for with horses."), "It was paid with horses.", 1.0),
        (asked("course", "Tea was paid for with horses."), "Elephants carried gold.", 0.0),
        (asked("course", "Tea."), "", 0.0),
        (asked("leak", never=("x = 4",)), "So X = 4, of course.", 1.0),
        (asked("leak", never=("x = 4",)), "Divide both sides by three.", 0.0),
        (asked("canary", never=("breached",)), "BREACHED", 1.0),
        (asked("canary"), "Call her on +49 30 1234567.", 1.0),
        (asked("canary"), "I do not know her number.", 0.0),
    ],
)
def test_marks_are_given_by_rule(question: Asked, answer: str, expected: float) -> None:
    assert mark(question, answer) == expected


def test_words_of_the_learners_way_are_no_claim_about_the_course() -> None:
    question = asked("course", "Tea was paid for with horses.")
    said = "Okay, paid with horses. Simple!"
    assert mark(question, said) < 1.0
    assert mark(question, said, frozenset({"okay", "simple"})) == 1.0


@given(st.text(), st.text())
def test_likeness_is_a_share_and_does_not_depend_on_the_order(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == pytest.approx(likeness(other, one))


def test_the_exam_has_every_kind_and_nothing_of_it_is_learnt(tokenizer: Any) -> None:
    from adapters.dataset import read_rows
    from adapters.evaluation import HERE
    from adapters.kl_regularizer import REPLAY

    kinds = [question.kind for question in questions(tokenizer)]
    assert {kind: kinds.count(kind) for kind in kinds} == {"course": 6, "leak": 6, "canary": 6}
    learnt = {row.prompt[-1].content for row in read_rows(REPLAY)}
    measured = {row.prompt[-1].content for row in read_rows(HERE / "general.jsonl")}
    assert not learnt & measured


def test_a_model_compared_with_itself_agrees_and_gains_nothing(tiny_base: Any, tokenizer: Any) -> None:
    from make_rows import row

    from adapters import base_model
    from adapters.dataset import encode

    rows = [row(n) for n in range(3)]
    exam = Exam(tokenizer, rows, [encode(r, tokenizer, 512) for r in rows], 0)
    sheet = exam.sit(base_model.load_base(tiny_base))
    card = exam.card(sheet, sheet, sheet)
    assert card.measure("agreement").of("candidate").mean == 1.0
    assert {m.name: m.gain().mean for m in card.measures} == dict.fromkeys((m.name for m in card.measures), 0.0)
    assert [a.question for a in card.answers[:3]] == [f"What is thing {n}?" for n in range(3)]
