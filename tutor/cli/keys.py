"""The verb `keys`: print a new master key, or replace the one in use."""

from __future__ import annotations

import argparse

from tutor.cli.common import AddCommand, core_services_session, print_note
from tutor.errors import InputRefused
from tutor.platform.settings import Settings
from tutor.sealing.master_key import KEY_FILE, MasterKey, new_master_key
from tutor.services import CoreServices
from tutor.store import key_rotation


def add_commands(add: AddCommand) -> None:
    verb = add("keys", keys, "print a new master key (`new`), or replace the one in use (`rotate`)")
    verb.add_argument("action", choices=["new", "rotate"])


def keys(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print a new key, or replace the master key while no server runs."""
    if arguments.action == "new":
        print(new_master_key().text)
        return 0
    with core_services_session(settings) as core, core.data_dir.server_lock():
        _rotate(core)
    return 0


def _rotate(core: CoreServices) -> None:
    settings, folder = core.settings, core.data_dir.path
    if settings.next_master_key:
        key = MasterKey.from_text(settings.next_master_key.get_secret_value(), "TUTOR_NEXT_MASTER_KEY")
        key_rotation.rotate_to(core.database, folder, key)
        print_note("the master key was replaced: set TUTOR_MASTER_KEY to what TUTOR_NEXT_MASTER_KEY is now")
    elif settings.master_key:
        raise InputRefused("set TUTOR_NEXT_MASTER_KEY to the new master key; `python -m tutor keys new` prints one")
    else:
        key_rotation.rotate_in_files(core.database, folder)
        print_note(f"the master key {folder / KEY_FILE} was replaced: keep a copy of it, and throw away the old one")
