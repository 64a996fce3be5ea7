"""The child process that reads one untrusted file: `python -m knowledge.parsing.sandbox_worker`.

It gives up what it does not need (memory, files, network, programs), reads the request and the file from stdin,
and answers on stdout in the lines of `worker_protocol.py`. It imports only the reader of the format at hand.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

from knowledge.documents import ParsedDocument
from knowledge.errors import DocumentDamaged, DocumentEmpty, DocumentRefused, DocumentTooLarge
from knowledge.parsing import worker_protocol
from knowledge.parsing.limits import ParseLimits
from knowledge.parsing.ocr import tesseract_path
from knowledge.parsing.sniffing import DocumentFormat, sniff
from knowledge.parsing.source_file import SourceFile

_READER_MODULES = {
    DocumentFormat.PDF: "pdf_reader",
    DocumentFormat.DOCX: "docx_reader",
    DocumentFormat.PPTX: "pptx_reader",
    DocumentFormat.EPUB: "epub_reader",
    DocumentFormat.IMAGE: "image_reader",
    DocumentFormat.HTML: "html_reader",
    DocumentFormat.MARKDOWN: "markdown_reader",
    DocumentFormat.NOTEBOOK: "notebook_reader",
    DocumentFormat.CSV: "csv_reader",
    DocumentFormat.SUBTITLES: "subtitle_reader",
    DocumentFormat.TEXT: "text_reader",
}
_PROGRESS_INTERVAL_S = 0.1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def main() -> int:
    """Serve one request. The exit status is 0 even for a refusal: the answer is in the last line."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not get between our lines
    name, limits, size = worker_protocol.decode_request(sys.stdin.buffer.readline())
    confine_process(limits)
    logging.disable()  # what libraries complain about may quote the document
    outcome = read_document(SourceFile(name, sys.stdin.buffer.read(size), limits, _make_reporter(answers)))
    answers.write(worker_protocol.encode_result(outcome, peak_memory_mb(), round(sum(os.times()[:4]), 3)))
    return 0


def read_document(source: SourceFile) -> ParsedDocument | DocumentRefused:
    """Return the document, or why it is refused. Whatever a format library raises means a damaged file."""
    try:
        sniffed = sniff(source)
    except DocumentRefused as refusal:
        return refusal
    reader = import_module(f"knowledge.parsing.{_READER_MODULES[sniffed.format]}")
    try:
        document = reader.read(source, sniffed.text) if sniffed.text else reader.read(source)
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


def _check_document(source: SourceFile, document: ParsedDocument, notes: tuple[str, ...]) -> ParsedDocument:
    limits, name = source.limits, source.name
    blocks = tuple(block for block in document.blocks if block.text.strip())
    if not blocks:
        reasons = " ".join(document.notes) or "It is empty."
        raise DocumentEmpty(f"{name} has no text that can be read. {reasons}")
    characters = sum(len(block.text) for block in blocks)
    if characters > limits.characters or len(blocks) > limits.blocks:
        raise DocumentTooLarge(f"{name} holds {characters:,} characters; split it into smaller files.")
    return ParsedDocument(document.title, document.media_type, blocks, document.pages, (*notes, *document.notes))


def peak_memory_mb() -> float:
    """Return the most memory this process has held, 0 where the system does not say.

    From /proc: what `getrusage` says includes the parent that we were forked from.
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


def confine_process(limits: ParseLimits) -> None:
    """Give up memory, processor time, files, network and programs, as far as this system can."""
    _limit_resources(limits)
    _isolate_network()
    sys.addaudithook(_audit_hook)


def _limit_resources(limits: ParseLimits) -> None:
    try:
        import resource
    except ImportError:
        return  # no such limits on Windows: the parent's clock is what is left
    wanted = (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 128),
    )
    for kind, most in wanted:
        _, hard = resource.getrlimit(kind)
        ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (ceiling, ceiling))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS; the other limits still hold
            continue


def _isolate_network() -> None:
    """Linux: die with the parent, gain no privileges, move into a network namespace that has no interfaces."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # where containers forbid this too, the audit hook remains


_FORBIDDEN_EVENTS = ("socket.", "urllib.", "ftplib.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "shutil.")


def _audit_hook(event: str, details: tuple[object, ...]) -> None:
    """Audit hook: a reader opens no connection, starts no program but the OCR's, writes no file."""
    if event.startswith(_FORBIDDEN_EVENTS):
        raise PermissionError(f"a document reader may not use {event}")
    if event == "subprocess.Popen" and details[0] != tesseract_path():
        raise PermissionError("a document reader may not start programs")
    if event == "open" and isinstance(details[0], str) and set(str(details[1])) & set("wax+"):
        raise PermissionError("a document reader may not write files")


if __name__ == "__main__":
    sys.exit(main())
