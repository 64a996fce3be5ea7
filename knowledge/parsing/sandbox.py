"""Parsing of an untrusted file in a worker process with limits on memory, time and output.

The worker is `sandbox_worker.py`; this module starts it, watches the clock and ends it. No part of the file is
interpreted in this process.
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
# Exit statuses of a process that ran out of memory or processor time.
_OUT_OF_RESOURCES = {-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL", "SIGABRT", "SIGTRAP")} - {0}


@dataclass(frozen=True, slots=True)
class ParseReport:
    """The result of parsing one file, and its cost."""

    result: ParsedDocument | DocumentRefused
    seconds: float
    cpu_s: float = 0.0  # of the worker and its OCR; 0 if it died before it could report
    peak_mb: float = 0.0  # of the worker, as last reported


def parse(
    name: str,
    data: bytes,
    limits: ParseLimits | None = None,
    progress: ProgressCallback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ParsedDocument:
    """Return the text of a course document with its locators.

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
    """Parse like `parse`, but return a refusal instead of raising it, and the cost. Raises IngestCancelled."""
    started = time.monotonic()
    display_name = safe_display_name(name) or "the file"
    refusal = _precheck(display_name, data, limits)
    if refusal is not None:
        return ParseReport(refusal, time.monotonic() - started)
    with _WorkerProcess(display_name, data, limits) as worker:
        last = worker.wait_for_result(progress or _ignore_progress, cancelled or _never_cancelled)
    return ParseReport(last.result, time.monotonic() - started, last.cpu_s, last.peak_mb)


def _ignore_progress(progress: IngestProgress) -> None:
    pass


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
    """The running worker: one thread writes to it, one reads from it, the caller's thread watches the clock."""

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
        """Kill the worker and every process it started."""
        child_process.kill_process_group(self._process)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read_lines(self) -> None:
        """Put the worker's lines into the queue, then None. A line over the limit is cut, and so not decoded."""
        assert self._process.stdout is not None
        most = 8 * self._limits.characters + MEGABYTE
        try:
            while line := self._process.stdout.readline(most):
                self._lines.put(line)
        except ValueError:
            pass  # closed while reading: nobody waits for the rest
        self._lines.put(None)

    def wait_for_result(
        self, progress: ProgressCallback, cancelled: Callable[[], bool]
    ) -> worker_protocol.WorkerResult:
        """Return the worker's result; a refusal if it is silent, too slow or dead. Raises IngestCancelled."""
        peak_mb, done = 0.0, 0
        started = last_message = time.monotonic()
        while True:
            if cancelled():
                raise IngestCancelled(f"reading {self._name} was cancelled")
            now = time.monotonic()
            if now - last_message > self._limits.stall_s or now - started > self._limits.wall_s:
                return worker_protocol.WorkerResult(self._timeout_refusal(done), peak_mb, 0.0)
            try:
                line = self._lines.get(timeout=_POLL_INTERVAL_S)
            except queue.Empty:
                continue
            message = self._decode(line, peak_mb)
            if isinstance(message, worker_protocol.WorkerResult):
                return message
            last_message, done, peak_mb = time.monotonic(), message.done, message.peak_mb
            progress(IngestProgress("reading", message.done, message.total))

    def _decode(
        self, line: bytes | None, peak_mb: float
    ) -> worker_protocol.WorkerProgress | worker_protocol.WorkerResult:
        if line is None:
            return worker_protocol.WorkerResult(self._crash_refusal(), peak_mb, 0.0)
        try:
            return worker_protocol.decode_message(line)
        except ValueError:
            too_much = DocumentTooLarge(f"{self._name} contains too much text; split it into parts.")
            return worker_protocol.WorkerResult(too_much, peak_mb, 0.0)

    def _timeout_refusal(self, done: int) -> DocumentTooLarge:
        return DocumentTooLarge(
            f"{self._name} takes too long to be read (stopped in part {done + 1}); split it, or save it as PDF."
        )

    def _crash_refusal(self) -> DocumentRefused:
        status = self._process.wait()
        if status in _OUT_OF_RESOURCES:
            return DocumentTooLarge(f"{self._name} takes too much time or memory to be read; split it into parts.")
        return DocumentDamaged(
            f"{self._name} stopped the reader (status {status}), so it is probably damaged; save and upload it again."
        )
