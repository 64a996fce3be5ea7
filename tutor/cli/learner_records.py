"""Learning: remake the records, print a report, take answers out."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from tutor.cli.common import AddVerb, house_of, office_of, say
from tutor.domain import Person
from tutor.errors import InputRefused
from tutor.platform.settings import Settings
from tutor.progress.xapi_import import read_roster
from tutor.services import Office
from tutor.ui import printable_reports


def declare(add: AddVerb) -> None:
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

    import_verb = add("import-answers", take_in, "take in answers that another system judged, as xAPI statements")
    import_verb.add_argument("file", type=Path)
    import_verb.add_argument("--course", required=True, metavar="ID")
    import_verb.add_argument("--roster", type=Path, metavar="FILE", help="lines “actor, name used here”")

    recount_verb = add("recount", recount, "remake the records of a course's learners from their answers")
    recount_verb.add_argument("--course", required=True, metavar="ID")


def report(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write a report as the page would show it."""
    with house_of(settings) as house:
        if arguments.learner:
            who = _speaking(house.office.accounts.named(arguments.learner), arguments.language)
            page = printable_reports.own_report(house, who, arguments.course)
        else:
            page = printable_reports.class_report(
                house, _speaking(house.office.operator, arguments.language), arguments.course
            )
    _write(page, arguments.out)
    return 0


def export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write what may be taken out: all of one learner, or the class without anything about fewer than five."""
    with office_of(settings) as office:
        text = _of_learner(office, arguments) if arguments.learner else _of_class(office, arguments)
    _write(text, arguments.out)
    return 0


def take_in(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take in xAPI statements, and say what was refused; 1 when anything was."""
    try:
        data = arguments.file.read_bytes()
        roster = read_roster(arguments.roster.read_text("utf-8")) if arguments.roster else {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(f"a file cannot be read ({error}); choose another one") from error
    with office_of(settings) as office:
        found = office.intake.take_in(office.operator, arguments.course, data, roster)
    for one in found.refused:
        say(f"statement {one.place}: {one.reason}")
    print(
        f"answers taken in: {found.taken}; known already: {found.known}; refused: {len(found.refused)}; "
        f"left out, taken back at the source: {found.left_out}; of earlier files taken back: {found.taken_back}"
    )
    return 1 if found.refused else 0


def recount(arguments: argparse.Namespace, settings: Settings) -> int:
    """Remake all records of a course."""
    with office_of(settings) as office:
        count = office.progress.rebuild(office.operator, arguments.course)
    print(f"{count} records were remade from their answers")
    return 0


def _of_learner(office: Office, arguments: argparse.Namespace) -> str:
    who = office.accounts.named(arguments.learner)
    match arguments.format:
        case "csv":
            return office.reports.own_answers(who, arguments.course)
        case "json":
            return _json(office.reports.own_data(who, arguments.course))
    return _json(office.reports.own_statements(who, arguments.course))


def _of_class(office: Office, arguments: argparse.Namespace) -> str:
    match arguments.format:
        case "csv":
            return office.reports.class_skills(office.operator, arguments.course)
        case "json":
            raise InputRefused("`export --format json` is all that is kept about one learner; name her with --learner")
    return _json(office.reports.class_statements(office.operator, arguments.course))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


def _speaking(who: Person, language: str | None) -> Person:
    return replace(who, language=language) if language else who


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputRefused(f"{out} cannot be written ({error.strerror}); choose another file") from error
    say(f"wrote {out}")
