"""Exports events as xAPI statements and class figures as CSV.

Learners are named by their pseudonyms. A cell that a spreadsheet would run as a formula is made plain text.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tutor.domain import Outcome
from tutor.learner.class_overview import ClassOverview
from tutor.learner.disclosure_control import disclosable_figures, mask_small_count
from tutor.learner.evidence import AnswerEvent, EvidenceEvent, RetractionEvent

VERB_PREFIX = "http://adlnet.gov/expapi/verbs/"
VOIDED_VERB = f"{VERB_PREFIX}voided"
STATEMENT_NAMESPACE = uuid.UUID("6f0f2f6e-6d0b-5c6e-9a43-0f2d1c5b7a11")  # an event always has the same statement id
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SCALED_SCORES = {Outcome.RIGHT: 1.0, Outcome.PARTIAL: 0.5, Outcome.WRONG: 0.0}


def to_xapi_statements(
    events: Iterable[EvidenceEvent], learners: Mapping[str, str], names: Mapping[str, str], home_url: str
) -> list[dict[str, Any]]:
    """Return xAPI 1.0.3 statements; a regrade is a statement that voids the old one, followed by a new one.

    `learners` gives each learner's pseudonym, `names` each skill's name; `home_url` is the address of this server.
    """
    home_url = home_url.rstrip("/")
    statements: list[dict[str, Any]] = []
    retractions: set[str | None] = set()
    for event in events:
        if isinstance(event, RetractionEvent):
            retractions.add(event.id)
            statements.append(_voiding_statement(event.answer_id, event.at.isoformat(), home_url, event.id))
            continue
        if event.supersedes and event.supersedes not in retractions:  # a voiding statement is never voided
            statements.append(_voiding_statement(event.supersedes, event.at.isoformat(), home_url, event.id))
        statements.append(_answered_statement(event, learners[event.learner_id], names, home_url))
    return statements


def statement_id(event_id: str) -> str:
    """Return the id of the statement of an event of this server."""
    return str(uuid.uuid5(STATEMENT_NAMESPACE, event_id))


def _answered_statement(answer: AnswerEvent, learner: str, names: Mapping[str, str], home_url: str) -> dict[str, Any]:
    about = {
        f"{home_url}/xapi/skills": [{"id": skill, "name": names.get(skill, skill)} for skill in answer.skills],
        f"{home_url}/xapi/hints": answer.hints,
        f"{home_url}/xapi/aided": not answer.is_unaided,
        f"{home_url}/xapi/judge": answer.judge,
        f"{home_url}/xapi/origin": answer.origin.value,
    }
    if answer.misconception:
        about[f"{home_url}/xapi/misconception"] = answer.misconception
    return {
        "id": statement_id(answer.id),
        "actor": {"objectType": "Agent", "account": {"homePage": home_url, "name": learner}},
        "verb": {"id": f"{VERB_PREFIX}answered", "display": {"en-US": "answered"}},
        "object": {
            "objectType": "Activity",
            "id": f"{home_url}/courses/{answer.course_id}/items/{answer.item_id}",
            "definition": {"type": "http://adlnet.gov/expapi/activities/question"},
        },
        "result": {"success": answer.is_right, "score": {"scaled": SCALED_SCORES[answer.outcome]}},
        "context": {
            "contextActivities": {
                "parent": [{"objectType": "Activity", "id": f"{home_url}/courses/{answer.course_id}"}]
            },
            "extensions": about,
        },
        "timestamp": answer.at.isoformat(),
        "version": "1.0.3",
    }


def _voiding_statement(answer_id: str, at: str, home_url: str, by_event: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(STATEMENT_NAMESPACE, f"void:{by_event}")),
        "actor": {"objectType": "Agent", "account": {"homePage": home_url, "name": "tutor"}},
        "verb": {"id": VOIDED_VERB, "display": {"en-US": "voided"}},
        "object": {"objectType": "StatementRef", "id": statement_id(answer_id)},
        "timestamp": at,
        "version": "1.0.3",
    }


def answers_to_csv(answers: Iterable[AnswerEvent], names: Mapping[str, str]) -> str:
    """Return a learner's current answers, one a row, the oldest first."""
    head = ("time", "skills", "item", "outcome", "hints", "aided", "judge", "origin", "misconception")
    rows = (
        (
            answer.at.isoformat(timespec="seconds"),
            "; ".join(names.get(skill, skill) for skill in answer.skills),
            answer.item_id,
            answer.outcome.value,
            answer.hints,
            "no" if answer.is_unaided else "yes",
            answer.judge,
            answer.origin.value,
            answer.misconception or "",
        )
        for answer in answers
    )
    return _write_csv(head, rows)


def class_to_csv(overview: ClassOverview, names: Mapping[str, str]) -> str:
    """Return one row a skill with the number of learners at each level; numbers under five are hidden."""
    figures = disclosable_figures(overview)
    head = ("skill", "learners", "known", "learning", "stuck", "not met")
    rows = ((names[skill], mask_small_count(figures.class_size), *cells) for skill, cells in figures.skills.items())
    return _write_csv(head, rows)


def _write_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_escape_formula(cell) for cell in row] for row in rows)
    return out.getvalue()


def _escape_formula(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_PREFIXES) else cell
