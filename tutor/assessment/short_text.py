"""Grading a short free-text answer against reference answers, and against answers that people have graded.

A fitted logistic model and a small network weigh what `answer_features.py` reads, graded answers correct them
(`gp_grader.py`),
and rules veto "right" where an answer says the opposite, another number or a look-alike term. A doubtful case is unsure
and goes to the instructor. Reasons name points of the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tutor.assessment import answer_key_points
from tutor.assessment.answer_features import Case, Embedder, Reader, features
from tutor.assessment.choice_grading import grade_cloze
from tutor.assessment.gp_grader import Answer, Neighbourhood, read_neighbourhood
from tutor.assessment.items import Grade, Graded, unsure
from tutor.assessment.logistic import Logistic, read_models
from tutor.assessment.network import Jury, Network, read_network
from tutor.assessment.veto_rules import veto
from tutor.assessment.word_diff import read_words
from tutor.domain import Outcome

MODEL = Path(__file__).with_name("short_text_model.json")
NETWORK = Path(__file__).with_name("short_text_network.npz")
SURE = 0.72  # calibrated probability from which a verdict is given
MOSTLY = 0.5  # share of the reference's points from which a wrong answer is a partial one
MAX_GRADED = 150  # graded answers of a question that are looked at, the latest


@dataclass(slots=True)
class ShortTextGrader:
    """Grades with an injected embedder; one instance may be shared, its memory only saves time."""

    embedder: Embedder
    sure: float = SURE
    _reader: Reader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._reader = Reader(self.embedder)

    def grade(self, question: str, references: Sequence[str], answer: str, graded: Sequence[Graded] = ()) -> Grade:
        """Grade an answer; raises ValueError without a reference."""
        if not references:
            raise ValueError("a short-text question needs a reference answer")
        known = _already_graded(answer, graded)
        if known is not None:
            return known
        if _is_term(answer) and all(_is_term(reference) for reference in references):
            return grade_cloze(answer, tuple(references))
        if not (MODEL.is_file() and NETWORK.is_file()):
            return unsure("no model for free text is fitted; the instructor will grade this")
        probability = self.probability(question, references, answer, graded)
        found = self._points(question, references, answer)
        return _verdict(probability, found, veto(answer, references, question), self.sure)

    def probability(
        self, question: str, references: Sequence[str], answer: str, graded: Sequence[Graded] = ()
    ) -> float:
        """The calibrated probability that the answer is right."""
        latest = list(graded)[-MAX_GRADED:]
        asked, *rest = self._reader.read([question, *references, answer, *(one.answer for one in latest)])
        held = tuple(rest[: len(references)])
        given, *others = (self._described(Case(asked, held, text)) for text in rest[len(references) :])
        verdicts = (one.right for one in latest)
        return _neighbourhood().probability(given, list(zip(others, verdicts, strict=True)))

    def _described(self, case: Case) -> Answer:
        row, network = features(case), _network()
        jury = Jury(_models()["right"], network if network.knows(self.embedder.name) else None)
        return _neighbourhood().describe(case, row, jury.log_odds(case, row))

    def _points(self, question: str, references: Sequence[str], answer: str) -> tuple[answer_key_points.Point, ...]:
        """The points of the reference that the answer comes nearest to."""
        found = [answer_key_points.points(question, reference, answer, self._reader) for reference in references]
        return max(found, key=lambda some: sum(point.named for point in some) / len(some))


@cache
def _neighbourhood() -> Neighbourhood:
    return read_neighbourhood(MODEL)


@cache
def _models() -> dict[str, Logistic]:
    return read_models(MODEL)


@cache
def _network() -> Network:
    return read_network(NETWORK)


def _already_graded(answer: str, graded: Sequence[Graded]) -> Grade | None:
    """A person has graded these very words: her latest verdict stands."""
    words = read_words(answer).words
    same = [one for one in graded if read_words(one.answer).words == words and words]
    if not same:
        return None
    outcome = Outcome.RIGHT if same[-1].right else Outcome.WRONG
    return Grade(outcome, 1.0, ("an instructor has graded the same words",))


def _is_term(text: str) -> bool:
    return len(read_words(text).words) <= 3


def _verdict(probability: float, found: Sequence[answer_key_points.Point], against: str, sure: float) -> Grade:
    named, missing = answer_key_points.named(found), answer_key_points.missing(found)
    if probability < sure or against:
        missing = missing or answer_key_points.weakest(found)
    names = [f"names {_listed(named)}"] if named else []
    said = [*names, f"misses {_listed(missing)}"] if missing else names
    if against:
        confidence = 1 - probability
        outcome = Outcome.WRONG if confidence >= sure else Outcome.UNSURE
        return Grade(outcome, max(confidence, 0.0), (against, *said), missing)
    if probability >= sure:
        return Grade(Outcome.RIGHT, probability, tuple(names) or ("says what the reference says",))
    if 1 - probability < sure:
        return Grade(
            Outcome.UNSURE,
            max(probability, 1 - probability),
            (*said, "close to the line: the instructor decides"),
            missing,
        )
    partly = bool(named) and len(named) / len(found) >= MOSTLY
    outcome = Outcome.PARTIAL if partly else Outcome.WRONG
    return Grade(outcome, 1 - probability, tuple(said) or ("does not say what the reference says",), missing)


def _listed(phrases: Sequence[str]) -> str:
    quoted = [f"“{phrase}”" for phrase in phrases[:3]]
    return ", ".join(quoted)
