"""The verbs `withdraw` and `corrections`: withdraw a correction; list, export or import corrections."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from tutor.cli.common import AddCommand, core_services_session, print_json, services_session
from tutor.platform.settings import Settings


def add_commands(add: AddCommand) -> None:
    withdraw_verb = add("withdraw", withdraw, "withdraw a correction and delete the adapters that were trained on it")
    withdraw_verb.add_argument("correction", metavar="ID")
    withdraw_verb.add_argument("--json", action="store_true")

    verb = add("corrections", corrections, "list a learner's corrections, export their training rows, or import a file")
    verb.add_argument("action", choices=["list", "export", "import"])
    verb.add_argument("file", nargs="?", type=Path, help='JSON lines of {"id": ..., "messages": [...]}')
    verb.add_argument("--learner", required=True, metavar="NAME")
    verb.add_argument("--course", required=True, metavar="ID")
    verb.add_argument("--no-consent", action="store_true", help="with `import`: do not train on the rows")
    verb.add_argument("--json", action="store_true")


def withdraw(arguments: argparse.Namespace, settings: Settings) -> int:
    """Withdraw a correction as the operator."""
    with core_services_session(settings) as core:
        removed = core.feedback.withdraw_correction(core.operator, arguments.correction)
    if arguments.json:
        print_json([asdict(version) for version in removed])
    else:
        print(f"withdrawn; adapters deleted with it: {', '.join(v.name for v in removed) or 'none'}")
    return 0


def corrections(arguments: argparse.Namespace, settings: Settings) -> int:
    """List, export or import."""
    if arguments.action != "list" and arguments.file is None:
        raise SystemExit(f"`corrections {arguments.action}` needs a FILE")
    with services_session(settings) as services:
        learner = services.accounts.get_by_name(arguments.learner)
        course = services.courses.authorize(learner, arguments.course)
        if arguments.action == "export":
            count = services.corrections_io.export(learner, learner.id, course.id, arguments.file)
            print(f"wrote {count} rows to {arguments.file}")
            return 0
        if arguments.action == "import":
            services.corrections_io.import_file(learner, course.id, arguments.file, consent=not arguments.no_consent)
        found = services.feedback.list_corrections(learner, course.id)
    if arguments.json:
        print_json([asdict(correction) for correction in found])
    else:
        for correction in found:
            print(f"{correction.id}\t{correction.state.value}\t{' '.join(correction.text.split())[:80]}")
    return 0
