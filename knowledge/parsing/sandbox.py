"""Reading: one untrusted file parsed in a child process that may not cost more than its limits.

The child is `sandbox_worker.py`; here are its start, its clock and its end. Nothing of the file is interpreted
in this process.
"""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.documents import IngestProgress, ParsedDocument, ProgressCallback
from knowledge.errors import DocumentDamaged, DocumentEmpty, DocumentRefused, DocumentTooLarge, IngestCancelled
from knowledge.parsing import child_process, worker_protocol
from knowledge.parsing.limits import MEGABYTE, ParseLimits
from knowledge.parsing.source_file import safe_display_name

_POLL_INTERVAL_S = 0.1
# How a C library ends when memory, or processor time, is refused to it.
_OUT_OF_RESOURCES = {-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL", "SIGABRT", "SIGTRAP")} - {0}


@dataclass(frozen=True, slots=True)
class ParseReport:
    """How one file was read: a document or a refusal, and what it cost."""

    result: ParsedDocument | DocumentRefused
    seconds: float
    cpu_s: float = 0.0  # of the child and its OCR; 0 when it died before it could say
    peak_mb: float = 0.0  # of the child, as it last said


def parse(
    name: str,
    data: bytes,
    limits: ParseLimits | None = None,
    progress: ProgressCallback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ParsedDocument:
    """Return the text of a course document with its places.

    Raises UnsupportedFormat, DocumentLocked, DocumentDamaged, DocumentEmpty, DocumentTooLarge, IngestCancelled;
    each message is one or two sentences for the instructor.
    """
    outcome = parse_with_report(name, data, limits or ParseLimits(), progress, cancelled).result
    if isinstance(outcome, DocumentRefused):
        raise outcome
    return outcome


def parse_with_report(
    name: str,
    data: bytes,
    limits: ParseLimits,
    progress: ProgressCallback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ParseReport:
    """As `parse`, but return a refusal and what reading cost. Raises IngestCancelled."""
    started = time.monotonic()
    shown = safe_display_name(name) or "the file"
    refused = _precheck(shown, data, limits)
    if refused is not None:
        return ParseReport(refused, time.monotonic() - started)
    with _WorkerProcess(shown, data, limits) as child:
        last = child.wait_for_result(progress or _ignore_progress, cancelled or _never_cancelled)
    return ParseReport(last.result, time.monotonic() - started, last.cpu_s, last.peak_mb)


def _ignore_progress(progress: IngestProgress) -> None:
    """Nobody watches."""


def _never_cancelled() -> bool:
    return False


def _precheck(name: str, data: bytes, limits: ParseLimits) -> DocumentRefused | None:
    if not data.strip(b"\x00 \t\r\n"):
        return DocumentEmpty(f"{name} is empty; upload the file again.")
    if len(data) > limits.file_bytes:
        megabytes = limits.file_bytes // MEGABYTE
        return DocumentTooLarge(f"{name} is larger than {megabytes} MB; split it into smaller files.")
    return None


class _WorkerProcess:
    """The running child: one thread feeds it, one hears it, the caller's thread watches the clock."""

    def __init__(self, name: str, data: bytes, limits: ParseLimits) -> None:
        self._name, self._limits = name, limits
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = child_process.start_worker("knowledge.parsing.sandbox_worker")
        request = worker_protocol.encode_request(name, limits, len(data))
        threading.Thread(target=child_process.write_input, args=(self._process, request, data), daemon=True).start()
        threading.Thread(target=self._read_lines, daemon=True).start()

    def __enter__(self) -> _WorkerProcess:
        return self

    def __exit__(self, *exception: object) -> None:
        """End the child and whatever it started."""
        child_process.kill_process_group(self._process)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read_lines(self) -> None:
        """Put the child's lines into the queue, then None. A line over the limit is cut, and so refused."""
        assert self._process.stdout is not None
        most = 8 * self._limits.characters + MEGABYTE
        try:
            while line := self._process.stdout.readline(most):
                self._lines.put(line)
        except ValueError:
            pass  # closed while we listened: nobody waits for the rest
        self._lines.put(None)

    def wait_for_result(
        self, progress: ProgressCallback, cancelled: Callable[[], bool]
    ) -> worker_protocol.WorkerResult:
        """Return the child's last word; of a child that is silent, slow or dead we say it."""
        peak_mb, done = 0.0, 0
        started = heard = time.monotonic()
        while True:
            if cancelled():
                raise IngestCancelled(f"reading {self._name} was cancelled")
            now = time.monotonic()
            if now - heard > self._limits.stall_s or now - started > self._limits.wall_s:
                return worker_protocol.WorkerResult(self._timeout_refusal(done), peak_mb, 0.0)
            try:
                line = self._lines.get(timeout=_POLL_INTERVAL_S)
            except queue.Empty:
                continue
            message = self._decode(line, peak_mb)
            if isinstance(message, worker_protocol.WorkerResult):
                return message
            heard, done, peak_mb = time.monotonic(), message.done, message.peak_mb
            progress(IngestProgress("reading", message.done, message.total))

    def _decode(
        self, line: bytes | None, peak_mb: float
    ) -> worker_protocol.WorkerProgress | worker_protocol.WorkerResult:
        if line is None:
            return worker_protocol.WorkerResult(self._crash_refusal(), peak_mb, 0.0)
        try:
            return worker_protocol.decode_message(line)
        except ValueError:
            too_much = DocumentTooLarge(f"{self._name} holds too much text; split it into parts.")
            return worker_protocol.WorkerResult(too_much, peak_mb, 0.0)

    def _timeout_refusal(self, done: int) -> DocumentTooLarge:
        return DocumentTooLarge(
            f"{self._name} takes too long to be read (stopped in part {done + 1}); split it or save it anew as PDF."
        )

    def _crash_refusal(self) -> DocumentRefused:
        status = self._process.wait()
        if status in _OUT_OF_RESOURCES:
            return DocumentTooLarge(f"{self._name} takes too much time or memory to be read; split it into parts.")
        return DocumentDamaged(
            f"{self._name} made the reader stop (status {status}), so it is probably damaged; save and upload it again."
        )
