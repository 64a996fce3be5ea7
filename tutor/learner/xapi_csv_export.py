"""Exchange: events and class numbers in forms that other programs read, xAPI statements and CSV.

Learners are named by their pseudonyms. A cell that a spreadsheet would run as a formula is made plain text.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tutor.domain import Outcome
from tutor.learner.class_overview import Classroom
from tutor.learner.disclosure_control import outward, shown
from tutor.learner.evidence import Answered, Retracted

VERBS = "http://adlnet.gov/expapi/verbs/"
VOIDED = f"{VERBS}voided"
SPACE = uuid.UUID("6f0f2f6e-6d0b-5c6e-9a43-0f2d1c5b7a11")  # of our events' ids, so that a statement keeps its UUID
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SCORE = {Outcome.RIGHT: 1.0, Outcome.PARTIAL: 0.5, Outcome.WRONG: 0.0}
Event = Answered | Retracted


def xapi(
    events: Iterable[Event], learners: Mapping[str, str], names: Mapping[str, str], home: str
) -> list[dict[str, Any]]:
    """Return xAPI 1.0.3 statements; a correction is a new statement after one that voids the old.

    `learners` gives each learner's pseudonym, `names` each skill's name; `home` is the address of this house.
    """
    home = home.rstrip("/")
    statements: list[dict[str, Any]] = []
    retractions: set[str | None] = set()
    for event in events:
        if isinstance(event, Retracted):
            retractions.add(event.id)
            statements.append(_voiding(event.answer_id, event.at.isoformat(), home, event.id))
            continue
        if event.supersedes and event.supersedes not in retractions:  # what voids is never voided
            statements.append(_voiding(event.supersedes, event.at.isoformat(), home, event.id))
        statements.append(_answered(event, learners[event.learner_id], names, home))
    return statements


def statement_id(event_id: str) -> str:
    """Return the id of the statement that tells of an event of this house."""
    return str(uuid.uuid5(SPACE, event_id))


def _answered(answer: Answered, learner: str, names: Mapping[str, str], home: str) -> dict[str, Any]:
    about = {
        f"{home}/xapi/skills": [{"id": skill, "name": names.get(skill, skill)} for skill in answer.skills],
        f"{home}/xapi/hints": answer.hints,
        f"{home}/xapi/aided": not answer.unaided,
        f"{home}/xapi/judge": answer.judge,
        f"{home}/xapi/origin": answer.origin.value,
    }
    if answer.misconception:
        about[f"{home}/xapi/misconception"] = answer.misconception
    return {
        "id": statement_id(answer.id),
        "actor": {"objectType": "Agent", "account": {"homePage": home, "name": learner}},
        "verb": {"id": f"{VERBS}answered", "display": {"en-US": "answered"}},
        "object": {
            "objectType": "Activity",
            "id": f"{home}/courses/{answer.course_id}/items/{answer.item_id}",
            "definition": {"type": "http://adlnet.gov/expapi/activities/question"},
        },
        "result": {"success": answer.right, "score": {"scaled": SCORE[answer.outcome]}},
        "context": {
            "contextActivities": {"parent": [{"objectType": "Activity", "id": f"{home}/courses/{answer.course_id}"}]},
            "extensions": about,
        },
        "timestamp": answer.at.isoformat(),
        "version": "1.0.3",
    }


def _voiding(answer_id: str, at: str, home: str, by_event: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(SPACE, f"void:{by_event}")),
        "actor": {"objectType": "Agent", "account": {"homePage": home, "name": "tutor"}},
        "verb": {"id": VOIDED, "display": {"en-US": "voided"}},
        "object": {"objectType": "StatementRef", "id": statement_id(answer_id)},
        "timestamp": at,
        "version": "1.0.3",
    }


def answers_csv(answers: Iterable[Answered], names: Mapping[str, str]) -> str:
    """Return a learner's answers that stand, one a row, the oldest first."""
    head = ("time", "skills", "item", "outcome", "hints", "aided", "judge", "origin", "misconception")
    rows = (
        (
            answer.at.isoformat(timespec="seconds"),
            "; ".join(names.get(skill, skill) for skill in answer.skills),
            answer.item_id,
            answer.outcome.value,
            answer.hints,
            "no" if answer.unaided else "yes",
            answer.judge,
            answer.origin.value,
            answer.misconception or "",
        )
        for answer in answers
    )
    return _csv(head, rows)


def class_csv(seen: Classroom, names: Mapping[str, str]) -> str:
    """Return one row a skill with how many learners stand where; numbers under five are not told."""
    told = outward(seen)
    head = ("skill", "learners", "known", "learning", "stuck", "not met")
    rows = ((names[skill], shown(told.size), *parts) for skill, parts in told.rows.items())
    return _csv(head, rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
