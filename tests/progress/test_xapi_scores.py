"""A score of another system that contradicts itself is no answer; a sound one counts from its own minimum."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tutor.domain import Outcome
from tutor.learner.xapi_reader import parse_statements
from tutor.locales import CATALOGS, find_message

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def parse_score(score, **result):
    statement = {
        "id": "s1",
        "actor": {"name": "Mira"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "http://example.org/q1"},
        "timestamp": "2026-02-01T10:00:00Z",
        "result": {"score": score, **result},
    }
    return parse_statements(json.dumps([statement]).encode(), NOW)


@pytest.mark.parametrize(
    "score",
    [
        {"raw": 5, "min": 0, "max": 0},
        {"raw": 5, "min": 10, "max": 5},
        {"raw": 5, "max": -1},
        {"raw": 12, "min": 0, "max": 10},
        {"raw": -3, "min": 0, "max": 10},
        {"raw": -3, "max": 10},
        {"scaled": 1.5},
        {"scaled": -2},
        {"scaled": "1"},
        {"scaled": True},
        {"raw": "ten", "max": 10},
        {"scaled": 1, "raw": 11, "max": 10},
        {"scaled": float("nan")},
        {"raw": 1, "max": float("inf")},
        {"raw": 1, "max": 10**400},
    ],
)
def test_a_score_that_makes_no_sense_is_refused(score):
    for result in ({}, {"success": True}):
        parsed = parse_score(score, **result)
        assert parsed.answers == ()
        assert [one.error.key for one in parsed.rejected] == ["xapi_score"]


@pytest.mark.parametrize(
    ("score", "outcome"),
    [
        ({"raw": 10, "min": 0, "max": 10}, Outcome.RIGHT),
        ({"raw": 1, "min": 1, "max": 5}, Outcome.WRONG),
        ({"raw": 3, "min": 1, "max": 5}, Outcome.PARTIAL),
        ({"scaled": -0.5}, Outcome.WRONG),
        ({"scaled": 1.0, "raw": 4, "max": 4}, Outcome.RIGHT),
    ],
)
def test_a_sound_score_counts_from_its_minimum(score, outcome):
    (answer,) = parse_score(score).answers
    assert answer.outcome is outcome


def test_the_refusal_is_worded_in_every_language():
    for language in CATALOGS:
        if language != "en":
            assert "{score}" in (
                find_message(language, "error_xapi_score") or find_message(language, "xapi_score") or ""
            )
