"""What the verbs share: opening the house, printing a result, saying something beside it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tutor.platform.settings import Settings
from tutor.services import House, Office, open_house, open_office

Verb = Callable[[argparse.Namespace, Settings], int]


class AddVerb(Protocol):
    """Declares a verb and returns its parser."""

    def __call__(self, name: str, run_it: Verb | None, about: str) -> argparse.ArgumentParser: ...


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())


@contextmanager
def office_of(settings: Settings) -> Iterator[Office]:
    office = open_office(settings)
    try:
        yield office
    finally:
        office.close()


@contextmanager
def house_of(settings: Settings) -> Iterator[House]:
    house = open_house(settings)
    try:
        house.furnish(wait=True)
        yield house
    finally:
        house.close()


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
