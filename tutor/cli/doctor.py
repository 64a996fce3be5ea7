"""The checks of `doctor`: one finding each, with what to do if it is not well."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tutor.errors import OriginalMissing
from tutor.platform.settings import Settings
from tutor.sealing.master_key import KEY_FILE, is_readable_by_others
from tutor.services import USER_FACING_ERRORS, CoreServices, Services, open_services
from tutor.store.sealing_setup import has_clear_text
from tutor.tuning.work_dirs import find_abandoned

MIN_FREE_BYTES = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    what: str
    well: bool
    detail: str


def run_checks(
    settings: Settings, *, repair: bool = False, on_progress: Callable[[str], None] = lambda text: None
) -> list[Finding]:
    """Run all checks; with `repair`, rebuild damaged indexes and remove leftovers of killed trainings.

    `on_progress` is told what the model is waited for, for example how much of it is downloaded.
    """
    findings = [_check_python(), _check_disk(settings)]
    try:
        services = open_services(settings)
    except USER_FACING_ERRORS as error:
        return [*findings, Finding("data", False, str(error))]
    try:
        findings += [
            _check_database(services),
            check_encryption(services),
            _check("embedder", lambda: _describe_embedder(services, on_progress)),
            _check("model", lambda: _describe_model(services, on_progress)),
        ]
        findings += [
            _check_document_files(services),
            _check_interrupted_trainings(services, repair=repair),
            *_check_indexes(services, repair=repair),
        ]
    finally:
        services.close()
    return findings


def _check_python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= (3, 11), version)


def _check_disk(settings: Settings) -> Finding:
    folder = settings.data_dir.expanduser().absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Finding("disk", free > MIN_FREE_BYTES, f"{free / 2**30:.1f} GiB free at {folder}")


def _check_database(services: Services) -> Finding:
    with services.database.read_connection() as connection:
        result = connection.exec_driver_sql("PRAGMA quick_check").scalar()
    return Finding("database", result == "ok", str(result))


def check_encryption(services: CoreServices) -> Finding:
    """Tell which master key is in use, and whether clear text of an earlier version is left."""
    source = "TUTOR_MASTER_KEY" if services.settings.master_key else services.data_dir.path / KEY_FILE
    detail = f"master key {services.database.master.id} of {source}"
    if is_readable_by_others(services.data_dir.path / KEY_FILE):
        return Finding("encryption", False, f"{detail}; others can read that file: chmod 600 it")
    with services.database.read_connection() as connection:
        if has_clear_text(connection):
            left = (
                "clear text of an earlier version is left in free pages: stop all programs that use the data, start one"
            )
            return Finding("encryption", False, f"{detail}; {left}")
    return Finding("encryption", True, detail)


def _check(what: str, describe: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, describe())
    except USER_FACING_ERRORS as error:
        return Finding(what, False, str(error))


def _describe_embedder(services: Services, on_progress: Callable[[str], None]) -> str:
    if not services.embedder.is_ready:
        on_progress("loading the embedder; its first use converts it, which takes about half a minute")
    services.embedder.embed_query("Is anybody there?")
    return f"{services.embedder.name}, {services.embedder.dimension} dimensions"


def _describe_model(services: Services, on_progress: Callable[[str], None]) -> str:
    services.wait_until_ready(on_progress)
    info = services.engine.info()
    kernel = f", kernel {info.kernel}" if info.kernel else ""
    return f"{info.model} in {info.quantization} on {info.device}{kernel}. {info.detail}".rstrip()


def _check_document_files(services: Services) -> Finding:
    """Check that the file of each document is intact; without it a cited page is shown as text only."""
    lost = []
    for course in services.courses.visible_to(services.operator):
        for document in services.library.documents(course.id):
            try:
                services.documents.blobs.read(document.sha256, document.name)
            except OriginalMissing:
                lost.append(f"{course.id}/{document.name}")
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    detail = f"upload again: {', '.join(lost[:5])}{more}" if lost else "intact"
    return Finding("files of documents", not lost, detail)


def _check_interrupted_trainings(services: Services, *, repair: bool) -> Finding:
    """Look for leftovers of killed trainings; the server also removes them at its start."""
    left = (
        []
        if repair and services.training.remove_abandoned()
        else find_abandoned(services.adapter_versions.adapters_dir)
    )
    names = ", ".join(folder.name for folder in left)
    return Finding(
        "trainings",
        not left,
        f"killed and not resumed: {names}; `doctor --repair` removes them" if left else "no leftovers",
    )


def _check_indexes(services: Services, *, repair: bool) -> Iterator[Finding]:
    for course in services.courses.visible_to(services.operator):
        faults = services.library.check_index(course.id)
        if faults and repair:
            services.library.rebuild_index(course.id)
            faults = services.library.check_index(course.id)
            yield Finding(f"index of {course.id}", not faults, "; ".join(faults) or "rebuilt")
        else:
            yield Finding(f"index of {course.id}", not faults, "; ".join(faults) or "intact")
