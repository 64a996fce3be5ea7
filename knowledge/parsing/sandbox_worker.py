"""The worker process that parses one untrusted file: `python -m knowledge.parsing.sandbox_worker`.

It is confined, reads the request and the file from stdin, and answers on stdout in the lines of `worker_protocol.py`.
It imports only the reader of the file's format.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import BinaryIO

from knowledge.documents import ParsedDocument
from knowledge.errors import DocumentDamaged, DocumentEmpty, DocumentRefused, DocumentTooLarge
from knowledge.parsing import worker_protocol
from knowledge.parsing.confinement import accept_request
from knowledge.parsing.formats import Content
from knowledge.parsing.sniffing import SniffResult, sniff
from knowledge.parsing.source_file import SourceFile

_PROGRESS_INTERVAL_S = 0.1


def main() -> int:
    """Serve one request. The exit status is 0 even for a refusal: the answer is in the last line."""
    request = accept_request()
    outcome = read_document(replace(request.source, report=_make_reporter(request.answers)))
    request.answers.write(worker_protocol.encode_result(outcome, peak_memory_mb(), round(sum(os.times()[:4]), 3)))
    return 0


def read_document(source: SourceFile) -> ParsedDocument | DocumentRefused:
    """Return the document, or why it is refused. Whatever a format library raises means a damaged file."""
    try:
        sniffed = sniff(source)
    except DocumentRefused as refusal:
        return refusal
    try:
        document = _call_reader(replace(source, media_type=sniffed.format.media_type), sniffed)
        return _check_document(source, document, sniffed.notes)
    except DocumentRefused as refusal:
        return refusal
    except MemoryError:
        return DocumentTooLarge(f"{source.name} needs too much memory to be read; split it into smaller files.")
    except RecursionError:
        return DocumentDamaged(f"{source.name} is nested too deeply to be read; save it again in another program.")
    except Exception as error:  # noqa: BLE001 - a parser met bytes its authors did not foresee; the cause is named
        cause = f"{type(error).__name__}: {error}"[:200]
        return DocumentDamaged(f"{source.name} is damaged and cannot be read ({cause}); save and upload it again.")


def _call_reader(source: SourceFile, sniffed: SniffResult) -> ParsedDocument:
    reader = import_module(f"{__package__}.{sniffed.format.reader}")
    arguments = (source, sniffed.text) if sniffed.format.content is Content.TEXT else (source,)
    document: ParsedDocument = reader.read(*arguments)
    return document


def _check_document(source: SourceFile, document: ParsedDocument, notes: tuple[str, ...]) -> ParsedDocument:
    limits, name = source.limits, source.name
    blocks = tuple(block for block in document.blocks if block.text.strip())
    if not blocks:
        reasons = " ".join(document.notes) or "It is empty."
        raise DocumentEmpty(f"{name} has no text that can be read. {reasons}")
    characters = sum(len(block.text) for block in blocks)
    if characters > limits.characters or len(blocks) > limits.blocks:
        raise DocumentTooLarge(f"{name} contains {characters:,} characters; split it into smaller files.")
    return replace(document, blocks=blocks, notes=(*notes, *document.notes))


def peak_memory_mb() -> float:
    """Return the peak memory of this process in MB, 0 if the system does not report it.

    From /proc, because `getrusage` includes the parent process that was forked.
    """
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            line = next((line for line in status if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    except OSError:
        return 0.0
    return round(int(line.split()[1]) / 1000, 1)


def _make_reporter(answers: BinaryIO) -> Callable[[int, int], None]:
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _PROGRESS_INTERVAL_S or done == total:
            last = now
            answers.write(worker_protocol.encode_progress(done, total, peak_memory_mb()))

    return report


if __name__ == "__main__":
    sys.exit(main())
