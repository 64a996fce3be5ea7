"""Reads and checks answers that another system sends as xAPI statements; an invalid one does not block the others.

Pure: who the actors are here and what was imported before is the business of `tutor.progress.xapi_import`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tutor.domain import Outcome
from tutor.errors import InputRefused

MAX_STATEMENTS = 10_000  # of one file
MAX_FILE_BYTES = 20_000_000
MAX_OBJECTS = 20 * MAX_STATEMENTS  # of one file, counted before it is read: reading JSON holds the whole process
ACCEPTED_VERBS = ("answered", "passed", "failed")
MAX_CLOCK_SKEW = timedelta(days=1)  # how far another system's clock may be ahead of ours
MAX_TEXT_CHARS = 300  # of a name or an address
UNKNOWN_TARGET = "?"  # of a voiding statement without a usable target


@dataclass(frozen=True, slots=True)
class XapiAnswer:
    """One answer from another system; `position` is its number in the file, from 1."""

    position: int
    statement_id: str
    actor: str
    item: str
    skills: tuple[str, ...]
    outcome: Outcome
    hints: int
    aided: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class RejectedStatement:
    """A statement that is not imported, and why."""

    position: int
    error: InputRefused

    @property
    def reason(self) -> str:
        return str(self.error)


@dataclass(frozen=True, slots=True)
class ParsedStatements:
    """The content of a file: answers, invalid statements, and the ids of the statements that it voids.

    An answer may itself be voided, by this file or by an earlier one.
    """

    answers: tuple[XapiAnswer, ...]
    rejected: tuple[RejectedStatement, ...]
    voided_ids: frozenset[str]


def parse_statements(data: bytes, now: datetime) -> ParsedStatements:
    """Return the content of a file; raises InputRefused when it is not a file of statements.

    An invalid statement that the same file voids is not reported.
    """
    found = _decode_statements(data)
    targets = [_voided_statement_id(statement) for statement in found]
    voided = frozenset(targets) - {"", UNKNOWN_TARGET}
    answers, rejected = [], []
    for position, (statement, target) in enumerate(zip(found, targets, strict=True), start=1):
        if target:
            continue
        try:
            answers.append(_parse_answer(position, statement, now))
        except InputRefused as refusal:
            if not (isinstance(statement, dict) and str(statement.get("id")).strip() in voided):
                rejected.append(RejectedStatement(position, refusal))
    return ParsedStatements(tuple(answers), tuple(rejected), voided)


def _decode_statements(data: bytes) -> list[Any]:
    if len(data) > MAX_FILE_BYTES:
        raise InputRefused(
            f"the file has {len(data):,} bytes; send at most {MAX_FILE_BYTES:,} at a time",
            key="xapi_large",
            size=len(data),
            most=MAX_FILE_BYTES,
        )
    if (objects := data.count(b"{")) > MAX_OBJECTS:
        raise _too_many(objects)
    try:
        text = data.decode("utf-8-sig")
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputRefused(
            "the file is not JSON; send xAPI statements as a list, or as {“statements”: […]}", key="xapi_json"
        ) from error
    found = plain.get("statements", [plain]) if isinstance(plain, dict) else plain
    if not isinstance(found, list) or not found:
        raise InputRefused("the file has no statements; send a list of xAPI statements", key="xapi_none")
    if len(found) > MAX_STATEMENTS:
        raise _too_many(len(found))
    return found


def _too_many(count: int) -> InputRefused:
    return InputRefused(
        f"the file has {count:,} statements; send at most {MAX_STATEMENTS:,} at a time",
        key="xapi_many",
        count=count,
        most=MAX_STATEMENTS,
    )


def _parse_answer(position: int, statement: Any, now: datetime) -> XapiAnswer:
    if not isinstance(statement, dict):
        raise InputRefused("it is not a statement", key="xapi_no_statement")
    verb = _require_text(_require_object(statement, "verb").get("id"), "verb.id")
    ending, verbs = verb.rsplit("/", 1)[-1], ", ".join(ACCEPTED_VERBS)
    if ending not in ACCEPTED_VERBS:
        raise InputRefused(f"its verb is “{ending}”; use one of {verbs}", key="xapi_verb", verb=ending, verbs=verbs)
    context = statement.get("context")
    about = context.get("extensions") if isinstance(context, dict) else None
    extensions = about if isinstance(about, dict) else {}
    hints = _find_extension(extensions, "/hints")
    counted = hints if isinstance(hints, int) and not isinstance(hints, bool) and 0 <= hints < 100 else 0
    return XapiAnswer(
        position,
        _require_text(statement.get("id"), "id"),
        _parse_actor(_require_object(statement, "actor")),
        _require_text(_require_object(statement, "object").get("id"), "object.id"),
        _parse_skills(_find_extension(extensions, "/skills")),
        _parse_outcome(statement.get("result"), verb),
        counted,
        _find_extension(extensions, "/aided") is True or counted > 0,
        _parse_timestamp(statement.get("timestamp"), now),
    )


def _voided_statement_id(statement: Any) -> str:
    """Return the id that a statement voids; "" for a statement that voids nothing."""
    if not isinstance(statement, dict):
        return ""
    verb, target = statement.get("verb"), statement.get("object")
    if isinstance(verb, dict) and isinstance(target, dict) and str(verb.get("id", "")).endswith("/voided"):
        named = target.get("id")
        return named.strip() if isinstance(named, str) and 0 < len(named.strip()) <= MAX_TEXT_CHARS else UNKNOWN_TARGET
    return ""


def _require_object(statement: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = statement.get(name)
    if not isinstance(part, dict):
        raise InputRefused(f"it has no {name}", key="xapi_lacks", name=name)
    return part


def _require_text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputRefused(f"it has no {name}", key="xapi_lacks", name=name)
    if len(value) > MAX_TEXT_CHARS:
        raise InputRefused(
            f"one value has {len(value)} characters, at most {MAX_TEXT_CHARS} are allowed: “{value[:40]}…”",
            key="xapi_long",
            count=len(value),
            most=MAX_TEXT_CHARS,
            start=value[:40],
        )
    return value.strip()


def _parse_actor(actor: Mapping[str, Any]) -> str:
    account = actor.get("account")
    found = account.get("name") if isinstance(account, dict) else actor.get("mbox") or actor.get("name")
    return _require_text(found, "actor.account, actor.mbox or actor.name").removeprefix("mailto:")


def _parse_skills(value: Any) -> tuple[str, ...]:
    """Return the ids of skills as our own export writes them: ids, or objects with an id."""
    found = value if isinstance(value, list) else []
    ids = [one.get("id") if isinstance(one, dict) else one for one in found[:20]]
    return tuple(one for one in ids if isinstance(one, str) and one)


def _parse_outcome(result: Any, verb: str) -> Outcome:
    fields = result if isinstance(result, dict) else {}
    score, success = _parse_score(fields.get("score")), fields.get("success")
    if not isinstance(success, bool):
        ending = verb.rsplit("/", 1)[-1]
        success = {"passed": True, "failed": False}.get(ending, None if score is None else score >= 1)
    if success is None:
        raise InputRefused("its result has neither success nor score, so it is not graded", key="xapi_unjudged")
    if success:
        return Outcome.RIGHT
    return Outcome.PARTIAL if score is not None and 0 < score < 1 else Outcome.WRONG


def _parse_score(value: Any) -> float | None:
    """Return the score as a share of what can be reached, None where there is none; raises InputRefused.

    A score that contradicts itself is refused: a maximum that is not above the minimum, or a score outside of both.
    """
    fields = value if isinstance(value, dict) else {}
    scaled, raw, least, most = (_parse_number(fields, name) for name in ("scaled", "raw", "min", "max"))
    if least is not None and most is not None and most <= least:
        raise _senseless_score(f"max {most:g} ≤ min {least:g}")
    if raw is not None and ((least is not None and raw < least) or (most is not None and raw > most)):
        raise _senseless_score(f"raw {raw:g}")
    if scaled is not None:
        if not -1 <= scaled <= 1:
            raise _senseless_score(f"scaled {scaled:g}")
        return scaled
    if raw is None or most is None:
        return None
    start = least or 0.0
    if most <= start or raw < start:
        raise _senseless_score(f"raw {raw:g}, max {most:g}")
    return (raw - start) / (most - start)


def _parse_number(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not -sys.float_info.max <= value <= sys.float_info.max:
        raise _senseless_score(f"{name} {str(value)[:20]}")
    return float(value)


def _senseless_score(score: str) -> InputRefused:
    return InputRefused(
        f"its score makes no sense ({score}); scaled is from -1 to 1, and raw from min to max",
        key="xapi_score",
        score=score,
    )


def _parse_timestamp(value: Any, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(_require_text(value, "timestamp"))
    except ValueError as error:
        shown = str(value)[:40]
        raise InputRefused(
            f"its timestamp “{shown}” is not an ISO 8601 time", key="xapi_no_time", time=shown
        ) from error
    if at.tzinfo is None:
        raise InputRefused(f"its timestamp “{value}” has no time zone", key="xapi_no_zone", time=value)
    if at > now + MAX_CLOCK_SKEW:
        raise InputRefused(f"its timestamp “{value}” is in the future", key="xapi_ahead", time=value)
    return at


def _find_extension(extensions: Mapping[str, Any], suffix: str) -> Any:
    return next((value for key, value in extensions.items() if str(key).endswith(suffix)), None)
