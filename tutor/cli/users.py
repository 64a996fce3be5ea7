"""The verb `users`: list accounts, add one, print a sign-in link, enrol somebody, sign somebody out, erase somebody."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tutor.cli.common import AddCommand, core_services_session, print_json
from tutor.domain import Role
from tutor.errors import InputRefused
from tutor.platform.settings import Settings
from tutor.services import CoreServices


def add_commands(add: AddCommand) -> None:
    users_verb = add(
        "users", users, "list people, add one, print a one-time sign-in link, enrol one, sign one out, erase one"
    )
    users_verb.add_argument("action", choices=["list", "add", "link", "enrol", "sign-out", "erase"])
    users_verb.add_argument("name", nargs="?")
    users_verb.add_argument("--role", choices=[role.value for role in Role], default=Role.LEARNER.value)
    users_verb.add_argument("--language", default="en")
    users_verb.add_argument("--course", metavar="ID", help="of `enrol`; instructors are enrolled to teach it")
    users_verb.add_argument("--confirm", metavar="NAME", help="of `erase`: the name once more")
    users_verb.add_argument("--json", action="store_true")


def users(arguments: argparse.Namespace, settings: Settings) -> int:
    """List, add, link or enrol people."""
    with core_services_session(settings) as core:
        if arguments.action == "list":
            people = core.accounts.list_people()
            if arguments.json:
                print_json([asdict(person) for person in people])
            else:
                for person in people:
                    print(f"{person.name}\t{person.role.value}{' (guest)' if person.guest else ''}")
            return 0
        if not arguments.name:
            raise InputRefused(f"`users {arguments.action}` needs a name")
        if arguments.action == "enrol":
            return _enrol(core, arguments)
        if arguments.action == "erase":
            return _erase(core, arguments)
        if arguments.action == "sign-out":
            core.accounts.end_all_sessions(core.accounts.get_by_name(arguments.name))
            print(f"{arguments.name} is signed out on all devices")
            return 0
        if arguments.action == "add":
            person = core.accounts.create_account(arguments.name, Role(arguments.role), arguments.language)
        else:
            person = core.accounts.get_by_name(arguments.name)
        link = core.accounts.issue_sign_in_link(person)
    if arguments.json:
        print_json({**asdict(person), "link": link})
    else:
        print(f"{person.name} ({person.role.value}) can sign in once within 7 days at\n{link}")
    return 0


def _enrol(core: CoreServices, arguments: argparse.Namespace) -> int:
    if not arguments.course:
        raise InputRefused("`users enrol` needs --course")
    person = core.accounts.get_by_name(arguments.name)
    core.courses.enrol(core.operator, arguments.course, person)
    print(f"{person.name} {'teaches' if person.is_staff else 'is in'} {arguments.course}")
    return 0


def _erase(core: CoreServices, arguments: argparse.Namespace) -> int:
    person = core.accounts.get_by_name(arguments.name)
    if person.id == core.operator.id:
        raise InputRefused(f"{person.name} runs the commands of this server and cannot be erased")
    if arguments.confirm != person.name:
        raise InputRefused(
            f"this deletes everything about {person.name} and cannot be undone; add `--confirm {person.name}`"
        )
    core.rights.erasure.erase(person.id)
    print(f"{person.name} is erased; backups made before are erased when they are restored, see docs/operations.md")
    return 0
