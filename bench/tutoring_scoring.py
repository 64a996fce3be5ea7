"""Score one answer of the tutor: right, partly, wrong or refused. Pure.

A wording stands in an answer when its words follow each other there, case and punctuation aside. Words may go on
("chloroplast" stands in "chloroplasts"), numbers may not ("3" does not stand in "30"). A wording of signs alone ("//")
is looked for as it is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FORMS = (
    "definition",
    "list",
    "steps",
    "comparison",
    "why",
    "how",
    "fact",
    "calculation",
    "figure",
    "conversation",
)
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}]) | (?=[{_HAN}])")


class Verdict(StrEnum):
    """How good an answer is."""

    RIGHT = "right"  # covered as said, every point there, nothing that must not be
    PARTLY = "partly"  # at least half of the points, nothing that must not be
    WRONG = "wrong"
    REFUSED = "refused"  # the course covers it, and the tutor says that it does not


@dataclass(frozen=True, slots=True)
class Row:
    """A question and what its answer must say.

    `must` are points, each a list of wordings of which one must stand in the answer; `must_not` are wordings of which
    none may. `after` are the earlier questions of the conversation.
    """

    course: str
    question: str
    form: str
    must: tuple[tuple[str, ...], ...]
    must_not: tuple[str, ...] = ()
    covered: bool = True
    after: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, row: dict[str, object]) -> Row:
        """Read a line of a file of questions. Raises ValueError that names what is missing or wrong."""
        try:
            must, must_not, after = row.get("must") or [], row.get("must_not") or [], row.get("after") or []
            assert isinstance(must, list) and isinstance(must_not, list) and isinstance(after, list)
            points = tuple((point,) if isinstance(point, str) else tuple(point) for point in must)
            read = cls(
                course=str(row["course"]),
                question=str(row["question"]),
                form=str(row.get("form", "")),
                must=points,
                must_not=tuple(must_not),
                covered=bool(row.get("covered", True)),
                after=tuple(after),
            )
        except (KeyError, AssertionError, TypeError) as error:
            raise ValueError(f"not a row of questions ({error}): {row}") from error
        if read.covered and not read.must:
            raise ValueError(f"a covered question needs points that its answer must say: {read.question!r}")
        return read


@dataclass(frozen=True, slots=True)
class Score:
    """The verdict on an answer, and what it rests on."""

    verdict: Verdict
    missing: tuple[tuple[str, ...], ...] = ()  # points that the answer does not say
    said: tuple[str, ...] = ()  # wordings of `must_not` that it says


def score_answer(row: Row, answer: str, *, refused: bool) -> Score:
    """Compare an answer with its row; `refused` is whether the tutor said that the course does not cover it."""
    if not row.covered:
        return Score(Verdict.RIGHT if refused else Verdict.WRONG)
    if refused:
        return Score(Verdict.REFUSED, row.must)
    missing = tuple(point for point in row.must if not any(stands_in(wording, answer) for wording in point))
    said = tuple(wording for wording in row.must_not if stands_in(wording, answer))
    return Score(_verdict(len(row.must), len(missing), bool(said)), missing, said)


def _verdict(points: int, missing: int, says_wrong: bool) -> Verdict:
    if says_wrong:
        return Verdict.WRONG
    if not missing:
        return Verdict.RIGHT
    return Verdict.PARTLY if 2 * missing <= points else Verdict.WRONG


def stands_in(wording: str, answer: str) -> bool:
    """Return whether a wording stands in an answer, case and punctuation aside."""
    wanted = plain_words(wording)
    if not wanted:
        return bool(wording.strip()) and wording.strip() in answer
    before = "" if re.match(rf"[{_HAN}]", wanted) else r"(?<![^\W" + rf"{_HAN}])"
    after = r"(?!\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, plain_words(answer)) is not None


def plain_words(text: str) -> str:
    """Return text in lower case without punctuation and signs, one space between words and none beside Han."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded)
    return _BESIDE_HAN.sub("", " ".join(letters.split()))


def share(verdicts: Sequence[Verdict], verdict: Verdict) -> float:
    """Return the share of a verdict among several, in [0, 1]; 0 without any."""
    return round(verdicts.count(verdict) / len(verdicts), 4) if verdicts else 0.0
