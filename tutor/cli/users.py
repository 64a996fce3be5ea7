"""The verb `users`: list accounts, add one, or print a sign-in link."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tutor.cli.common import AddCommand, core_services_session, print_json
from tutor.domain import Role
from tutor.errors import InputRefused
from tutor.platform.settings import Settings


def add_commands(add: AddCommand) -> None:
    users_verb = add("users", users, "list people, add one, or print a one-time sign-in link")
    users_verb.add_argument("action", choices=["list", "add", "link"])
    users_verb.add_argument("name", nargs="?")
    users_verb.add_argument("--role", choices=[role.value for role in Role], default=Role.LEARNER.value)
    users_verb.add_argument("--language", default="en")
    users_verb.add_argument("--json", action="store_true")


def users(arguments: argparse.Namespace, settings: Settings) -> int:
    """List, add or link people."""
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
