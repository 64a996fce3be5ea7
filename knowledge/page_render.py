"""Page rendering: one page of a PDF or an image as a PNG, with the place of a quote on it.

The file is opened in a confined worker process (`parsing/render_worker.py`), never in this one, and the worker's answer
is validated.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from knowledge.errors import DocumentDamaged, DocumentTooLarge
from knowledge.highlight import Box
from knowledge.parsing import child_process
from knowledge.parsing.formats import PNG
from knowledge.parsing.limits import MEGABYTE, ParseLimits
from knowledge.parsing.source_file import safe_display_name

LIMITS = replace(ParseLimits(), cpu_s=15, wall_s=20.0)
MAX_PNG_BYTES = 12 * MEGABYTE
MAX_BOXES = 2_000
_MAX_HEADER_BYTES = 200_000
_WORKER_MODULE = "knowledge.parsing.render_worker"


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a PNG; `boxes` cover the quote and are empty if its words are not found on the page."""

    page: int  # from 1; the page after the one asked for if the quote runs over
    width: int
    height: int
    png: bytes
    boxes: tuple[Box, ...]


def render_page(name: str, data: bytes, page: int, quote: str, limits: ParseLimits = LIMITS) -> PageImage:
    """Return a page of a PDF or an image with the place of the quote.

    Raises DocumentDamaged, or DocumentTooLarge when the page cannot be rendered within the limits.
    """
    display_name = safe_display_name(name) or "the file"
    fields = {
        "name": display_name,
        "limits": asdict(limits),
        "size": len(data),
        "render": {"page": page, "quote": quote},
    }
    request = json.dumps(fields).encode() + b"\n"
    answer, status = child_process.run_worker(
        _WORKER_MODULE, request, data, limits.wall_s, MAX_PNG_BYTES + _MAX_HEADER_BYTES
    )
    if status != 0:
        raise DocumentTooLarge(f"page {page} of {display_name} takes too much time or memory to be shown.")
    try:
        return _decode_answer(answer, display_name)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DocumentDamaged(f"page {page} of {display_name} cannot be shown.") from error


def _decode_answer(answer: bytes, name: str) -> PageImage:
    line, _, png = answer.partition(b"\n")
    fields = json.loads(line[:_MAX_HEADER_BYTES])
    if "refused" in fields:
        kind = DocumentTooLarge if fields.get("large") else DocumentDamaged
        raise kind(str(fields["refused"])[:300])
    if not PNG.has_signature(png) or len(png) != fields["bytes"] or len(png) > MAX_PNG_BYTES:
        raise DocumentTooLarge(f"a page of {name} is too large to be shown.")
    boxes = tuple(Box(*(min(1.0, max(0.0, float(edge))) for edge in box)) for box in fields["boxes"][:MAX_BOXES])
    return PageImage(int(fields["page"]), int(fields["width"]), int(fields["height"]), png, boxes)
