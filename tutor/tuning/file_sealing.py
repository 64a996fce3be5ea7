"""Seals the files of adapters that versions without sealing wrote; one that is killed goes on at the next start."""

from __future__ import annotations

import shutil
from pathlib import Path

import tutor.store.adapters as adapter_store
from adapters.files import CHECKPOINT, EVAL_REPORT, WEIGHTS
from adapters.vault import Vault, is_sealed
from tutor.tuning.adapter_versions import AdapterVersionService
from tutor.tuning.work_dirs import WORK_FOLDER, unlocked

_ROWS = "rows.jsonl"


def seal_clear_files(versions: AdapterVersionService) -> int:
    """Seal the clear files of all versions, and remove clear leftovers of killed trainings; return how many there were.

    Where a model server has to read the files, they stay as they are.
    """
    if not versions.seals_files:
        return 0
    with versions.database.read_connection() as connection:
        stored = adapter_store.all_versions(connection)
    sealed = sum(
        _seal_folder(versions.directory(version), versions.vault(version.learner_id, version.course_id))
        for version in stored
    )
    return sealed + _remove_clear_work(versions.adapters_dir / WORK_FOLDER)


def _seal_folder(folder: Path, vault: Vault) -> int:
    clear = [path for path in (folder / WEIGHTS, folder / EVAL_REPORT) if path.is_file() and not is_sealed(path)]
    for path in clear:
        vault.replace(path, path.read_bytes())
    return len(clear)


def _remove_clear_work(work: Path) -> int:
    removed = 0
    for folder in [path for path in work.iterdir() if path.is_dir()] if work.is_dir() else []:
        with unlocked(folder) as free:
            if free and any(path.is_file() and not is_sealed(path) for path in (folder / CHECKPOINT, folder / _ROWS)):
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed
