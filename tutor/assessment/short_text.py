"""Grades a short free-text answer against reference answers, and against answers that persons have graded.

A fitted logistic model and a small network score the features of `answer_features.py`, graded answers correct them
(`gaussian_process_grader.py`), and rules veto "right" where an answer says the opposite, another number or a
look-alike term (`veto_rules.py`). A doubtful case is unsure and goes to the instructor. Reasons name points of the
reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tutor.assessment import answer_key_points
from tutor.assessment.answer_features import AnswerEmbedder, GradingCase, TextEncoder, extract_answer_features
from tutor.assessment.choice_grading import grade_cloze
from tutor.assessment.gaussian_process_grader import GpInput, GpModel, load_gp_model
from tutor.assessment.items import Grade, GradedExample, unsure_grade
from tutor.assessment.logistic import LogisticModel, load_models
from tutor.assessment.neural_grader import GradingEnsemble, GradingNetwork, load_network
from tutor.assessment.veto_rules import find_veto
from tutor.assessment.word_diff import tokenize
from tutor.domain import Outcome
from tutor.locales.grading_reasons import grading_reason

MODEL_FILE = Path(__file__).with_name("short_text_model.json")
NETWORK_FILE = Path(__file__).with_name("short_text_network.npz")
CONFIDENCE_THRESHOLD = 0.72  # calibrated probability below which an answer is unsure
PARTIAL_THRESHOLD = 0.5  # share of the reference's points from which a wrong answer is partly right
MAX_EXAMPLES = 150  # the latest graded answers of a question that are used


@dataclass(slots=True)
class ShortTextGrader:
    """Grades with an injected embedder; one instance may be shared between threads, its cache only saves time."""

    embedder: AnswerEmbedder
    threshold: float = CONFIDENCE_THRESHOLD
    _encoder: TextEncoder = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._encoder = TextEncoder(self.embedder)

    def grade(
        self, question: str, references: Sequence[str], answer: str, examples: Sequence[GradedExample] = ()
    ) -> Grade:
        """Grade an answer; raises ValueError without a reference."""
        if not references:
            raise ValueError("a short-text question needs a reference answer")
        known = _same_text_grade(answer, examples)
        if known is not None:
            return known
        if _is_term(answer) and all(_is_term(reference) for reference in references):
            return grade_cloze(answer, tuple(references))
        if not (MODEL_FILE.is_file() and NETWORK_FILE.is_file()):
            return unsure_grade("no_model_fitted")
        probability = self.probability(question, references, answer, examples)
        found = self._best_key_points(question, references, answer)
        return _to_grade(probability, found, find_veto(answer, references, question), self.threshold)

    def probability(
        self, question: str, references: Sequence[str], answer: str, examples: Sequence[GradedExample] = ()
    ) -> float:
        """Return the calibrated probability that the answer is right."""
        latest = list(examples)[-MAX_EXAMPLES:]
        asked, *rest = self._encoder.encode([question, *references, answer, *(one.answer for one in latest)])
        encoded = tuple(rest[: len(references)])
        given, *others = (self._to_gp_input(GradingCase(asked, encoded, text)) for text in rest[len(references) :])
        grades = (one.right for one in latest)
        return _gp_model().probability(given, list(zip(others, grades, strict=True)))

    def _to_gp_input(self, case: GradingCase) -> GpInput:
        features, network = extract_answer_features(case), _network()
        usable = network if network.supports_embedder(self.embedder.name) else None
        ensemble = GradingEnsemble(_logistic_models()["right"], usable)
        return _gp_model().to_input(case, features, ensemble.log_odds(case, features))

    def _best_key_points(
        self, question: str, references: Sequence[str], answer: str
    ) -> tuple[answer_key_points.KeyPoint, ...]:
        """Return the points of the reference that the answer comes nearest to."""
        found = [
            answer_key_points.score_key_points(question, reference, answer, self._encoder) for reference in references
        ]
        return max(found, key=lambda some: sum(point.coverage for point in some) / len(some))


@cache
def _gp_model() -> GpModel:
    return load_gp_model(MODEL_FILE)


@cache
def _logistic_models() -> dict[str, LogisticModel]:
    return load_models(MODEL_FILE)


@cache
def _network() -> GradingNetwork:
    return load_network(NETWORK_FILE)


def _same_text_grade(answer: str, examples: Sequence[GradedExample]) -> Grade | None:
    """Return the latest grade that a person gave to the same words."""
    words = tokenize(answer).words
    same = [one for one in examples if tokenize(one.answer).words == words and words]
    if not same:
        return None
    outcome = Outcome.RIGHT if same[-1].right else Outcome.WRONG
    return Grade(outcome, 1.0, (grading_reason("same_words"),))


def _is_term(text: str) -> bool:
    return len(tokenize(text).words) <= 3


def _to_grade(
    probability: float, found: Sequence[answer_key_points.KeyPoint], veto_reason: str, threshold: float
) -> Grade:
    named, missing = answer_key_points.covered_points(found), answer_key_points.missing_points(found)
    if probability < threshold or veto_reason:
        missing = missing or answer_key_points.weakest_point(found)
    names = [grading_reason("names", phrases=_quote_phrases(named))] if named else []
    reasons = [*names, grading_reason("misses", phrases=_quote_phrases(missing))] if missing else names
    wrong = 1 - probability
    if veto_reason:
        outcome = Outcome.WRONG if wrong >= threshold else Outcome.UNSURE
        return Grade(outcome, max(wrong, 0.0), (veto_reason, *reasons), missing)
    if probability >= threshold:
        return Grade(Outcome.RIGHT, probability, tuple(names) or (grading_reason("says_reference"),))
    if wrong < threshold:
        return Grade(Outcome.UNSURE, max(probability, wrong), (*reasons, grading_reason("too_close")), missing)
    partly = bool(named) and len(named) / len(found) >= PARTIAL_THRESHOLD
    outcome = Outcome.PARTIAL if partly else Outcome.WRONG
    return Grade(outcome, wrong, tuple(reasons) or (grading_reason("not_reference"),), missing)


def _quote_phrases(phrases: Sequence[str]) -> str:
    return ", ".join(f"“{phrase}”" for phrase in phrases[:3])
