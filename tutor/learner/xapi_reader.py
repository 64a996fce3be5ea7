"""Intake: answers that another system tells as xAPI statements, read and checked; a bad one keeps back no other.

Pure: who the actors are here, and what was taken in before, is the caller's business (`tutor.progress.xapi_import`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tutor.domain import Outcome
from tutor.errors import InputRefused

MOST = 10_000  # statements of one file
MOST_BYTES = 20_000_000
VERBS = ("answered", "passed", "failed")
AHEAD = timedelta(days=1)  # how far another system's clock may be before ours
LONGEST = 300  # characters of a name or an address
UNNAMED = "?"  # what a statement takes back that does not say what


@dataclass(frozen=True, slots=True)
class Told:
    """One answer as another system tells it; `place` is its number in the file, from 1."""

    place: int
    statement_id: str
    actor: str
    item: str
    skills: tuple[str, ...]
    outcome: Outcome
    hints: int
    aided: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """A statement that is not taken in, and why."""

    place: int
    error: InputRefused

    @property
    def reason(self) -> str:
        return str(self.error)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a file says: answers, statements that cannot be taken in, and the ids of those that it takes back.

    An answer may be among those that are taken back: by this file, or by one that came before it.
    """

    told: tuple[Told, ...]
    refused: tuple[Refused, ...]
    voided: frozenset[str]


def read_statements(data: bytes, now: datetime) -> Sent:
    """Return what a file says; raises InputRefused when it is no file of statements at all.

    Nothing is said against a statement that the same file takes back.
    """
    found = _statements(data)
    targets = [_voided(statement) for statement in found]
    voided = frozenset(targets) - {"", UNNAMED}
    told, refused = [], []
    for place, (statement, target) in enumerate(zip(found, targets, strict=True), start=1):
        if target:
            continue
        try:
            told.append(_told(place, statement, now))
        except InputRefused as refusal:
            if not (isinstance(statement, dict) and str(statement.get("id")).strip() in voided):
                refused.append(Refused(place, refusal))
    return Sent(tuple(told), tuple(refused), voided)


def _statements(data: bytes) -> list[Any]:
    if len(data) > MOST_BYTES:
        raise InputRefused(
            f"the file has {len(data):,} bytes, {MOST_BYTES:,} are taken; send it in parts",
            key="intake_large",
            size=len(data),
            most=MOST_BYTES,
        )
    try:
        text = data.decode("utf-8-sig")
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputRefused(
            "this is no JSON; send xAPI statements as a list, or as {“statements”: […]}", key="intake_json"
        ) from error
    found = plain.get("statements", [plain]) if isinstance(plain, dict) else plain
    if not isinstance(found, list) or not found:
        raise InputRefused("there are no statements in this file; send a list of xAPI statements", key="intake_none")
    if len(found) > MOST:
        raise InputRefused(
            f"the file has {len(found):,} statements, {MOST:,} are taken at once; send it in parts",
            key="intake_many",
            count=len(found),
            most=MOST,
        )
    return found


def _told(place: int, statement: Any, now: datetime) -> Told:
    if not isinstance(statement, dict):
        raise InputRefused("it is no statement", key="intake_no_statement")
    verb = _text(_part(statement, "verb").get("id"), "verb.id")
    ending, verbs = verb.rsplit("/", 1)[-1], ", ".join(VERBS)
    if ending not in VERBS:
        raise InputRefused(f"its verb is “{ending}”; taken are {verbs}", key="intake_verb", verb=ending, verbs=verbs)
    context = statement.get("context")
    about = context.get("extensions") if isinstance(context, dict) else None
    named = about if isinstance(about, dict) else {}
    hints = _ending(named, "/hints")
    counted = hints if isinstance(hints, int) and not isinstance(hints, bool) and 0 <= hints < 100 else 0
    return Told(
        place,
        _text(statement.get("id"), "id"),
        _actor(_part(statement, "actor")),
        _text(_part(statement, "object").get("id"), "object.id"),
        _skills(_ending(named, "/skills")),
        _outcome(statement.get("result"), verb),
        counted,
        _ending(named, "/aided") is True or counted > 0,
        _time(statement.get("timestamp"), now),
    )


def _voided(statement: Any) -> str:
    """Return the id that a statement takes back; "" for one that takes nothing back."""
    if not isinstance(statement, dict):
        return ""
    verb, target = statement.get("verb"), statement.get("object")
    if isinstance(verb, dict) and isinstance(target, dict) and str(verb.get("id", "")).endswith("/voided"):
        named = target.get("id")
        return named.strip() if isinstance(named, str) and 0 < len(named.strip()) <= LONGEST else UNNAMED
    return ""


def _part(statement: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = statement.get(name)
    if not isinstance(part, dict):
        raise InputRefused(f"it has no {name}", key="intake_lacks", name=name)
    return part


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputRefused(f"it has no {name}", key="intake_lacks", name=name)
    if len(value) > LONGEST:
        raise InputRefused(
            f"it has {len(value)} characters where {LONGEST} are taken: “{value[:40]}…”",
            key="intake_long",
            count=len(value),
            most=LONGEST,
            start=value[:40],
        )
    return value.strip()


def _actor(actor: Mapping[str, Any]) -> str:
    account = actor.get("account")
    found = account.get("name") if isinstance(account, dict) else actor.get("mbox") or actor.get("name")
    return _text(found, "actor.account, actor.mbox or actor.name").removeprefix("mailto:")


def _skills(value: Any) -> tuple[str, ...]:
    """The skills as our own export names them: ids, or objects with an id."""
    found = value if isinstance(value, list) else []
    ids = [one.get("id") if isinstance(one, dict) else one for one in found[:20]]
    return tuple(one for one in ids if isinstance(one, str) and one)


def _outcome(result: Any, verb: str) -> Outcome:
    told = result if isinstance(result, dict) else {}
    score, success = _score(told.get("score")), told.get("success")
    if not isinstance(success, bool):
        ending = verb.rsplit("/", 1)[-1]
        success = {"passed": True, "failed": False}.get(ending, None if score is None else score >= 1)
    if success is None:
        raise InputRefused("its result has neither success nor score, so nothing was judged", key="intake_unjudged")
    if success:
        return Outcome.RIGHT
    return Outcome.PARTIAL if score is not None and 0 < score < 1 else Outcome.WRONG


def _score(value: Any) -> float | None:
    told = value if isinstance(value, dict) else {}
    scaled, raw, most = (_number(told.get(name)) for name in ("scaled", "raw", "max"))
    if scaled is not None:
        return scaled
    return raw / most if raw is not None and most is not None and most > 0 else None


def _number(value: Any) -> float | None:
    plain = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if plain else None


def _time(value: Any, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(_text(value, "timestamp"))
    except ValueError as error:
        shown = str(value)[:40]
        raise InputRefused(f"its timestamp “{shown}” is no ISO 8601 time", key="intake_no_time", time=shown) from error
    if at.tzinfo is None:
        raise InputRefused(f"its timestamp “{value}” has no time zone", key="intake_no_zone", time=value)
    if at > now + AHEAD:
        raise InputRefused(f"its timestamp “{value}” lies ahead of today", key="intake_ahead", time=value)
    return at


def _ending(named: Mapping[str, Any], end: str) -> Any:
    return next((value for key, value in named.items() if str(key).endswith(end)), None)
