"""A part of the ranking that is fitted again can still be compared with the parts that were not."""

from __future__ import annotations

import numpy as np
import pytest

from bench.fit_multilingual import matched
from bench.fit_retrieval import RetrievalCase


def test_a_new_order_gives_gold_passages_the_score_and_lead_they_had():
    random = np.random.default_rng(5)
    cases = [RetrievalCase(random.random((6, 3)) + np.eye(6, 3), n % 3, True, 0, True) for n in range(40)]
    before, bias = np.array([1.0, 2.0, 0.5]), -0.25
    order, new_bias = matched(cases, np.array([10.0, 3.0, 8.0]), before, bias)
    assert order[0] / order[1] == pytest.approx(10 / 3)

    def gold_and_lead(weights: np.ndarray, offset: float) -> tuple[float, float]:
        scores = [case.evidence @ weights + offset for case in cases]
        gold = [one[case.gold] for one, case in zip(scores, cases, strict=True)]
        return float(np.mean(gold)), float(np.mean([g - one.mean() for g, one in zip(gold, scores, strict=True)]))

    assert gold_and_lead(order, new_bias) == pytest.approx(gold_and_lead(before, bias))
