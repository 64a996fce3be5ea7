"""Helpers of all verbs: opening the services, printing results and notes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tutor.platform.settings import Settings
from tutor.services import CoreServices, Services, open_core_services, open_services

Command = Callable[[argparse.Namespace, Settings], int]


class AddCommand(Protocol):
    """Adds a verb to the command line and returns its parser."""

    def __call__(self, name: str, command: Command | None, description: str) -> argparse.ArgumentParser: ...


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())


@contextmanager
def core_services_session(settings: Settings) -> Iterator[CoreServices]:
    core = open_core_services(settings)
    try:
        yield core
    finally:
        core.close()


@contextmanager
def services_session(settings: Settings) -> Iterator[Services]:
    services = open_services(settings)
    try:
        services.seed_sample_course(wait=True)
        yield services
    finally:
        services.close()


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def print_note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
