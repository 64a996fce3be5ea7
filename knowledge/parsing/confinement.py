"""Confinement of a worker process that opens an untrusted file: limits, no network, no programs, no writing.

Every worker begins with `accept_request`, which gives up what it does not need before the file is touched.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import sys
from dataclasses import dataclass
from typing import Any, BinaryIO

from knowledge.parsing.limits import ParseLimits
from knowledge.parsing.ocr import tesseract_path
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.worker_protocol import decode_request

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


@dataclass(frozen=True, slots=True)
class WorkerRequest:
    """A request to a worker: the file, further fields of the request, and where the answer is written."""

    source: SourceFile
    fields: dict[str, Any]
    answers: BinaryIO


def accept_request() -> WorkerRequest:
    """Read the request from stdin, confine this process, then read the file; stdout is reserved for the answer."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not get between our lines
    line = sys.stdin.buffer.readline()
    name, limits, size = decode_request(line)
    confine_process(limits)
    logging.disable()  # warnings of libraries may quote the document
    return WorkerRequest(SourceFile(name, sys.stdin.buffer.read(size), limits), json.loads(line), answers)


def confine_process(limits: ParseLimits) -> None:
    """Give up memory, processor time, files, network and programs, as far as this system can."""
    _limit_resources(limits)
    _isolate_network()
    sys.addaudithook(_audit_hook)


def _limit_resources(limits: ParseLimits) -> None:
    try:
        import resource
    except ImportError:
        return  # Windows has no such limits; the parent's clock remains
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
    """On Linux: die with the parent, gain no privileges, move into a network namespace without interfaces."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # where a container forbids this too, the audit hook remains


_FORBIDDEN_EVENTS = ("socket.", "urllib.", "ftplib.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "shutil.")


def _audit_hook(event: str, details: tuple[object, ...]) -> None:
    """Raise PermissionError when a reader opens a connection, starts a program other than the OCR, or writes a file."""
    if event.startswith(_FORBIDDEN_EVENTS):
        raise PermissionError(f"a document reader may not use {event}")
    if event == "subprocess.Popen" and details[0] != tesseract_path():
        raise PermissionError("a document reader may not start programs")
    if event == "open" and isinstance(details[0], str) and set(str(details[1])) & set("wax+"):
        raise PermissionError("a document reader may not write files")
