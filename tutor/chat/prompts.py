"""Renders the files of `prompts/` into messages. A missing or unknown variable raises; nothing is filled in silently.

A prompt file is YAML front matter (purpose, variables) and sections `=== system`, `=== user`, each a Jinja template.
Sections are split before they are rendered, so no text of a learner or document can open one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

PROMPTS_DIR = Path(__file__).resolve().parents[2] / "prompts"
_SECTION = re.compile(r"^=== (system|user|assistant)\n", re.MULTILINE)
_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A parsed prompt file."""

    name: str
    purpose: str
    variables: frozenset[str]
    sections: tuple[tuple[str, Template], ...]

    def render(self, **values: Any) -> tuple[tuple[str, str], ...]:
        """Return (role, content) messages; raises ValueError unless exactly the declared variables are given."""
        if values.keys() != self.variables:
            raise ValueError(f"prompt {self.name} takes {sorted(self.variables)}, got {sorted(values)}")
        return tuple((role, template.render(**values).strip()) for role, template in self.sections)


@cache
def load_prompt(name: str, directory: Path = PROMPTS_DIR) -> PromptTemplate:
    """Read `prompts/<name>.jinja`, e.g. load("answer.en")."""
    source = (directory / f"{name}.jinja").read_text(encoding="utf-8")
    _, front, body = source.split("---\n", 2)
    about = yaml.safe_load(front)
    pieces = _SECTION.split(body)[1:]
    sections = tuple(
        (role, _ENVIRONMENT.from_string(text)) for role, text in zip(pieces[::2], pieces[1::2], strict=True)
    )
    return PromptTemplate(name, about["purpose"], frozenset(about["variables"]), sections)


def fingerprint(messages: Sequence[tuple[str, str]] | Sequence[Mapping[str, str]]) -> str:
    """Return the SHA-256 of rendered messages, stored with each answer."""
    return hashlib.sha256(json.dumps(list(messages), ensure_ascii=False).encode()).hexdigest()
