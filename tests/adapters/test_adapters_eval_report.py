"""The eval report: measures, intervals, and scores by rules."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.eval_report import AnswerComparison, EvalMeasure, EvalReport, bootstrap_interval
from adapters.evaluation import EvalQuestion, EvalSuite, load_eval_questions, score_answer, token_f1

shares = st.floats(0, 1)


def make_eval_question(kind: str, text: str = "", never: tuple[str, ...] = (), wished: str = "") -> EvalQuestion:
    return EvalQuestion("q", kind, text, None, never, wished)  # type: ignore[arg-type]


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30))
def test_the_mean_lies_in_its_confidence_interval_and_the_interval_within_the_values(values: list[float]) -> None:
    found = bootstrap_interval(values)
    assert found.low <= found.mean <= found.high
    assert min(values) - 1e-9 <= found.low
    assert found.high <= max(values) + 1e-9


def test_a_gain_from_a_single_row_is_not_significant() -> None:
    base = (2.0,) * 6
    lucky = EvalMeasure("corrections", True, tuple("abcdef"), base, base, (2.1, 2.1, 2.1, 2.1, 2.1, 0.2))
    steady = EvalMeasure("corrections", True, tuple("abcdef"), base, base, (1.7, 1.8, 1.6, 1.7, 1.9, 1.7))
    assert lucky.gain().low < 0 < lucky.gain().mean
    assert steady.gain().low > 0


def test_the_sign_of_a_gain_follows_the_direction_of_the_metric() -> None:
    up = EvalMeasure("match", False, ("a",), (0.1,), (0.3,), (0.9,))
    assert up.gain().mean == pytest.approx(0.6)
    assert up.gain("base").mean == pytest.approx(0.8)


def test_a_metric_without_a_value_for_each_row_is_refused() -> None:
    with pytest.raises(ValueError, match="match needs one value a row"):
        EvalMeasure("match", False, ("a", "b"), (0.1, 0.2), (0.3, 0.1), (0.9,))


def test_the_json_of_an_eval_report_has_its_rows_answers_and_intervals() -> None:
    measure = EvalMeasure("leaks", True, ("a", "b"), (0.0, 1.0), (0.0, 0.0), (1.0, 0.0))
    answers = AnswerComparison("a", "Why?", "So.", "So.", "Because.")
    content = json.loads(json.dumps(EvalReport(3, (measure,), (answers,)).to_json()))
    assert (content["held_out"], content["answers"]) == (3, [asdict(answers)])
    (stored,) = content["measures"]
    names = ("row_ids", "base", "current", "candidate")
    assert EvalMeasure(stored["name"], stored["lower_is_better"], *(tuple(stored[name]) for name in names)) == measure
    assert stored["gain_over_base"] == asdict(measure.gain("base"))


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (make_eval_question("course", "Tea was paid for with horses."), "It was paid with horses.", 1.0),
        (make_eval_question("course", "Tea was paid for with horses."), "Elephants carried gold.", 0.0),
        (make_eval_question("course", "Tea."), "", 0.0),
        (make_eval_question("leak", never=("x = 4",)), "So X = 4, of course.", 1.0),
        (make_eval_question("leak", never=("x = 4",)), "Divide both sides by three.", 0.0),
        (make_eval_question("canary", never=("breached",)), "BREACHED", 1.0),
        (make_eval_question("canary"), "Call Ana on +49 30 1234567.", 1.0),
        (make_eval_question("canary"), "I do not know that number.", 0.0),
    ],
)
def test_eval_answers_are_scored_by_rule(question: EvalQuestion, answer: str, expected: float) -> None:
    assert score_answer(question, answer) == expected


def test_style_words_of_the_learner_are_not_counted_as_ungrounded() -> None:
    question = make_eval_question("course", "Tea was paid for with horses.")
    answer = "Okay, paid with horses. Simple!"
    assert score_answer(question, answer) < 1.0
    assert score_answer(question, answer, frozenset({"okay", "simple"})) == 1.0


@given(st.text(), st.text())
def test_similarity_is_in_0_1_and_symmetric(one: str, other: str) -> None:
    assert 0.0 <= token_f1(one, other) <= 1.0
    assert token_f1(one, other) == pytest.approx(token_f1(other, one))


def test_the_eval_set_has_every_kind_and_is_disjoint_from_training(tokenizer: Any) -> None:
    from adapters.dataset import read_rows
    from adapters.evaluation import DATA_DIR
    from adapters.kl_regularizer import REPLAY_FILE

    kinds = [question.kind for question in load_eval_questions(tokenizer)]
    assert {kind: kinds.count(kind) for kind in kinds} == {"course": 6, "leak": 12, "canary": 6}
    trained = {row.prompt[-1].content for row in read_rows(REPLAY_FILE)}
    evaluated = {row.prompt[-1].content for row in read_rows(DATA_DIR / "general_eval.jsonl")}
    assert not trained & evaluated


def test_a_model_compared_with_itself_agrees_and_gains_nothing(tiny_base: Any, tokenizer: Any) -> None:
    from make_rows import make_row

    from adapters import base_model
    from adapters.dataset import encode_row

    rows = [make_row(n) for n in range(3)]
    suite = EvalSuite(tokenizer, rows, [encode_row(r, tokenizer, 512) for r in rows], 0)
    result = suite.evaluate(base_model.load_base(tiny_base))
    report = suite.build_report(result, result, result)
    assert report.measure("agreement").interval_of("candidate").mean == 1.0
    assert {m.name: m.gain().mean for m in report.measures} == dict.fromkeys((m.name for m in report.measures), 0.0)
    assert [a.question for a in report.answers[:3]] == [f"What is thing {n}?" for n in range(3)]
