"""The verbs `report`, `export`, `import-answers` and `recount` about learners' records."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from tutor.cli.common import AddCommand, core_services_session, print_note, services_session
from tutor.domain import Person
from tutor.errors import InputRefused
from tutor.locales import load_catalogs
from tutor.platform.settings import Settings
from tutor.progress.xapi_import import parse_roster
from tutor.services import CoreServices
from tutor.ui import printable_reports


def add_commands(add: AddCommand) -> None:
    report_verb = add("report", report, "write the report of a class, or of one learner, as one HTML file")
    report_verb.add_argument("--course", required=True, metavar="ID")
    report_verb.add_argument("--learner", metavar="NAME", help="about this learner; without it, about the class")
    report_verb.add_argument("--language", choices=sorted(load_catalogs()))
    report_verb.add_argument("--out", type=Path, metavar="FILE", help="default: stdout")

    export_verb = add("export", export, "write answers as xAPI statements or CSV, or everything about a person")
    export_verb.add_argument("--course", metavar="ID", help="needed but for everything about a learner (json)")
    export_verb.add_argument("--learner", metavar="NAME", help="about this learner; without it, about the class")
    export_verb.add_argument("--format", choices=["xapi", "csv", "json", "research"], default="xapi")
    export_verb.add_argument("--text", choices=["none", "scrubbed"], default="none", help="of questions, for research")
    export_verb.add_argument("--out", type=Path, metavar="FILE", help="default: stdout")

    import_verb = add("import-answers", import_answers, "import answers that another system graded, as xAPI statements")
    import_verb.add_argument("file", type=Path)
    import_verb.add_argument("--course", required=True, metavar="ID")
    import_verb.add_argument("--roster", type=Path, metavar="FILE", help="lines “actor, name used here”")

    recount_verb = add("recount", recount, "rebuild the records of a course's learners from their answers")
    recount_verb.add_argument("--course", required=True, metavar="ID")


def report(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write a report as the page shows it."""
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
    """Export all data of one learner, or of a class without figures about fewer than five learners."""
    if arguments.course is None and (arguments.learner is None or arguments.format != "json"):
        raise InputRefused("`export` needs --course; without it, only `--learner NAME --format json` works")
    with core_services_session(settings) as core:
        text = _export_learner(core, arguments) if arguments.learner else _export_class(core, arguments)
    _write_output(text, arguments.out)
    return 0


def import_answers(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import xAPI statements and print each refusal; return 1 if there was any."""
    try:
        data = arguments.file.read_bytes()
        roster = parse_roster(arguments.roster.read_text("utf-8")) if arguments.roster else {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(f"a file cannot be read ({error}); choose another file") from error
    with core_services_session(settings) as core:
        found = core.xapi_import.import_statements(core.operator, arguments.course, data, roster)
    for rejected in found.rejected:
        print_note(f"statement {rejected.position}: {rejected.reason}")
    print(
        f"answers imported: {found.imported}; already known: {found.duplicates}; refused: {len(found.rejected)}; "
        f"skipped, voided at the source: {found.skipped_voided}; of earlier files retracted: {found.retracted}"
    )
    return 1 if found.rejected else 0


def recount(arguments: argparse.Namespace, settings: Settings) -> int:
    """Rebuild all records of a course."""
    with core_services_session(settings) as core:
        count = core.progress.rebuild_records(core.operator, arguments.course)
    print(f"{count} records were rebuilt from their answers")
    return 0


def _export_learner(core: CoreServices, arguments: argparse.Namespace) -> str:
    actor = core.accounts.get_by_name(arguments.learner)
    if arguments.course is None:
        return _to_json(core.rights.person_export.by_command(actor))
    match arguments.format:
        case "research":
            raise InputRefused("`export --format research` is for a course; leave --learner out")
        case "csv":
            return core.reports.own_answers_csv(actor, arguments.course)
        case "json":
            return _to_json(core.reports.own_data(actor, arguments.course))
    return _to_json(core.reports.own_xapi_statements(actor, arguments.course))


def _export_class(core: CoreServices, arguments: argparse.Namespace) -> str:
    match arguments.format:
        case "research":
            text = arguments.text == "scrubbed"
            return _to_json(core.research.of_course(core.operator, arguments.course, with_text=text))
        case "csv":
            return core.reports.class_skills_csv(core.operator, arguments.course)
        case "json":
            raise InputRefused("`export --format json` is for one learner; choose them with --learner")
    return _to_json(core.reports.class_xapi_statements(core.operator, arguments.course))


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
