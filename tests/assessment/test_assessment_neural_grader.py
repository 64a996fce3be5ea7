"""The small network next to the logistic model: plain arrays, used only on vectors of its own embedder."""

from __future__ import annotations

import numpy as np
import pytest

from bench.fit_grading_network import fit_network
from knowledge.embedding import HashingEmbedder
from tutor.assessment import short_text
from tutor.assessment.answer_features import GradingCase, TextEncoder, extract_answer_features
from tutor.assessment.items import GradedExample
from tutor.assessment.logistic import LogisticModel
from tutor.assessment.neural_grader import (
    MAX_LOG_ODDS,
    GradingEnsemble,
    GradingNetwork,
    load_network,
    vector_comparison,
)
from tutor.assessment.short_text import NETWORK_FILE, ShortTextGrader
from tutor.domain import Outcome

ANSWERS = ["salt stays", "salt stays behind", "the salt is left", "a magnet", "with a magnet", "some paper"] * 8
RIGHT = np.array([True, True, True, False, False, False] * 8)


def read(*answers: str) -> list[GradingCase]:
    reader = TextEncoder(HashingEmbedder())
    question, reference, other, *given = reader.encode(["What stays?", "the salt stays behind", "paper", *answers])
    return [GradingCase(question, (other, reference), one) for one in given]


@pytest.fixture(scope="module")
def fitted_network() -> tuple[GradingNetwork, list[GradingCase]]:
    cases = read(*ANSWERS)
    rows = [extract_answer_features(case) for case in cases]
    names = sorted(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    return fit_network(cases, x, RIGHT, names, "hashing-64"), cases


def test_the_network_separates_its_training_data_and_clips_confidence(fitted_network):
    network, cases = fitted_network
    said = np.array([network.log_odds(case, extract_answer_features(case)) for case in cases])
    assert said[RIGHT].min() > said[~RIGHT].max()
    beyond = dict.fromkeys(extract_answer_features(cases[0]), 1e6)
    assert abs(network.log_odds(cases[0], beyond)) == MAX_LOG_ODDS


def test_the_answer_is_compared_with_the_nearest_reference():
    near, far = read("the salt stays behind", "paper")
    assert vector_comparison(near)[:64] == pytest.approx(np.zeros(64))
    assert vector_comparison(far)[:64] == pytest.approx(np.zeros(64))


def test_saving_round_trips_and_fitting_is_deterministic(fitted_network, tmp_path):
    network, cases = fitted_network
    network.save(tmp_path / "n.npz")
    again = load_network(tmp_path / "n.npz")
    for case in cases[:6]:
        assert again.log_odds(case, extract_answer_features(case)) == network.log_odds(
            case, extract_answer_features(case)
        )
    assert again.supports_embedder("hashing-64") and not again.supports_embedder("hashing-32")


def test_the_ensemble_downweights_the_network_and_falls_back_to_logistic(fitted_network):
    network, cases = fitted_network
    row = extract_answer_features(cases[0])
    logistic = LogisticModel({"best_cosine": 2.0}, -1.0)
    both = GradingEnsemble(logistic, network).log_odds(cases[0], row)
    assert both == pytest.approx((2 * logistic.log_odds(row) + network.log_odds(cases[0], row)) / 3)
    assert GradingEnsemble(logistic, None).log_odds(cases[0], row) == logistic.log_odds(row)


def test_the_shipped_network_ignores_vectors_of_another_embedder(monkeypatch):
    grader, about = ShortTextGrader(HashingEmbedder()), ("What stays?", ["the salt stays behind"], "salt stays there")
    alone = grader.probability(*about)
    assert not load_network(NETWORK_FILE).supports_embedder(HashingEmbedder().name)
    monkeypatch.setattr(GradingNetwork, "log_odds", lambda *_: MAX_LOG_ODDS)
    assert grader.probability(*about) == alone


def test_without_the_model_file_free_text_is_unsure_and_instructor_grades_stand(monkeypatch, tmp_path):
    monkeypatch.setattr(short_text, "NETWORK_FILE", tmp_path / "none.npz")
    grader, about = ShortTextGrader(HashingEmbedder()), ("What stays?", ["the salt stays behind"])
    assert grader.grade(*about, "the salt stays behind").outcome is Outcome.UNSURE
    assert grader.grade(*about, "it is so", [GradedExample("It is so!", True)]).outcome is Outcome.RIGHT
