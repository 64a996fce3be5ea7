"""The working directories of trainings, locked so that one training of an owner in a course runs at a time.

A directory is removed after its training, except for the checkpoint of a training that was killed: the next one resumes
from it if it has the same rows and recipe. Old checkpoints are removed at the start of the server and by `doctor`.
"""

from __future__ import annotations

import errno
import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.errors import TrainerDied, TrainingBusy
from adapters.files import CHECKPOINT
from tutor.errors import TrainingFailed

WORK_FOLDER = ".work"
CHECKPOINT_TTL_S = 7 * 24 * 3600.0  # how long a killed training can be resumed


@contextmanager
def exclusive_work_dir(adapters_dir: Path, owner: str, course_id: str, name: str) -> Iterator[Path]:
    """Yield the working directory of an owner's training. Raises TrainingBusy, TrainingFailed."""
    work_dir = adapters_dir / WORK_FOLDER / f"{owner}-{course_id}"
    work_dir.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with unlocked(work_dir) as locked:
        if not locked:
            raise busy_error(name)
        _clear(work_dir, keep=CHECKPOINT)
        work_dir.mkdir(mode=0o700, exist_ok=True)
        keep = ""
        try:
            yield work_dir
        except TrainerDied:
            keep = CHECKPOINT
            raise
        except OSError as error:
            raise _write_error(error) from error
        finally:
            _clear(work_dir, keep=keep)


def find_abandoned(adapters_dir: Path) -> list[Path]:
    """Return the folders of killed trainings that were not resumed within CHECKPOINT_TTL_S."""
    work, since = adapters_dir / WORK_FOLDER, time.time() - CHECKPOINT_TTL_S
    folders = sorted(path for path in work.iterdir() if path.is_dir()) if work.is_dir() else []
    return [folder for folder in folders if _latest_change(folder) <= since]


def remove_abandoned(adapters_dir: Path) -> int:
    """Remove the folders of killed trainings that were not resumed; return how many."""
    removed = 0
    for folder in find_abandoned(adapters_dir):
        with unlocked(folder) as locked:
            if locked:
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


def busy_error(name: str) -> TrainingBusy:
    return TrainingBusy(
        f"the tutor of {name} is already being trained; wait until this training has ended", key="training_busy"
    )


@contextmanager
def unlocked(work_dir: Path) -> Iterator[bool]:
    """Yield whether the lock of a working directory was free; hold it meanwhile."""
    with work_dir.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _latest_change(folder: Path) -> float:
    return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))


def _clear(folder: Path, keep: str) -> None:
    """Remove a folder with everything in it, except for the file `keep`."""
    if not (folder / keep).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != keep:
            path.unlink()


def _write_error(error: OSError) -> TrainingFailed:
    if error.errno == errno.ENOSPC:
        return TrainingFailed("the disk is full: nothing was saved; free some space and train again", key="disk_full")
    return TrainingFailed(f"the training could not write a file ({error.strerror}); train again")
