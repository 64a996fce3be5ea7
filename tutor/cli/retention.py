"""The verb `retention`: delete now what is too old; a running server does so once a day."""

from __future__ import annotations

import argparse

from tutor.cli.common import AddCommand, core_services_session
from tutor.platform.settings import Settings


def add_commands(add: AddCommand) -> None:
    add("retention", retention, "delete what is too old now (a running server does so each day)")


def retention(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Delete what is too old and say how much."""
    with core_services_session(settings) as core:
        for name, count in core.rights.retention.run().items():
            print(f"{name} deleted: {count}")
    return 0
