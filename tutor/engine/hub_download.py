"""Downloads a model's GGUF file from the hub, in a child process that continues what an earlier one began."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tutor.engine.download_child import DownloadFailed, run_download
from tutor.engine.load_progress import LoadMonitor, LoadStage
from tutor.engine.published_models import PublishedModel

FIRST_BYTE_S = 15.0  # the hub's client tries again for longer than that before it says that there is no network
STALL_S = 60.0

_SCRIPT = """
import sys
from huggingface_hub import hf_hub_download
repo, file, folder = sys.argv[1:]
try:
    hf_hub_download(repo, file, local_dir=folder, etag_timeout=10)
except Exception as error:
    sys.exit("ERROR: " + str(error).split(". ")[0].split("\\n")[0])
"""
_ENVIRONMENT = {
    "HF_HUB_DISABLE_XET": "1",  # plain HTTP continues a broken download
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DOWNLOAD_TIMEOUT": "10",
}


def download_from_hub(model: PublishedModel, work: Path, monitor: LoadMonitor) -> Path:
    """Return the downloaded, unverified file below `work`. Raises DownloadFailed, LoadCancelled."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise DownloadFailed("the hub: HF_HUB_OFFLINE is set")
    folder = work / "hub"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        run_download(
            [sys.executable, "-c", _SCRIPT, model.repo, model.file, str(folder)],
            folder,
            environment=_ENVIRONMENT,
            on_bytes=lambda size: monitor.report(LoadStage.DOWNLOADING, size, model.size),
            first_byte_s=FIRST_BYTE_S,
            stall_s=STALL_S,
        )
    except DownloadFailed as error:
        raise DownloadFailed(f"the hub: {error}") from error
    return folder / model.file
