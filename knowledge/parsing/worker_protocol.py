"""The messages between a worker process and its parent: lines of JSON, validated on arrival."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from knowledge import errors
from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.parsing.limits import ParseLimits

_REFUSAL_TYPES = {
    kind.__name__: kind
    for kind in (
        errors.UnsupportedFormat,
        errors.DocumentLocked,
        errors.DocumentDamaged,
        errors.DocumentEmpty,
        errors.DocumentTooLarge,
    )
}


@dataclass(frozen=True, slots=True)
class WorkerProgress:
    """The worker has read `done` of `total` units; `peak_mb` is its peak memory so far."""

    done: int
    total: int
    peak_mb: float


@dataclass(frozen=True, slots=True)
class WorkerResult:
    """The worker's last message: a document or a refusal, and the cost."""

    result: ParsedDocument | errors.DocumentRefused
    peak_mb: float
    cpu_s: float


def encode_request(name: str, limits: ParseLimits, size: int) -> bytes:
    """Return the line that precedes the file's bytes."""
    return json.dumps({"name": name, "limits": asdict(limits), "size": size}).encode() + b"\n"


def decode_request(line: bytes) -> tuple[str, ParseLimits, int]:
    """Return name, limits and size of the file that follows."""
    fields = json.loads(line)
    return fields["name"], ParseLimits(**fields["limits"]), fields["size"]


def encode_progress(done: int, total: int, peak_mb: float) -> bytes:
    """Return a message about progress."""
    return json.dumps({"done": done, "total": total, "peak_mb": peak_mb}).encode() + b"\n"


def encode_result(outcome: ParsedDocument | errors.DocumentRefused, peak_mb: float, cpu_s: float) -> bytes:
    """Return the last message."""
    if isinstance(outcome, ParsedDocument):
        fields: dict[str, Any] = {"document": _document_to_fields(outcome)}
    else:
        fields = {"refused": type(outcome).__name__, "message": str(outcome)}
    return json.dumps(fields | {"peak_mb": peak_mb, "cpu_s": cpu_s}).encode() + b"\n"


def decode_message(line: bytes) -> WorkerProgress | WorkerResult:
    """Return a message of the worker; raises ValueError for anything else."""
    try:
        fields = json.loads(line)
        peak_mb = float(fields["peak_mb"])
        if "done" in fields:
            return WorkerProgress(int(fields["done"]), int(fields["total"]), peak_mb)
        if "refused" in fields:
            return WorkerResult(
                _REFUSAL_TYPES[fields["refused"]](str(fields["message"])), peak_mb, float(fields["cpu_s"])
            )
        return WorkerResult(_document_from_fields(fields["document"]), peak_mb, float(fields["cpu_s"]))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a message of a worker: {error!r}") from error


def _document_to_fields(document: ParsedDocument) -> dict[str, Any]:
    """Return the document as JSON; headings and locators repeat, so each is sent once and referred to by number."""
    headings: dict[tuple[str, ...], int] = {}
    locators: dict[Locator, int] = {}
    blocks = [
        (
            b.text,
            locators.setdefault(b.locator, len(locators)),
            headings.setdefault(b.heading, len(headings)),
            b.key_terms,
        )
        for b in document.blocks
    ]
    return {
        "title": document.title,
        "media_type": document.media_type,
        "pages": document.pages,
        "notes": document.notes,
        "locators": [(place.kind, place.number, place.label) for place in locators],
        "headings": list(headings),
        "blocks": blocks,
    }


def _document_from_fields(fields: dict[str, Any]) -> ParsedDocument:
    locators = [Locator(LocatorKind(place), int(number), str(label)) for place, number, label in fields["locators"]]
    headings = [tuple(str(part) for part in path) for path in fields["headings"]]
    blocks = tuple(
        Block(str(text), locators[place], headings[path], tuple(str(term) for term in terms))
        for text, place, path, terms in fields["blocks"]
    )
    notes = tuple(str(note) for note in fields["notes"])
    return ParsedDocument(str(fields["title"]), str(fields["media_type"]), blocks, int(fields["pages"]), notes)
