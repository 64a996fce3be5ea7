"""An answer is scored by what its row says that it must and must not say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.tutoring import read_rows, sample_rows
from bench.tutoring_scoring import FORMS, Row, Verdict, score_answer, stands_in

QUESTIONS = [Path("bench") / f"tutoring_questions_{part}.jsonl" for part in ("dev", "unseen")]


def row(must: list[list[str]], must_not: tuple[str, ...] = (), *, covered: bool = True) -> Row:
    return Row("plants", "Why are leaves green?", "why", tuple(map(tuple, must)), must_not, covered)


def verdict(asked: Row, answer: str, *, refused: bool = False) -> Verdict:
    return score_answer(asked, answer, refused=refused).verdict


def test_an_answer_is_right_when_it_says_one_wording_of_every_point():
    asked = row([["chlorophyll"], ["reflects", "gives back"]])
    assert verdict(asked, "Chlorophyll gives back green light.") is Verdict.RIGHT


def test_an_answer_with_half_of_the_points_is_partly_right_and_one_with_fewer_is_wrong():
    asked = row([["chlorophyll"], ["reflects"], ["red"], ["blue"]])
    assert verdict(asked, "Chlorophyll absorbs red light.") is Verdict.PARTLY
    assert verdict(asked, "It contains chlorophyll.") is Verdict.WRONG


def test_an_answer_that_says_what_it_must_not_is_wrong_whatever_else_it_says():
    score = score_answer(row([["green"]], ("absorbs green",)), "It absorbs green light.", refused=False)
    assert score.verdict is Verdict.WRONG
    assert score.said == ("absorbs green",)


def test_declining_is_refused_for_a_covered_question_and_right_for_an_uncovered_one():
    assert verdict(row([["green"]]), "I did not find this.", refused=True) is Verdict.REFUSED
    assert verdict(row([], covered=False), "I did not find this.", refused=True) is Verdict.RIGHT
    assert verdict(row([], covered=False), "It was Napoleon.") is Verdict.WRONG


@pytest.mark.parametrize(
    ("wording", "answer"),
    [
        ("mini-batch", "A MINI batch is drawn."),
        ("chloroplast", "Chloroplasts are green."),
        ("O(n)", "It takes $O(n)$ steps."),
        ("类囊体膜", "在 类囊体 膜 上进行。"),
        ("ReLU", "使用ReLU函数"),
        ("//", "Floor division is written 7 // 4."),
        ("50 percent", "ＦＩＦＴＹ or 50 percent."),
    ],
)
def test_a_wording_stands_in_an_answer_case_and_punctuation_aside(wording: str, answer: str):
    assert stands_in(wording, answer)


@pytest.mark.parametrize(
    ("wording", "answer"),
    [("3", "It is 30."), ("3", "It is 13."), ("or", "It is for you."), ("==", "x = 3"), ("", "anything"), ("?!", "")],
)
def test_part_of_a_number_or_the_end_of_a_word_is_not_the_wording(wording: str, answer: str):
    assert not stands_in(wording, answer)


def test_a_line_that_is_no_row_is_named(tmp_path: Path):
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"question": "Why?"}) + "\n")
    with pytest.raises(ValueError, match="Why"):
        read_rows([file])
    with pytest.raises(ValueError, match="points"):
        Row.from_json({"course": "plants", "question": "Why?", "form": "why", "must": []})


def test_a_sample_has_questions_of_every_form_and_is_the_same_again():
    rows = [Row("plants", f"{form} {number}", form, (("x",),)) for form in FORMS for number in range(5)]
    some = sample_rows(rows, 20, seed=1)
    assert [sum(one.form == form for one in some) for form in FORMS] == [2] * len(FORMS)
    assert some == sample_rows(rows, 20, seed=1)
    assert some != sample_rows(rows, 20, seed=2)


def test_our_questions_are_of_all_forms_a_fifth_follows_up_and_a_twelfth_is_not_covered():
    for path in QUESTIONS:
        rows = read_rows([path])
        assert len(rows) >= 75
        assert {one.form for one in rows} == set(FORMS)
        assert sum(bool(one.after) for one in rows) >= len(rows) / 5
        assert sum(not one.covered for one in rows) >= len(rows) / 12
    dev, unseen = ({(one.question, one.after) for one in read_rows([path])} for path in QUESTIONS)
    assert not dev & unseen
