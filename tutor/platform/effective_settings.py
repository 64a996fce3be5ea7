"""The settings as they are in effect, each with where it comes from. Nothing secret is among the values. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import SecretStr

from tutor.platform.settings import Settings

_SECRET_NAMES = re.compile(r"(?:^|_)(?:key|token|secret|password)$")
_CREDENTIALS = re.compile(r"//[^/@]*@")  # in an address
_QUERY = re.compile(r"\?.*$", re.DOTALL)


class Source(StrEnum):
    """Where a setting's value comes from."""

    ENVIRONMENT = "environment"
    CHOSEN = "chosen"  # on the command line
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """A setting; `value` None: it is chosen by the program, or not set. Of a secret only whether it is set is told."""

    variable: str
    value: str | None
    source: Source
    is_secret: bool = False


def effective_settings(settings: Settings, environment: Mapping[str, str]) -> list[EffectiveSetting]:
    """Return all settings in the order in which they are declared."""
    return [_read(settings, name, environment) for name in type(settings).model_fields]


def _read(settings: Settings, name: str, environment: Mapping[str, str]) -> EffectiveSetting:
    variable, value = f"TUTOR_{name.upper()}", getattr(settings, name)
    is_secret = isinstance(value, SecretStr) or bool(_SECRET_NAMES.search(name))
    known = {key.upper() for key in environment}
    source = Source.DEFAULT
    if name in settings.model_fields_set:
        # The master keys are taken out of the environment when they are read.
        source = Source.ENVIRONMENT if variable in known or is_secret else Source.CHOSEN
    if value is None or value == "":
        return EffectiveSetting(variable, None, source, is_secret)
    text = "" if is_secret else _QUERY.sub("", _CREDENTIALS.sub("//", str(value)))
    return EffectiveSetting(variable, text, source, is_secret)
