"""What `doctor` looks at: one finding a thing, each with the way out when it is not well."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tutor.errors import OriginalMissing
from tutor.platform.settings import Settings
from tutor.services import REFUSALS, House, open_house
from tutor.tuning.work_dirs import left_over

MINIMUM_FREE_BYTES = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, and what was seen."""

    what: str
    well: bool
    detail: str


def examine(settings: Settings, *, repair: bool = False) -> list[Finding]:
    """Look at everything; with `repair`, rebuild the indexes that fail their check."""
    findings = [_python(), _disk(settings)]
    try:
        house = open_house(settings)
    except REFUSALS as error:
        return [*findings, Finding("data", False, str(error))]
    try:
        findings += [_database(house), _try("embedder", lambda: _embedder(house)), _try("model", lambda: _model(house))]
        findings += [_originals(house), _trainings(house, repair=repair), *_indexes(house, repair=repair)]
    finally:
        house.close()
    return findings


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= (3, 11), version)


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir.expanduser().absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Finding("disk", free > MINIMUM_FREE_BYTES, f"{free / 2**30:.1f} GiB free at {folder}")


def _database(house: House) -> Finding:
    with house.office.database.reading() as connection:
        result = connection.exec_driver_sql("PRAGMA quick_check").scalar()
    return Finding("database", result == "ok", str(result))


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except REFUSALS as error:
        return Finding(what, False, str(error))


def _embedder(house: House) -> str:
    house.embedder.embed_query("Is anybody there?")
    return f"{house.embedder.name}, {house.embedder.dimension} dimensions"


def _model(house: House) -> str:
    house.wait_until_ready()
    info = house.engine.info()
    return f"{info.model} in {info.quantization} on {info.device}. {info.detail}".rstrip()


def _originals(house: House) -> Finding:
    """Look whether each document's file is kept whole; without it a cited page is shown as text only."""
    lost = []
    for course in house.courses.visible_to(house.office.operator):
        for document in house.library.documents(course.id):
            try:
                house.shelf.originals.read(document.sha256, document.name)
            except OriginalMissing:
                lost.append(f"{course.id}/{document.name}")
    many = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    detail = f"upload again: {', '.join(lost[:5])}{many}" if lost else "whole"
    return Finding("files of documents", not lost, detail)


def _trainings(house: House, *, repair: bool) -> Finding:
    """Look for what killed trainings left; the server clears it away when it starts."""
    left = [] if repair and house.training.tidy() else left_over(house.versions.adapters_dir)
    names = ", ".join(folder.name for folder in left)
    return Finding(
        "trainings",
        not left,
        f"killed and not gone on with: {names}; --repair removes it" if left else "none left over",
    )


def _indexes(house: House, *, repair: bool) -> Iterator[Finding]:
    for course in house.courses.visible_to(house.office.operator):
        faults = house.library.check(course.id)
        if faults and repair:
            house.library.rebuild(course.id)
            faults = house.library.check(course.id)
            yield Finding(f"index of {course.id}", not faults, "; ".join(faults) or "rebuilt")
        else:
            yield Finding(f"index of {course.id}", not faults, "; ".join(faults) or "whole")
