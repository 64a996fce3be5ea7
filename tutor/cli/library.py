"""The verbs `ingest`, `courses`, `rebuild` and `doctor` about courses and their documents."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from knowledge.documents import IngestProgress
from tutor.cli import doctor as diagnosis
from tutor.cli.common import AddCommand, core_services_session, one_line, print_json, print_note, services_session
from tutor.errors import InputRefused
from tutor.platform.settings import Settings
from tutor.services import USER_FACING_ERRORS


def add_commands(add: AddCommand) -> None:
    ingest_verb = add("ingest", ingest, "read documents into a course")
    ingest_verb.add_argument("files", nargs="+", type=Path, metavar="FILE")
    ingest_verb.add_argument("--course", required=True, metavar="ID")
    ingest_verb.add_argument("--json", action="store_true", help="print one JSON object per file")

    courses_verb = add("courses", courses, "list courses, or add one")
    courses_verb.add_argument("action", choices=["list", "add"], nargs="?", default="list")
    courses_verb.add_argument("id", nargs="?")
    courses_verb.add_argument("--title")
    courses_verb.add_argument("--language", default="en")
    courses_verb.add_argument("--open", action="store_true", help="everybody may study the new course")
    courses_verb.add_argument("--json", action="store_true")

    rebuild_verb = add("rebuild", rebuild, "rebuild the search index from the database")
    rebuild_verb.add_argument("--course", metavar="ID", help="only this course")

    doctor_verb = add("doctor", doctor, "check models, data and indexes, and say how to fix what is wrong")
    doctor_verb.add_argument("--repair", action="store_true", help="rebuild what can be rebuilt")
    doctor_verb.add_argument("--json", action="store_true")


def ingest(arguments: argparse.Namespace, settings: Settings) -> int:
    """Add files to a course one after another; a file that cannot be read does not stop the others."""
    failed = 0
    with services_session(settings) as services:
        operator = services.operator
        services.courses.authorize(operator, arguments.course)
        for path in arguments.files:
            before = {document.id for document in services.library.documents(arguments.course)}
            try:
                document = services.documents.ingest(
                    operator, arguments.course, path.name, _read_file(path), _progress_printer(path.name)
                )
            except USER_FACING_ERRORS as error:
                failed += 1
                print_note(f"tutor: {one_line(error)}")
                continue
            if arguments.json:
                print_json(asdict(document))
            else:
                unchanged = "This file is already in the course; nothing was changed."
                notes = unchanged if document.id in before else " ".join(document.notes)
                print(f"{document.name}: {document.pages} pages, {document.passages} passages. {notes}".rstrip())
    return 1 if failed else 0


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused(f"{path} cannot be read ({error.strerror}); check the path") from error


def _progress_printer(name: str) -> Callable[[IngestProgress], None]:
    def show(progress: IngestProgress) -> None:
        if sys.stderr.isatty():
            print(f"\r{name}: {progress.stage} {progress.done}/{progress.total}   ", end="", file=sys.stderr)

    return show


def courses(arguments: argparse.Namespace, settings: Settings) -> int:
    """List courses or add one."""
    with core_services_session(settings) as core:
        if arguments.action == "add":
            title = arguments.title or arguments.id or ""
            core.courses.create(
                core.operator, title, arguments.language, course_id=arguments.id, open_to_all=arguments.open
            )
        listed = core.courses.visible_to(core.operator)
        links = {course.id: core.enrolment.show(core.operator, course.id).join_link for course in listed}
    if arguments.json:
        print_json([{**asdict(course), "join_link": links[course.id]} for course in listed])
    else:
        for course in listed:
            print(f"{course.id}\t{course.title}\t{'open to all' if course.open else links[course.id] or 'closed'}")
    return 0


def rebuild(arguments: argparse.Namespace, settings: Settings) -> int:
    """Rebuild the index of one course or of all; a running server uses it from its next search."""
    with services_session(settings) as services:
        operator = services.operator
        if arguments.course:
            chosen = [services.courses.authorize(operator, arguments.course)]
        else:
            chosen = services.courses.visible_to(operator)
        for course in chosen:
            services.library.rebuild_index(course.id)
            passages = len(services.library.catalog.passages(course.id))
            print(f"{course.id}: rebuilt from {passages} passages")
    return 0


def doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print one line per check; return 1 if any finding is not well."""
    findings = diagnosis.run_checks(settings, repair=arguments.repair, on_progress=print_note)
    if arguments.json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{'ok ' if finding.well else 'BAD'}  {finding.what}: {finding.detail}")
    return 0 if all(finding.well for finding in findings) else 1
