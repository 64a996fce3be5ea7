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

from knowledge.documents import ParsedDocument, Progress, ProgressCallback
from knowledge.errors import DocumentDamaged, DocumentEmpty, DocumentRefused, DocumentTooLarge, IngestCancelled
from knowledge.parsing import child_process, worker_protocol
from knowledge.parsing.source_file import MEGABYTE, Limits, shown_name

_LOOK_EVERY_S = 0.1
# How a C library ends when memory, or processor time, is refused to it.
_OUT_OF_RESOURCES = {-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL", "SIGABRT", "SIGTRAP")} - {0}


@dataclass(frozen=True, slots=True)
class Reading:
    """How one file was read: a document or a refusal, and what it cost."""

    outcome: ParsedDocument | DocumentRefused
    seconds: float
    cpu_s: float = 0.0  # of the child and its OCR; 0 when it died before it could say
    peak_mb: float = 0.0  # of the child, as it last said


def parse(
    name: str,
    data: bytes,
    limits: Limits | None = None,
    progress: ProgressCallback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ParsedDocument:
    """Return the text of a course document with its places.

    Raises UnsupportedFormat, DocumentLocked, DocumentDamaged, DocumentEmpty, DocumentTooLarge, IngestCancelled;
    each message is one or two sentences for the instructor.
    """
    outcome = read(name, data, limits or Limits(), progress, cancelled).outcome
    if isinstance(outcome, DocumentRefused):
        raise outcome
    return outcome


def read(
    name: str,
    data: bytes,
    limits: Limits,
    progress: ProgressCallback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Reading:
    """As `parse`, but return a refusal and what reading cost. Raises IngestCancelled."""
    started = time.monotonic()
    shown = shown_name(name) or "the file"
    refused = _refuse_early(shown, data, limits)
    if refused is not None:
        return Reading(refused, time.monotonic() - started)
    with _Child(shown, data, limits) as child:
        last = child.listen(progress or _ignore, cancelled or _never)
    return Reading(last.outcome, time.monotonic() - started, last.cpu_s, last.peak_mb)


def _ignore(progress: Progress) -> None:
    """Nobody watches."""


def _never() -> bool:
    return False


def _refuse_early(name: str, data: bytes, limits: Limits) -> DocumentRefused | None:
    if not data.strip(b"\x00 \t\r\n"):
        return DocumentEmpty(f"{name} is empty; upload the file again.")
    if len(data) > limits.file_bytes:
        megabytes = limits.file_bytes // MEGABYTE
        return DocumentTooLarge(f"{name} is larger than {megabytes} MB; split it into smaller files.")
    return None


class _Child:
    """The running child: one thread feeds it, one hears it, the caller's thread watches the clock."""

    def __init__(self, name: str, data: bytes, limits: Limits) -> None:
        self._name, self._limits = name, limits
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = child_process.start("knowledge.parsing.sandbox_worker")
        request = worker_protocol.request(name, limits, len(data))
        threading.Thread(target=child_process.feed, args=(self._process, request, data), daemon=True).start()
        threading.Thread(target=self._hear, daemon=True).start()

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *exception: object) -> None:
        """End the child and whatever it started."""
        child_process.end(self._process)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _hear(self) -> None:
        """Put the child's lines into the queue, then None. A line over the limit is cut, and so refused."""
        assert self._process.stdout is not None
        most = 8 * self._limits.characters + MEGABYTE
        try:
            while line := self._process.stdout.readline(most):
                self._lines.put(line)
        except ValueError:
            pass  # closed while we listened: nobody waits for the rest
        self._lines.put(None)

    def listen(self, progress: ProgressCallback, cancelled: Callable[[], bool]) -> worker_protocol.Finished:
        """Return the child's last word; of a child that is silent, slow or dead we say it."""
        peak_mb, done = 0.0, 0
        started = heard = time.monotonic()
        while True:
            if cancelled():
                raise IngestCancelled(f"reading {self._name} was cancelled")
            now = time.monotonic()
            if now - heard > self._limits.stall_s or now - started > self._limits.wall_s:
                return worker_protocol.Finished(self._too_slow(done), peak_mb, 0.0)
            try:
                line = self._lines.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                continue
            message = self._understand(line, peak_mb)
            if isinstance(message, worker_protocol.Finished):
                return message
            heard, done, peak_mb = time.monotonic(), message.done, message.peak_mb
            progress(Progress("reading", message.done, message.total))

    def _understand(self, line: bytes | None, peak_mb: float) -> worker_protocol.Reported | worker_protocol.Finished:
        if line is None:
            return worker_protocol.Finished(self._died(), peak_mb, 0.0)
        try:
            return worker_protocol.read_line(line)
        except ValueError:
            too_much = DocumentTooLarge(f"{self._name} holds too much text; split it into parts.")
            return worker_protocol.Finished(too_much, peak_mb, 0.0)

    def _too_slow(self, done: int) -> DocumentTooLarge:
        return DocumentTooLarge(
            f"{self._name} takes too long to be read (stopped in part {done + 1}); split it or save it anew as PDF."
        )

    def _died(self) -> DocumentRefused:
        status = self._process.wait()
        if status in _OUT_OF_RESOURCES:
            return DocumentTooLarge(f"{self._name} takes too much time or memory to be read; split it into parts.")
        return DocumentDamaged(
            f"{self._name} made the reader stop (status {status}), so it is probably damaged; save and upload it again."
        )
