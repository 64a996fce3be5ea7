"""The folder of a published model: `model.gguf`, and the small files beside it that loading needs.

A manifest with the hashes of the small files is written last, so a folder without one is finished first.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from pathlib import Path

from tutor.engine.download_child import bytes_below
from tutor.engine.files import FileHashCache, hold_file_lock, sha256_of, sync_to_disk, write_atomically
from tutor.engine.load_progress import LoadMonitor, LoadStage
from tutor.engine.published_models import PublishedModel
from tutor.engine.weights_download import download_folder, fetch_weights
from tutor.errors import DataDirUnusable

log = logging.getLogger(__name__)

WEIGHTS = "model.gguf"
COMPANIONS_FORMAT = 1  # a change of what `write_companions` writes raises it; the files are then written again


def open_published_model(model: PublishedModel, models_dir: Path, monitor: LoadMonitor) -> Path:
    """Return the model's complete folder, after downloading and preparing what is missing.

    Raises ModelUnusable, DataDirUnusable, LoadCancelled.
    """
    _create(models_dir)
    folder = models_dir / model.folder_name
    hashes = FileHashCache(models_dir / "hashes.json")
    if _is_complete(folder, model, hashes):
        return folder

    def report_other_process() -> None:
        monitor.report(LoadStage.DOWNLOADING, bytes_below(download_folder(model, models_dir)), model.size)

    with hold_file_lock(models_dir / f".{model.folder_name}.lock", report_other_process):
        _provide_weights(model, models_dir, hashes, monitor)
        monitor.report(LoadStage.PREPARING)
        if not _has_companions(folder):
            _publish_companions(folder)
    return folder


def _create(models_dir: Path) -> None:
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirUnusable(
            f"{models_dir} cannot be created ({error.strerror}); set TUTOR_MODELS_DIR to a writable folder"
        ) from error


def _is_complete(folder: Path, model: PublishedModel, hashes: FileHashCache) -> bool:
    return _has_weights(folder / WEIGHTS, model, hashes) and _has_companions(folder)


def _has_weights(weights: Path, model: PublishedModel, hashes: FileHashCache) -> bool:
    """Whether the file is the published one; its hash is computed again only when size or time have changed."""
    return weights.is_file() and weights.stat().st_size == model.size and hashes.sha256(weights) == model.sha256


def _provide_weights(model: PublishedModel, models_dir: Path, hashes: FileHashCache, monitor: LoadMonitor) -> None:
    weights = models_dir / model.folder_name / WEIGHTS
    if _has_weights(weights, model, hashes):
        return
    if weights.exists():
        log.warning("%s is not the published file; it is removed and downloaded again", weights)
        weights.unlink()
    fetch_weights(model, models_dir, weights, monitor)
    hashes.remember(weights, model.sha256)


def _has_companions(folder: Path) -> bool:
    """Whether every small file is there with the hash that the manifest states."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        return manifest["format"] == COMPANIONS_FORMAT and all(
            sha256_of(folder / name) == sha256 for name, sha256 in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _publish_companions(folder: Path) -> None:
    """Write the small files into a temporary folder, then move each into place, the manifest last."""
    for stale in folder.glob(".partial-*"):
        shutil.rmtree(stale, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder))
    try:
        _write_companions(folder / WEIGHTS, partial)
        hashes = {file.name: sha256_of(file) for file in sorted(partial.iterdir())}
        (folder / "manifest.json").unlink(missing_ok=True)
        for name in hashes:
            sync_to_disk(partial / name)
            (partial / name).replace(folder / name)
        write_atomically(folder / "manifest.json", json.dumps({"format": COMPANIONS_FORMAT, "files": hashes}, indent=1))
        sync_to_disk(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_companions(weights: Path, folder: Path) -> None:
    from tutor.engine.gguf_folder import write_companions

    write_companions(weights, folder)
