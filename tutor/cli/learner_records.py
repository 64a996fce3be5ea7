"""Learning: remake the records, print a report, take answers out."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from tutor.cli.common import AddCommand, core_services_session, print_note, services_session
from tutor.domain import Person
from tutor.errors import InputRefused
from tutor.platform.settings import Settings
from tutor.progress.xapi_import import parse_roster
from tutor.services import CoreServices
from tutor.ui import printable_reports


def add_commands(add: AddCommand) -> None:
    report_verb = add("report", report, "write the report of a class, or of one learner, as one HTML file")
    report_verb.add_argument("--course", required=True, metavar="ID")
    report_verb.add_argument("--learner", metavar="NAME", help="of this learner; without it, of the class")
    report_verb.add_argument("--language", choices=["en", "zh"])
    report_verb.add_argument("--out", type=Path, metavar="FILE", help="default: stdout")

    export_verb = add("export", export, "write answers as xAPI statements or CSV")
    export_verb.add_argument("--course", required=True, metavar="ID")
    export_verb.add_argument("--learner", metavar="NAME", help="of this learner; without it, of the class")
    export_verb.add_argument("--format", choices=["xapi", "csv", "json"], default="xapi")
    export_verb.add_argument("--out", type=Path, metavar="FILE", help="default: stdout")

    import_verb = add(
        "import-answers", import_answers, "take in answers that another system judged, as xAPI statements"
    )
    import_verb.add_argument("file", type=Path)
    import_verb.add_argument("--course", required=True, metavar="ID")
    import_verb.add_argument("--roster", type=Path, metavar="FILE", help="lines “actor, name used here”")

    recount_verb = add("recount", recount, "remake the records of a course's learners from their answers")
    recount_verb.add_argument("--course", required=True, metavar="ID")


def report(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write a report as the page would show it."""
    with services_session(settings) as services:
        if arguments.learner:
            actor = _with_language(services.accounts.get_by_name(arguments.learner), arguments.language)
            page = printable_reports.render_learner_report(services, actor, arguments.course)
        else:
            page = printable_reports.render_class_report(
                services, _with_language(services.operator, arguments.language), arguments.course
            )
    _write_output(page, arguments.out)
    return 0


def export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write what may be taken out: all of one learner, or the class without anything about fewer than five."""
    with core_services_session(settings) as office:
        text = _export_learner(office, arguments) if arguments.learner else _export_class(office, arguments)
    _write_output(text, arguments.out)
    return 0


def import_answers(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take in xAPI statements, and say what was refused; 1 when anything was."""
    try:
        data = arguments.file.read_bytes()
        roster = parse_roster(arguments.roster.read_text("utf-8")) if arguments.roster else {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(f"a file cannot be read ({error}); choose another one") from error
    with core_services_session(settings) as office:
        found = office.xapi_import.import_statements(office.operator, arguments.course, data, roster)
    for one in found.rejected:
        print_note(f"statement {one.position}: {one.reason}")
    print(
        f"answers taken in: {found.imported}; known already: {found.duplicates}; refused: {len(found.rejected)}; "
        f"left out, taken back at the source: {found.skipped_voided}; of earlier files taken back: {found.retracted}"
    )
    return 1 if found.rejected else 0


def recount(arguments: argparse.Namespace, settings: Settings) -> int:
    """Remake all records of a course."""
    with core_services_session(settings) as office:
        count = office.progress.rebuild_records(office.operator, arguments.course)
    print(f"{count} records were remade from their answers")
    return 0


def _export_learner(office: CoreServices, arguments: argparse.Namespace) -> str:
    actor = office.accounts.get_by_name(arguments.learner)
    match arguments.format:
        case "csv":
            return office.reports.own_answers_csv(actor, arguments.course)
        case "json":
            return _to_json(office.reports.own_data(actor, arguments.course))
    return _to_json(office.reports.own_xapi_statements(actor, arguments.course))


def _export_class(office: CoreServices, arguments: argparse.Namespace) -> str:
    match arguments.format:
        case "csv":
            return office.reports.class_skills_csv(office.operator, arguments.course)
        case "json":
            raise InputRefused("`export --format json` is all that is kept about one learner; name her with --learner")
    return _to_json(office.reports.class_xapi_statements(office.operator, arguments.course))


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


def _with_language(actor: Person, language: str | None) -> Person:
    return replace(actor, language=language) if language else actor


def _write_output(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputRefused(f"{out} cannot be written ({error.strerror}); choose another file") from error
    print_note(f"wrote {out}")
