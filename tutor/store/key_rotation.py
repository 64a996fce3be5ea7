"""Replaces the master key: every data key is wrapped anew; what the data keys seal stays as it is.

A rotation that is killed has happened or not: the new key file lies next to the old one until the database is sealed
with it, and the next start takes whichever the database was sealed with.
"""

from __future__ import annotations

import os
from pathlib import Path

from tutor.sealing.master_key import KEY_FILE, NEXT_KEY_FILE, MasterKey, new_master_key, write_key_file
from tutor.store.data_keys import rewrap_all
from tutor.store.database import Database
from tutor.store.sealing_setup import replace_check


def rotate_in_files(database: Database, folder: Path) -> MasterKey:
    """Make a new master key, wrap the data keys with it, and put it in the place of the old key file."""
    key = new_master_key()
    write_key_file(folder / NEXT_KEY_FILE, key)
    _rewrap(database, key)
    os.replace(folder / NEXT_KEY_FILE, folder / KEY_FILE)
    return key


def rotate_to(database: Database, folder: Path, key: MasterKey) -> None:
    """Wrap the data keys with a key that is kept elsewhere, and delete the key file, if there is one."""
    _rewrap(database, key)
    (folder / KEY_FILE).unlink(missing_ok=True)


def _rewrap(database: Database, key: MasterKey) -> None:
    with database.write_transaction() as connection:
        rewrap_all(connection, key)
        replace_check(connection, key)
    database.empty_log()
