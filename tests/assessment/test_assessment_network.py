"""The small network beside the logistic model: plain arrays, heard on the vectors that it knows and on no others."""

from __future__ import annotations

import numpy as np
import pytest

from bench.fit_grading_network import fit_network
from knowledge.embedding import HashingEmbedder
from tutor.assessment import short_text
from tutor.assessment.answer_features import Case, Reader, features
from tutor.assessment.items import Graded
from tutor.assessment.logistic import Logistic
from tutor.assessment.network import LIMIT, Jury, Network, compared, read_network
from tutor.assessment.short_text import NETWORK, ShortTextGrader
from tutor.domain import Outcome

ANSWERS = ["salt stays", "salt stays behind", "the salt is left", "a magnet", "with a magnet", "some paper"] * 8
RIGHT = np.array([True, True, True, False, False, False] * 8)


def read(*answers: str) -> list[Case]:
    reader = Reader(HashingEmbedder())
    question, reference, other, *given = reader.read(["What stays?", "the salt stays behind", "paper", *answers])
    return [Case(question, (other, reference), one) for one in given]


@pytest.fixture(scope="module")
def fitted() -> tuple[Network, list[Case]]:
    cases = read(*ANSWERS)
    rows = [features(case) for case in cases]
    names = sorted(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    return fit_network(cases, x, RIGHT, names, "hashing-64"), cases


def test_it_tells_apart_what_it_was_fitted_on_and_never_is_surer_than_its_limit(fitted):
    network, cases = fitted
    said = np.array([network.log_odds(case, features(case)) for case in cases])
    assert said[RIGHT].min() > said[~RIGHT].max()
    beyond = dict.fromkeys(features(cases[0]), 1e6)
    assert abs(network.log_odds(cases[0], beyond)) == LIMIT


def test_the_answer_is_compared_with_the_reference_that_is_nearest():
    near, far = read("the salt stays behind", "paper")
    assert compared(near)[:64] == pytest.approx(np.zeros(64))
    assert compared(far)[:64] == pytest.approx(np.zeros(64))


def test_what_is_written_is_what_is_read_and_the_same_rows_give_the_same_arrays(fitted, tmp_path):
    network, cases = fitted
    network.save(tmp_path / "n.npz")
    again = read_network(tmp_path / "n.npz")
    for case in cases[:6]:
        assert again.log_odds(case, features(case)) == network.log_odds(case, features(case))
    assert again.knows("hashing-64") and not again.knows("hashing-32")


def test_a_jury_hears_the_network_less_and_the_logistic_model_alone_without_one(fitted):
    network, cases = fitted
    row = features(cases[0])
    logistic = Logistic({"best_cosine": 2.0}, -1.0)
    both = Jury(logistic, network).log_odds(cases[0], row)
    assert both == pytest.approx((2 * logistic.log_odds(row) + network.log_odds(cases[0], row)) / 3)
    assert Jury(logistic, None).log_odds(cases[0], row) == logistic.log_odds(row)


def test_the_shipped_network_does_not_judge_the_vectors_of_another_embedder(monkeypatch):
    grader, about = ShortTextGrader(HashingEmbedder()), ("What stays?", ["the salt stays behind"], "salt stays there")
    alone = grader.probability(*about)
    assert not read_network(NETWORK).knows(HashingEmbedder().name)
    monkeypatch.setattr(Network, "log_odds", lambda *_: LIMIT)
    assert grader.probability(*about) == alone


def test_without_its_file_free_text_is_unsure_and_what_a_person_graded_stands(monkeypatch, tmp_path):
    monkeypatch.setattr(short_text, "NETWORK", tmp_path / "none.npz")
    grader, about = ShortTextGrader(HashingEmbedder()), ("What stays?", ["the salt stays behind"])
    assert grader.grade(*about, "the salt stays behind").outcome is Outcome.UNSURE
    assert grader.grade(*about, "it is so", [Graded("It is so!", True)]).outcome is Outcome.RIGHT
