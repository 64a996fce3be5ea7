"""Rows of turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from tutor.domain import Citation, Endorser, FiredRule, Guidance, Timings, Turn, TurnStatus, VerifiedAnswerRef
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import turns
from tutor.store.sealed_rows import TURNS, opened_first, opened_rows, sealed_values

_WITHOUT_PROMPT = sa.select(*(column for column in turns.c if column is not turns.c.prompt))  # prompts are long
_UNFINISHED = (TurnStatus.RUNNING.value, TurnStatus.INTERRUPTED.value)


def _values(turn: Turn) -> dict[str, Any]:
    return {
        "question": turn.question,
        "answer": turn.answer,
        "status": turn.status.value,
        "covered": turn.covered,
        "confidence": turn.confidence,
        "citations": [asdict(citation) for citation in turn.citations],
        "passages": list(turn.passages),
        "prompt_sha256": turn.prompt_sha256,
        "model": turn.model,
        "quantization": turn.quantization,
        "adapter": turn.adapter,
        "timings": asdict(turn.timings) if turn.timings else None,
        "verified": asdict(turn.verified) if turn.verified else None,
        "guidance": asdict(turn.guidance) if turn.guidance else None,
        "provenance": _provenance(turn),
    }


def _turn(row: Any) -> Turn:
    return Turn(
        id=row.id,
        conversation_id=row.conversation_id,
        learner_id=row.learner_id,
        course_id=row.course_id,
        question=row.question,
        answer=row.answer,
        status=TurnStatus(row.status),
        covered=row.covered,
        confidence=row.confidence,
        citations=tuple(Citation(**citation) for citation in row.citations),
        passages=tuple(row.passages),
        prompt_sha256=row.prompt_sha256,
        model=row.model,
        quantization=row.quantization,
        adapter=row.adapter,
        timings=Timings(**row.timings) if row.timings else None,
        replaces=row.replaces,
        created_at=from_iso(row.created_at),
        verified=_verified(row.verified) if row.verified else None,
        guidance=Guidance(**row.guidance) if row.guidance else None,
        read=tuple(Citation(**passage) for passage in (row.provenance or {}).get("read", ())),
        rules=tuple(FiredRule(**rule) for rule in (row.provenance or {}).get("rules", ())),
    )


def _provenance(turn: Turn) -> dict[str, Any] | None:
    if not turn.read and not turn.rules:
        return None
    return {"read": [asdict(one) for one in turn.read], "rules": [asdict(one) for one in turn.rules]}


def _verified(value: dict[str, Any]) -> VerifiedAnswerRef:
    return VerifiedAnswerRef(value["correction_id"], Endorser(value["voice"]), value["whole"])


def add(connection: sa.Connection, turn: Turn) -> None:
    """Store a turn at the end of its conversation; hides the turn it replaces and all after that one."""
    if turn.replaces:
        _hide_from(connection, turn.conversation_id, turn.replaces)
    last = connection.scalar(
        sa.select(sa.func.max(turns.c.number)).where(turns.c.conversation_id == turn.conversation_id)
    )
    connection.execute(
        turns.insert().values(
            id=turn.id,
            conversation_id=turn.conversation_id,
            learner_id=turn.learner_id,
            course_id=turn.course_id,
            number=(last or 0) + 1,
            replaces=turn.replaces,
            shown=True,
            created_at=to_iso(turn.created_at),
            **_sealed(connection, turn, _values(turn)),
        )
    )


def _sealed(connection: sa.Connection, turn: Turn, values: dict[str, Any]) -> dict[str, Any]:
    return sealed_values(connection, TURNS, turn.learner_id, {"id": turn.id}, values)


def _hide_from(connection: sa.Connection, conversation_id: str, turn_id: str) -> None:
    first = sa.select(turns.c.number).where(turns.c.id == turn_id).scalar_subquery()
    connection.execute(
        turns.update().where(turns.c.conversation_id == conversation_id, turns.c.number >= first).values(shown=False)
    )


def finish(connection: sa.Connection, turn: Turn, prompt: Sequence[tuple[str, str]] | None) -> bool:
    """Store how a turn ended, with its rendered prompt as (role, content); returns False when it had ended before.

    A turn that a starting server marked as interrupted may still be finished by the process that runs it.
    """
    messages = [list(message) for message in prompt] if prompt is not None else None
    result = connection.execute(
        turns.update()
        .where(turns.c.id == turn.id, turns.c.status.in_(_UNFINISHED))
        .values(_sealed(connection, turn, {"prompt": messages, **_values(turn)}))
    )
    return result.rowcount == 1


def by_id(connection: sa.Connection, turn_id: str) -> Turn | None:
    row = opened_first(connection, TURNS, connection.execute(_WITHOUT_PROMPT.where(turns.c.id == turn_id)))
    return _turn(row) if row else None


def prompt_of(connection: sa.Connection, turn_id: str) -> tuple[tuple[str, str], ...] | None:
    """Return the rendered (role, content) messages of the model call; None when no model was called."""
    query = sa.select(turns.c.id, turns.c.learner_id, turns.c.prompt).where(turns.c.id == turn_id)
    row = opened_first(connection, TURNS, connection.execute(query))
    return tuple((role, content) for role, content in row.prompt) if row and row.prompt else None


def visible_turns(connection: sa.Connection, conversation_id: str) -> list[Turn]:
    """Return the turns of a conversation without those that were retried or edited."""
    rows = connection.execute(
        _WITHOUT_PROMPT.where(turns.c.conversation_id == conversation_id, turns.c.shown.is_(True)).order_by(
            turns.c.number
        )
    )
    return [_turn(row) for row in opened_rows(connection, TURNS, rows)]


def of_learner(connection: sa.Connection, learner_id: str, course_id: str) -> list[Turn]:
    """Return all turns of a learner in a course, also those that no page shows any more, oldest first."""
    query = _WITHOUT_PROMPT.where(turns.c.learner_id == learner_id, turns.c.course_id == course_id)
    rows = connection.execute(query.order_by(turns.c.created_at, turns.c.number))
    return [_turn(row) for row in opened_rows(connection, TURNS, rows)]


def recent_confidences(connection: sa.Connection, course_id: str, limit: int) -> list[float]:
    """Return the retrieval confidence of the latest questions of a course: numbers only, no text and no learner."""
    query = sa.select(turns.c.confidence).where(turns.c.course_id == course_id, turns.c.confidence.is_not(None))
    return list(connection.scalars(query.order_by(turns.c.created_at.desc()).limit(limit)))


def mark_running_interrupted(connection: sa.Connection) -> int:
    """Mark the turns that were running when the server stopped as interrupted; return how many."""
    result = connection.execute(
        turns.update().where(turns.c.status == TurnStatus.RUNNING.value).values(status=TurnStatus.INTERRUPTED.value)
    )
    return result.rowcount
