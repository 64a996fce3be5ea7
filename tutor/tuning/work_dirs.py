"""The folders that trainings work in: one training of an owner in a course at a time, in whatever process.

Nothing of it is kept, but for the checkpoint of a training that was killed: the next one goes on from it if it has the
same rows and recipe. A checkpoint nobody came back to is removed when the house opens its doors, or by the doctor.
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
CHECKPOINT_TTL_S = 7 * 24 * 3600.0  # how long a killed training may be gone on with


@contextmanager
def exclusive_work_dir(adapters_dir: Path, owner: str, course_id: str, name: str) -> Iterator[Path]:
    """Yield a folder to work in while no other process trains this owner; raises TrainingBusy, TrainingFailed."""
    workplace = adapters_dir / WORK_FOLDER / f"{owner}-{course_id}"
    workplace.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _try_lock(workplace) as mine:
        if not mine:
            raise busy_error(name)
        _clear(workplace, keep=CHECKPOINT)
        workplace.mkdir(mode=0o700, exist_ok=True)
        kept = ""
        try:
            yield workplace
        except TrainerDied:
            kept = CHECKPOINT
            raise
        except OSError as error:
            raise _write_error(error) from error
        finally:
            _clear(workplace, keep=kept)


def find_abandoned(adapters_dir: Path, older_than_s: float = CHECKPOINT_TTL_S) -> list[Path]:
    """Return the folders of trainings that ended without anybody going on with them for so long."""
    work, since = adapters_dir / WORK_FOLDER, time.time() - older_than_s
    folders = sorted(path for path in work.iterdir() if path.is_dir()) if work.is_dir() else []
    return [folder for folder in folders if _latest_change(folder) <= since]


def remove_abandoned(adapters_dir: Path, older_than_s: float = CHECKPOINT_TTL_S) -> int:
    """Remove what killed trainings left and nobody went on with; return how many folders went."""
    gone = 0
    for folder in find_abandoned(adapters_dir, older_than_s):
        with _try_lock(folder) as mine:
            if mine:
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
    return gone


def busy_error(name: str) -> TrainingBusy:
    return TrainingBusy(f"the tutor of {name} is being trained already; wait until that has ended", key="busy")


@contextmanager
def _try_lock(work_dir: Path) -> Iterator[bool]:
    """Yield whether the workplace is ours alone."""
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
    """Remove a folder and all that is in it, except for one file."""
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
    return TrainingFailed(f"a file of the training could not be written ({error.strerror}); train again")
